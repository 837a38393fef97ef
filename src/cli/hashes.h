/* Everything a file can be named by, under Sysmon's names. */
#ifndef VG_CLI_HASHES_H
#define VG_CLI_HASHES_H

#include "hasher.h"

#include <stdio.h>

/* In the order in which Sysmon prints them. */
enum vg_hash_name {
    VG_HASH_SHA1,
    VG_HASH_MD5,
    VG_HASH_SHA256,
    VG_HASH_IMPHASH,
    VG_HASH_AUTHENTIHASH,
    VG_HASH_COUNT
};

#define VG_HASH_BIT(name) (1u << (name))

/* Those that Sysmon prints for HashAlgorithms *. */
#define VG_HASHES_SYSMON                                                                                     \
    (VG_HASH_BIT(VG_HASH_SHA1) | VG_HASH_BIT(VG_HASH_MD5) | VG_HASH_BIT(VG_HASH_SHA256) |                    \
     VG_HASH_BIT(VG_HASH_IMPHASH))

struct vg_hashes {
    unsigned known; /* bits; IMPHASH and AuthentiHash are not known of a file that has none */
    uint8_t digests[VG_HASH_COUNT][VG_DIGEST_SIZE_MAX];
};

/* "SHA1" and so on, and how many bytes it has. */
const char *vg_hash_title(enum vg_hash_name name);
size_t vg_hash_size(enum vg_hash_name name);

/* The hash that is the fact `field`; VG_HASH_COUNT if none is. */
enum vg_hash_name vg_hash_of_field(enum vg_field field);

/* Writes the digits of a hash that is known, lower case, with a NUL: 2 * VG_DIGEST_SIZE_MAX + 1 bytes are
 * enough. */
void vg_hash_digits(const struct vg_hashes *hashes, enum vg_hash_name name, char *out);

/* Computes the `wanted` ones (bits) of a file, which is read once. False after complaining on standard error:
 * when it cannot be read, or the platform cannot hash. IMPHASH and AuthentiHash take all of it into memory,
 * up to 1 GiB. */
bool vg_hashes_of_file(const char *path, unsigned wanted, struct vg_hashes *hashes);

/* The same of a file's bytes; `path` is for complaints. */
bool vg_hashes_of_bytes(const char *path, const uint8_t *bytes, size_t size, unsigned wanted,
                        struct vg_hashes *hashes);

#endif
