/* What has been counted since the driver started: the counters of struct vg_abi_status. Any thread, any IRQL.
 */
#ifndef VG_DRIVER_COUNTERS_H
#define VG_DRIVER_COUNTERS_H

#include "kernel.h"

struct vg_counters {
    volatile LONG64 starts;
    volatile LONG64 exits;
    volatile LONG64 images;
    volatile LONG64 allowed;
    volatile LONG64 denied;
    volatile LONG64 would_deny;
    volatile LONG64 asked;
    volatile LONG64 audited;
    volatile LONG64 by_guard;
    volatile LONG64 denied_by_others;
    volatile LONG64 undone;
    volatile LONG64 unknown_facts;
    volatile LONG64 files_opened;
    volatile LONG64 files_hashed;
    volatile LONG64 cache_hits;
    volatile LONG64 events_dropped;
    volatile LONG64 decision_worst_ns;
    volatile LONG64 decision_total_ns;
    volatile LONG64 cut_short;
};

extern struct vg_counters vg_counters;

_IRQL_requires_max_(DISPATCH_LEVEL) static inline void vg_count(_Inout_ volatile LONG64 *counter)
{
    InterlockedIncrement64(counter);
}

/* Consistent also where a 64-bit load takes two instructions. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t vg_counted(_In_ volatile LONG64 *counter)
{
    return (uint64_t)InterlockedCompareExchange64(counter, 0, 0);
}

/* One decision took `ns`: adds it up and keeps the worst. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_count_decision(_In_ uint64_t ns);

struct vg_abi_status;

/* Copies the counters into their members of `*status`. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_counters_report(_Inout_ struct vg_abi_status *status);

#endif
