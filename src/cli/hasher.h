/* Hashing, by what the platform has: OpenSSL on Linux, CNG on Windows (src/win). */
#ifndef VG_CLI_HASHER_H
#define VG_CLI_HASHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vigil/record.h>

enum vg_hash_algorithm {
    VG_MD5,
    VG_SHA1,
    VG_SHA256,
};

/* Bytes of a digest: 16, 20 or 32. */
size_t vg_digest_size(enum vg_hash_algorithm algorithm);

struct vg_hasher;

/* NULL when there is no memory, or the platform's provider is not available. */
struct vg_hasher *vg_hasher_new(enum vg_hash_algorithm algorithm);

bool vg_hasher_update(struct vg_hasher *hasher, const void *bytes, size_t size);

/* Writes vg_digest_size bytes. The hasher is used up afterwards, and still to be freed. */
bool vg_hasher_final(struct vg_hasher *hasher, uint8_t *digest);

void vg_hasher_free(struct vg_hasher *hasher);

#endif
