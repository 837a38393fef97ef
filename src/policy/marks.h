/* A set of small numbers that is cheap to add to, to ask and to clear, but cannot be walked in order: one bit
 * a number, and a list of the words that are not empty. It owns no memory. Freestanding. */
#ifndef VG_POLICY_MARKS_H
#define VG_POLICY_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_marks {
    uint64_t *words;
    uint32_t *touched; /* which words are not empty */
    uint32_t *count;   /* how many */
};

/* Lays the set for numbers below `range` over `memory`; returns how many 64-bit words that takes. `memory`
 * may be NULL to ask for the size only. Whoever owns the memory sets `count`. */
static inline size_t vg_marks_place(struct vg_marks *marks, uint32_t range, uint64_t *memory)
{
    size_t words = range / 64 + (range % 64 != 0);

    marks->words = memory;
    marks->touched = memory ? (uint32_t *)(void *)(memory + words) : NULL;
    return words + (words + 1) / 2;
}

static inline bool vg_marks_has(const struct vg_marks *marks, uint32_t number)
{
    return (marks->words[number / 64] >> (number % 64)) & 1;
}

static inline void vg_marks_add(struct vg_marks *marks, uint32_t number)
{
    uint64_t *word = &marks->words[number / 64];

    if (*word == 0)
        marks->touched[(*marks->count)++] = number / 64;
    *word |= (uint64_t)1 << (number % 64);
}

static inline void vg_marks_clear(struct vg_marks *marks)
{
    for (uint32_t i = 0; i < *marks->count; i++)
        marks->words[marks->touched[i]] = 0;
    *marks->count = 0;
}

#endif
