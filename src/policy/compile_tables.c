#include "compile.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

/* The entries of one table on their way into slots. */
struct entries {
    uint64_t *hashes;
    uint32_t *items; /* what each stands for */
    uint32_t count;
};

static const struct vg_compiled_key *key_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->keys, struct vg_compiled_key) + index;
}

/* Collects a key's predicates into `pending`; returns how many. */
static uint32_t gather(struct vg_compile *compile, const struct vg_compiled_key *key)
{
    const struct vg_chain *chain = VG_BUFFER_AT(&compile->chain, struct vg_chain);

    compile->pending.size = 0;
    for (uint32_t at = key->postings; at != VG_BLOB_NONE; at = chain[at].next)
        vg_buffer_put32(&compile->pending, chain[at].predicate);
    return VG_BUFFER_COUNT(&compile->pending, uint32_t);
}

bool vg_compile_direct(const struct vg_compile *compile, const uint32_t *predicates, uint32_t count,
                       uint32_t *target)
{
    const struct vg_compiled_predicate *first = NULL;

    for (uint32_t i = 0; i < count; i++) {
        const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, predicates[i]);

        if (predicate->index < compile->tracked_count || (predicate->flags & VG_PREDICATE_CONFIRM) ||
            predicate->groups != VG_BLOB_NONE)
            return false;
        if (!first || predicate->plain_rule < first->plain_rule)
            first = predicate;
    }
    if (!first || (count > 1 && (first->flags & VG_PREDICATE_PERMISSIVE)))
        return false;
    *target = VG_TARGET_RULE | first->plain_rule;
    if (first->flags & VG_PREDICATE_PERMISSIVE)
        *target |= VG_TARGET_PERMISSIVE;
    return true;
}

void vg_compile_place(struct vg_compile *compile, uint32_t predicate)
{
    struct vg_compiled_predicate *compiled = vg_predicate_at(compile, predicate);

    if (compiled->index != VG_BLOB_NONE)
        return;
    compiled->index = compile->tracked_count + VG_BUFFER_COUNT(&compile->placed, uint32_t);
    vg_buffer_put32(&compile->placed, predicate);
}

/* Whether a list must name the predicate itself, not only its groups. */
static bool is_listed(const struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    return predicate->plain_rule != VG_BLOB_NONE || (predicate->flags & VG_PREDICATE_CONFIRM) ||
           predicate->index < compile->tracked_count;
}

void vg_compile_place_listed(struct vg_compile *compile, uint32_t predicate)
{
    if (is_listed(compile, vg_predicate_at(compile, predicate)))
        vg_compile_place(compile, predicate);
}

static void list_predicate(struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    const struct vg_chain *memberships = VG_BUFFER_AT(&compile->memberships, struct vg_chain);

    if (is_listed(compile, predicate))
        vg_buffer_put32(&compile->listed, predicate->index);
    if (vg_predicate_tells_groups(predicate))
        return;
    for (uint32_t at = predicate->groups; at != VG_BLOB_NONE; at = memberships[at].next)
        vg_buffer_put32(&compile->listed, vg_predicate_at(compile, memberships[at].predicate)->index);
}

uint32_t vg_compile_list(struct vg_compile *compile, const uint32_t *predicates, uint32_t count)
{
    struct vg_buffer *postings = &compile->sections[VG_BLOB_POSTINGS];
    uint32_t start = VG_BUFFER_COUNT(postings, uint32_t);
    uint32_t *listed;

    compile->listed.size = 0;
    for (uint32_t i = 0; i < count; i++)
        list_predicate(compile, vg_predicate_at(compile, predicates[i]));
    if (compile->listed.failed)
        return start;
    listed = VG_BUFFER_AT(&compile->listed, uint32_t);
    count = vg_compile_sort(listed, VG_BUFFER_COUNT(&compile->listed, uint32_t));
    for (uint32_t i = 0; i < count; i++)
        vg_buffer_put32(postings, listed[i] | (i == count - 1 ? VG_BLOB_LAST : 0));
    return start;
}

void vg_compile_mark_keys(struct vg_compile *compile)
{
    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key); i++) {
        uint32_t count = gather(compile, key_at(compile, i));
        const uint32_t *predicates = VG_BUFFER_AT(&compile->pending, uint32_t);
        uint32_t target;

        if (compile->pending.failed)
            return;
        if (vg_compile_direct(compile, predicates, count, &target))
            continue;
        for (uint32_t j = 0; j < count; j++)
            vg_compile_place_listed(compile, predicates[j]);
    }
}

static uint32_t target_of(struct vg_compile *compile, const struct vg_compiled_key *key)
{
    uint32_t count = gather(compile, key);
    const uint32_t *predicates = VG_BUFFER_AT(&compile->pending, uint32_t);
    uint32_t target;

    if (!vg_compile_direct(compile, predicates, count, &target))
        target = vg_compile_list(compile, predicates, count);
    return target;
}

