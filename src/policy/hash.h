/* Folded text in words, and hashes of it and of bytes: the same in the compiler and in the matcher.
 * Freestanding. */
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

/* Text is looked at in words of eight units, a byte each, the first in the lowest bits: an ASCII unit is
 * itself, folded; of any other the byte keeps the lowest bits, below the highest, which says so. So a word of
 * ASCII is the text, and any other tells most texts apart. */
#define VG_WORD_UNITS 8u

#define VG_IN_EACH_BYTE(number) ((uint64_t)(number)*0x0101010101010101u)
#define VG_IN_EACH_UNIT(number) ((uint64_t)(number)*0x0001000100010001u)

/* The bits of a word that say "not ASCII". */
#define VG_WIDE VG_IN_EACH_BYTE(0x80)

static inline uint8_t vg_fold_byte(uint16_t unit)
{
    uint16_t folded = vg_fold(unit);

    return (uint8_t)(folded < 0x80 ? folded : 0x80 | (folded & 0x7F));
}

/* Whether a text is all ASCII; no unit beyond it is folded to one of ASCII, or the other way. */
static inline bool vg_is_ascii(const uint16_t *units, uint32_t count)
{
    uint16_t any = 0;

    for (uint32_t i = 0; i < count; i++)
        any |= vg_fold(units[i]);
    return any < 0x80;
}

/* The word of the first `count` units, at most eight; bytes of units that are missing are zero. */
static inline uint64_t vg_fold_part(const uint16_t *units, uint32_t count)
{
    uint64_t word = 0;

    for (uint32_t i = 0; i < count; i++)
        word |= (uint64_t)vg_fold_byte(units[i]) << (8 * i);
    return word;
}

static inline uint64_t vg_four_units(const uint16_t *units)
{
    return (uint64_t)units[0] | (uint64_t)units[1] << 16 | (uint64_t)units[2] << 32 |
           (uint64_t)units[3] << 48;
}

/* Four units of ASCII as bytes. */
static inline uint64_t vg_pack(uint64_t four)
{
    four = (four | four >> 8) & 0x0000FFFF0000FFFFu;
    return (four | four >> 16) & 0xFFFFFFFFu;
}

/* The word of eight units. Those of ASCII are folded together: bit 7 of the first sum says "from a on", that
 * of the second "behind z". */
static inline uint64_t vg_fold_word(const uint16_t *units)
{
    uint64_t low = vg_four_units(units);
    uint64_t high = vg_four_units(units + 4);
    uint64_t word;
    uint64_t letters;

    if ((low | high) & VG_IN_EACH_UNIT(0xFF80))
        return vg_fold_part(units, VG_WORD_UNITS);
    word = vg_pack(low) | vg_pack(high) << 32;
    letters = (word + VG_IN_EACH_BYTE(0x80 - 'a')) & ~(word + VG_IN_EACH_BYTE(0x80 - 'z' - 1)) & VG_WIDE;
    return word ^ letters >> 2;
}

/* Eight bytes, the first the lowest. */
static inline uint64_t vg_load_word(const uint8_t *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
           (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static inline void vg_store_word(uint8_t *bytes, uint64_t word)
{
    bytes[0] = (uint8_t)word;
    bytes[1] = (uint8_t)(word >> 8);
    bytes[2] = (uint8_t)(word >> 16);
    bytes[3] = (uint8_t)(word >> 24);
    bytes[4] = (uint8_t)(word >> 32);
    bytes[5] = (uint8_t)(word >> 40);
    bytes[6] = (uint8_t)(word >> 48);
    bytes[7] = (uint8_t)(word >> 56);
}

/* The first `count` bytes of a word, at most seven. */
static inline uint64_t vg_word_part(uint64_t word, uint32_t count)
{
    return word & (((uint64_t)1 << 8 * count) - 1);
}

/* The highest bit of every byte of the word that is this ASCII unit. */
static inline uint64_t vg_bytes_equal(uint64_t word, uint8_t unit)
{
    uint64_t other = word ^ VG_IN_EACH_BYTE(unit);

    return ~(((other & ~VG_WIDE) + ~VG_WIDE) | other | ~VG_WIDE);
}

static inline uint64_t vg_hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

/* The last step of a hash: a word, and how much went in. */
static inline uint64_t vg_hash_end(uint64_t hash, uint64_t word, uint32_t count)
{
    hash = vg_hash_word(hash, word);
    hash = (hash ^ count) * 0xC2B2AE3D27D4EB4Fu;
    return hash ^ (hash >> 29);
}

/* What the bytes of a word that is not all ASCII leave out: its `count` units themselves. */
static inline uint64_t vg_hash_wide(uint64_t hash, const uint16_t *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        hash = vg_hash_word(hash, vg_fold(units[i]));
    return hash;
}

/* The hash over one more full word of a text, made of these units. */
static inline uint64_t vg_hash_text_word(uint64_t hash, uint64_t word, const uint16_t *units)
{
    return vg_hash_word(word & VG_WIDE ? vg_hash_wide(hash, units, VG_WORD_UNITS) : hash, word);
}

/* The hash of a text of `count` units: the hash over its full words, and the word that is not full (which may
 * be empty), made of these units. So the hash of every prefix costs one step more. */
static inline uint64_t vg_hash_text_end(uint64_t hash, uint64_t part, const uint16_t *units, uint32_t count)
{
    return vg_hash_end(part & VG_WIDE ? vg_hash_wide(hash, units, count % VG_WORD_UNITS) : hash, part, count);
}

/* The hash of a whole text. */
static inline uint64_t vg_hash_text(uint64_t seed, const uint16_t *units, uint32_t count)
{
    uint64_t hash = seed;
    uint32_t at = 0;

    for (; count - at >= VG_WORD_UNITS; at += VG_WORD_UNITS)
        hash = vg_hash_text_word(hash, vg_fold_word(units + at), units + at);
    return vg_hash_text_end(hash, vg_fold_part(units + at, count - at), units + at, count);
}

/* A gram is one, two or four units in one number: of texts that are all ASCII, bytes, the last the highest;
 * of others folded units, likewise, of which four are more than a number of 32 bits holds. The highest bits
 * of its product choose its bit in a filter; its hash says where to look in a table first, and in the upper
 * half the tag to compare there. */
static inline uint32_t vg_gram_product(uint32_t gram)
{
    return gram * 0x9E3779B1u;
}

static inline uint32_t vg_gram_mix(uint64_t gram)
{
    return (uint32_t)(gram ^ gram >> 32) ^ (uint32_t)(gram >> 43);
}

static inline uint64_t vg_gram_hash(uint32_t gram)
{
    return (uint64_t)gram << 32 | gram * 0x9E3779B97F4A7C15u >> 32;
}

/* A window of four units, of which grams are the end. */
static inline uint64_t vg_window_push(uint64_t window, uint16_t folded)
{
    return window >> 16 | (uint64_t)folded << 48;
}

static inline uint64_t vg_window_gram(uint64_t window, uint32_t units)
{
    return window >> (64 - 16 * units);
}

/* The checksum of a blob: four lanes of multiply and rotate over 64-bit words (docs/blob.md, "Checksum").
 * `bytes` is aligned to 8 and `size` a multiple of 8. */
uint64_t vg_checksum(const void *bytes, size_t size);

#endif
