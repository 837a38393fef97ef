/* The lesser and the greater of two sizes or places. Any IRQL. */
#ifndef VG_DRIVER_BOUNDS_H
#define VG_DRIVER_BOUNDS_H

#include "kernel.h"

_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t vg_lesser(_In_ uint64_t a, _In_ uint64_t b)
{
    return a < b ? a : b;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t vg_greater(_In_ uint64_t a, _In_ uint64_t b)
{
    return a > b ? a : b;
}

#endif
