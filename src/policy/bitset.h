/* A set of small numbers that is cheap to clear and to walk in order however large its range is: one bit a
 * number, one a word of those, one a word of these. It owns no memory. Freestanding. */
#ifndef VG_POLICY_BITSET_H
#define VG_POLICY_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vigil/bits.h>

#define VG_BITSET_LEVELS 3u
#define VG_BITSET_NONE   UINT32_MAX

struct vg_bitset {
    uint64_t *levels[VG_BITSET_LEVELS];
    uint32_t words[VG_BITSET_LEVELS];
};

/* Lays the set for numbers below `range` over `memory`; returns how many 64-bit words that takes. `memory`
 * may be NULL to ask for the size only. */
static inline size_t vg_bitset_place(struct vg_bitset *set, uint32_t range, uint64_t *memory)
{
    size_t used = 0;
    uint32_t words = range;

    for (unsigned level = 0; level < VG_BITSET_LEVELS; level++) {
        words = words / 64 + (words % 64 != 0);
        set->words[level] = words;
        set->levels[level] = memory ? memory + used : NULL;
        used += words;
    }
    return used;
}

static inline bool vg_bitset_has(const struct vg_bitset *set, uint32_t number)
{
    return (set->levels[0][number / 64] >> (number % 64)) & 1;
}

/* A word that is not empty has its bit above. */
static inline void vg_bitset_add(struct vg_bitset *set, uint32_t number)
{
    for (unsigned level = 0; level < VG_BITSET_LEVELS; level++) {
        uint64_t *word = &set->levels[level][number / 64];
        uint64_t before = *word;

        *word = before | (uint64_t)1 << (number % 64);
        if (before)
            break;
        number /= 64;
    }
}

/* Takes a member out again. */
static inline void vg_bitset_remove(struct vg_bitset *set, uint32_t number)
{
    for (unsigned level = 0; level < VG_BITSET_LEVELS; level++) {
        set->levels[level][number / 64] &= ~((uint64_t)1 << (number % 64));
        if (set->levels[level][number / 64])
            break;
        number /= 64;
    }
}

/* The first word at or behind `word` on the lowest level that is not empty; VG_BITSET_NONE when there is
 * none. */
static inline uint32_t vg_bitset_next_word(const struct vg_bitset *set, uint32_t word)
{
    uint32_t group = word / 64;
    uint32_t top;
    uint64_t bits;

    if (group >= set->words[1])
        return VG_BITSET_NONE;
    bits = set->levels[1][group] & (UINT64_MAX << (word % 64));
    if (bits)
        return group * 64 + vg_lowest_bit(bits);
    group++;
    top = group / 64;
    if (top >= set->words[2])
        return VG_BITSET_NONE;
    bits = set->levels[2][top] & (UINT64_MAX << (group % 64));
    while (!bits && ++top < set->words[2])
        bits = set->levels[2][top];
    if (!bits)
        return VG_BITSET_NONE;
    group = top * 64 + vg_lowest_bit(bits);
    return group * 64 + vg_lowest_bit(set->levels[1][group]);
}

/* The lowest member that is not below `from`; VG_BITSET_NONE when there is none. */
static inline uint32_t vg_bitset_next(const struct vg_bitset *set, uint32_t from)
{
    uint32_t word = from / 64;
    uint64_t bits;

    if (word >= set->words[0])
        return VG_BITSET_NONE;
    bits = set->levels[0][word] & (UINT64_MAX << (from % 64));
    if (!bits) {
        word = vg_bitset_next_word(set, word + 1);
        if (word == VG_BITSET_NONE)
            return VG_BITSET_NONE;
        bits = set->levels[0][word];
    }
    return word * 64 + vg_lowest_bit(bits);
}

/* Empties the set, in time proportional to its members. */
static inline void vg_bitset_clear(struct vg_bitset *set)
{
    for (uint32_t word = vg_bitset_next_word(set, 0); word != VG_BITSET_NONE;
         word = vg_bitset_next_word(set, word)) {
        set->levels[0][word] = 0;
        set->levels[1][word / 64] &= ~((uint64_t)1 << (word % 64));
    }
    for (uint32_t top = 0; top < set->words[2]; top++)
        set->levels[2][top] = 0;
}

#endif
