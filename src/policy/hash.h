/* Hashes of folded text and of bytes, the same in the compiler and in the matcher. Freestanding. */
#ifndef VG_POLICY_HASH_H
#define VG_POLICY_HASH_H

#include <vigil/text.h>

/* vg_upcase with the units that nearly all text consists of decided on the spot. */
static inline uint16_t vg_fold(uint16_t unit)
{
    if (unit < 0x80)
        return (uint16_t)(unit - ((uint16_t)(unit - u'a') < 26 ? 0x20 : 0));
    return vg_upcase(unit);
}

/* A number in each of the four units of a word. */
#define VG_IN_EACH_UNIT(number) ((uint64_t)(number)*0x0001000100010001u)

/* A text is folded and hashed in words of four units, the first in the lowest bits. */
#define VG_WORD_UNITS 4u

/* The word of the first `count` units, at most four; units that are missing are zero. */
static inline uint64_t vg_fold_part(const uint16_t *units, uint32_t count)
{
    uint64_t word = 0;

    for (uint32_t i = 0; i < count; i++)
        word |= (uint64_t)vg_fold(units[i]) << (16 * i);
    return word;
}

/* The word of four units. Those of ASCII are folded together: bit 7 of the first sum says "from a on", that
 * of the second "behind z". */
static inline uint64_t vg_fold_word(const uint16_t *units)
{
    uint64_t word =
        (uint64_t)units[0] | (uint64_t)units[1] << 16 | (uint64_t)units[2] << 32 | (uint64_t)units[3] << 48;
    uint64_t letters;

    if (word & VG_IN_EACH_UNIT(0xFF80))
        return vg_fold_part(units, VG_WORD_UNITS);
    letters = (word + VG_IN_EACH_UNIT(0x80 - 'a')) & ~(word + VG_IN_EACH_UNIT(0x80 - 'z' - 1)) &
              VG_IN_EACH_UNIT(0x80);
    return word ^ letters >> 2;
}

/* The highest bit of every unit of the word that is a backslash. */
static inline uint64_t vg_backslashes(uint64_t word)
{
    uint64_t other = word ^ VG_IN_EACH_UNIT('\\');

    return ~(((other & VG_IN_EACH_UNIT(0x7FFF)) + VG_IN_EACH_UNIT(0x7FFF)) | other | VG_IN_EACH_UNIT(0x7FFF));
}

static inline uint64_t vg_hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

/* The hash of a text of so many units: the hash over its full words, and the word that is not full (which may
 * be empty). So the hash of every prefix costs one step more. */
static inline uint64_t vg_hash_end(uint64_t hash, uint64_t part, uint32_t units)
{
    hash = vg_hash_word(hash, part);
    hash = (hash ^ units) * 0xC2B2AE3D27D4EB4Fu;
    return hash ^ (hash >> 29);
}

/* The hash of a whole text. */
static inline uint64_t vg_hash_text(uint64_t seed, const uint16_t *units, uint32_t count)
{
    uint64_t hash = seed;
    uint32_t at = 0;

    for (; count - at >= VG_WORD_UNITS; at += VG_WORD_UNITS)
        hash = vg_hash_word(hash, vg_fold_word(units + at));
    return vg_hash_end(hash, vg_fold_part(units + at, count - at), count);
}

/* A gram is up to four folded units in one word, the last in the highest bits. Its place in the filter, and
 * its hash in the table. */
static inline uint64_t vg_gram_push(uint64_t gram, uint16_t folded)
{
    return gram >> 16 | (uint64_t)folded << 48;
}

static inline uint64_t vg_gram_of(uint64_t window, uint32_t units)
{
    return window >> (64 - 16 * units);
}

static inline uint64_t vg_gram_filter(uint64_t gram, uint32_t filter_bits)
{
    return (gram * 0x9E3779B97F4A7C15u) >> (64 - filter_bits);
}

static inline uint64_t vg_gram_hash(uint64_t seed, uint64_t gram)
{
    return vg_hash_end(seed, gram, 0);
}

/* The checksum of a blob: four lanes of multiply and rotate over 64-bit words (docs/blob.md, "Checksum").
 * `bytes` is aligned to 8 and `size` a multiple of 8. */
uint64_t vg_checksum(const void *bytes, size_t size);

#endif
