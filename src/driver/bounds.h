/* The lesser and the greater of two sizes or places. Any IRQL. */
#ifndef VG_DRIVER_BOUNDS_H
#define VG_DRIVER_BOUNDS_H

#include <stdint.h>

static inline uint64_t vg_lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t vg_greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
