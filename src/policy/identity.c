#include "compile.h"

#ifdef _WIN32

#include <windows.h>
#include <bcrypt.h>

static bool hash_with(BCRYPT_ALG_HANDLE algorithm, const uint8_t *bytes, size_t size, uint8_t *identity)
{
    BCRYPT_HASH_HANDLE hash;
    bool done = true;

    if (BCryptCreateHash(algorithm, &hash, NULL, 0, NULL, 0, 0) < 0)
        return false;
    while (done && size > 0) {
        ULONG part = size < 1u << 30 ? (ULONG)size : 1u << 30;

        done = BCryptHashData(hash, (PUCHAR)(uintptr_t)bytes, part, 0) >= 0;
        bytes += part;
        size -= part;
    }
    done = done && BCryptFinishHash(hash, identity, VG_POLICY_IDENTITY_SIZE, 0) >= 0;
    BCryptDestroyHash(hash);
    return done;
}

bool vg_identity(const void *bytes, size_t size, uint8_t identity[VG_POLICY_IDENTITY_SIZE])
{
    BCRYPT_ALG_HANDLE algorithm;
    bool done;

    if (BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) < 0)
        return false;
    done = hash_with(algorithm, bytes, size, identity);
    BCryptCloseAlgorithmProvider(algorithm, 0);
    return done;
}

#else

#include <openssl/evp.h>

bool vg_identity(const void *bytes, size_t size, uint8_t identity[VG_POLICY_IDENTITY_SIZE])
{
    unsigned length = VG_POLICY_IDENTITY_SIZE;

    return EVP_Digest(bytes, size, identity, &length, EVP_sha256(), NULL) == 1 &&
           length == VG_POLICY_IDENTITY_SIZE;
}

#endif
