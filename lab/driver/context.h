/* What the lab knows of the current thread: the process it stands for, its IRQL, the routine it is inside. */
#ifndef LAB_CONTEXT_H
#define LAB_CONTEXT_H

#include "platform.h"

struct lab_process;
struct lab_slot;

struct lab_context {
    struct lab_process *process; /* the process whose thread a callback runs on; NULL outside callbacks */
    HANDLE thread_id;
    const struct lab_slot *slot; /* the routine being called */
    BOOLEAN all_apcs_disabled;
    KIRQL irql;
};

void lab_context_start(void); /* once, before any other routine here */
struct lab_context *lab_context(void);

/* A routine that Windows allows at PASSIVE_LEVEL only (or at APC_LEVEL and below) is being called. */
void lab_require_passive(const char *routine);
void lab_require_apc(const char *routine);

/* The replacements. */
PEPROCESS NTAPI lab_PsGetCurrentProcess(void);
HANDLE NTAPI lab_PsGetCurrentProcessId(void);
HANDLE NTAPI lab_PsGetCurrentThreadId(void);
BOOLEAN NTAPI lab_PsIsThreadTerminating(PETHREAD thread);

#endif
