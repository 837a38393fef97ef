#include "record.h"

#include "drive.h"
#include "identity.h"
#include "mode.h"
#include "name.h"
#include "notify.h"
#include "system.h"
#include "tamper.h"

_IRQL_requires_max_(PASSIVE_LEVEL) static void set_number(_Inout_ struct vg_start *start, _In_ unsigned slot,
                                                          _In_ enum vg_field field, _In_ uint32_t number)
{
    struct vg_span span = {.bytes = start->numbers[slot], .size = 0};

    span.size = vg_decimal(number, start->numbers[slot]) * 2;
    vg_record_set(&start->record, field, span);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void set_kept(_Inout_ struct vg_record *record,
                                                        _In_ enum vg_field field,
                                                        _In_ const struct vg_kept *kept)
{
    if (kept->state != VG_FACT_KNOWN) {
        vg_record_set_state(record, field, (enum vg_fact_state)kept->state);
        return;
    }
    vg_record_set(record, field, vg_string_span(&kept->text));
    record->facts[field].flags = kept->flags;
}

/* The name of a file that could not be opened again, from the best witness there is. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    name_without_file(_Inout_ struct vg_start *start, _In_ struct vg_span process_path)
{
    /* Without special APCs the volume cannot be asked for its letter: the answer would never arrive. */
    bool apcs_are_off = vg_system_apcs_are_off();
    PFILE_OBJECT given = apcs_are_off ? NULL : start->info->FileObject;
    PCUNICODE_STRING open_name = start->info->ImageFileName;

    if (process_path.size != 0) {
        start->image_source = VG_IMAGE_PROCESS;
        return given == NULL && !apcs_are_off ? vg_name_on_its_volume(process_path, &start->image.text)
                                              : vg_name_of_path(process_path, given, &start->image.text);
    }
    /* The file object is not asked for its name: that is a request to the file system, which may wait for
     * ever. */
    if (open_name == NULL || open_name->Length == 0)
        return STATUS_NOT_FOUND;
    start->image_source = VG_IMAGE_OPEN_NAME;
    start->image.flags = VG_FACT_CLAIMED; /* the creator's word, under its own device map */
    return vg_name_of_open_name(vg_unicode_span(open_name), &start->image.text);
}

/* Opens the image's file, by the kernel's file object or else by the kernel's name for it. `*path` receives
 * that name if it was asked for. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void open_image(_Inout_ struct vg_start *start,
                                                          _Inout_ struct vg_string *path)
{
    PFILE_OBJECT given = start->info->FileObject;
    NTSTATUS status = STATUS_NOT_FOUND;

    /* Here special APCs are enabled as a rule; without them the file system's answer would never arrive. */
    if (vg_system_apcs_are_off())
        return;
    if (given != NULL)
        status = vg_file_open_given(given, &start->file);
    if (NT_SUCCESS(status) || start->file.delete_pending)
        return;
    if (NT_SUCCESS(vg_system_image_name(start->process, path)))
        (void)vg_file_open_named(given, vg_string_span(path),
                                 &start->file); /* the file says itself whether it is open */
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_image(_Inout_ struct vg_start *start)
{
    struct vg_string path = {0};
    NTSTATUS status = STATUS_NOT_FOUND;

    start->image_source = VG_IMAGE_NONE;
    open_image(start, &path);
    start->file.deadline = &start->deadline;
    start->file.disk = &start->disk;
    start->file.names = &start->names;
    if (start->file.same) {
        status = vg_name_of_file(&start->file, &start->image.text, &start->image_source);
    } else if (start->file.handle != NULL) {
        /* A file opened by name alone, with nothing to compare it to, is no better a witness than the name.
         */
        status = vg_name_by_path(&start->file, vg_string_span(&path), &start->image.text);
        start->image_source = VG_IMAGE_PROCESS;
    }
    if (!NT_SUCCESS(status)) {
        NTSTATUS named = path.units == NULL ? vg_system_image_name(start->process, &path) : STATUS_SUCCESS;

        status = name_without_file(start, vg_string_span(&path));
        if (status == STATUS_NOT_FOUND && named == STATUS_INSUFFICIENT_RESOURCES)
            status = named; /* there may be one */
    }
    vg_string_free(&path);
    start->image.state = VG_FACT_KNOWN;
    if (!NT_SUCCESS(status)) {
        start->image_source = VG_IMAGE_NONE;
        start->image.flags = 0;
        start->image.state =
            start->info->FileObject == NULL && status == STATUS_NOT_FOUND ? VG_FACT_ABSENT : VG_FACT_UNKNOWN;
    }
    set_kept(&start->record, VG_FIELD_IMAGE, &start->image);
}

