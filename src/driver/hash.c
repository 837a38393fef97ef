#include "hash.h"

#include "bounds.h"
#include "cache.h"
#include "counters.h"
#include "digest.h"
#include "image_file.h"
#include "memory.h"

#define CHUNK_SIZE (64u * 1024u)
#define CONTENT    4u

/* What one reading of a file can compute. */
static const struct {
    enum vg_field field;
    enum vg_algorithm algorithm;
} contents[CONTENT] = {
    {VG_FIELD_SHA256, VG_ALGORITHM_SHA256},
    {VG_FIELD_SHA1, VG_ALGORITHM_SHA1},
    {VG_FIELD_MD5, VG_ALGORITHM_MD5},
    {VG_FIELD_AUTHENTIHASH, VG_ALGORITHM_SHA256},
};

/* A file being read whole. */
struct reading {
    struct vg_file_data *data;
    uint64_t size;
    uint64_t wanted;                /* bits; those of what is under way */
    PVOID digests[CONTENT];         /* NULL: not under way */
    struct vg_image_hashed covered; /* what the AuthentiHash is of */
    uint8_t *chunk;
};

/* Where the covered ranges are, if the AuthentiHash is wanted and there is one. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void find_covered(_Inout_ struct reading *reading,
                                                            _Inout_ struct vg_file_hashes *found)
{
    const uint64_t bit = VG_HASH_BIT(VG_FIELD_AUTHENTIHASH);
    struct vg_image_reader *reader = NULL;

    if ((reading->wanted & bit) == 0)
        return;
    switch (vg_image_file_open(reading->data, &reader)) {
    case VG_ANSWER_READ:
        vg_image_authentihash(reader, &reading->covered);
        break;
    case VG_ANSWER_NONE:
        found->absent |= bit;
        reading->wanted &= ~bit;
        break;
    default:
        reading->wanted &= ~bit;
        break;
    }
    vg_image_file_close(reader);
}

/* Bytes that the digests need, by which those are no longer wanted that are not to be had. */
_IRQL_requires_max_(PASSIVE_LEVEL) static size_t measure(_Inout_ struct reading *reading)
{
    size_t room = 0;

    for (unsigned i = 0; i < CONTENT; i++) {
        size_t one = vg_digest_room(contents[i].algorithm);

        if (one == 0)
            reading->wanted &= ~VG_HASH_BIT(contents[i].field);
        if ((reading->wanted & VG_HASH_BIT(contents[i].field)) != 0)
            room += one;
    }
    return room;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    begin(_Inout_ struct reading *reading, _Inout_ uint8_t *room)
{
    for (unsigned i = 0; i < CONTENT; i++) {
        NTSTATUS status = STATUS_SUCCESS;

        if ((reading->wanted & VG_HASH_BIT(contents[i].field)) == 0)
            continue;
        status = vg_digest_begin(contents[i].algorithm, room, &reading->digests[i]);
        if (!NT_SUCCESS(status))
            return status;
        room += vg_digest_room(contents[i].algorithm);
    }
    return STATUS_SUCCESS;
}

/* The part of the chunk from `offset` that a signature covers. The ranges ascend. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    feed_covered(_In_ const struct reading *reading, _Inout_ PVOID digest, _In_ uint64_t offset,
                 _In_ uint32_t size)
{
    for (unsigned i = 0; i < VG_IMAGE_HASHED_RANGES; i++) {
        const struct vg_image_range *range = &reading->covered.ranges[i];
        uint64_t from = vg_greater(range->offset, offset);
        uint64_t to = vg_lesser(range->offset + range->size, offset + size);
        NTSTATUS status = STATUS_SUCCESS;

        if (from < to)
            status = vg_digest_feed(digest, reading->chunk + (from - offset), (uint32_t)(to - from));
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    feed_chunk(_In_ const struct reading *reading, _In_ uint64_t offset, _In_ uint32_t size)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned i = 0; i < CONTENT && NT_SUCCESS(status); i++) {
        if (reading->digests[i] == NULL)
            continue;
        status = contents[i].field == VG_FIELD_AUTHENTIHASH
                     ? feed_covered(reading, reading->digests[i], offset, size)
                     : vg_digest_feed(reading->digests[i], reading->chunk, size);
    }
    return status;
}

/* Feeds exactly the bytes of the file; one that shrinks meanwhile fails. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    feed_file(_In_ const struct reading *reading)
{
    uint64_t offset = 0;

    while (offset < reading->size) {
        uint32_t wanted = (uint32_t)vg_lesser(reading->size - offset, CHUNK_SIZE);
        uint32_t done = 0;
        NTSTATUS status = vg_file_read(reading->data, offset, reading->chunk, wanted, &done);

        if (NT_SUCCESS(status))
            status = feed_chunk(reading, offset, done);
        if (!NT_SUCCESS(status))
            return status;
        offset += done;
    }
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    finish(_Inout_ struct reading *reading, _Inout_ struct vg_file_hashes *found)
{
    static const uint8_t zeros[8];
    NTSTATUS status = STATUS_SUCCESS;

    for (unsigned i = 0; i < CONTENT && NT_SUCCESS(status); i++) {
        enum vg_field field = contents[i].field;

        if (reading->digests[i] == NULL)
            continue;
        if (field == VG_FIELD_AUTHENTIHASH && reading->covered.padding != 0)
            status = vg_digest_feed(reading->digests[i], zeros, reading->covered.padding);
        if (!NT_SUCCESS(status))
            break;
        status =
            vg_digest_end(reading->digests[i], vg_hashes_digest(found, field), vg_field_digest_size(field));
        reading->digests[i] = NULL;
        if (NT_SUCCESS(status))
            found->known |= VG_HASH_BIT(field);
    }
    return status;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void drop(_Inout_ struct reading *reading)
{
    for (unsigned i = CONTENT; i-- > 0;) {
        if (reading->digests[i] != NULL)
            vg_digest_drop(reading->digests[i]);
        reading->digests[i] = NULL;
    }
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void hash_content(_Inout_ struct vg_file_data *data,
                                                            _In_ uint64_t wanted,
                                                            _Inout_ struct vg_file_hashes *found)
{
    struct reading reading = {.data = data, .wanted = wanted & VG_HASHES_OF_CONTENT};
    NTSTATUS status = STATUS_SUCCESS;
    uint8_t *room = NULL;
    size_t size = 0;

    find_covered(&reading, found);
    size = measure(&reading);
    if (reading.wanted == 0 || !NT_SUCCESS(vg_file_size(data, &reading.size)) ||
        reading.size > VG_HASH_SIZE_MAX)
        return;
    room = vg_allocate(VG_PAGED, size + CHUNK_SIZE, VG_TAG_HASH);
    if (room == NULL)
        return;
    reading.chunk = room + size;
    status = begin(&reading, room);
    if (NT_SUCCESS(status))
        status = feed_file(&reading);
    if (NT_SUCCESS(status))
        status = finish(&reading, found);
    drop(&reading);
    vg_free(room, VG_TAG_HASH);
    if (NT_SUCCESS(status))
        vg_count(&vg_counters.files_hashed);
}

/* The text of the imports on its way into a digest. */
struct imports {
    PVOID digest;
    NTSTATUS status;
};

_IRQL_requires_max_(PASSIVE_LEVEL) static void feed_imports(_Inout_ void *context,
                                                            _In_reads_bytes_(size) const void *bytes,
                                                            _In_ uint32_t size)
{
    struct imports *imports = context;

    if (NT_SUCCESS(imports->status))
        imports->status = vg_digest_feed(imports->digest, bytes, size);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static enum vg_image_answer
    digest_imports(_Inout_ struct vg_image_reader *reader, _Inout_ uint8_t *room,
                   _Inout_updates_bytes_(16) uint8_t *imphash)
{
    struct imports imports = {.status = STATUS_SUCCESS};
    enum vg_image_answer answer = VG_ANSWER_FAILED;

    if (!NT_SUCCESS(vg_digest_begin(VG_ALGORITHM_MD5, room, &imports.digest)))
        return VG_ANSWER_FAILED;
    answer = vg_image_imports(reader, feed_imports, &imports);
    if (answer != VG_ANSWER_READ || !NT_SUCCESS(imports.status)) {
        vg_digest_drop(imports.digest);
        return answer == VG_ANSWER_NONE ? VG_ANSWER_NONE : VG_ANSWER_FAILED;
    }
    return NT_SUCCESS(vg_digest_end(imports.digest, imphash, vg_field_digest_size(VG_FIELD_IMPHASH)))
               ? VG_ANSWER_READ
               : VG_ANSWER_FAILED;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void hash_imports(_Inout_ struct vg_file_data *data,
                                                            _Inout_ struct vg_file_hashes *found)
{
    const uint64_t bit = VG_HASH_BIT(VG_FIELD_IMPHASH);
    size_t size = vg_digest_room(VG_ALGORITHM_MD5);
    struct vg_image_reader *reader = NULL;
    enum vg_image_answer answer = vg_image_file_open(data, &reader);
    uint8_t *room = NULL;

    if (answer == VG_ANSWER_READ) {
        answer = VG_ANSWER_FAILED;
        if (size != 0)
            room = vg_allocate(VG_PAGED, size, VG_TAG_HASH);
        if (room != NULL)
            answer = digest_imports(reader, room, found->imphash);
        vg_free(room, VG_TAG_HASH);
    }
    vg_image_file_close(reader);
    if (answer == VG_ANSWER_READ)
        found->known |= bit;
    else if (answer == VG_ANSWER_NONE)
        found->absent |= bit;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void hash_data(_In_ const struct vg_file *file,
                                                         _In_ uint64_t wanted,
                                                         _Inout_ struct vg_file_hashes *found)
{
    struct vg_file_data data;

    if (!NT_SUCCESS(vg_file_open_data(file, &data)))
        return;
    if ((wanted & VG_HASH_BIT(VG_FIELD_IMPHASH)) != 0)
        hash_imports(&data, found);
    if ((wanted & VG_HASHES_OF_CONTENT) != 0)
        hash_content(&data, wanted, found);
    vg_file_close_data(&data);
}

_Use_decl_annotations_
void vg_hash_file(const struct vg_file *file, uint64_t wanted, struct vg_file_hashes *hashes)
{
    struct vg_file_hashes found = {.known = 0};
    struct vg_identity before;
    struct vg_identity after;
    bool identified = false;
    bool remembered = false;

    if (!file->same)
        return;
    identified = NT_SUCCESS(vg_identity_of(file, &before));
    remembered = identified && vg_cache_find(&before, hashes);
    if (remembered && (wanted & ~vg_hashes_established(hashes)) == 0) {
        vg_count(&vg_counters.cache_hits);
        return;
    }
    /* From here on any change moves the file on in the journal, so equal identities mean equal bytes in
     * between. Of what is remembered, the last record is the one that was closed then. */
    if (identified && !remembered)
        identified = NT_SUCCESS(vg_identity_close_record(file)) && NT_SUCCESS(vg_identity_of(file, &before));
    hash_data(file, wanted & ~vg_hashes_established(hashes), &found);
    vg_hashes_add(hashes, &found);
    if (vg_hashes_established(&found) != 0 && identified && NT_SUCCESS(vg_identity_of(file, &after)) &&
        vg_identity_equal(&before, &after))
        vg_cache_add(&before, &found);
}
