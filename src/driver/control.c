#include "control.h"

#include "counters.h"
#include "digest.h"
#include "event.h"
#include "image.h"
#include "mode.h"
#include "notify.h"
#include "policy.h"
#include "process.h"

_IRQL_requires_max_(PASSIVE_LEVEL) static void fill_status(_Out_ struct vg_abi_status *status)
{
    struct vg_generation *policy = vg_policy_acquire();
    const struct vg_policy_info *info = policy == NULL ? NULL : &policy->info;
    NTSTATUS registration = STATUS_SUCCESS;

    memset(status, 0, sizeof(*status));
    status->size = sizeof(*status);
    status->abi_version = VG_ABI_VERSION;
    status->enforcement = vg_mode_enforcement(info);
    status->override_mode = vg_mode_override();
    status->options = vg_mode_options_with(info);
    status->registered_with = vg_notify_status(&registration);
    status->registration_status = registration;
    status->policy_status = vg_policy_status();
    status->boot_confirmed = vg_mode_boot_confirmed();
    status->quiesced = vg_readers_quiesced();
    status->readers = vg_readers_count();
    if (policy != NULL) {
        status->rule_count = info->rule_count;
        memcpy(status->policy_identity, info->identity, sizeof(status->policy_identity));
        status->policy_size = policy->size;
        status->policy_generation = policy->number;
    }
    vg_policy_release(policy);
    status->processes = vg_processes_check();
    vg_ring_counts(vg_events_ring(), &status->events_written, &status->events_lost);
    vg_counters_report(status);
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    report_status(_Inout_ struct vg_request *request)
{
    if (request->output_size < sizeof(struct vg_abi_status))
        return STATUS_BUFFER_TOO_SMALL;
    fill_status(request->buffer);
    request->written = sizeof(struct vg_abi_status);
    return STATUS_SUCCESS;
}

/* What is in force has changed. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void announce(void)
{
    vg_images_update();
    vg_event_state();
}

/* The reply can only travel with a success: the I/O manager copies no output for an error. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    load_policy(_Inout_ struct vg_request *request)
{
    struct vg_abi_load_reply reply;
    NTSTATUS status = vg_policy_load(request->buffer, request->input_size, &reply);

    if (NT_SUCCESS(status))
        announce();
    else if (status != STATUS_FILE_CORRUPT_ERROR)
        return status;
    if (request->output_size < sizeof(reply))
        return status;
    memcpy(request->buffer, &reply, sizeof(reply));
    request->written = sizeof(reply);
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    set_mode(_In_ const struct vg_request *request)
{
    struct vg_abi_mode mode;

    if (request->input_size != sizeof(mode))
        return STATUS_INVALID_BUFFER_SIZE;
    memcpy(&mode, request->buffer, sizeof(mode));
    if (mode.override_mode > VG_MODE_FORCE_ENFORCE || mode.reserved != 0)
        return STATUS_INVALID_PARAMETER;
    vg_mode_set_override((enum vg_abi_mode_override)mode.override_mode);
    announce();
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    set_options(_In_ const struct vg_request *request)
{
    const uint32_t known = VG_OPTION_WATCH_IMAGES | VG_OPTION_HASH_ALL;
    struct vg_abi_options options;

    if (request->input_size != sizeof(options))
        return STATUS_INVALID_BUFFER_SIZE;
    memcpy(&options, request->buffer, sizeof(options));
    if ((options.mask & ~known) != 0 || (options.flags & ~options.mask) != 0)
        return STATUS_INVALID_PARAMETER;
    if ((options.flags & VG_OPTION_HASH_ALL) != 0 && !vg_digest_can_be_had())
        return STATUS_NOT_SUPPORTED;
    vg_mode_set_options(options.mask, options.flags);
    announce();
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    confirm_boot(_In_ const struct vg_request *request)
{
    NTSTATUS status = request->input_size == 0 ? vg_mode_confirm_boot() : STATUS_INVALID_BUFFER_SIZE;

    if (NT_SUCCESS(status))
        announce();
    return status;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    seek(_Inout_ struct vg_reader *reader, _In_ const struct vg_request *request)
{
    struct vg_abi_seek place;

    if (request->input_size != sizeof(place))
        return STATUS_INVALID_BUFFER_SIZE;
    memcpy(&place, request->buffer, sizeof(place));
    if (place.to > VG_SEEK_END || place.reserved != 0)
        return STATUS_INVALID_PARAMETER;
    vg_reader_seek(reader, (enum vg_abi_seek_to)place.to);
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    set_quiesced(_In_ const struct vg_request *request, _In_ void (*apply)(void))
{
    if (request->input_size != 0)
        return STATUS_INVALID_BUFFER_SIZE;
    apply();
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS vg_control(struct vg_reader *reader, struct vg_request *request)
{
    request->written = 0;
    switch (request->code) {
    case VG_IOCTL_STATUS:
        return report_status(request);
    case VG_IOCTL_LOAD_POLICY:
        return load_policy(request);
    case VG_IOCTL_SET_MODE:
        return set_mode(request);
    case VG_IOCTL_SET_OPTIONS:
        return set_options(request);
    case VG_IOCTL_CONFIRM_BOOT:
        return confirm_boot(request);
    case VG_IOCTL_SEEK:
        return seek(reader, request);
    case VG_IOCTL_QUIESCE:
        return set_quiesced(request, vg_readers_quiesce);
    case VG_IOCTL_RESUME:
        return set_quiesced(request, vg_readers_resume);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}
