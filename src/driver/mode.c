#include "mode.h"

#include "atomic.h"
#include "config.h"

static volatile LONG override_in_force;
static volatile LONG options_in_force;
static volatile LONG boot_confirmed;
static bool last_boot_failed;
static bool safe_mode;
static bool marked; /* the registry says that this boot is not confirmed, or soon will on the disk too */

_Use_decl_annotations_
void vg_mode_start(void)
{
    override_in_force = VG_MODE_AS_POLICY;
    options_in_force = vg_config.watch_images ? VG_OPTION_WATCH_IMAGES : 0;
    boot_confirmed = 0;
    safe_mode = vg_safe_boot_mode() != 0;
    marked = false;
    last_boot_failed = vg_config.boot_pending;
}

_Use_decl_annotations_
void vg_mode_begin_boot(void)
{
    /* Safe mode is for repair: it proves nothing about a normal boot and leaves the mark as it is. */
    if (safe_mode)
        return;
    marked = NT_SUCCESS(vg_config_set_boot_pending(true));
    if (!marked)
        DbgPrint(
            "vigil: the BootPending value could not be written; an unhealthy boot will not be noticed\n");
}

_Use_decl_annotations_
bool vg_mode_keep_boot_mark(void)
{
    if (!marked || vg_mode_boot_confirmed())
        return false;
    vg_config_flush(); /* only that: setting the value again could undo a confirmation */
    return true;
}

_Use_decl_annotations_
enum vg_abi_enforcement vg_mode_enforcement(const struct vg_policy_info *info)
{
    enum vg_abi_mode_override override_mode = vg_mode_override();

    if (safe_mode)
        return VG_MONITOR_SAFE_MODE;
    if (info == NULL)
        return VG_MONITOR_NO_POLICY;
    if (last_boot_failed)
        return VG_MONITOR_BOOT_FAILED;
    if (override_mode == VG_MODE_FORCE_MONITOR)
        return VG_MONITOR_BY_POLICY;
    if (override_mode == VG_MODE_AS_POLICY && info->mode == VG_MODE_MONITOR)
        return VG_MONITOR_BY_POLICY;
    return vg_mode_boot_confirmed() ? VG_ENFORCING : VG_ENFORCING_DENIES;
}

_Use_decl_annotations_
enum vg_abi_mode_override vg_mode_override(void)
{
    return (enum vg_abi_mode_override)vg_read(&override_in_force);
}

_Use_decl_annotations_
void vg_mode_set_override(enum vg_abi_mode_override override_mode)
{
    InterlockedExchange(&override_in_force, (LONG)override_mode);
}

_Use_decl_annotations_
bool vg_mode_boot_confirmed(void)
{
    return vg_read(&boot_confirmed) != 0;
}

_Use_decl_annotations_
NTSTATUS vg_mode_confirm_boot(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (safe_mode)
        return status; /* it left no mark, and must not take back one that a normal boot has left */
    status = vg_config_set_boot_pending(false);
    if (NT_SUCCESS(status))
        InterlockedExchange(&boot_confirmed, 1);
    return status;
}

_Use_decl_annotations_
uint32_t vg_mode_options(void)
{
    return (uint32_t)vg_read(&options_in_force);
}

_Use_decl_annotations_
uint32_t vg_mode_options_with(const struct vg_policy_info *info)
{
    uint32_t options = vg_mode_options();

    if (info != NULL && info->watch_images)
        options |= VG_OPTION_WATCH_IMAGES;
    if (info != NULL && info->record_hashes)
        options |= VG_OPTION_HASH_ALL;
    return options;
}

_Use_decl_annotations_
void vg_mode_set_options(uint32_t mask, uint32_t flags)
{
    LONG before = vg_read(&options_in_force);
    LONG after = 0;
    LONG seen = 0;

    for (;;) {
        after = (LONG)(((uint32_t)before & ~mask) | (flags & mask));
        seen = InterlockedCompareExchange(&options_in_force, after, before);
        if (seen == before)
            return;
        before = seen;
    }
}
