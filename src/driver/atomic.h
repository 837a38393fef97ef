/* Flags and small numbers that several threads read and write without a lock. Written with the Interlocked
 * routines. */
#ifndef VG_DRIVER_ATOMIC_H
#define VG_DRIVER_ATOMIC_H

#include "kernel.h"

static inline LONG vg_read(volatile LONG *value)
{
    return InterlockedCompareExchange(value, 0, 0);
}

static inline bool vg_is_set(volatile LONG *flag)
{
    return vg_read(flag) != 0;
}

#endif
