#include "hash.h"

#include "counters.h"
#include "identity.h"
#include "memory.h"

#define CHUNK_SIZE (64u * 1024u)

static PVOID algorithm;   /* NULL: CNG is not to be had */
static ULONG object_size; /* of CNG's hash object */

_Use_decl_annotations_
void vg_hash_start(void)
{
    ULONG written = 0;
    NTSTATUS status = STATUS_SUCCESS;

    algorithm = NULL;
    status = BCryptOpenAlgorithmProvider(&algorithm, (PCWSTR)u"SHA256", NULL, 0);
    if (!NT_SUCCESS(status)) {
        algorithm = NULL;
        DbgPrint("vigil: no SHA-256 from CNG (0x%08X); hashes are unknown\n", (unsigned)status);
        return;
    }
    status = BCryptGetProperty(algorithm, (PCWSTR)u"ObjectLength", (PUCHAR)&object_size, sizeof(object_size),
                               &written, 0);
    if (!NT_SUCCESS(status) || object_size == 0) {
        DbgPrint("vigil: CNG does not say how large its hash object is (0x%08X); hashes are unknown\n",
                 (unsigned)status);
        vg_hash_stop();
    }
}

_Use_decl_annotations_
void vg_hash_stop(void)
{
    if (algorithm != NULL)
        (void)BCryptCloseAlgorithmProvider(algorithm, 0);
    algorithm = NULL;
}

bool vg_hash_can_be_had(void)
{
    return true;
}

/* Feeds exactly `size` bytes of the file; one that shrinks meanwhile fails. */
static NTSTATUS feed(PVOID hash, const struct vg_file_data *data, uint64_t size, uint8_t *chunk)
{
    uint64_t offset = 0;

    while (offset < size) {
        uint32_t wanted = size - offset < CHUNK_SIZE ? (uint32_t)(size - offset) : CHUNK_SIZE;
        uint32_t done = 0;
        NTSTATUS status = vg_file_read(data, offset, chunk, wanted, &done);

        if (NT_SUCCESS(status))
            status = BCryptHashData(hash, chunk, done, 0);
        if (!NT_SUCCESS(status))
            return status;
        offset += done;
    }
    return STATUS_SUCCESS;
}

/* `room` holds CNG's hash object, and behind it one chunk. */
static NTSTATUS hash_data(const struct vg_file_data *data, uint64_t size, uint8_t *room, uint8_t *sha256)
{
    uint8_t result[VG_SHA256_SIZE];
    PVOID hash = NULL;
    NTSTATUS status = BCryptCreateHash(algorithm, &hash, room, object_size, NULL, 0, 0);

    if (!NT_SUCCESS(status))
        return status;
    status = feed(hash, data, size, room + object_size);
    if (NT_SUCCESS(status))
        status = BCryptFinishHash(hash, result, sizeof(result), 0);
    (void)BCryptDestroyHash(hash);
    if (NT_SUCCESS(status))
        memcpy(sha256, result, sizeof(result));
    return status;
}

static NTSTATUS read_and_hash(const struct vg_file *file, uint8_t *sha256)
{
    uint8_t *room = NULL;
    struct vg_file_data data;
    uint64_t size = 0;
    NTSTATUS status = vg_file_open_data(file, &data);

    if (!NT_SUCCESS(status))
        return status;
    status = vg_file_size(&data, &size);
    if (NT_SUCCESS(status) && size > VG_HASH_SIZE_MAX)
        status = STATUS_FILE_TOO_LARGE;
    if (!NT_SUCCESS(status))
        goto close;
    room = vg_allocate(VG_PAGED, object_size + CHUNK_SIZE, VG_TAG_HASH);
    if (room == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto close;
    }
    status = hash_data(&data, size, room, sha256);
    vg_free(room, VG_TAG_HASH);
    if (NT_SUCCESS(status))
        vg_count(&vg_counters.files_hashed);
close:
    vg_file_close_data(&data);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_hash_file(const struct vg_file *file, uint8_t *sha256)
{
    struct vg_identity before;
    struct vg_identity after;
    bool identified = false;
    NTSTATUS status = STATUS_SUCCESS;

    if (!file->same)
        return STATUS_FILE_INVALID;
    if (algorithm == NULL)
        return STATUS_NOT_SUPPORTED;
    identified = NT_SUCCESS(vg_identity_of(file, &before));
    if (identified && vg_cache_find(&before, sha256)) {
        vg_count(&vg_counters.cache_hits);
        return STATUS_SUCCESS;
    }
    /* From here on any change moves the file on in the journal, so equal identities mean equal bytes in
     * between. */
    if (identified)
        identified = NT_SUCCESS(vg_identity_close_record(file)) && NT_SUCCESS(vg_identity_of(file, &before));
    status = read_and_hash(file, sha256);
    if (NT_SUCCESS(status) && identified && NT_SUCCESS(vg_identity_of(file, &after)) &&
        vg_identity_equal(&before, &after))
        vg_cache_add(&before, sha256);
    return status;
}
