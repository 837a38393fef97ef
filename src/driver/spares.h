/* Blocks of one size that are kept when they are given back, for whoever needs the next one: what every start
 * needs for as long as it lasts, so that the pool is not asked each time. */
#ifndef VG_DRIVER_SPARES_H
#define VG_DRIVER_SPARES_H

#include "memory.h"

/* How many are kept, as many as there are starts at once as a rule; beyond that they go back to the pool. */
#define VG_SPARES_MAX 16

/* Private to spares.c. No lock: a block belongs to whoever gets it out of its place, and the first places are
 * used most, so that nearly always the first one asked has the block that was used last. */
struct vg_spares {
    size_t size;
    ULONG tag;
    PVOID volatile kept[VG_SPARES_MAX]; /* NULL: an empty place */
};

/* Paged blocks of `size` bytes. None is kept yet. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_spares_start(_Out_ struct vg_spares *spares, _In_ size_t size,
                                                         _In_ ULONG tag);

/* Frees what is kept. Nobody may be using any. */
_IRQL_requires_max_(APC_LEVEL) void vg_spares_stop(_Inout_ struct vg_spares *spares);

/* A block, the caller's to give back. `*used` says whether it still holds what its last user left there;
 * else its content is undefined. NULL: no memory. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    void *vg_spares_take(_Inout_ struct vg_spares *spares, _Out_ bool *used);

/* NULL is ignored. */
_IRQL_requires_max_(APC_LEVEL) void vg_spares_give(_Inout_ struct vg_spares *spares, _In_opt_ void *block);

#endif