/* Puts the entries into 1 << bits slots, which hold their number + 1; returns the longest way to one, or 0
 * when one is longer than allowed. */
static uint32_t fill(uint32_t *slots, uint32_t bits, const struct entries *entries)
{
    uint32_t mask = ((uint32_t)1 << bits) - 1;
    uint32_t longest = 1;

    for (uint32_t i = 0; i < entries->count; i++) {
        uint32_t probe = 0;

        while (slots[((uint32_t)entries->hashes[i] + probe) & mask] != 0) {
            if (++probe == VG_BLOB_PROBES_MAX || probe > mask)
                return 0;
        }
        slots[((uint32_t)entries->hashes[i] + probe) & mask] = i + 1;
        longest = probe + 1 > longest ? probe + 1 : longest;
    }
    return longest;
}

/* Finds the smallest table that is at most two thirds full and keeps every way short. Returns its slots, to
 * be freed, or NULL after an error. */
static uint32_t *lay_out(struct vg_compile *compile, const struct entries *entries,
                         struct vg_blob_table *table)
{
    uint32_t bits = 1;

    while (bits < 30 && ((uint64_t)1 << bits) * 2 < (uint64_t)entries->count * 3)
        bits++;
    for (; bits <= 30; bits++) {
        uint32_t *slots = calloc((size_t)1 << bits, sizeof(*slots));
        uint32_t probes = slots ? fill(slots, bits, entries) : 0;

        if (probes != 0) {
            table->bits = (uint16_t)bits;
            table->probes = (uint16_t)probes;
            return slots;
        }
        free(slots);
        if (!slots)
            break;
    }
    vg_compile_error(compile, (struct vg_place){NULL, 0, 0}, "no room for a table of texts", NULL);
    return NULL;
}

/* Keys of one field and kind go to KEYS in the order of their slots. */
static void write_keys(struct vg_compile *compile, const struct entries *entries, struct vg_blob_table *table)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_KEYS];
    uint32_t *slots = lay_out(compile, entries, table);

    table->slots = VG_BUFFER_COUNT(section, struct vg_blob_key);
    for (uint32_t slot = 0; slots && slot < (uint32_t)1 << table->bits; slot++) {
        struct vg_blob_key out = {.target = VG_BLOB_NONE};

        if (slots[slot] != 0) {
            const struct vg_compiled_key *key = key_at(compile, entries->items[slots[slot] - 1]);

            out = (struct vg_blob_key){(uint32_t)(key->hash >> 32), key->text, key->units,
                                       target_of(compile, key)};
        }
        vg_buffer_put(section, &out, sizeof(out));
    }
    free(slots);
}

/* Grams of one field and length, whose items are their first literals. */
static void write_slots(struct vg_compile *compile, const struct entries *entries,
                        struct vg_blob_table *table)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_SLOTS];
    uint32_t *slots = lay_out(compile, entries, table);

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

/* By units of the gram, then by gram, then as they came. */
struct gram_order {
    uint64_t gram;
    uint32_t gram_units;
    uint32_t key;
};

static int compare_grams(const void *left, const void *right)
{
    const struct gram_order *a = left;
    const struct gram_order *b = right;

    if (a->gram_units != b->gram_units)
        return a->gram_units < b->gram_units ? -1 : 1;
    if (a->gram != b->gram)
        return a->gram < b->gram ? -1 : 1;
    return a->key < b->key ? -1 : 1;
}

static void write_literal(struct vg_compile *compile, uint32_t index, bool last)
{
    const struct vg_compiled_key *key = key_at(compile, index);
    struct vg_blob_literal out = {key->text, key->units, key->gram, target_of(compile, key)};

    if (last)
        out.units |= VG_BLOB_LAST;
    vg_buffer_put(&compile->sections[VG_BLOB_LITERALS], &out, sizeof(out));
}

