/* Processes, and who is told of them. */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include "sim.h"
#include "token.h"

struct _EPROCESS {
    DISPATCHER_HEADER header;
    struct _EPROCESS *next; /* the one that was made before it */
    struct _EPROCESS **link;
    struct _EPROCESS *next_in_bucket;
    HANDLE id;
    HANDLE parent_id;
    LONGLONG create_time;
    NTSTATUS exit_status; /* STATUS_PENDING while it runs */
    UNICODE_STRING path;  /* \Device\HarddiskVolume2\...; empty for System and minimal processes */
    UNICODE_STRING name;  /* the last component */
    struct sim_token_object *token;
    bool is_protected;
    bool subsystem;
    bool is_starting; /* its creation is being reported: its first thread has not run */
    bool is_ended;    /* by ZwTerminateProcess, meanwhile */
    NTSTATUS ended_with;
};

void sim_processes_start(void);
void sim_processes_end(void);
const struct sim_token_object *sim_process_token(PEPROCESS process); /* NULL: explorer.exe */

/* Walks the running processes under their lock. */
void sim_for_each_process(void (*visit)(PEPROCESS process, void *context), void *context);

/* The notifications. `info` NULL: an exit. On the calling thread, which acts for `process_context`
 * (notify.c). */
void sim_notify_process(PEPROCESS process, PPS_CREATE_NOTIFY_INFO info, PEPROCESS context);
void sim_notify_end(void);
void sim_notify_check_empty(const char *when);
NTSTATUS sim_PsSetCreateProcessNotifyRoutineEx2(ULONG type, PVOID information, BOOLEAN remove);
BOOLEAN sim_PsIsProtectedProcess(PEPROCESS process);

#endif
