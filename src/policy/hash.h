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

/* A text is hashed in words of four folded units. A running hash is the pair (hash over the full words, the
 * word that is being filled), so that the hash of every prefix costs one vg_hash_end. */
#define VG_HASH_UNITS 4u

static inline uint64_t vg_hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

static inline uint64_t vg_hash_end(uint64_t hash, uint64_t partial, uint32_t units)
{
    hash = vg_hash_word(hash, partial);
    hash = (hash ^ units) * 0xC2B2AE3D27D4EB4Fu;
    return hash ^ (hash >> 29);
}

/* The hash of a whole text. */
static inline uint64_t vg_hash_text(uint64_t seed, const uint16_t *units, uint32_t count)
{
    uint64_t hash = seed;
    uint64_t word = 0;

    for (uint32_t i = 0; i < count; i++) {
        word |= (uint64_t)vg_fold(units[i]) << (16 * (i % VG_HASH_UNITS));
        if (i % VG_HASH_UNITS == VG_HASH_UNITS - 1) {
            hash = vg_hash_word(hash, word);
            word = 0;
        }
    }
    return vg_hash_end(hash, word, count);
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
