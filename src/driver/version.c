#include "version.h"

#include "image_file.h"
#include "spares.h"

static struct vg_spares rooms;

_Use_decl_annotations_
void vg_versions_start(void)
{
    vg_spares_start(&rooms, VG_IMAGE_VERSION_ROOM, VG_TAG_FILE);
}

_Use_decl_annotations_
void vg_versions_stop(void)
{
    vg_spares_stop(&rooms);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static enum vg_image_answer
    read_strings(_Inout_ struct vg_file_data *data, _Inout_ struct vg_version *version)
{
    struct vg_image_reader *reader = NULL;
    enum vg_image_answer answer = vg_image_file_open(data, &reader);

    if (answer == VG_ANSWER_READ) {
        bool used = false;

        version->room = vg_spares_take(&rooms, &used);
        answer = version->room == NULL ? VG_ANSWER_FAILED
                                       : vg_image_version(reader, version->room, &version->strings);
    }
    vg_image_file_close(reader);
    return answer;
}

_Use_decl_annotations_
void vg_version_look(const struct vg_file *file, struct vg_version *version)
{
    struct vg_file_data data;

    version->answer = VG_ANSWER_FAILED;
    if (file->handle == NULL || !file->same || !NT_SUCCESS(vg_file_open_data(file, &data)))
        return;
    version->answer = read_strings(&data, version);
    vg_file_close_data(&data);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static enum vg_image_string string_of(_In_ enum vg_field field)
{
    switch (field) {
    case VG_FIELD_ORIGINAL_FILE_NAME:
        return VG_IMAGE_ORIGINAL_FILE_NAME;
    case VG_FIELD_DESCRIPTION:
        return VG_IMAGE_DESCRIPTION;
    case VG_FIELD_PRODUCT:
        return VG_IMAGE_PRODUCT;
    case VG_FIELD_COMPANY:
        return VG_IMAGE_COMPANY;
    default:
        return VG_IMAGE_FILE_VERSION;
    }
}

_Use_decl_annotations_
void vg_version_tell(const struct vg_version *version, enum vg_field field, struct vg_record *record)
{
    struct vg_span string = version->strings.strings[string_of(field)];

    if (version->answer == VG_ANSWER_READ && string.size != 0)
        vg_record_set(record, field, string);
    else
        vg_record_set_state(record, field,
                            version->answer == VG_ANSWER_FAILED ? VG_FACT_UNKNOWN : VG_FACT_ABSENT);
}

_Use_decl_annotations_
void vg_version_drop(struct vg_version *version)
{
    vg_spares_give(&rooms, version->room);
    version->room = NULL;
}
