#include "image_file.h"

#include "memory.h"

static bool read_at(void *context, uint64_t offset, void *buffer, uint32_t size)
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
    uint64_t size = 0;

    *reader = vg_allocate(VG_PAGED, sizeof(**reader), VG_TAG_FILE);
    if (*reader == NULL || !NT_SUCCESS(vg_file_size(data, &size)))
        return VG_ANSWER_FAILED;
    return vg_image_open(*reader, read_at, data, size);
}

_Use_decl_annotations_
void vg_image_file_close(struct vg_image_reader *reader)
{
    vg_free(reader, VG_TAG_FILE);
}
