#include "compile.h"

#include <stdlib.h>
#include <string.h>

static const struct vg_compiled_digest *digest_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->digests, struct vg_compiled_digest) + index;
}

static uint64_t prefix_of(const uint8_t *bytes)
{
    uint64_t prefix = 0;

    for (unsigned i = 0; i < sizeof(prefix); i++)
        prefix = prefix << 8 | bytes[i];
    return prefix;
}

static int compare_bytes(const struct vg_compiled_digest *a, const struct vg_compiled_digest *b)
{
    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    return memcmp(a->bytes, b->bytes, vg_field_digest_size((enum vg_field)a->field));
}

static int compare(const void *left, const void *right)
{
    const struct vg_compiled_digest *a = left;
    const struct vg_compiled_digest *b = right;
    int order = compare_bytes(a, b);

    if (order == 0)
        order = a->predicate < b->predicate ? -1 : a->predicate > b->predicate;
    return order;
}

void vg_compile_sort_digests(struct vg_compile *compile)
{
    bool sorted = true;
    uint32_t count;

    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate); i++) {
        const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, i);
        const struct vg_predicate *source = predicate->source;

        if (!vg_predicate_is_wanted(predicate))
            continue;
        for (size_t j = 0; j < source->digest_count; j++) {
            const uint8_t *bytes = vg_predicate_digest(source, j);
            struct vg_compiled_digest digest = {prefix_of(bytes), bytes, i, (uint32_t)source->field,
                                                VG_BLOB_NONE};

            vg_buffer_put(&compile->digests, &digest, sizeof(digest));
        }
    }
    count = VG_BUFFER_COUNT(&compile->digests, struct vg_compiled_digest);
    for (uint32_t i = 1; i < count && sorted; i++)
        sorted = compare(digest_at(compile, i - 1), digest_at(compile, i)) <= 0;
    if (!sorted)
        qsort(compile->digests.bytes, count, sizeof(struct vg_compiled_digest), compare);
}

/* Collects the predicates that list the digest at `at` into `pending`; returns where the next digest starts.
 */
static uint32_t gather(struct vg_compile *compile, uint32_t at)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->digests, struct vg_compiled_digest);
    const struct vg_compiled_digest *first = digest_at(compile, at);
    uint32_t last = VG_BLOB_NONE;

    compile->pending.size = 0;
    for (; at < count && compare_bytes(first, digest_at(compile, at)) == 0; at++) {
        if (digest_at(compile, at)->predicate != last)
            vg_buffer_put32(&compile->pending, digest_at(compile, at)->predicate);
        last = digest_at(compile, at)->predicate;
    }
    return at;
}

void vg_compile_mark_digests(struct vg_compile *compile)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->digests, struct vg_compiled_digest);
    uint32_t at = 0;

    while (at < count && !compile->pending.failed) {
        struct vg_compiled_digest *first = VG_BUFFER_AT(&compile->digests, struct vg_compiled_digest) + at;
        const uint32_t *predicates;
        uint32_t found;

        at = gather(compile, at);
        found = VG_BUFFER_COUNT(&compile->pending, uint32_t);
        predicates = VG_BUFFER_AT(&compile->pending, uint32_t);
        if (vg_compile_direct(compile, predicates, found, &first->target))
            continue;
        first->target = VG_BLOB_NONE;
        for (uint32_t i = 0; i < found; i++)
            vg_compile_place_listed(compile, predicates[i]);
    }
}

/* Digests of one predicate alone share one list. */
static uint32_t list_of(struct vg_compile *compile)
{
    const uint32_t *predicates = VG_BUFFER_AT(&compile->pending, uint32_t);
    uint32_t count = VG_BUFFER_COUNT(&compile->pending, uint32_t);
    struct vg_compiled_predicate *first = vg_predicate_at(compile, predicates[0]);

    if (count > 1)
        return vg_compile_list(compile, predicates, count);
    if (first->digest_list == VG_BLOB_NONE)
        first->digest_list = vg_compile_list(compile, predicates, count);
    return first->digest_list;
}

/* About four digests share their leading bits. */
static void write_starts(struct vg_compile *compile, struct vg_blob_field *field, uint32_t words)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_DIGEST_STARTS];
    const uint32_t *digests =
        VG_BUFFER_AT(&compile->sections[VG_BLOB_DIGESTS], uint32_t) + field->digests.first;
    uint32_t digest = 0;

    field->digest_bits = 1;
    while (field->digest_bits < 24 && field->digests.count >> (field->digest_bits + 2) != 0)
        field->digest_bits++;
    field->digest_starts = VG_BUFFER_COUNT(section, uint32_t);
    for (uint32_t start = 0; start <= (uint32_t)1 << field->digest_bits; start++) {
        while (digest < field->digests.count &&
               prefix_of((const uint8_t *)(digests + (size_t)digest * words)) >> (64 - field->digest_bits) <
                   start)
            digest++;
        vg_buffer_put32(section, digest);
    }
}

static void write_field(struct vg_compile *compile, uint32_t *at, struct vg_blob_field *field)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_DIGESTS];
    uint32_t count = VG_BUFFER_COUNT(&compile->digests, struct vg_compiled_digest);
    uint32_t which = digest_at(compile, *at)->field;

    field->digests.first = VG_BUFFER_COUNT(section, uint32_t);
    while (*at < count && digest_at(compile, *at)->field == which && !section->failed) {
        uint32_t target = digest_at(compile, *at)->target;

        vg_buffer_put(section, digest_at(compile, *at)->bytes, vg_field_digest_size((enum vg_field)which));
        *at = gather(compile, *at);
        vg_buffer_put32(section, target != VG_BLOB_NONE ? target : list_of(compile));
        field->digests.count++;
    }
    if (!section->failed)
        write_starts(compile, field, vg_blob_digest_words(which));
}

void vg_compile_digests(struct vg_compile *compile)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->digests, struct vg_compiled_digest);
    uint32_t at = 0;

    while (at < count && !compile->sections[VG_BLOB_DIGESTS].failed)
        write_field(compile, &at, &compile->fields[digest_at(compile, at)->field].out);
}