/* Copied once: what is decided is what is recorded, whoever owns the original. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    describe_command_line(_Inout_ struct vg_start *start)
{
    PCUNICODE_STRING command_line = start->info->CommandLine;
    NTSTATUS status = STATUS_SUCCESS;

    start->command_line.state = vg_notify_tells_names() ? VG_FACT_ABSENT : VG_FACT_UNKNOWN;
    if (command_line != NULL) {
        status = vg_string_copy(&start->command_line.text, vg_unicode_span(command_line));
        start->command_line.state = NT_SUCCESS(status) ? VG_FACT_KNOWN : VG_FACT_UNKNOWN;
    }
    set_kept(&start->record, VG_FIELD_COMMAND_LINE, &start->command_line);
    return status;
}

/* Nearly always it is the user of the process itself, whose text is there already. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_parent_user(_Inout_ struct vg_start *start)
{
    static const struct vg_sid no_user = {.size = 0};
    const struct vg_sid *user = start->parent != NULL ? &start->parent->user : &no_user;

    if (vg_sid_equal(user, &start->self->user))
        start->record.facts[VG_FIELD_PARENT_USER] = start->record.facts[VG_FIELD_USER];
    else
        vg_user_describe(user, start->token.parent_user, VG_FIELD_PARENT_USER, &start->record);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_relatives(_Inout_ struct vg_start *start)
{
    static const struct vg_kept nobody = {.state = VG_FACT_UNKNOWN};
    struct vg_record *record = &start->record;
    HANDLE parent = start->info->ParentProcessId;
    HANDLE creator = start->info->CreatingThreadId.UniqueProcess;
    bool reparented = parent != creator;

    start->parent_id = (uint32_t)(ULONG_PTR)parent;
    start->creator_id = (uint32_t)(ULONG_PTR)creator;
    start->creator_thread_id = (uint32_t)(ULONG_PTR)start->info->CreatingThreadId.UniqueThread;
    start->creator = vg_process_identify(creator);
    start->parent = reparented ? vg_process_identify(parent) : start->creator;
    if (start->creator != NULL)
        vg_process_runs(start->creator);
    set_kept(record, VG_FIELD_PARENT_IMAGE, start->parent != NULL ? &start->parent->image : &nobody);
    set_kept(record, VG_FIELD_PARENT_COMMAND_LINE,
             start->parent != NULL ? &start->parent->command_line : &nobody);
    describe_parent_user(start);
    set_kept(record, VG_FIELD_CREATOR_IMAGE, start->creator != NULL ? &start->creator->image : &nobody);
    vg_record_set(record, VG_FIELD_REPARENTED,
                  reparented ? VG_LITERAL_SPAN(u"true") : VG_LITERAL_SPAN(u"false"));
    set_number(start, 0, VG_FIELD_PROCESS_ID, start->self->id);
    set_number(start, 1, VG_FIELD_PARENT_PROCESS_ID, start->parent_id);
    set_number(start, 2, VG_FIELD_CREATOR_PROCESS_ID, start->creator_id);
    set_number(start, 3, VG_FIELD_CREATOR_THREAD_ID, start->creator_thread_id);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void establish_drive(_Inout_ struct vg_start *start)
{
    struct vg_span drive = {.bytes = NULL, .size = 0};

    if (start->file.handle != NULL)
        drive = vg_drive_of(&start->file);
    if (drive.size != 0)
        vg_record_set(&start->record, VG_FIELD_DRIVE, drive);
    else
        vg_record_set_state(&start->record, VG_FIELD_DRIVE,
                            start->image.state == VG_FACT_ABSENT ? VG_FACT_ABSENT : VG_FACT_UNKNOWN);
}

_Use_decl_annotations_
NTSTATUS vg_record_gather(struct vg_start *start)
{
    struct vg_record *record = &start->record;
    ULONG flags = start->info->Flags;
    bool named = (flags & VG_NOTIFY_OPEN_NAME_AVAILABLE) != 0 || !vg_notify_tells_names();
    NTSTATUS status = describe_command_line(start);

    describe_image(start);
    vg_token_describe(start->process, &start->token, &start->self->user, record);
    describe_relatives(start);
    vg_tamper_look(start->info->FileObject, &start->file, named, record);
    /* CurrentDirectory stays PENDING: it lies in the new process's own memory, which its creator writes. */
    vg_record_set_state(record, VG_FIELD_PROVIDER_NAME, VG_FACT_ABSENT); /* no log tells of this start */
    vg_record_set(record, VG_FIELD_SUBSYSTEM,
                  (flags & VG_NOTIFY_SUBSYSTEM_PROCESS) != 0 ? VG_LITERAL_SPAN(u"WSL")
                                                             : VG_LITERAL_SPAN(u"Win32"));
    return status;
}

