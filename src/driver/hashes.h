/* What is known of a file's hashes, by the fields that tell them. */
#ifndef VG_DRIVER_HASHES_H
#define VG_DRIVER_HASHES_H

#include "kernel.h"

#include <vigil/record.h>

#define VG_HASH_BIT(field) ((uint64_t)1 << (field))

/* Those that one reading of the whole file can establish. */
#define VG_HASHES_OF_CONTENT                                                                                 \
    (VG_HASH_BIT(VG_FIELD_SHA256) | VG_HASH_BIT(VG_FIELD_MD5) | VG_HASH_BIT(VG_FIELD_SHA1) |                 \
     VG_HASH_BIT(VG_FIELD_AUTHENTIHASH))

#define VG_HASHES (VG_HASHES_OF_CONTENT | VG_HASH_BIT(VG_FIELD_IMPHASH))

#define VG_HASH_COUNT 5u
extern const enum vg_field vg_hash_fields[VG_HASH_COUNT];

/* Zero-initialised: nothing is established. */
struct vg_file_hashes {
    uint64_t known;  /* bits */
    uint64_t absent; /* bits: established that the file has none */
    uint8_t md5[16];
    uint8_t sha1[20];
    uint8_t sha256[32];
    uint8_t imphash[16];
    uint8_t authentihash[32];
};

/* Where the digest of `field`, which holds digests, stands: vg_field_digest_size bytes. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint8_t *vg_hashes_digest(_Inout_ struct vg_file_hashes *hashes,
                                                              _In_ enum vg_field field);

/* Bits of those that are known or absent. */
_IRQL_requires_max_(DISPATCH_LEVEL) static inline uint64_t
    vg_hashes_established(_In_ const struct vg_file_hashes *hashes)
{
    return hashes->known | hashes->absent;
}

/* Takes over what `from` has established. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_hashes_add(_Inout_ struct vg_file_hashes *hashes,
                                                       _In_ struct vg_file_hashes *from);

#endif
