/* A set of UTF-16 units, one bit each. Hosted. */
#ifndef VG_REGEX_SET_H
#define VG_REGEX_SET_H

#include <stdbool.h>
#include <stdint.h>

struct vg_regex_set {
    uint64_t bits[1024];
};

static inline bool vg_regex_set_has(const struct vg_regex_set *set, uint32_t unit)
{
    return (set->bits[unit / 64] >> unit % 64 & 1) != 0;
}

static inline void vg_regex_set_add(struct vg_regex_set *set, uint32_t unit)
{
    set->bits[unit / 64] |= (uint64_t)1 << unit % 64;
}

/* Adds `first` to `last`, both included. */
void vg_regex_set_add_range(struct vg_regex_set *set, uint32_t first, uint32_t last);
void vg_regex_set_add_all(struct vg_regex_set *set, const struct vg_regex_set *other);
void vg_regex_set_invert(struct vg_regex_set *set);

/* Units of one upper case: each leads to the next of them, the last to the first. */
struct vg_regex_case {
    uint16_t next[0x10000];
    uint32_t last[0x10000]; /* while it is built: the last unit of an upper case */
};
void vg_regex_case_build(struct vg_regex_case *cases);

/* Adds every unit whose upper case is that of one in the set. */
void vg_regex_set_fold(struct vg_regex_set *set, const struct vg_regex_case *cases);

/* Adds what the escape `letter` (d, w, s, h, v, N or an upper-case negation) stands for; false for any other.
 */
bool vg_regex_set_add_escape(struct vg_regex_set *set, uint32_t letter);

/* Adds what [:name:] stands for; false for a name that there is not. */
bool vg_regex_set_add_posix(struct vg_regex_set *set, const uint16_t *name, uint32_t length);

/* Whether \w takes the unit. */
static inline bool vg_regex_is_word(uint32_t unit)
{
    return (unit >= '0' && unit <= '9') || (unit >= 'A' && unit <= 'Z') || (unit >= 'a' && unit <= 'z') ||
           unit == '_';
}

#endif