/* What was hashed need not be what was mapped: whoever supplies the bytes can answer the two readings
 * differently, and the signs of tampering say that somebody may have changed them in between. Then no rule
 * that allows rests on the hash. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_hash_sure(_In_ const struct vg_start *start)
{
    return vg_identity_bytes_are_ours(&start->file) &&
           start->record.facts[VG_FIELD_TAMPERED].state != VG_FACT_KNOWN;
}

/* What to establish when a rule asks for a hash: a file that must be read whole is read once for all that any
 * rule, or the record, can want of it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static uint64_t
    hashes_beside(_In_ const struct vg_start *start, _In_ enum vg_field field)
{
    const struct vg_policy_info *info = start->policy == NULL ? NULL : &start->policy->info;
    uint64_t wanted = VG_HASH_BIT(field);

    if (vg_field_stage(field) != VG_STAGE_HASH)
        return wanted;
    if (info != NULL)
        wanted |= info->fields & VG_HASHES_OF_CONTENT;
    if ((vg_mode_options_with(info) & VG_OPTION_HASH_ALL) != 0)
        wanted |= VG_HASH_BIT(VG_FIELD_SHA256);
    return wanted;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void tell_hash(_Inout_ struct vg_start *start,
                                                         _In_ enum vg_field field, _In_ bool sure)
{
    const uint64_t bit = VG_HASH_BIT(field);
    struct vg_record *record = &start->record;

    if (record->facts[field].state != VG_FACT_PENDING)
        return; /* a rule was decided by it */
    if ((start->hashes.known & bit) != 0)
        vg_record_set(record, field,
                      (struct vg_span){.bytes = vg_hashes_digest(&start->hashes, field),
                                       .size = vg_field_digest_size(field)});
    else if ((start->hashes.absent & bit) != 0 || start->image.state == VG_FACT_ABSENT)
        vg_record_set_state(record, field, VG_FACT_ABSENT);
    else
        vg_record_set_state(record, field, VG_FACT_UNKNOWN);
    if ((vg_hashes_established(&start->hashes) & bit) != 0 && !sure)
        record->facts[field].flags = VG_FACT_CLAIMED;
}

/* All that were looked for are told at once: a rule that asks for one nearly always has others behind it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void establish_hash(_Inout_ struct vg_start *start,
                                                              _In_ enum vg_field field)
{
    uint64_t looked = hashes_beside(start, field);
    uint64_t wanted = looked & ~vg_hashes_established(&start->hashes);
    bool sure = false;

    if (start->record.facts[field].state != VG_FACT_PENDING)
        return; /* it was looked for */
    if ((wanted & VG_HASH_BIT(field)) != 0 && start->file.handle != NULL)
        vg_hash_file(&start->file, wanted, &start->hashes);
    sure = (vg_hashes_established(&start->hashes) & looked) != 0 && is_hash_sure(start);
    for (unsigned i = 0; i < VG_HASH_COUNT; i++) {
        if ((looked & VG_HASH_BIT(vg_hash_fields[i])) != 0)
            tell_hash(start, vg_hash_fields[i], sure);
    }
}

/* All strings at once: they are read together, and where rules ask for one they ask for others. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void establish_version(_Inout_ struct vg_start *start,
                                                                 _In_ enum vg_field field)
{
    static const enum vg_field strings[] = {VG_FIELD_ORIGINAL_FILE_NAME, VG_FIELD_DESCRIPTION,
                                            VG_FIELD_PRODUCT, VG_FIELD_COMPANY, VG_FIELD_FILE_VERSION};

    if (start->image.state == VG_FACT_ABSENT) {
        vg_record_set_state(&start->record, field, VG_FACT_ABSENT);
        return;
    }
    vg_version_look(&start->file, &start->version);
    for (unsigned i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        vg_version_tell(&start->version, strings[i], &start->record);
}

_Use_decl_annotations_
void vg_record_establish(struct vg_start *start, enum vg_field field)
{
    if (vg_field_digest_size(field) != 0)
        establish_hash(start, field);
    else if (field == VG_FIELD_DRIVE)
        establish_drive(start);
    else if (vg_field_stage(field) == VG_STAGE_VERSION)
        establish_version(start, field);
    else
        vg_record_set_state(&start->record, field,
                            VG_FACT_UNKNOWN); /* a field this driver knows no source for */
}

_Use_decl_annotations_
void vg_record_drop(struct vg_start *start)
{
    vg_version_drop(&start->version);
    vg_file_close(&start->file);
    if (start->parent != start->creator)
        vg_process_release(start->parent);
    vg_process_release(start->creator);
}
