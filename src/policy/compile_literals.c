#include "compile.h"
#include "hash.h"

#include <stdlib.h>

/* Literals of one field: by table, then by gram, then as they came. */
struct order {
    uint64_t gram;
    uint32_t table;
    uint32_t key;
};

static const struct vg_compiled_key *key_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->keys, struct vg_compiled_key) + index;
}

static int compare(const void *left, const void *right)
{
    const struct order *a = left;
    const struct order *b = right;

    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    if (a->gram != b->gram)
        return a->gram < b->gram ? -1 : 1;
    return a->key < b->key ? -1 : 1;
}

/* Which of its field's tables finds it; there is but one for each end. */
static uint32_t table_of(const struct vg_compiled_key *key)
{
    if (key->kind != VG_KEY_LITERAL)
        return 0;
    return vg_gram_table_of(key->units);
}

/* The bytes around its gram: those up to its end, and as many more as there is room for. */
static void fill_word(const struct vg_compile *compile, const struct vg_compiled_key *key,
                      struct vg_blob_literal *literal)
{
    uint32_t end = key->gram + vg_gram_units(vg_gram_table_of(key->units));
    uint32_t before = end < VG_WORD_UNITS ? end : VG_WORD_UNITS;

    if (key->units & VG_TEXT_WIDE)
        return;
    for (; end < key->units && literal->behind < VG_WORD_UNITS - before; end++)
        literal->behind++;
    for (; literal->known < VG_WORD_UNITS && literal->known < end; literal->known++)
        literal->word |= (uint64_t)vg_key_unit(compile, key, end - 1 - literal->known)
                         << (56 - 8 * literal->known);
}

static void write_literal(struct vg_compile *compile, uint32_t index, bool last)
{
    const struct vg_compiled_key *key = key_at(compile, index);
    struct vg_blob_literal out = {
        .text = key->text,
        .units = key->units | (last ? VG_BLOB_LAST : 0),
        .target = vg_compile_target(compile, key),
        .gram = (uint16_t)key->gram,
    };

    fill_word(compile, key, &out);
    vg_buffer_put(&compile->sections[VG_BLOB_LITERALS], &out, sizeof(out));
}

/* Writes the literals of one table, those of one gram together; their grams become entries. */
static void write_literals(struct vg_compile *compile, const struct order *order, uint32_t count,
                           struct vg_entries *entries)
{
    uint64_t bucket = 0;

    entries->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t gram = order[i].gram;

        if (i == 0 || order[i - 1].gram != gram) {
            entries->hashes[entries->count] = vg_gram_hash(gram);
            entries->items[entries->count] =
                VG_BUFFER_COUNT(&compile->sections[VG_BLOB_LITERALS], struct vg_blob_literal);
            entries->count++;
            bucket = 0;
        }
        bucket += key_at(compile, order[i].key)->units & ~VG_TEXT_WIDE;
        if (bucket > VG_BLOB_BUCKET_UNITS_MAX)
            vg_compile_error(compile, (struct vg_place){NULL, 0, 0},
                             "too many texts that differ too little are searched in one field",
                             "test for whole values, names or folders instead of parts");
        write_literal(compile, order[i].key, i == count - 1 || order[i + 1].gram != gram);
    }
}

/* Entries' items are the first literals of grams. */
static void write_slots(struct vg_compile *compile, const struct vg_entries *entries,
                        struct vg_blob_table *table)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_SLOTS];
    uint32_t *slots = vg_compile_lay_out(compile, entries, table);

    table->slots = VG_BUFFER_COUNT(section, struct vg_blob_slot);
    for (uint32_t slot = 0; slots && slot < (uint32_t)1 << table->bits; slot++) {
        struct vg_blob_slot out = {0, 0};

        if (slots[slot] != 0)
            out = (struct vg_blob_slot){(uint32_t)(entries->hashes[slots[slot] - 1] >> 32),
                                        entries->items[slots[slot] - 1] + 1};
        vg_buffer_put(section, &out, sizeof(out));
    }
    free(slots);
}

static void write_filter(struct vg_compile *compile, const struct order *order, uint32_t count,
                         uint32_t distinct, struct vg_blob_grams *grams)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_FILTERS];
    bool ones = order->table == VG_ASCII_ONE;
    uint32_t bits = 10;
    uint64_t *filter;

    while (bits < 26 && (uint32_t)1 << (bits - 5) < distinct)
        bits++;
    if (ones)
        bits = VG_ONES_BITS;
    grams->filter = VG_BUFFER_COUNT(section, uint64_t);
    grams->filter_bits = bits;
    filter = vg_buffer_add(section, (size_t)1 << (bits - 3));
    for (uint32_t i = 0; filter && i < count; i++) {
        uint64_t bit = ones ? order[i].gram : vg_gram_product(order[i].gram) >> (64 - bits);

        filter[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
}

/* All literals of a field that may be anywhere. */
static void write_anywhere(struct vg_compile *compile, const struct order *order, uint32_t count,
                           struct vg_entries *entries, struct vg_blob_field *field)
{
    uint32_t end;

    for (uint32_t start = 0; start < count; start = end) {
        uint32_t table = order[start].table;
        struct vg_blob_grams *grams = &field->grams[table];

        for (end = start; end < count && order[end].table == table;)
            end++;
        write_literals(compile, order + start, end - start, entries);
        write_slots(compile, entries, &grams->table);
        write_filter(compile, order + start, end - start, entries->count, grams);
    }
}

void vg_compile_literals(struct vg_compile *compile, const uint32_t *keys, struct vg_entries *entries,
                         struct vg_blob_field *field)
{
    uint32_t count = entries->count;
    uint32_t kind = key_at(compile, keys[0])->kind;
    struct order *order = malloc(count * sizeof(*order));

    if (!order) {
        compile->keys.failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct vg_compiled_key *key = key_at(compile, keys[i]);

        order[i] = (struct order){key->hash, table_of(key), keys[i]};
    }
    qsort(order, count, sizeof(*order), compare);
    if (kind == VG_KEY_LITERAL) {
        write_anywhere(compile, order, count, entries, field);
    } else {
        write_literals(compile, order, count, entries);
        write_slots(compile, entries, kind == VG_KEY_START ? &field->start : &field->end);
    }
    free(order);
}
