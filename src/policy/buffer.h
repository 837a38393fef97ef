/* A growing run of bytes for the compiler. A failure to grow is remembered, so that a long construction
 * checks once. Starts zeroed. Hosted. */
#ifndef VG_POLICY_BUFFER_H
#define VG_POLICY_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_buffer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

/* Appends `size` zero bytes and returns where they start, NULL when there is no memory. */
void *vg_buffer_add(struct vg_buffer *buffer, size_t size);

/* Appends a copy. */
void vg_buffer_put(struct vg_buffer *buffer, const void *bytes, size_t size);

void vg_buffer_put32(struct vg_buffer *buffer, uint32_t value);

void vg_buffer_free(struct vg_buffer *buffer);

/* The content as an array, and how many elements it has. */
#define VG_BUFFER_AT(buffer, type)    ((type *)(void *)(buffer)->bytes)
#define VG_BUFFER_COUNT(buffer, type) ((uint32_t)((buffer)->size / sizeof(type)))

#endif
