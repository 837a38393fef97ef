/* A bump arena: many small allocations that die together. What a model holds lives in one. Hosted. */
#ifndef VG_POLICY_ARENA_H
#define VG_POLICY_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;

/* Makes an empty arena; NULL when there is no memory. Free with vg_arena_free (which takes NULL too). */
struct vg_arena *vg_arena_new(void);
void vg_arena_free(struct vg_arena *arena);

/* Returns `size` bytes (zero is allowed) of zeroed memory aligned to 8, or NULL when there is no
 * memory. A failure is remembered: vg_arena_failed tells it at the end, so that a long construction may check
 * once. */
void *vg_arena_alloc(struct vg_arena *arena, size_t size);

/* The same for `count` elements of `size` bytes, also NULL when that many bytes cannot be counted. */
void *vg_arena_array(struct vg_arena *arena, size_t count, size_t size);

/* Copies `size` bytes and puts a NUL behind the copy. */
char *vg_arena_text(struct vg_arena *arena, const char *text, size_t size);

/* Copies a formatted text. */
char *vg_arena_format(struct vg_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whether any allocation failed so far. */
bool vg_arena_failed(const struct vg_arena *arena);

#endif
