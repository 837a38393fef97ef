#include "sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct vg_sha256 {
    EVP_MD_CTX *context;
};

struct vg_sha256 *vg_sha256_new(void)
{
    struct vg_sha256 *sha256 = calloc(1, sizeof(*sha256));

    if (sha256 == NULL)
        return NULL;
    sha256->context = EVP_MD_CTX_new();
    if (sha256->context == NULL || EVP_DigestInit_ex(sha256->context, EVP_sha256(), NULL) != 1) {
        vg_sha256_free(sha256);
        return NULL;
    }
    return sha256;
}

bool vg_sha256_update(struct vg_sha256 *sha256, const void *bytes, size_t size)
{
    return EVP_DigestUpdate(sha256->context, bytes, size) == 1;
}

bool vg_sha256_final(struct vg_sha256 *sha256, uint8_t digest[VG_SHA256_SIZE])
{
    return EVP_DigestFinal_ex(sha256->context, digest, NULL) == 1;
}

void vg_sha256_free(struct vg_sha256 *sha256)
{
    if (sha256 == NULL)
        return;
    EVP_MD_CTX_free(sha256->context);
    free(sha256);
}
