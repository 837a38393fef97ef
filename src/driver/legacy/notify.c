#include "../notify.h"

#include "../counters.h"
#include "../event.h"
#include "../exit.h"
#include "../start.h"

static bool registered;
static NTSTATUS registration_status;

/* The callback of an exit runs on a thread of the process itself. */
static NTSTATUS reference_process(HANDLE id, PEPROCESS *process)
{
    PEPROCESS current = PsGetCurrentProcess();

    if (PsGetProcessId(current) != id)
        return PsLookupProcessByProcessId(id, process);
    ObReferenceObject(current);
    *process = current;
    return STATUS_SUCCESS;
}

/* As much of PS_CREATE_NOTIFY_INFO as can be known here. */
static void start_notify(HANDLE parent_id, PEPROCESS process, HANDLE process_id)
{
    PS_CREATE_NOTIFY_INFO info = {
        .Size = sizeof(info),
        .ParentProcessId = parent_id,
        .CreatingThreadId = {.UniqueProcess = PsGetCurrentProcessId(),
                             .UniqueThread = PsGetCurrentThreadId()},
        .CreationStatus = STATUS_SUCCESS,
    };

    vg_start_notify(process, process_id, &info);
}

static VOID NTAPI process_notify(HANDLE parent_id, HANDLE process_id, BOOLEAN create)
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

bool vg_notify_tells_names(void)
{
    return false;
}

/* The first thread of the process has been made and does not run yet: it will end instead. */
_Use_decl_annotations_
NTSTATUS vg_notify_deny(PEPROCESS process, PPS_CREATE_NOTIFY_INFO info, NTSTATUS status)
{
    HANDLE handle = NULL;
    NTSTATUS opened = ObOpenObjectByPointer(process, OBJ_KERNEL_HANDLE, NULL, VG_PROCESS_TERMINATE,
                                            vg_process_type(), KernelMode, &handle);
    NTSTATUS ended = opened;

    UNREFERENCED_PARAMETER(info);
    if (!NT_SUCCESS(opened))
        return opened;
    ended = ZwTerminateProcess(handle, status);
    ZwClose(handle);
    return ended == STATUS_PROCESS_IS_TERMINATING ? STATUS_SUCCESS : ended;
}
