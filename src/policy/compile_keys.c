#include "compile.h"

#include <stdlib.h>

/* Keys by the buckets they belong in. */
struct layout {
    uint32_t *starts; /* of each bucket in `order`, and one more */
    uint32_t *order;  /* keys */
    uint32_t bits;
};

static uint32_t bucket_of(const struct vg_compile *compile, uint32_t key, uint32_t bits)
{
    return (uint32_t)vg_key_at(compile, key)->hash & (((uint32_t)1 << bits) - 1);
}

/* Orders the keys by bucket, and in one as they came. Returns whether no bucket has too many. */
static bool order_keys(const struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                       struct layout *layout)
{
    uint32_t buckets = (uint32_t)1 << layout->bits;
    uint32_t *starts = layout->starts;

    for (uint32_t i = 0; i < count; i++)
        starts[bucket_of(compile, keys[i], layout->bits) + 2]++;
    for (uint32_t i = 0; i < buckets; i++) {
        if (starts[i + 2] > VG_BLOB_PROBES_MAX)
            return false;
        starts[i + 2] += starts[i + 1];
    }
    for (uint32_t i = 0; i < count; i++)
        layout->order[starts[bucket_of(compile, keys[i], layout->bits) + 1]++] = keys[i];
    return true;
}

/* Two to four keys a bucket, and more buckets while one has too many. */
static bool lay_out(const struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                    struct layout *layout)
{
    layout->bits = 1;
    while (layout->bits < VG_BLOB_KEYS_BITS_MAX && count >> (layout->bits + 2) != 0)
        layout->bits++;
    layout->order = malloc(count * sizeof(*layout->order));
    for (; layout->order && layout->bits <= VG_BLOB_KEYS_BITS_MAX; layout->bits++) {
        layout->starts = calloc(((size_t)1 << layout->bits) + 2, sizeof(*layout->starts));
        if (!layout->starts)
            return false;
        if (order_keys(compile, keys, count, layout))
            return true;
        free(layout->starts);
        layout->starts = NULL;
    }
    return false;
}

static void write_key(struct vg_compile *compile, const struct vg_compiled_key *key, bool last)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_KEYS];
    const uint32_t head = vg_key_tag(key->hash) | key->units | (last ? VG_KEY_LAST : 0);
    const uint32_t start[VG_KEY_TEXT] = {vg_compile_target(compile, key), head};

    vg_buffer_put(section, start, sizeof(start));
    vg_buffer_put(section, VG_BUFFER_AT(&compile->texts, uint32_t) + key->text,
                  (vg_key_words(head) - VG_KEY_TEXT) * sizeof(uint32_t));
}

static void write_bucket(struct vg_compile *compile, const uint32_t *keys, uint32_t count)
{
    struct vg_blob_bucket bucket = {0, 0};

    if (count != 0)
        bucket.key = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_KEYS], uint32_t);
    for (uint32_t i = 0; i < count; i++) {
        bucket.filter |= vg_key_filter(vg_key_at(compile, keys[i])->hash);
        write_key(compile, vg_key_at(compile, keys[i]), i == count - 1);
    }
    vg_buffer_put(&compile->sections[VG_BLOB_BUCKETS], &bucket, sizeof(bucket));
}

void vg_compile_keys(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                     struct vg_blob_keys *table)
{
    struct layout layout = {NULL, NULL, 0};

    if (lay_out(compile, keys, count, &layout)) {
        table->buckets = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_BUCKETS], struct vg_blob_bucket);
        table->bits = layout.bits;
        for (uint32_t i = 0; i < (uint32_t)1 << layout.bits; i++)
            write_bucket(compile, layout.order + layout.starts[i], layout.starts[i + 1] - layout.starts[i]);
    } else {
        vg_compile_error(compile, (struct vg_place){NULL, 0, 0}, "no room for a table of texts", NULL);
    }
    free(layout.starts);
    free(layout.order);
}
