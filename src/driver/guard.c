#include "guard.h"

#include "config.h"
#include "mode.h"
#include "notify.h"
#include "optional.h"

_IRQL_requires_max_(PASSIVE_LEVEL) static bool created_by_system(_In_ const struct vg_start *start)
{
    return start->info->CreatingThreadId.UniqueProcess == PsGetProcessId(PsInitialSystemProcess);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_protected(_In_ const struct vg_start *start)
{
    return vg_optional.PsIsProtectedProcess != NULL && vg_optional.PsIsProtectedProcess(start->process);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_elevated(_In_ const struct vg_record *record)
{
    const struct vg_fact *level = &record->facts[VG_FIELD_INTEGRITY_LEVEL];

    return level->state == VG_FACT_KNOWN && (vg_text_equal(level->values[0], VG_LITERAL_SPAN(u"High")) ||
                                             vg_text_equal(level->values[0], VG_LITERAL_SPAN(u"System")));
}

/* Only by a name that the file itself vouches for, and elevated: the tool does nothing for ordinary users,
 * who could start it suspended and put other code into it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_tool(_In_ const struct vg_start *start)
{
    return vg_config.tool_path.units != NULL && is_elevated(&start->record) &&
           (start->image_source == VG_IMAGE_NORMALIZED || start->image_source == VG_IMAGE_FILE_NAME) &&
           vg_text_equal_folded(vg_string_span(&start->image.text), vg_string_span(&vg_config.tool_path));
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool has_path(_In_ struct vg_span name)
{
    const uint16_t *units = vg_units(name);

    for (uint32_t i = 0; i < vg_unit_count(name); i++) {
        if (units[i] == '\\')
            return true;
    }
    return false;
}

/* A minimal process (vmmem, Registry), which maps no file: it has no name, or one without a path, so no rule
 * on folders can allow it, and the default must not hit it. User mode can make none. A subsystem's process is
 * none: whoever may use WSL 1 starts what they like in it. vigil-xp.sys is told of no file at all: there a
 * name that could not be had may be any program's. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_nameless(_In_ const struct vg_start *start)
{
    if (!vg_notify_tells_names() && start->image.state == VG_FACT_UNKNOWN)
        return false;
    return start->reason == VG_REASON_DEFAULT && start->info->FileObject == NULL &&
           (start->info->Flags & VG_NOTIFY_SUBSYSTEM_PROCESS) == 0 &&
           !has_path(vg_string_span(&start->image.text));
}

/* Until the boot is confirmed, and for lack of anybody to ask, only what a rule denies in so many words is
 * denied. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_explicit(_In_ const struct vg_start *start)
{
    return start->reason == VG_REASON_RULE && start->decision.verdict == VG_DENY;
}

_Use_decl_annotations_
enum vg_guard vg_guard_of(const struct vg_start *start)
{
    if (created_by_system(start))
        return VG_GUARD_SYSTEM_CREATOR;
    if (is_protected(start))
        return VG_GUARD_PROTECTED;
    if (is_tool(start))
        return VG_GUARD_TOOL;
    if (is_nameless(start))
        return VG_GUARD_NAMELESS;
    switch (vg_mode_enforcement(&start->policy->info)) {
    case VG_ENFORCING:
        return VG_GUARD_NONE;
    case VG_ENFORCING_DENIES:
        return is_explicit(start) ? VG_GUARD_NONE : VG_GUARD_BOOT;
    case VG_MONITOR_SAFE_MODE:
        return VG_GUARD_SAFE_MODE;
    case VG_MONITOR_BOOT_FAILED:
        return VG_GUARD_BOOT;
    case VG_MONITOR_BY_POLICY:
    case VG_MONITOR_NO_POLICY:
        break;
    }
    return VG_GUARD_MONITOR;
}
