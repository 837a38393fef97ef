#include "digest.h"

#include <vigil/record.h>

/* CNG's name of an algorithm, and ours in messages. */
struct name {
    const uint16_t *cng;
    const char *plain;
};

static const struct name names[VG_ALGORITHM_COUNT] = {
    [VG_ALGORITHM_MD5] = {u"MD5", "MD5"},
    [VG_ALGORITHM_SHA1] = {u"SHA1", "SHA-1"},
    [VG_ALGORITHM_SHA256] = {u"SHA256", "SHA-256"},
};

static struct {
    PVOID handle;      /* NULL: not to be had */
    ULONG object_size; /* of CNG's hash object; 0: not to be had */
} providers[VG_ALGORITHM_COUNT];

_IRQL_requires_max_(PASSIVE_LEVEL) static void open_provider(_In_ enum vg_algorithm algorithm)
{
    PVOID handle = NULL;
    ULONG written = 0;
    ULONG size = 0;
    NTSTATUS status = BCryptOpenAlgorithmProvider(&handle, (PCWSTR)names[algorithm].cng, NULL, 0);

    if (!NT_SUCCESS(status)) {
        DbgPrint("vigil: no %s from CNG (0x%08X): such hashes are unknown\n", names[algorithm].plain,
                 (unsigned)status);
        return;
    }
    status = BCryptGetProperty(handle, (PCWSTR)u"ObjectLength", (PUCHAR)&size, sizeof(size), &written, 0);
    if (!NT_SUCCESS(status) || size == 0) {
        DbgPrint("vigil: CNG does not say how large its %s object is (0x%08X): such hashes are unknown\n",
                 names[algorithm].plain, (unsigned)status);
        (void)BCryptCloseAlgorithmProvider(handle, 0);
        return;
    }
    providers[algorithm].handle = handle;
    providers[algorithm].object_size = size;
}

_Use_decl_annotations_
void vg_digest_start(void)
{
    memset(providers, 0, sizeof(providers));
    for (unsigned i = 0; i < VG_ALGORITHM_COUNT; i++)
        open_provider((enum vg_algorithm)i);
}

_Use_decl_annotations_
void vg_digest_stop(void)
{
    for (unsigned i = VG_ALGORITHM_COUNT; i-- > 0;) {
        if (providers[i].handle != NULL)
            (void)BCryptCloseAlgorithmProvider(providers[i].handle, 0);
        providers[i].handle = NULL;
    }
}

_Use_decl_annotations_
bool vg_digest_can_be_had(void)
{
    return true;
}

_Use_decl_annotations_
size_t vg_digest_room(enum vg_algorithm algorithm)
{
    return ((size_t)providers[algorithm].object_size + 15) & ~(size_t)15;
}

_Use_decl_annotations_
NTSTATUS vg_digest_begin(enum vg_algorithm algorithm, uint8_t *room, PVOID *digest)
{
    PVOID hash = NULL;
    NTSTATUS status = STATUS_NOT_SUPPORTED;

    if (providers[algorithm].handle != NULL)
        status = BCryptCreateHash(providers[algorithm].handle, &hash, room, providers[algorithm].object_size,
                                  NULL, 0, 0);
    if (NT_SUCCESS(status))
        *digest = hash;
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_digest_feed(PVOID digest, const void *bytes, uint32_t size)
{
    return BCryptHashData(digest, (PUCHAR)(ULONG_PTR)bytes, size, 0);
}

_Use_decl_annotations_
NTSTATUS vg_digest_end(PVOID digest, uint8_t *out, uint32_t size)
{
    uint8_t result[VG_DIGEST_SIZE_MAX];
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (size <= sizeof(result))
        status = BCryptFinishHash(digest, result, size, 0);
    (void)BCryptDestroyHash(digest);
    if (NT_SUCCESS(status))
        memcpy(out, result, size);
    return status;
}

_Use_decl_annotations_
void vg_digest_drop(PVOID digest)
{
    (void)BCryptDestroyHash(digest);
}
