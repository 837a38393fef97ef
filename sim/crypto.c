/* CNG's hashing in the kernel (cng.sys), on OpenSSL. */
#include "crypto.h"

#include <bcrypt.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "violation.h"
#include "world.h"

#define ALGORITHM_MAGIC 0x616C676F726974ull
#define HASH_MAGIC      0x68617368696E67ull

/* What BCRYPT_OBJECT_LENGTH answers is not fixed; here it differs, so that no algorithm passes for another.
 */
static const struct known {
    const char *id;
    const EVP_MD *(*digest)(void);
    ULONG object_length;
} algorithms[] = {{"SHA256", EVP_sha256, 326}, {"SHA1", EVP_sha1, 310}, {"MD5", EVP_md5, 290}};

struct algorithm {
    uint64_t magic;
    const struct known *known;
};

struct hash {
    uint64_t magic;
    EVP_MD_CTX *context;
    unsigned char *object; /* the caller's memory, in which Windows keeps the hash */
    ULONG object_length;
    bool finished;
};

static int live;

static bool equal(LPCWSTR text, const char *ascii)
{
    while (*ascii && *text == (WCHAR)*ascii)
        text++, ascii++;
    return !*ascii && !*text;
}

static struct algorithm *algorithm_of(BCRYPT_ALG_HANDLE handle, const char *routine)
{
    struct algorithm *algorithm = handle;

    if (!algorithm || algorithm->magic != ALGORITHM_MAGIC)
        sim_violation("%s was given something that is no algorithm handle", routine);
    return algorithm;
}

static struct hash *hash_of(BCRYPT_HASH_HANDLE handle, const char *routine)
{
    struct hash *hash = handle;

    if (!hash || hash->magic != HASH_MAGIC)
        sim_violation("%s was given something that is no hash handle", routine);
    return hash;
}

/* bcrypt: PASSIVE_LEVEL, as is everything by a handle opened without BCRYPT_PROV_DISPATCH. */
NTSTATUS BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *handle, LPCWSTR id, LPCWSTR implementation,
                                     ULONG flags)
{
    struct algorithm *algorithm;
    const struct known *known = NULL;

    (void)implementation, (void)flags;
    sim_since(SIM_WINDOWS_7, "BCryptOpenAlgorithmProvider");
    sim_service("BCryptOpenAlgorithmProvider");
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++)
        if (equal(id, algorithms[i].id))
            known = &algorithms[i];
    if (!known)
        return STATUS_NOT_FOUND;
    if (sim_fault("BCryptOpenAlgorithmProvider"))
        return STATUS_NO_MEMORY;
    algorithm = sim_alloc(sizeof(*algorithm));
    algorithm->magic = ALGORITHM_MAGIC;
    algorithm->known = known;
    __atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
    *handle = algorithm;
    return STATUS_SUCCESS;
}

NTSTATUS BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE handle, ULONG flags) /* bcrypt: PASSIVE_LEVEL */
{
    struct algorithm *algorithm = algorithm_of(handle, "BCryptCloseAlgorithmProvider");

    (void)flags;
    sim_service("BCryptCloseAlgorithmProvider");
    algorithm->magic = 0;
    free(algorithm);
    __atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

NTSTATUS BCryptGetProperty(BCRYPT_HANDLE handle, LPCWSTR property, PUCHAR out, ULONG size, ULONG *result,
                           ULONG flags) /* bcrypt: PASSIVE_LEVEL */
{
    struct algorithm *algorithm = algorithm_of(handle, "BCryptGetProperty");
    ULONG value;

    (void)flags;
    sim_service("BCryptGetProperty");
    if (equal(property, "ObjectLength"))
        value = algorithm->known->object_length;
    else if (equal(property, "HashDigestLength"))
        value = (ULONG)EVP_MD_get_size(algorithm->known->digest());
    else
        return STATUS_NOT_SUPPORTED;
    *result = sizeof(value);
    if (size < sizeof(value))
        return STATUS_BUFFER_TOO_SMALL;
    if (sim_fault("BCryptGetProperty"))
        return STATUS_NO_MEMORY;
    memcpy(out, &value, sizeof(value));
    return STATUS_SUCCESS;
}

NTSTATUS BCryptCreateHash(BCRYPT_ALG_HANDLE handle, BCRYPT_HASH_HANDLE *out, PUCHAR object, ULONG object_size,
                          PUCHAR secret, ULONG secret_size,
                          ULONG flags) /* bcrypt: PASSIVE_LEVEL; Windows 7: object may be NULL */
{
    struct algorithm *algorithm = algorithm_of(handle, "BCryptCreateHash");
    struct hash *hash;

    (void)secret, (void)secret_size, (void)flags;
    sim_service("BCryptCreateHash");
    if (object && object_size < algorithm->known->object_length)
        return STATUS_BUFFER_TOO_SMALL;
    if (sim_fault("BCryptCreateHash"))
        return STATUS_NO_MEMORY;
    hash = sim_alloc(sizeof(*hash));
    hash->magic = HASH_MAGIC;
    hash->object = object;
    hash->object_length = algorithm->known->object_length;
    hash->context = EVP_MD_CTX_new();
    if (!hash->context || !EVP_DigestInit_ex(hash->context, algorithm->known->digest(), NULL))
        sim_violation("OpenSSL has no memory left");
    if (object)
        memset(object, 0x11, hash->object_length);
    __atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
    *out = hash;
    return STATUS_SUCCESS;
}

NTSTATUS BCryptHashData(BCRYPT_HASH_HANDLE handle, PUCHAR data, ULONG size,
                        ULONG flags) /* bcrypt: PASSIVE_LEVEL */
{
    struct hash *hash = hash_of(handle, "BCryptHashData");

    (void)flags;
    sim_service("BCryptHashData");
    if (hash->finished)
        return STATUS_INVALID_PARAMETER;
    if (sim_fault("BCryptHashData"))
        return STATUS_NO_MEMORY;
    if (hash->object)
        hash->object[0]++,
            hash->object[hash->object_length - 1]++; /* so that memory freed too early is seen */
    EVP_DigestUpdate(hash->context, data, size);
    return STATUS_SUCCESS;
}

NTSTATUS BCryptFinishHash(BCRYPT_HASH_HANDLE handle, PUCHAR out, ULONG size,
                          ULONG flags) /* bcrypt: PASSIVE_LEVEL */
{
    struct hash *hash = hash_of(handle, "BCryptFinishHash");

    (void)flags;
    sim_service("BCryptFinishHash");
    if (hash->finished || size != (ULONG)EVP_MD_CTX_get_size(hash->context))
        return STATUS_INVALID_PARAMETER;
    if (sim_fault("BCryptFinishHash"))
        return STATUS_NO_MEMORY;
    EVP_DigestFinal_ex(hash->context, out, NULL);
    hash->finished = true;
    return STATUS_SUCCESS;
}

NTSTATUS BCryptDestroyHash(BCRYPT_HASH_HANDLE handle) /* bcrypt: PASSIVE_LEVEL */
{
    struct hash *hash = hash_of(handle, "BCryptDestroyHash");

    sim_service("BCryptDestroyHash");
    if (hash->object)
        memset(hash->object, 0xDD, hash->object_length);
    hash->magic = 0;
    EVP_MD_CTX_free(hash->context);
    free(hash);
    __atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
    return STATUS_SUCCESS;
}

void sim_crypto_check_empty(const char *when)
{
    if (__atomic_load_n(&live, __ATOMIC_SEQ_CST))
        sim_violation("%d algorithm or hash handle(s) are still open %s", live, when);
}
