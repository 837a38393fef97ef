/* vg_hasher (src/cli/hasher.h) by Windows' CNG. */
#include "../cli/hasher.h"

#include <windows.h>
#include <bcrypt.h>

#include <stdlib.h>

struct vg_hasher {
    enum vg_hash_algorithm which;
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE hash;
};

static const WCHAR *name_of(enum vg_hash_algorithm algorithm)
{
    switch (algorithm) {
    case VG_MD5:
        return BCRYPT_MD5_ALGORITHM;
    case VG_SHA1:
        return BCRYPT_SHA1_ALGORITHM;
    default:
        return BCRYPT_SHA256_ALGORITHM;
    }
}

struct vg_hasher *vg_hasher_new(enum vg_hash_algorithm algorithm)
{
    struct vg_hasher *hasher = calloc(1, sizeof *hasher);

    if (!hasher)
        return NULL;
    hasher->which = algorithm;
    if (!BCRYPT_SUCCESS(BCryptOpenAlgorithmProvider(&hasher->algorithm, name_of(algorithm), NULL, 0)) ||
        !BCRYPT_SUCCESS(BCryptCreateHash(hasher->algorithm, &hasher->hash, NULL, 0, NULL, 0, 0))) {
        vg_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

bool vg_hasher_update(struct vg_hasher *hasher, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    while (size) {
        ULONG part = size > 0x40000000 ? 0x40000000 : (ULONG)size;

        if (!BCRYPT_SUCCESS(BCryptHashData(hasher->hash, (PUCHAR)at, part, 0)))
            return false;
        at += part;
        size -= part;
    }
    return true;
}

bool vg_hasher_final(struct vg_hasher *hasher, uint8_t *digest)
{
    return BCRYPT_SUCCESS(BCryptFinishHash(hasher->hash, digest, (ULONG)vg_digest_size(hasher->which), 0));
}

void vg_hasher_free(struct vg_hasher *hasher)
{
    if (!hasher)
        return;
    if (hasher->hash)
        BCryptDestroyHash(hasher->hash);
    if (hasher->algorithm)
        BCryptCloseAlgorithmProvider(hasher->algorithm, 0);
    free(hasher);
}
