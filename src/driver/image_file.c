#include "image_file.h"

#include "spares.h"

static struct vg_spares readers;

_Use_decl_annotations_
void vg_image_files_start(void)
{
    vg_spares_start(&readers, sizeof(struct vg_image_reader), VG_TAG_FILE);
}

_Use_decl_annotations_
void vg_image_files_stop(void)
{
    vg_spares_stop(&readers);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool read_at(_Inout_ void *context, _In_ uint64_t offset,
                                                       _Out_writes_bytes_(size) void *buffer,
                                                       _In_ uint32_t size)
{
    uint8_t *to = buffer;

    while (size != 0) {
        uint32_t done = 0;

        if (!NT_SUCCESS(vg_file_read(context, offset, to, size, &done)))
            return false;
        to += done;
        offset += done;
        size -= done;
    }
    return true;
}

_Use_decl_annotations_
enum vg_image_answer vg_image_file_open(struct vg_file_data *data, struct vg_image_reader **reader)
{
    bool used = false;
    uint64_t size = 0;

    *reader = vg_spares_take(&readers, &used);
    if (*reader == NULL || !NT_SUCCESS(vg_file_size(data, &size)))
        return VG_ANSWER_FAILED;
    return vg_image_open(*reader, read_at, data, size);
}

_Use_decl_annotations_
void vg_image_file_close(struct vg_image_reader *reader)
{
    vg_spares_give(&readers, reader);
}