static void build_filter(struct vg_compile *compile, const struct gram_order *order, uint32_t count,
                         uint32_t distinct, struct vg_blob_grams *grams)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_FILTERS];
    uint64_t *filter;
    uint32_t bits = 10;

    while (bits < 26 && (uint32_t)1 << (bits - 5) < distinct)
        bits++;
    grams->filter = VG_BUFFER_COUNT(section, uint64_t);
    grams->filter_bits = bits;
    filter = vg_buffer_add(section, (size_t)1 << (bits - 3));
    for (uint32_t i = 0; filter && i < count; i++) {
        uint64_t bit = vg_gram_filter(order[i].gram, bits);

        filter[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
}

/* Literals of one field whose grams have as many units are `order[0..count)`. */
static void write_grams(struct vg_compile *compile, const struct gram_order *order, uint32_t count,
                        struct entries *entries, struct vg_blob_grams *grams)
{
    uint64_t bucket = 0;

    entries->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool last = i == count - 1 || order[i + 1].gram != order[i].gram;

        if (i == 0 || order[i - 1].gram != order[i].gram) {
            entries->hashes[entries->count] = vg_gram_hash(VG_BLOB_SEED, order[i].gram);
            entries->items[entries->count] =
                VG_BUFFER_COUNT(&compile->sections[VG_BLOB_LITERALS], struct vg_blob_literal);
            entries->count++;
            bucket = 0;
        }
        bucket += key_at(compile, order[i].key)->units;
        if (bucket > VG_BLOB_BUCKET_UNITS_MAX)
            vg_compile_error(compile, (struct vg_place){NULL, 0, 0},
                             "too many texts that differ too little are searched in one field",
                             "test for whole values, names or folders instead of parts");
        write_literal(compile, order[i].key, last);
    }
    if (count == 0)
        return;
    write_slots(compile, entries, &grams->table);
    build_filter(compile, order, count, entries->count, grams);
}

static void write_literals(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                           struct entries *entries, struct vg_blob_field *field)
{
    struct gram_order *order = malloc(count * sizeof(*order) + 1);
    uint32_t start = 0;

    if (!order) {
        compile->keys.failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct vg_compiled_key *key = key_at(compile, keys[i]);

        order[i] = (struct gram_order){key->hash, vg_gram_units(key->units), keys[i]};
    }
    qsort(order, count, sizeof(*order), compare_grams);
    for (uint32_t units = 1; units <= VG_BLOB_GRAM_MAX; units++) {
        uint32_t end = start;

        while (end < count && order[end].gram_units == units)
            end++;
        write_grams(compile, order + start, end - start, entries, &field->grams[units - 1]);
        start = end;
    }
    free(order);
}

static uint32_t group_of(const struct vg_compiled_key *key)
{
    return (uint32_t)key->kind * VG_FIELD_COUNT + key->field;
}

#define GROUPS ((uint32_t)VG_KEY_KIND_COUNT * VG_FIELD_COUNT)

/* Orders keys by kind, then field, then as they came: that is the order of KEYS and LITERALS and of their
 * lists. */
static void order_keys(const struct vg_compile *compile, uint32_t *order, uint32_t starts[GROUPS + 1])
{
    uint32_t count = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    uint32_t next[GROUPS];

    memset(starts, 0, (GROUPS + 1) * sizeof(*starts));
    for (uint32_t i = 0; i < count; i++)
        starts[group_of(key_at(compile, i)) + 1]++;
    for (uint32_t group = 0; group < GROUPS; group++)
        starts[group + 1] += starts[group];
    memcpy(next, starts, sizeof(next));
    for (uint32_t i = 0; i < count; i++)
        order[next[group_of(key_at(compile, i))]++] = i;
}

static struct vg_blob_table *table_of(struct vg_blob_field *field, uint32_t kind)
{
    switch (kind) {
    case VG_KEY_EXACT:
        return &field->exact;
    case VG_KEY_FOLDER:
        return &field->folder;
    default:
        return &field->name;
    }
}

static void write_groups(struct vg_compile *compile, const uint32_t *order, const uint32_t starts[GROUPS + 1],
                         struct entries *entries)
{
    for (uint32_t group = 0; group < GROUPS; group++) {
        struct vg_blob_field *field = &compile->fields[group % VG_FIELD_COUNT].out;
        uint32_t kind = group / VG_FIELD_COUNT;

        entries->count = starts[group + 1] - starts[group];
        if (entries->count == 0)
            continue;
        if (kind == VG_KEY_LITERAL) {
            write_literals(compile, order + starts[group], entries->count, entries, field);
            continue;
        }
        for (uint32_t i = 0; i < entries->count; i++) {
            entries->items[i] = order[starts[group] + i];
            entries->hashes[i] = key_at(compile, entries->items[i])->hash;
        }
        write_keys(compile, entries, table_of(field, kind));
    }
}

void vg_compile_tables(struct vg_compile *compile)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    uint32_t *order = malloc(count * sizeof(*order) + 1);
    struct entries entries = {
        .hashes = malloc(count * sizeof(uint64_t) + 1),
        .items = malloc(count * sizeof(uint32_t) + 1),
    };
    uint32_t starts[GROUPS + 1];

    if (order && entries.hashes && entries.items) {
        order_keys(compile, order, starts);
        write_groups(compile, order, starts, &entries);
    } else {
        compile->keys.failed = true;
    }
    free(order);
    free(entries.hashes);
    free(entries.items);
}
