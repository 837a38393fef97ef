/* Threads and their clock, as far as the tool needs them: thread_posix.c and thread_windows.c. */
#ifndef VG_CLI_THREAD_H
#define VG_CLI_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#include <windows.h>
struct vg_thread {
    HANDLE handle;
    void (*run)(void *context);
    void *context;
};
struct vg_lock {
    SRWLOCK lock;
};
struct vg_signal {
    CONDITION_VARIABLE condition;
};
#else
#include <pthread.h>
struct vg_thread {
    pthread_t handle;
    void (*run)(void *context);
    void *context;
};
struct vg_lock {
    pthread_mutex_t lock;
};
struct vg_signal {
    pthread_cond_t condition;
};
#endif

/* Starts a thread; `*thread` stays in place until it was joined. False when the system has none to give. */
bool vg_thread_start(struct vg_thread *thread, void (*run)(void *context), void *context);
void vg_thread_join(struct vg_thread *thread);

void vg_lock_init(struct vg_lock *lock);
void vg_lock_take(struct vg_lock *lock);
void vg_lock_release(struct vg_lock *lock);

/* vg_signal_wait gives the lock back while it waits, and may return without a signal. */
void vg_signal_init(struct vg_signal *condition);
void vg_signal_wait(struct vg_signal *condition, struct vg_lock *lock);
void vg_signal_all(struct vg_signal *condition);

/* Processors this program may use, at least 1. */
unsigned vg_processor_count(void);

/* A clock that only goes forward. */
uint64_t vg_milliseconds(void);

#endif
