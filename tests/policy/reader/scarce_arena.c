/* The arena, in memory that runs out when the test says so: every allocation is one of its own. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct piece {
    struct piece *next;
    max_align_t bytes[];
};

struct vg_arena {
    struct piece *pieces;
    bool failed;
};

struct vg_arena *vg_arena_new(void)
{
    return calloc(1, sizeof(struct vg_arena));
}

void vg_arena_free(struct vg_arena *arena)
{
    for (struct piece *piece = arena ? arena->pieces : NULL, *next; piece; piece = next) {
        next = piece->next;
        free(piece);
    }
    free(arena);
}

void *vg_arena_alloc(struct vg_arena *arena, size_t size)
{
    struct piece *piece =
        size <= SIZE_MAX - sizeof(struct piece) ? calloc(1, sizeof(struct piece) + size) : NULL;
    if (!piece) {
        arena->failed = true;
        return NULL;
    }
    piece->next = arena->pieces;
    arena->pieces = piece;
    return piece->bytes;
}

void *vg_arena_array(struct vg_arena *arena, size_t count, size_t size)
{
    return vg_arena_alloc(arena, size && count > SIZE_MAX / size ? SIZE_MAX : count * size);
}

char *vg_arena_text(struct vg_arena *arena, const char *text, size_t size)
{
    char *copy = size < SIZE_MAX ? vg_arena_alloc(arena, size + 1) : NULL;
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

char *vg_arena_format(struct vg_arena *arena, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return vg_arena_text(arena, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

bool vg_arena_failed(const struct vg_arena *arena)
{
    return arena->failed;
}
