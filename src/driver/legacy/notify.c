#include "../notify.h"

#include "../counters.h"
#include "../event.h"
#include "../exit.h"
#include "../process.h"
#include "../start.h"

/* One start: what is told of it, and the handle to end the process with, once it is denied. */
struct told {
    PS_CREATE_NOTIFY_INFO info;
    HANDLE denied;
};

static bool registered;
static NTSTATUS registration_status;

/* The callback of an exit runs on a thread of the process itself. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    reference_process(_In_ HANDLE id, _Outptr_ PEPROCESS *process)
{
    PEPROCESS current = PsGetCurrentProcess();

    if (PsGetProcessId(current) != id)
        return PsLookupProcessByProcessId(id, process);
    ObReferenceObject(current);
    *process = current;
    return STATUS_SUCCESS;
}

/* The process runs although it was denied. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void note_running(_In_ PEPROCESS process, _In_ HANDLE id)
{
    struct vg_process *known =
        vg_process_find((uint32_t)(ULONG_PTR)id, (uint64_t)PsGetProcessCreateTimeQuadPart(process));

    if (known != NULL)
        vg_process_runs(known);
    vg_process_release(known);
}

/* The first thread of the process has been made and does not run yet: it will end instead. Only now, after
 * the start was recorded: so its exit cannot be told before it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void end_denied(_In_ PEPROCESS process, _In_ HANDLE id,
                                                          _In_ const struct told *told)
{
    NTSTATUS status = ZwTerminateProcess(told->denied, told->info.CreationStatus);

    ZwClose(told->denied);
    if (NT_SUCCESS(status) || status == STATUS_PROCESS_IS_TERMINATING)
        return;
    note_running(process, id);
    DbgPrint("vigil: process %u was denied and could not be ended (0x%08X): it runs\n",
             (unsigned)(ULONG_PTR)id, (unsigned)status);
}

/* As much of PS_CREATE_NOTIFY_INFO as can be known here. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void start_notify(_In_ HANDLE parent_id, _In_ PEPROCESS process,
                                                            _In_ HANDLE process_id)
{
    struct told told = {
        .info = {.Size = sizeof(told.info),
                 .ParentProcessId = parent_id,
                 .CreatingThreadId = {.UniqueProcess = PsGetCurrentProcessId(),
                                      .UniqueThread = PsGetCurrentThreadId()},
                 .CreationStatus = STATUS_SUCCESS},
        .denied = NULL,
    };

    vg_start_notify(process, process_id, &told.info);
    if (told.denied != NULL)
        end_denied(process, process_id, &told);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    process_notify(_In_ HANDLE parent_id, _In_ HANDLE process_id, _In_ BOOLEAN create)
{
    PEPROCESS process = NULL;

    if (!NT_SUCCESS(reference_process(process_id, &process))) {
        /* The gap in the sequence says that there was something. */
        vg_count(create ? &vg_counters.starts : &vg_counters.exits);
        if (create)
            vg_count(&vg_counters.allowed);
        (void)vg_event_dropped();
        return;
    }
    if (create)
        start_notify(parent_id, process, process_id);
    else
        vg_exit_notify(process, process_id);
    ObDereferenceObject(process);
}

_Use_decl_annotations_
NTSTATUS vg_notify_start(void)
{
    NTSTATUS status = PsSetCreateProcessNotifyRoutine(process_notify, FALSE);

    registered = NT_SUCCESS(status);
    registration_status = status;
    if (!registered)
        DbgPrint("vigil: starts of processes cannot be seen (0x%08X): the callback is registered already, or "
                 "the system's table of process callbacks (8 entries on old systems) is full: remove another "
                 "driver that watches processes\n",
                 (unsigned)status);
    return status;
}

_Use_decl_annotations_
void vg_notify_stop(void)
{
    if (registered)
        (void)PsSetCreateProcessNotifyRoutine(process_notify, TRUE);
    registered = false;
}

_Use_decl_annotations_
uint32_t vg_notify_status(NTSTATUS *status)
{
    *status = registration_status;
    return registered ? VG_REGISTERED_PLAIN : VG_REGISTERED_NOT;
}

_Use_decl_annotations_
bool vg_notify_tells_names(void)
{
    return false;
}

_Use_decl_annotations_
NTSTATUS vg_notify_deny(PEPROCESS process, PPS_CREATE_NOTIFY_INFO info, NTSTATUS status)
{
    struct told *told = CONTAINING_RECORD(info, struct told, info);
    NTSTATUS opened = ObOpenObjectByPointer(process, OBJ_KERNEL_HANDLE, NULL, VG_PROCESS_TERMINATE,
                                            vg_process_type(), KernelMode, &told->denied);

    if (!NT_SUCCESS(opened)) {
        told->denied = NULL;
        return opened;
    }
    info->CreationStatus = status;
    return STATUS_SUCCESS;
}
