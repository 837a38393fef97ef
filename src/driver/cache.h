/* Hashes of files seen before, by the identity of their content. Bounded: the least recently used one makes
 * room. */
#ifndef VG_DRIVER_CACHE_H
#define VG_DRIVER_CACHE_H

#include "hashes.h"
#include "identity.h"

/* Without memory for it the cache holds nothing. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_cache_start(void);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_cache_stop(void);

/* Adds what is remembered of the content of that identity to `hashes`; false when nothing is. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
    bool vg_cache_find(_In_ const struct vg_identity *identity, _Inout_ struct vg_file_hashes *hashes);

/* Remembers these hashes beside those that are remembered of the same content. */
_IRQL_requires_max_(APC_LEVEL) void vg_cache_add(_In_ const struct vg_identity *identity,
                                                 _In_ const struct vg_file_hashes *hashes);

#endif
