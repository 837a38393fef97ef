#include "compile.h"
#include "hash.h"

#include <stdlib.h>

/* A gram of a literal of one field, ordered by table, then by gram, then by literal. */
struct order {
    uint32_t gram;
    uint32_t table;
    uint32_t literal; /* in LITERALS */
    uint32_t key;
    uint32_t start;
};

static int compare(const void *left, const void *right)
{
    const struct order *a = left;
    const struct order *b = right;

    if (a->table != b->table)
        return a->table < b->table ? -1 : 1;
    if (a->gram != b->gram)
        return a->gram < b->gram ? -1 : 1;
    if (a->literal != b->literal)
        return a->literal < b->literal ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static uint32_t units_of(uint32_t kind, uint32_t table)
{
    return kind == VG_KEY_LITERAL ? vg_gram_units(table) : VG_GRAM_MAX;
}

/* The bytes around a gram: those up to its end, and as many more as there is room for. */
static void fill_word(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t end,
                      struct vg_blob_gram *gram)
{
    uint32_t before = end < VG_WORD_UNITS ? end : VG_WORD_UNITS;

    if (key->units & VG_TEXT_WIDE)
        return;
    for (; end < key->units && gram->behind < VG_WORD_UNITS - before; end++)
        gram->behind++;
    for (; gram->known < VG_WORD_UNITS && gram->known < end; gram->known++)
        gram->word |= (uint64_t)vg_key_unit(compile, key, end - 1 - gram->known) << (56 - 8 * gram->known);
    if (gram->known == key->units)
        gram->literal |= VG_GRAM_WHOLE;
}

static void write_gram(struct vg_compile *compile, const struct order *order, bool last)
{
    const struct vg_compiled_key *key = vg_key_at(compile, order->key);
    struct vg_blob_gram out = {.literal = order->literal, .start = (uint16_t)order->start};

    fill_word(compile, key, order->start + units_of(key->kind, order->table), &out);
    if (last)
        out.literal |= VG_BLOB_LAST;
    vg_buffer_put(&compile->sections[VG_BLOB_GRAMS], &out, sizeof(out));
}

/* Writes the grams of one table, equal ones together; each becomes an entry. */
static void write_grams(struct vg_compile *compile, const struct order *order, uint32_t count,
                        struct vg_entries *entries)
{
    uint64_t bucket = 0;

    entries->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t gram = order[i].gram;

        if (i == 0 || order[i - 1].gram != gram) {
            entries->hashes[entries->count] = vg_gram_hash(gram);
            entries->items[entries->count] =
                VG_BUFFER_COUNT(&compile->sections[VG_BLOB_GRAMS], struct vg_blob_gram);
            entries->count++;
            bucket = 0;
        }
        bucket += vg_key_at(compile, order[i].key)->units & ~VG_TEXT_WIDE;
        if (bucket > VG_BLOB_BUCKET_UNITS_MAX)
            vg_compile_error(compile, (struct vg_place){NULL, 0, 0},
                             "too many texts that differ too little are searched in one field",
                             "test for whole values, names or folders instead of parts");
        write_gram(compile, &order[i], i == count - 1 || order[i + 1].gram != gram);
    }
}

static void write_slots(struct vg_compile *compile, const struct vg_entries *entries,
                        struct vg_blob_table *table)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_SLOTS];
    uint32_t *slots = vg_compile_lay_out(compile, entries, 5, table);

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

    while (bits < VG_BLOB_FILTER_BITS_MAX && (uint32_t)1 << (bits - 5) < distinct)
        bits++;
    if (ones)
        bits = VG_ONES_BITS;
    grams->filter = VG_BUFFER_COUNT(section, uint64_t);
    grams->filter_bits = (uint16_t)bits;
    filter = vg_buffer_add(section, (size_t)1 << (bits - 3));
    for (uint32_t i = 0; filter && i < count; i++) {
        uint32_t bit = ones ? order[i].gram : vg_gram_product(order[i].gram) >> (32 - bits);

        filter[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
}

static void write_tables(struct vg_compile *compile, const struct order *order, uint32_t count,
                         struct vg_entries *entries, struct vg_blob_field *field)
{
    uint32_t kind = vg_key_at(compile, order->key)->kind;
    uint32_t end;

    for (uint32_t start = 0; start < count; start = end) {
        struct vg_blob_grams *grams = &field->grams[order[start].table];

        for (end = start; end < count && order[end].table == order[start].table;)
            end++;
        write_grams(compile, order + start, end - start, entries);
        if (kind != VG_KEY_LITERAL) {
            write_slots(compile, entries, kind == VG_KEY_START ? &field->start : &field->end);
            continue;
        }
        write_slots(compile, entries, &grams->table);
        write_filter(compile, order + start, end - start, entries->count, grams);
        grams->stride = (uint16_t)vg_gram_stride(compile, vg_key_at(compile, order[start].key));
    }
}

/* Writes the literals; returns their grams, and how many they are. NULL without memory. */
static struct order *write_literals(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                                    uint32_t *gram_count)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_LITERALS];
    struct order *order = malloc((size_t)count * VG_GRAM_MAX * sizeof(*order));
    uint32_t grams = 0;

    for (uint32_t i = 0; order && i < count; i++) {
        const struct vg_compiled_key *key = vg_key_at(compile, keys[i]);
        uint32_t table = key->kind == VG_KEY_LITERAL ? vg_gram_table_of(compile, key) : 0;
        uint32_t units = units_of(key->kind, table);
        struct vg_blob_literal out = {key->text, key->units, vg_compile_target(compile, key)};

        for (uint32_t at = key->gram; at < key->gram + vg_gram_stride(compile, key); at++)
            order[grams++] = (struct order){vg_key_gram(compile, key, at, units), table,
                                            VG_BUFFER_COUNT(section, struct vg_blob_literal), keys[i], at};
        vg_buffer_put(section, &out, sizeof(out));
    }
    *gram_count = grams;
    return order;
}

void vg_compile_literals(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                         struct vg_blob_field *field)
{
    uint32_t grams = 0;
    struct order *order = write_literals(compile, keys, count, &grams);
    struct vg_entries entries = {
        .hashes = malloc((size_t)grams * sizeof(*entries.hashes) + 1),
        .items = malloc((size_t)grams * sizeof(*entries.items) + 1),
    };

    if (order && entries.hashes && entries.items) {
        qsort(order, grams, sizeof(*order), compare);
        write_tables(compile, order, grams, &entries, field);
    } else {
        compile->keys.failed = true;
    }
    free(order);
    free(entries.hashes);
    free(entries.items);
}
