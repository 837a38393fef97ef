/* Flags and small numbers that several threads read and write without a lock. Written with the Interlocked
 * routines. */
#ifndef VG_DRIVER_ATOMIC_H
#define VG_DRIVER_ATOMIC_H

#include "kernel.h"

_IRQL_requires_max_(DISPATCH_LEVEL) static inline LONG vg_read(_In_ volatile LONG *value)
{
    return InterlockedCompareExchange(value, 0, 0);
}

_IRQL_requires_max_(DISPATCH_LEVEL) static inline bool vg_is_set(_In_ volatile LONG *flag)
{
    return vg_read(flag) != 0;
}

#endif
