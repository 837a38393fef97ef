#include "boot.h"

#include "event.h"
#include "image.h"
#include "mode.h"
#include "policy.h"

/* Once a second for two minutes; units of 100 ns, negative because relative. */
#define PERIOD    (-10000000LL)
#define TRIES_MAX 120u

static KEVENT stop;
static HANDLE thread;
static NTSTATUS policy_outcome; /* only the thread's, once it runs */

/* The policy's file may lie on a volume that is not mounted yet. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool may_come_later(_In_ NTSTATUS status)
{
    return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
           status == STATUS_NO_SUCH_DEVICE || status == STATUS_DEVICE_NOT_READY ||
           status == STATUS_NO_MEDIA_IN_DEVICE;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void say_no_policy(_In_ NTSTATUS status)
{
    if (!NT_SUCCESS(status) && status != STATUS_NOT_FOUND)
        DbgPrint("vigil: no policy could be loaded (0x%08X); starts are recorded, none is denied\n",
                 (unsigned)status);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void load_policy_again(void)
{
    if (vg_policy_generations() != 0) {
        policy_outcome = STATUS_SUCCESS; /* one has come by IOCTL */
        return;
    }
    policy_outcome = vg_policy_load_file();
    if (NT_SUCCESS(policy_outcome)) {
        vg_images_update();
        vg_event_state();
    }
}

/* False: nothing is left to do. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool do_what_is_due(void)
{
    if (may_come_later(policy_outcome))
        load_policy_again();
    return vg_mode_keep_boot_mark() || may_come_later(policy_outcome);
}

_Function_class_(KSTART_ROUTINE) _IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    follow_boot(_In_opt_ PVOID context)
{
    LARGE_INTEGER period = {.QuadPart = PERIOD};
    bool more = true;

    UNREFERENCED_PARAMETER(context);
    for (unsigned i = 0; i < TRIES_MAX && more; i++) {
        if (KeWaitForSingleObject(&stop, Executive, KernelMode, FALSE, &period) != STATUS_TIMEOUT)
            break;
        more = do_what_is_due();
    }
    say_no_policy(policy_outcome);
    (void)PsTerminateSystemThread(STATUS_SUCCESS);
}

_Use_decl_annotations_
void vg_boot_start(NTSTATUS policy_status)
{
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status = STATUS_SUCCESS;

    policy_outcome = policy_status;
    thread = NULL;
    KeInitializeEvent(&stop, NotificationEvent, FALSE);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL, follow_boot, NULL);
    if (NT_SUCCESS(status))
        return;
    thread = NULL;
    DbgPrint("vigil: no thread to follow the boot (0x%08X); an unhealthy boot may not be noticed\n",
             (unsigned)status);
    say_no_policy(policy_status);
}

_Use_decl_annotations_
void vg_boot_stop(void)
{
    if (thread == NULL)
        return;
    (void)KeSetEvent(&stop, IO_NO_INCREMENT, FALSE);
    (void)ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);
    thread = NULL;
}
