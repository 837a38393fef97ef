#include "buffer.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct vg_buffer *buffer, size_t size)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    uint8_t *bytes;

    if (buffer->failed || size > SIZE_MAX / 4 - buffer->size)
        return false;
    while (capacity < buffer->size + size)
        capacity *= 2;
    if (capacity == buffer->capacity)
        return true;
    bytes = realloc(buffer->bytes, capacity);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

void *vg_buffer_add(struct vg_buffer *buffer, size_t size)
{
    void *start;

    if (!grow(buffer, size)) {
        buffer->failed = true;
        return NULL;
    }
    start = buffer->bytes + buffer->size;
    memset(start, 0, size);
    buffer->size += size;
    return start;
}

void vg_buffer_put(struct vg_buffer *buffer, const void *bytes, size_t size)
{
    void *start = vg_buffer_add(buffer, size);

    if (start && size)
        memcpy(start, bytes, size);
}

void vg_buffer_put32(struct vg_buffer *buffer, uint32_t value)
{
    vg_buffer_put(buffer, &value, sizeof(value));
}

void vg_buffer_free(struct vg_buffer *buffer)
{
    free(buffer->bytes);
    memset(buffer, 0, sizeof(*buffer));
}
