#include "zwprocess.h"
#include "context.h"
#include "log.h"
#include "pool.h"
#include "process.h"

/* Referenced; NULL when it is no process of the prefix. */
static struct lab_process *process_of(HANDLE handle)
{
    PROCESS_BASIC_INFORMATION basic;

    if (!NT_SUCCESS(NtQueryInformationProcess(handle, ProcessBasicInformation, &basic, sizeof(basic), NULL)))
        return NULL;
    return lab_process_of((HANDLE)basic.UniqueProcessId);
}

static void require(HANDLE handle, ACCESS_MASK needed, const char *routine)
{
    struct {
        ULONG attributes;
        ACCESS_MASK granted;
        ULONG rest[12];
    } basic = {0};

    if (NT_SUCCESS(NtQueryObject(handle, ObjectBasicInformation, &basic, sizeof(basic), NULL)) &&
        (basic.granted & needed) != needed)
        lab_violation("%s by a handle without the right 0x%x", routine, (unsigned)needed);
}

static NTSTATUS copy_name(const UNICODE_STRING *name, UNICODE_STRING *buffer, ULONG size, PULONG needed)
{
    ULONG whole = (ULONG)sizeof(*name) + name->Length + (ULONG)sizeof(WCHAR);

    if (needed)
        *needed = whole;
    if (size < whole)
        return STATUS_INFO_LENGTH_MISMATCH;
    buffer->Length = name->Length;
    buffer->MaximumLength = (USHORT)(name->Length + sizeof(WCHAR));
    buffer->Buffer = (WCHAR *)(buffer + 1);
    memcpy(buffer->Buffer, name->Buffer, name->Length);
    buffer->Buffer[name->Length / sizeof(WCHAR)] = 0;
    return STATUS_SUCCESS;
}

/* Class 27 gives the device form. */
NTSTATUS NTAPI lab_ZwQueryInformationProcess(HANDLE handle, PROCESSINFOCLASS class, PVOID buffer, ULONG size,
                                             PULONG needed)
{
    struct lab_process *process = NULL;
    UNICODE_STRING *name = NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    lab_require_passive("ZwQueryInformationProcess");
    if (class != ProcessImageFileName)
        return NtQueryInformationProcess(handle, class, buffer, size, needed);
    process = process_of(handle);
    if (!process)
        return status;
    require(handle, PROCESS_QUERY_INFORMATION, "ZwQueryInformationProcess");
    status = lab_SeLocateProcessImageName((PEPROCESS)(PVOID)process->body, &name);
    if (NT_SUCCESS(status)) {
        status = copy_name(name, buffer, size, needed);
        lab_ExFreePool(name);
    }
    lab_object_dereference(&process->object);
    return status;
}

/* The one use that the lab knows: a process is ended by a routine that is told of its creation. */
NTSTATUS NTAPI lab_ZwTerminateProcess(HANDLE handle, NTSTATUS ended_with)
{
    struct lab_process *process = process_of(handle);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    lab_require_passive("ZwTerminateProcess");
    if (!process)
        return status;
    require(handle, PROCESS_TERMINATE, "ZwTerminateProcess");
    if (!process->asked)
        lab_violation("ZwTerminateProcess on a process whose creation is not being reported");
    status = NtTerminateProcess(handle, ended_with);
    if (NT_SUCCESS(status)) {
        process->ended = TRUE;
        process->ended_with = ended_with;
    }
    lab_object_dereference(&process->object);
    return status;
}
