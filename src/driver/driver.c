/* Where Windows enters and leaves. What DriverEntry did, Unload undoes in reverse.
 *
 * The rule for locks, everywhere in the driver: each part has a spin lock of its own and takes no other while
 * it holds it; under it nothing is waited for, no file is touched and no paged memory. */
#include "boot.h"
#include "cache.h"
#include "config.h"
#include "deadline.h"
#include "device.h"
#include "digest.h"
#include "event.h"
#include "image.h"
#include "image_file.h"
#include "mode.h"
#include "notify.h"
#include "optional.h"
#include "policy.h"
#include "process.h"
#include "reader.h"
#include "start.h"
#include "version.h"
#include "volumes.h"

DRIVER_INITIALIZE DriverEntry;

_Function_class_(DRIVER_UNLOAD) _IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    unload(_In_ PDRIVER_OBJECT driver)
{
    UNREFERENCED_PARAMETER(driver);
    vg_readers_quiesce(); /* what still reads files comes to an end */
    vg_boot_stop();
    vg_images_stop();
    vg_notify_stop();
    vg_device_stop();
    vg_readers_stop();
    vg_events_stop();
    vg_processes_stop();
    vg_starts_stop();
    vg_versions_stop();
    vg_image_files_stop();
    vg_policy_stop();
    vg_volumes_stop();
    vg_cache_stop();
    vg_digest_stop();
    vg_config_stop();
}

/* Nothing here can fail the driver. A refused registration leaves the device, through which `vigil status`
 * says why. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void begin(_In_ PDRIVER_OBJECT driver, _In_ NTSTATUS policy_status)
{
    driver->DriverUnload = vg_config.allow_unload ? unload : NULL;
    vg_mode_begin_boot();
    if (NT_SUCCESS(vg_notify_start()))
        vg_processes_add_running();
    vg_images_update();
    vg_event_state();
    vg_boot_start(policy_status);
}

_Use_decl_annotations_
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry_path)
{
    NTSTATUS policy_status = STATUS_SUCCESS;
    NTSTATUS status = STATUS_SUCCESS;

    vg_optional_start();
    status = vg_config_start(registry_path);
    if (!NT_SUCCESS(status))
        return status;
    vg_deadlines_start();
    vg_mode_start();
    vg_digest_start();
    if (vg_digest_can_be_had())
        vg_cache_start();
    vg_volumes_start();
    vg_policy_start();
    vg_image_files_start();
    vg_versions_start();
    vg_starts_begin();
    vg_processes_start();
    status = vg_events_start(vg_config.ring_size);
    if (!NT_SUCCESS(status))
        goto stop_processes;
    status = vg_readers_start();
    if (!NT_SUCCESS(status))
        goto stop_events;
    policy_status =
        vg_policy_load_file(); /* before the device is there, through which a newer one may come */
    status = vg_device_start(driver);
    if (!NT_SUCCESS(status))
        goto stop_readers;
    begin(driver, policy_status);
    return STATUS_SUCCESS;

stop_readers:
    vg_readers_stop();
stop_events:
    vg_events_stop();
stop_processes:
    vg_processes_stop();
    vg_policy_stop();
    vg_cache_stop();
    vg_digest_stop();
    vg_config_stop();
    return status;
}
