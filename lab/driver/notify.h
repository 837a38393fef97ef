/* The routines that drivers registered, and what is reported to them. */
#ifndef LAB_NOTIFY_H
#define LAB_NOTIFY_H

#include "platform.h"
#include "../protocol.h"

struct lab_process;

/* A process was created and has not run yet. Calls the routines on a thread that stands for the creator's;
 * when one of them fails the creation, ends the process and reports its exit. The answer is the
 * CreationStatus, and whether it was asked for before. */
struct lab_answer lab_notify_created(const struct lab_created *created, const UNICODE_STRING *image,
                                     const UNICODE_STRING *command_line);

/* A process has ended. Reported once, however many say so; returns when it was. */
void lab_notify_exited(HANDLE id, NTSTATUS exit_status);

/* An image was mapped: into a process, or (id 0) into the kernel. */
void lab_notify_loaded(HANDLE id, const UNICODE_STRING *image, PVOID base, SIZE_T size);

/* A driver is gone: a routine in [base, base + size) that is registered still would be called into nothing.
 */
void lab_notify_check_unloaded(const char *driver, const char *base, SIZE_T size);

void lab_notify_status(struct lab_status *status);

/* The replacements. */
NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove);
NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine,
                                                     BOOLEAN remove);
NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutineEx2(ULONG type, PVOID routine, BOOLEAN remove);
NTSTATUS NTAPI lab_PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);
NTSTATUS NTAPI lab_PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine);

#endif
