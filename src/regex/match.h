/* The kernel's half of regular expressions: whether a table can be trusted, and whether a text matches.
 * Freestanding: no allocation, no recursion, no libc, callable at any IRQL on resident memory. */
#ifndef VG_REGEX_MATCH_H
#define VG_REGEX_MATCH_H

#include <vigil/text.h>

/* Whether the `size` bytes at `table` (aligned to 4) are one whole table in which every step stays inside.
 * One pass, no more than VG_REGEX_MAX_BYTES. Returns NULL for a good table, else which check failed. The
 * bytes may be anything. */
const char *vg_regex_check(const void *table, size_t size);

/* Whether the expression is found anywhere in `text`. `table` has passed vg_regex_check. At most one step per
 * unit: it ends as soon as the rest of the text cannot change the answer. */
bool vg_regex_match(const void *table, struct vg_span text);

#endif
