/* A file's bytes as an image that is read piece by piece. */
#ifndef VG_CLI_MEMORY_IMAGE_H
#define VG_CLI_MEMORY_IMAGE_H

#include <vigil/image_reader.h>

/* The content: a vg_image_read_at's context. */
struct vg_memory_image {
    const uint8_t *bytes;
    size_t size;
};

/* Opens it. The reader refers to `image`, which stays the caller's and in place. */
enum vg_image_answer vg_memory_image_open(struct vg_image_reader *reader, struct vg_memory_image *image);

#endif
