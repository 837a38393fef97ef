/* Hashes of files seen before, by the identity of their content. Bounded: the least recently used one makes
 * room. */
#ifndef VG_DRIVER_CACHE_H
#define VG_DRIVER_CACHE_H

#include "identity.h"

#define VG_SHA256_SIZE 32

/* Without memory for it the cache holds nothing. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_cache_start(void);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_cache_stop(void);

_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
    bool vg_cache_find(_In_ const struct vg_identity *identity,
                       _Out_writes_bytes_(VG_SHA256_SIZE) uint8_t *sha256);

_IRQL_requires_max_(APC_LEVEL) void vg_cache_add(_In_ const struct vg_identity *identity,
                                                 _In_reads_bytes_(VG_SHA256_SIZE) const uint8_t *sha256);

#endif
