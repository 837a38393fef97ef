#include "notify.h"

#include "exit.h"
#include "optional.h"
#include "start.h"

static uint32_t registered_with;
static NTSTATUS registration_status;

_IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    process_notify(_In_ PEPROCESS process, _In_ HANDLE process_id, _Inout_opt_ PPS_CREATE_NOTIFY_INFO info)
{
    if (info != NULL)
        vg_start_notify(process, process_id, info);
    else
        vg_exit_notify(process, process_id);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static const char *explain(_In_ NTSTATUS status)
{
    switch (status) {
    case STATUS_ACCESS_DENIED:
        return "the driver's image lacks the integrity bit (IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY): link "
               "it with "
               "/integritycheck and sign it";
    case STATUS_INVALID_PARAMETER:
        return "the callback is registered already, or the system's table of process callbacks is full: "
               "remove another "
               "driver that watches processes";
    case STATUS_PROCEDURE_NOT_FOUND:
        return "this Windows has no such routine: Windows Vista SP1 or Server 2008 is the oldest that does";
    default:
        return "for a reason that the routine does not document";
    }
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS register_ex2(void)
{
    if (vg_optional.PsSetCreateProcessNotifyRoutineEx2 == NULL)
        return STATUS_PROCEDURE_NOT_FOUND;
    return vg_optional.PsSetCreateProcessNotifyRoutineEx2(VG_PS_CREATE_PROCESS_NOTIFY_SUBSYSTEMS,
                                                          (PVOID)(ULONG_PTR)process_notify, FALSE);
}

_Use_decl_annotations_
NTSTATUS vg_notify_start(void)
{
    NTSTATUS status = register_ex2();

    registered_with = NT_SUCCESS(status) ? VG_REGISTERED_EX2 : VG_REGISTERED_NOT;
    if (!NT_SUCCESS(status)) {
        status = PsSetCreateProcessNotifyRoutineEx(process_notify, FALSE);
        registered_with = NT_SUCCESS(status) ? VG_REGISTERED_EX : VG_REGISTERED_NOT;
    }
    registration_status = status;
    if (!NT_SUCCESS(status))
        DbgPrint("vigil: starts of processes cannot be seen (0x%08X): %s\n", (unsigned)status,
                 explain(status));
    return status;
}

_Use_decl_annotations_
void vg_notify_stop(void)
{
    uint32_t with = registered_with;

    registered_with = VG_REGISTERED_NOT;
    if (with == VG_REGISTERED_EX2)
        (void)vg_optional.PsSetCreateProcessNotifyRoutineEx2(VG_PS_CREATE_PROCESS_NOTIFY_SUBSYSTEMS,
                                                             (PVOID)(ULONG_PTR)process_notify, TRUE);
    else if (with == VG_REGISTERED_EX)
        (void)PsSetCreateProcessNotifyRoutineEx(process_notify, TRUE);
}

_Use_decl_annotations_
uint32_t vg_notify_status(NTSTATUS *status)
{
    *status = registration_status;
    return registered_with;
}

_Use_decl_annotations_
bool vg_notify_tells_names(void)
{
    return true;
}

_Use_decl_annotations_
NTSTATUS vg_notify_deny(PEPROCESS process, PPS_CREATE_NOTIFY_INFO info, NTSTATUS status)
{
    UNREFERENCED_PARAMETER(process);
    info->CreationStatus = status;
    return STATUS_SUCCESS;
}
