#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks grow with the arena, so that a large policy takes few of them; what does not fit well gets its own.
 */
#define BLOCK_FIRST (16u * 1024u)
#define BLOCK_MOST  (4u * 1024u * 1024u)

/* What the largest numbers and pointers are aligned to. */
#define UNIT sizeof(uint64_t)

struct block {
    struct block *next;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

struct vg_arena {
    struct block *blocks; /* the first one is being filled */
    size_t next_size;
    bool failed;
};

struct vg_arena *vg_arena_new(void)
{
    struct vg_arena *arena = calloc(1, sizeof(*arena));
    if (arena)
        arena->next_size = BLOCK_FIRST;
    return arena;
}

void vg_arena_free(struct vg_arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

/* A block for `size` bytes becomes the one being filled, unless it is filled by them at once. */
static struct block *add_block(struct vg_arena *arena, size_t size)
{
    bool own = size > arena->next_size / 4;
    size_t capacity = own ? size : arena->next_size;
    struct block *block = NULL;
    if (capacity <= SIZE_MAX - sizeof(*block))
        block = calloc(1, sizeof(*block) + capacity);
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    block->size = capacity;
    if (own && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
        return block;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    if (arena->next_size < BLOCK_MOST)
        arena->next_size *= 2;
    return block;
}

/* At a multiple of `unit`. Nothing takes a byte, so that everything has a place of its own. */
static void *take(struct vg_arena *arena, size_t size, size_t unit)
{
    struct block *block = arena->blocks;
    size_t start = block ? (block->used + unit - 1) / unit * unit : 0;
    size = size ? size : 1;
    if (!block || start > block->size || size > block->size - start) {
        block = add_block(arena, size);
        start = 0;
    }
    if (!block)
        return NULL;
    block->used = start + size;
    return (char *)block->bytes + start;
}

void *vg_arena_alloc(struct vg_arena *arena, size_t size)
{
    return take(arena, size, UNIT);
}

void *vg_arena_array(struct vg_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return vg_arena_alloc(arena, count * size);
}

char *vg_arena_text(struct vg_arena *arena, const char *text, size_t size)
{
    char *copy = size < SIZE_MAX ? take(arena, size + 1, 1) : NULL;
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

char *vg_arena_format(struct vg_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : take(arena, (size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

bool vg_arena_failed(const struct vg_arena *arena)
{
    return arena->failed;
}
