/* What is asked of a process by a handle to it. */
#include "fault.h"
#include "irql.h"
#include "object.h"
#include "process.h"
#include "violation.h"

static PEPROCESS process_of(HANDLE handle, ACCESS_MASK needed, const char *routine)
{
    ACCESS_MASK access = 0;
    PEPROCESS process = sim_handle_object(handle, &sim_process_type, &access, routine);

    if ((access & needed) != needed)
        sim_violation("%s was given a handle without the right 0x%04x", routine, needed);
    return process;
}

/* winternl, "ZwQueryInformationProcess": PASSIVE_LEVEL. A UNICODE_STRING and behind it what it points to; it
 * is empty for a process without an image. */
NTSTATUS ZwQueryInformationProcess(HANDLE handle, PROCESSINFOCLASS class, PVOID out, ULONG length,
                                   PULONG needed)
{
    UNICODE_STRING *name = out;
    ULONG size = 0;
    PEPROCESS process;

    sim_service("ZwQueryInformationProcess");
    process = process_of(handle, PROCESS_QUERY_INFORMATION, "ZwQueryInformationProcess");
    if (class != ProcessImageFileName)
        return STATUS_INVALID_INFO_CLASS;
    if (sim_fault("ZwQueryInformationProcess"))
        return STATUS_INSUFFICIENT_RESOURCES;
    size = (ULONG)sizeof(*name) + process->path.Length + 2u;
    if (needed)
        *needed = size;
    if (length < size)
        return STATUS_INFO_LENGTH_MISMATCH;
    name->Length = process->path.Length;
    name->MaximumLength = (USHORT)(process->path.Length + 2);
    name->Buffer = (PWSTR)(void *)(name + 1);
    memcpy(name->Buffer, process->path.Buffer, process->path.Length);
    name->Buffer[process->path.Length / 2] = 0;
    return STATUS_SUCCESS;
}

/* ntddk: PASSIVE_LEVEL. The exit is reported when the process's first thread, which never runs, is gone. */
NTSTATUS ZwTerminateProcess(HANDLE handle, NTSTATUS exit_status)
{
    PEPROCESS process;

    sim_service("ZwTerminateProcess");
    process = process_of(handle, PROCESS_TERMINATE, "ZwTerminateProcess");
    if (process == PsGetCurrentProcess())
        sim_violation("ZwTerminateProcess was asked to end the calling process: it would not return");
    if (!process->is_starting)
        sim_violation("ZwTerminateProcess was asked to end a process whose start is over");
    if (NT_SUCCESS(exit_status))
        sim_violation(
            "ZwTerminateProcess was given a status that is no failure: the exit would look like a success");
    if (process->is_ended)
        return STATUS_PROCESS_IS_TERMINATING;
    if (sim_fault("ZwTerminateProcess"))
        return STATUS_INSUFFICIENT_RESOURCES;
    process->is_ended = true;
    process->ended_with = exit_status;
    return STATUS_SUCCESS;
}
