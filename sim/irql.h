/* What a thread is doing: its IRQL, APC state, held locks, process. */
#ifndef SIM_IRQL_H
#define SIM_IRQL_H

#include <stdbool.h>
#include <ntifs.h>

#include "watch.h"

enum sim_lock_kind {
    SIM_LOCK_SPIN,
    SIM_LOCK_FAST_MUTEX,
    SIM_LOCK_GUARDED_MUTEX,
    SIM_LOCK_RESOURCE,
    SIM_LOCK_CANCEL
};

struct sim_held {
    void *lock;
    enum sim_lock_kind kind;
};

#define SIM_HELD_MAX 16

struct sim_thread_state {
    KIRQL irql;
    int critical; /* KeEnterCriticalRegion, nested */
    int guarded;  /* KeEnterGuardedRegion, nested */
    unsigned held_count;
    struct sim_held held[SIM_HELD_MAX];
    unsigned in_notify; /* process callbacks on this thread, nested */
    unsigned in_kernel; /* the driver is on this thread's stack */
    PEPROCESS process;  /* NULL: explorer.exe */
    ULONG thread_id;    /* 0: none given yet */
    struct sim_stack stack;
    bool terminating;    /* somebody has ended it; it goes on until it is back in user mode */
    void *system_thread; /* the ETHREAD of a PsCreateSystemThread thread */
};

struct sim_thread_state *sim_self(void);

/* Calls `what` as a thread that has just begun, and returns when that has ended: the calling thread lends its
 * stack, and is itself again afterwards. Both are at PASSIVE_LEVEL. */
void sim_as_other_thread(void (*what)(void *), void *argument);

/* The one place that changes a thread's IRQL. */
void sim_set_irql(KIRQL irql);

/* The caller may be at most at `max`; the sentence names `routine`. */
void sim_max_irql(KIRQL max, const char *routine);
/* A system service: PASSIVE_LEVEL, no spin lock or fast mutex held. */
void sim_service(const char *routine);
/* The same for I/O: special kernel APCs must be on, or the I/O never completes. */
void sim_file_service(const char *routine);

void sim_hold(void *lock, enum sim_lock_kind kind, const char *routine);
void sim_release(void *lock, enum sim_lock_kind kind, const char *routine);
bool sim_holds(const void *lock);

/* Around every call into the driver: what it must leave as it found it. */
struct sim_guard {
    KIRQL irql;
    int critical;
    int guarded;
    unsigned held_count;
    struct sim_stack stack;
};
struct sim_guard sim_enter_driver(void);
void sim_leave_driver(struct sim_guard before, const char *what);

#endif
