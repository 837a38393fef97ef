/* The names the language knows, and which of them somebody meant. */
#ifndef VG_POLICY_NAMES_H
#define VG_POLICY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;

/* The name in a NULL-terminated list that is nearest to `text` (fewest letters to change, case apart), or
 * NULL when none is near enough to be meant. */
const char *vg_nearest_name(const char *const *names, const char *text, size_t size);

/* "did you mean X?", or NULL when none is near. In the arena. */
const char *vg_nearest_hint(struct vg_arena *arena, const char *const *names, const char *text, size_t size);

/* "did you mean X?" if one is near, and "known are: a, b, c" (`what` is "keys", "fields" ...). In the arena.
 */
const char *vg_names_hint(struct vg_arena *arena, const char *const *names, const char *what,
                          const char *text, size_t size);

/* Whether `text` is one of the names, exactly. */
bool vg_is_name(const char *const *names, const char *text, size_t size);

/* All fields of a record, as such a list. */
extern const char *const vg_field_names[];

#endif
