#include "list_keys.h"

#include "fold.h"
#include "measure.h"

#include <string.h>

#define UNITS_MAX (BENCH_KEY_MAX / 2 - 1)

size_t bench_key_of_rule(const struct bench_rule *rule, void *out)
{
    uint16_t kind = (uint16_t)rule->kind;
    struct vg_span value = rule->kind == BENCH_HASH ? (struct vg_span){rule->digest, 32} : rule->folded;

    if (value.size > UNITS_MAX * 2)
        bench_fail("a rule is too long for a key");
    memcpy(out, &kind, sizeof(kind));
    memcpy((uint8_t *)out + sizeof(kind), value.bytes, value.size);
    return sizeof(kind) + value.size;
}

static void add(struct bench_keys *keys, const void *bytes, size_t size)
{
    if (keys->count < BENCH_KEYS_MAX)
        keys->at[keys->count++] = (struct bench_key){bytes, size};
}

static void add_image(struct bench_keys *keys, struct vg_span image)
{
    uint32_t count = vg_unit_count(image);
    uint32_t name = count;

    if (count > UNITS_MAX)
        return;
    keys->path[0] = BENCH_PATH;
    bench_fold(image, keys->path + 1);
    keys->folder[0] = BENCH_FOLDER;
    memcpy(keys->folder + 1, keys->path + 1, count * sizeof(uint16_t));
    keys->name[0] = BENCH_NAME;
    add(keys, keys->path, (1 + count) * sizeof(uint16_t));
    add(keys, keys->folder, (1 + count) * sizeof(uint16_t));
    while (name != 0 && keys->path[name] != u'\\')
        name--;
    memcpy(keys->name + 1, keys->path + name, (count + 1 - name) * sizeof(uint16_t));
    if (name != 0)
        add(keys, keys->name, (2 + count - name) * sizeof(uint16_t));
    for (; name != 0; name--) {
        if (keys->folder[name] == u'\\')
            add(keys, keys->folder, name * sizeof(uint16_t));
    }
}

void bench_keys_of_record(const struct vg_record *record, struct bench_keys *keys)
{
    const struct vg_fact *image = &record->facts[VG_FIELD_IMAGE];
    const struct vg_fact *hash = &record->facts[VG_FIELD_SHA256];
    uint16_t kind = BENCH_HASH;

    keys->count = 0;
    if (image->state == VG_FACT_KNOWN)
        add_image(keys, image->values[0]);
    if (hash->state == VG_FACT_KNOWN) {
        memcpy(keys->hash, &kind, sizeof(kind));
        memcpy(keys->hash + sizeof(kind), hash->values[0].bytes, 32);
        add(keys, keys->hash, sizeof(keys->hash));
    }
}
