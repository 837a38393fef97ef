#include "window.h"

#include <string.h>

/* Reads the block at `begin` in place of the one that was used least lately; NULL when it cannot be read. */
static struct vg_image_block *fetch(struct vg_image_reader *reader, uint64_t begin)
{
    uint64_t rest = reader->size - begin;
    struct vg_image_block *chosen = &reader->blocks[0];
    uint32_t wanted = rest < VG_IMAGE_BLOCK_SIZE ? (uint32_t)rest : VG_IMAGE_BLOCK_SIZE;

    for (unsigned i = 0; i < VG_IMAGE_BLOCKS; i++) {
        struct vg_image_block *block = &reader->blocks[i];

        if (block->size == 0 || block->used < chosen->used)
            chosen = block;
    }
    chosen->size = 0;
    chosen->used = 0;
    if (!reader->read(reader->context, begin, chosen->bytes, wanted)) {
        reader->failed = true;
        return NULL;
    }
    chosen->offset = begin;
    chosen->size = wanted;
    return chosen;
}

/* The block that holds `offset`, which is inside the file; NULL when it cannot be read. Tables and the names
 * they lead to lie apart, so some blocks are kept. */
static inline const struct vg_image_block *block_at(struct vg_image_reader *reader, uint64_t offset)
{
    uint64_t begin = offset - offset % VG_IMAGE_BLOCK_SIZE;
    struct vg_image_block *block = reader->blocks;

    while (block < reader->blocks + VG_IMAGE_BLOCKS && (block->size == 0 || block->offset != begin))
        block++;
    if (block == reader->blocks + VG_IMAGE_BLOCKS)
        block = fetch(reader, begin);
    if (block != NULL)
        block->used = ++reader->clock;
    return block;
}

bool vg_window_read(struct vg_image_reader *reader, uint64_t offset, void *buffer, uint32_t size)
{
    uint8_t *to = buffer;

    if (offset > reader->size || size > reader->size - offset)
        return false;
    while (size != 0) {
        const struct vg_image_block *block = block_at(reader, offset);
        uint32_t skip = (uint32_t)(offset % VG_IMAGE_BLOCK_SIZE);
        uint32_t part = size;

        if (block == NULL)
            return false;
        if (part > block->size - skip)
            part = block->size - skip;
        memcpy(to, block->bytes + skip, part);
        to += part;
        offset += part;
        size -= part;
    }
    return true;
}

/* Bytes from `offset` that the file has, of `wanted`. */
static bool clip(const struct vg_image_reader *reader, uint64_t offset, uint32_t wanted, uint32_t *available)
{
    if (wanted == 0 || offset >= reader->size)
        return false;
    *available = wanted < reader->size - offset ? wanted : (uint32_t)(reader->size - offset);
    return true;
}

bool vg_window_find(const struct vg_image_reader *reader, uint32_t address, uint64_t *offset,
                    uint32_t *available)
{
    for (uint32_t i = 0; i < reader->section_count; i++) {
        const struct vg_image_section *section = &reader->sections[i];
        uint32_t skip = address - section->address;

        if (address < section->address || skip >= section->extent)
            continue;
        if (skip >= section->raw_size)
            return false; /* zeros that are in memory only */
        *offset = (uint64_t)section->raw + skip;
        return clip(reader, *offset, section->raw_size - skip, available);
    }
    if (address >= reader->headers_size)
        return false;
    *offset = address;
    return clip(reader, address, reader->headers_size - address, available);
}

bool vg_window_read_at(struct vg_image_reader *reader, uint32_t address, void *buffer, uint32_t size)
{
    uint64_t offset = 0;
    uint32_t available = 0;

    return vg_window_find(reader, address, &offset, &available) && size <= available &&
           vg_window_read(reader, offset, buffer, size);
}

bool vg_window_text_at(struct vg_image_reader *reader, uint32_t address, char *buffer, uint32_t capacity,
                       uint32_t *length)
{
    uint64_t offset = 0;
    uint32_t available = 0;
    uint32_t count = 0;

    if (!vg_window_find(reader, address, &offset, &available))
        return false;
    if (available > capacity)
        available = capacity;
    while (count < available) {
        uint32_t block_left = VG_IMAGE_BLOCK_SIZE - (uint32_t)((offset + count) % VG_IMAGE_BLOCK_SIZE);
        uint32_t part = available - count < block_left ? available - count : block_left;
        uint32_t end = count + part;

        if (!vg_window_read(reader, offset + count, buffer + count, part))
            return false;
        while (count < end && buffer[count] != 0)
            count++;
        if (count < end)
            break;
    }
    *length = count;
    return true;
}
