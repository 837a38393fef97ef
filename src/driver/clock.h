/* Time spent. Any IRQL. */
#ifndef VG_DRIVER_CLOCK_H
#define VG_DRIVER_CLOCK_H

#include "kernel.h"

struct vg_clock {
    uint64_t ticks;
};

_IRQL_requires_max_(DISPATCH_LEVEL) static inline struct vg_clock vg_clock_start(void)
{
    struct vg_clock clock = {.ticks = (uint64_t)KeQueryPerformanceCounter(NULL).QuadPart};

    return clock;
}

/* How many ticks so many milliseconds take; the counter's frequency is fixed at boot. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t vg_clock_ticks_of(_In_ uint32_t milliseconds)
{
    LARGE_INTEGER frequency;

    (void)KeQueryPerformanceCounter(&frequency);
    return milliseconds * (uint64_t)frequency.QuadPart / 1000u;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t vg_clock_elapsed_ns(_In_ struct vg_clock clock)
{
    LARGE_INTEGER frequency;
    uint64_t ticks = (uint64_t)KeQueryPerformanceCounter(&frequency).QuadPart - clock.ticks;
    uint64_t per_second = (uint64_t)frequency.QuadPart;

    /* In two parts, so that a counter of some GHz does not overflow within hours. */
    return ticks / per_second * 1000000000u + ticks % per_second * 1000000000u / per_second;
}

#endif
