#include "memory_image.h"

#include <string.h>

static bool read_at(void *context, uint64_t offset, void *buffer, uint32_t size)
{
    const struct vg_memory_image *image = context;

    memcpy(buffer, image->bytes + offset, size);
    return true;
}

enum vg_image_answer vg_memory_image_open(struct vg_image_reader *reader, struct vg_memory_image *image)
{
    return vg_image_open(reader, read_at, image, image->size);
}
