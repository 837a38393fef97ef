/* Flags and small numbers that several threads read and write without a lock. Written with the Interlocked
 * routines, or where a lock is held that every other writer holds too, with WriteNoFence. */
#ifndef VG_DRIVER_ATOMIC_H
#define VG_DRIVER_ATOMIC_H

#include "kernel.h"

/* Of the value alone: nothing follows from it about any other memory, and what this thread has written may
 * become seen later. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline LONG vg_read(_In_ const volatile LONG *value)
{
    return ReadNoFence(value);
}

/* After all that this thread has written is to be seen: two threads that each write first and then look at
 * what the other has written cannot both miss it. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline bool vg_is_set(_In_ volatile LONG *flag)
{
    return InterlockedCompareExchange(flag, 0, 0) != 0;
}

#endif
