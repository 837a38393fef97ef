#include "compile.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

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
    compiled->index =
        compile->tracked_count + compile->tried_count + VG_BUFFER_COUNT(&compile->placed, uint32_t);
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

/* A predicate of which nothing but its truth matters is marked only. */
static uint32_t posting_of(const struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    bool is_more = predicate->index >= compile->tracked_count || predicate->plain_rule != VG_BLOB_NONE ||
                   predicate->last_condition != VG_BLOB_NONE || (predicate->flags & VG_PREDICATE_CONFIRM) ||
                   predicate->source->test == VG_TEST_REGEX;

    if (is_more)
        return predicate->index;
    return predicate->index | VG_POSTING_MARK |
           (predicate->flags & VG_PREDICATE_PERMISSIVE ? VG_POSTING_PERMISSIVE : 0);
}

static void list_predicate(struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    const struct vg_chain *memberships = VG_BUFFER_AT(&compile->memberships, struct vg_chain);

    if (is_listed(compile, predicate))
        vg_buffer_put32(&compile->listed, posting_of(compile, predicate));
    if (vg_predicate_tells_groups(predicate))
        return;
    for (uint32_t at = predicate->groups; at != VG_BLOB_NONE; at = memberships[at].next)
        vg_buffer_put32(&compile->listed,
                        posting_of(compile, vg_predicate_at(compile, memberships[at].predicate)));
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
        struct vg_compiled_key *key = VG_BUFFER_AT(&compile->keys, struct vg_compiled_key) + i;
        uint32_t count = gather(compile, key);
        const uint32_t *predicates = VG_BUFFER_AT(&compile->pending, uint32_t);

        if (compile->pending.failed)
            return;
        if (vg_compile_direct(compile, predicates, count, &key->target))
            continue;
        key->target = VG_BLOB_NONE;
        for (uint32_t j = 0; j < count; j++)
            vg_compile_place_listed(compile, predicates[j]);
    }
}

uint32_t vg_compile_target(struct vg_compile *compile, const struct vg_compiled_key *key)
{
    uint32_t count;

    if (key->target != VG_BLOB_NONE)
        return key->target;
    count = gather(compile, key);
    return vg_compile_list(compile, VG_BUFFER_AT(&compile->pending, uint32_t), count);
}

/* Puts the entries into 1 << bits slots, which hold their number + 1; returns the longest way to one, or 0
 * when one is longer than allowed. */
static uint32_t fill(uint32_t *slots, uint32_t bits, const struct vg_entries *entries)
{
    uint32_t mask = ((uint32_t)1 << bits) - 1;
    uint32_t longest = 1;

    for (uint32_t i = 0; i < entries->count; i++) {
        uint32_t probe = 0;

        while (slots[((uint32_t)entries->hashes[i] + probe) & mask] != 0) {
            probe++;
            if (probe == VG_BLOB_PROBES_MAX || probe > mask)
                return 0;
        }
        slots[((uint32_t)entries->hashes[i] + probe) & mask] = i + 1;
        longest = probe + 1 > longest ? probe + 1 : longest;
    }
    return longest;
}

uint32_t *vg_compile_lay_out(struct vg_compile *compile, const struct vg_entries *entries, uint32_t room,
                             struct vg_blob_table *table)
{
    uint32_t bits = 1;

    while (bits < 30 && ((uint64_t)1 << bits) * 2 < (uint64_t)entries->count * room)
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
        starts[group_of(vg_key_at(compile, i)) + 1]++;
    for (uint32_t group = 0; group < GROUPS; group++)
        starts[group + 1] += starts[group];
    memcpy(next, starts, sizeof(next));
    for (uint32_t i = 0; i < count; i++)
        order[next[group_of(vg_key_at(compile, i))]++] = i;
}

static struct vg_blob_keys *table_of(struct vg_blob_field *field, uint32_t kind)
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

static uint64_t *lengths_of(struct vg_blob_field *field, uint32_t kind)
{
    switch (kind) {
    case VG_KEY_EXACT:
        return &field->exact_lengths;
    case VG_KEY_FOLDER:
        return &field->folder_lengths;
    default:
        return &field->name_lengths;
    }
}

static void write_groups(struct vg_compile *compile, const uint32_t *order, const uint32_t starts[GROUPS + 1])
{
    for (uint32_t group = 0; group < GROUPS; group++) {
        struct vg_blob_field *field = &compile->fields[group % VG_FIELD_COUNT].out;
        uint32_t kind = group / VG_FIELD_COUNT;
        uint32_t count = starts[group + 1] - starts[group];
        const uint32_t *keys = order + starts[group];

        if (count == 0)
            continue;
        if (kind >= VG_KEY_LITERAL) {
            vg_compile_literals(compile, keys, count, field);
            continue;
        }
        for (uint32_t i = 0; i < count; i++)
            *lengths_of(field, kind) |= vg_blob_length(vg_key_at(compile, keys[i])->units & ~VG_TEXT_WIDE);
        vg_compile_keys(compile, keys, count, table_of(field, kind));
    }
}

void vg_compile_tables(struct vg_compile *compile)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    uint32_t *order = malloc(count * sizeof(*order) + 1);
    uint32_t starts[GROUPS + 1];

    if (order) {
        order_keys(compile, order, starts);
        write_groups(compile, order, starts);
    } else {
        compile->keys.failed = true;
    }
    free(order);
}
