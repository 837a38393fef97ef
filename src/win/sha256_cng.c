/* vg_sha256 (src/cli/sha256.h) by Windows' CNG. */
#include "../cli/sha256.h"

#include <windows.h>
#include <bcrypt.h>

#include <stdlib.h>

struct vg_sha256 {
    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_HASH_HANDLE hash;
};

struct vg_sha256 *vg_sha256_new(void)
{
    struct vg_sha256 *sha256 = calloc(1, sizeof *sha256);

    if (!sha256)
        return NULL;
    if (!BCRYPT_SUCCESS(BCryptOpenAlgorithmProvider(&sha256->algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0)) ||
        !BCRYPT_SUCCESS(BCryptCreateHash(sha256->algorithm, &sha256->hash, NULL, 0, NULL, 0, 0))) {
        vg_sha256_free(sha256);
        return NULL;
    }
    return sha256;
}

bool vg_sha256_update(struct vg_sha256 *sha256, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    while (size) {
        ULONG part = size > 0x40000000 ? 0x40000000 : (ULONG)size;

        if (!BCRYPT_SUCCESS(BCryptHashData(sha256->hash, (PUCHAR)at, part, 0)))
            return false;
        at += part;
        size -= part;
    }
    return true;
}

bool vg_sha256_final(struct vg_sha256 *sha256, uint8_t digest[VG_SHA256_SIZE])
{
    return BCRYPT_SUCCESS(BCryptFinishHash(sha256->hash, digest, VG_SHA256_SIZE, 0));
}

void vg_sha256_free(struct vg_sha256 *sha256)
{
    if (!sha256)
        return;
    if (sha256->hash)
        BCryptDestroyHash(sha256->hash);
    if (sha256->algorithm)
        BCryptCloseAlgorithmProvider(sha256->algorithm, 0);
    free(sha256);
}
