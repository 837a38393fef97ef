/* Processes: the lab's EPROCESS, one for each that was announced or looked up. */
#ifndef LAB_PROCESS_H
#define LAB_PROCESS_H

#include "object.h"

struct lab_process {
    struct lab_object object;
    struct lab_process *next; /* in the table of live ones */
    HANDLE id;
    HANDLE parent_id;
    LONGLONG create_time; /* 100 ns since 1601 */
    ULONG session;
    NTSTATUS exit_status;     /* STATUS_PENDING while it runs */
    NTSTATUS creation_status; /* the answer that was given; for processes that were announced */
    BOOLEAN announced;
    BOOLEAN asked; /* the routines are being told of its creation */
    BOOLEAN ended; /* and one of them has ended it */
    NTSTATUS ended_with;
    BOOLEAN exited;
    ULONG seen_dead;     /* by the reaper */
    LAB_SRWLOCK exiting; /* held while its exit is reported, so that it is once */
    UCHAR body[64];      /* what the driver's pointer points to; it has no business to look inside */
};

/* Referenced; NULL when there is no such process. `id` may be of any process in the prefix. */
struct lab_process *lab_process_of(HANDLE id);

/* The same, but only if the table has it already. */
struct lab_process *lab_process_known(HANDLE id);

/* Takes it out of the table: its id may be used again. */
void lab_process_forget(struct lab_process *process);

/* Calls `visit` for a snapshot of the announced live processes, each referenced during the call. */
void lab_process_each(void (*visit)(struct lab_process *));
ULONG lab_process_count(void);

/* The lab's stand-in for the System process (id 4), which Wine has not. */
extern PEPROCESS lab_PsInitialSystemProcess;
void lab_process_start(void);

/* The replacements. */
NTSTATUS NTAPI lab_PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process);
HANDLE NTAPI lab_PsGetProcessId(PEPROCESS process);
HANDLE NTAPI lab_PsGetProcessInheritedFromUniqueProcessId(PEPROCESS process);
LONGLONG NTAPI lab_PsGetProcessCreateTimeQuadPart(PEPROCESS process);
NTSTATUS NTAPI lab_PsGetProcessExitStatus(PEPROCESS process);
ULONG NTAPI lab_PsGetProcessSessionId(PEPROCESS process);
BOOLEAN NTAPI lab_PsIsProtectedProcess(PEPROCESS process);
NTSTATUS NTAPI lab_SeLocateProcessImageName(PEPROCESS process, PUNICODE_STRING *name);

#endif
