/* Little-endian reads from a file's bytes, at any alignment. Bounds are the caller's. */
#ifndef VG_IMAGE_BYTES_H
#define VG_IMAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t vg_read16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t vg_read32(const uint8_t *bytes)
{
    return vg_read16(bytes) | (uint32_t)vg_read16(bytes + 2) << 16;
}

static inline uint64_t vg_read64(const uint8_t *bytes)
{
    return vg_read32(bytes) | (uint64_t)vg_read32(bytes + 4) << 32;
}

/* Whether `length` bytes from `offset` lie inside `size`. */
static inline bool vg_inside(size_t offset, size_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

#endif
