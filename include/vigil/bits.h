/* Bits of words. Freestanding. */
#ifndef VIGIL_BITS_H
#define VIGIL_BITS_H

#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

/* The number of the lowest bit that is set; some bit must be. */
static inline unsigned vg_lowest_bit(uint64_t word)
{
#if defined(_MSC_VER) && !defined(__clang__)
    unsigned long bit;

    _BitScanForward64(&bit, word);
    return (unsigned)bit;
#else
    return (unsigned)__builtin_ctzll(word);
#endif
}

#endif
