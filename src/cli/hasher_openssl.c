#include "hasher.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct vg_hasher {
    EVP_MD_CTX *context;
};

static const EVP_MD *implementation(enum vg_hash_algorithm algorithm)
{
    switch (algorithm) {
    case VG_MD5:
        return EVP_md5();
    case VG_SHA1:
        return EVP_sha1();
    default:
        return EVP_sha256();
    }
}

struct vg_hasher *vg_hasher_new(enum vg_hash_algorithm algorithm)
{
    struct vg_hasher *hasher = malloc(sizeof(*hasher));

    if (hasher == NULL)
        return NULL;
    hasher->context = EVP_MD_CTX_new();
    if (hasher->context == NULL || EVP_DigestInit_ex(hasher->context, implementation(algorithm), NULL) != 1) {
        vg_hasher_free(hasher);
        return NULL;
    }
    return hasher;
}

bool vg_hasher_update(struct vg_hasher *hasher, const void *bytes, size_t size)
{
    return EVP_DigestUpdate(hasher->context, bytes, size) == 1;
}

bool vg_hasher_final(struct vg_hasher *hasher, uint8_t *digest)
{
    return EVP_DigestFinal_ex(hasher->context, digest, NULL) == 1;
}

void vg_hasher_free(struct vg_hasher *hasher)
{
    if (hasher == NULL)
        return;
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
}
