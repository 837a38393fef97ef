/* SHA-256 of executables, by Windows' own CNG. */
#ifndef VG_DRIVER_HASH_H
#define VG_DRIVER_HASH_H

#include "cache.h"
#include "file.h"

/* Files beyond this are not hashed: their hash is unknown. */
#define VG_HASH_SIZE_MAX (1024ull * 1024u * 1024u)

/* Without CNG every hash is unknown; the driver works on. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_hash_start(void);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_hash_stop(void);

/* False: this build of the driver has no way to hash a file (legacy/hash.c). */
bool vg_hash_can_be_had(void);

/* The hash of an open file, from the cache where its content has an identity. Only of a file shown to be the
 * mapped one (STATUS_FILE_INVALID). In the creator's thread, because SMB and EFS use its credentials. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_hash_file(_In_ const struct vg_file *file, _Out_writes_bytes_(VG_SHA256_SIZE) uint8_t *sha256);

#endif
