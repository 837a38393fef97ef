/* Digests by Windows' own CNG. */
#ifndef VG_DRIVER_DIGEST_H
#define VG_DRIVER_DIGEST_H

#include "kernel.h"

enum vg_algorithm { VG_ALGORITHM_MD5, VG_ALGORITHM_SHA1, VG_ALGORITHM_SHA256, VG_ALGORITHM_COUNT };

/* What CNG does not have is not to be had; the driver works on. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_digest_start(void);

/* No digest may be under way. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_digest_stop(void);

/* False: this build of the driver has no way to compute a digest (legacy/digest.c). */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_digest_can_be_had(void);

/* Bytes that a digest under way needs, a multiple of 16; 0: there is no such algorithm. */
_IRQL_requires_max_(DISPATCH_LEVEL) size_t vg_digest_room(_In_ enum vg_algorithm algorithm);

/* Begins a digest in `room`, which has vg_digest_room bytes and stays until vg_digest_end or vg_digest_drop.
 */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_digest_begin(_In_ enum vg_algorithm algorithm, _Inout_ uint8_t *room, _Out_ PVOID *digest);

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_digest_feed(_Inout_ PVOID digest, _In_reads_bytes_(size) const void *bytes, _In_ uint32_t size);

/* Writes the `size` bytes of the algorithm's digest, which is over then, also after a failure. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_digest_end(_Inout_ PVOID digest, _Out_writes_bytes_(size) uint8_t *out, _In_ uint32_t size);

/* Ends a digest that nobody wants any more. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_digest_drop(_Inout_ PVOID digest);

#endif
