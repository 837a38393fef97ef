#include "validate.h"

#include <string.h>

/* How far the sections that fields share have been used up. */
struct used {
    uint32_t lists;
    uint32_t buckets;
    uint32_t slots;
    uint32_t filters;
    uint32_t digests; /* words */
    uint32_t starts;
    uint32_t postings;
};

/* A slice of LISTS, ascending, each entry below `limit`. */
static bool check_list(struct vg_check *check, const struct vg_blob_slice *slice, uint32_t limit,
                       struct used *used)
{
    const uint32_t *list = check->blob.LISTS + used->lists;

    if (slice->first != used->lists || slice->count > vg_check_count(check, VG_BLOB_LISTS) - used->lists)
        return vg_check_failed(check, "a list lies outside", slice);
    used->lists += slice->count;
    for (uint32_t i = 0; i < slice->count; i++) {
        if (list[i] >= limit || (i > 0 && list[i] <= list[i - 1]))
            return vg_check_failed(check, "a list does not ascend within its bounds", &list[i]);
    }
    return true;
}

static bool check_general(struct vg_check *check, const struct vg_blob_field *field)
{
    const uint32_t *list = check->blob.LISTS + field->general.first;

    for (uint32_t i = 0; i < field->general.count; i++) {
        if (check->blob.PREDICATES[list[i]].field != field->field)
            return vg_check_failed(check, "a predicate is listed with another field", &list[i]);
    }
    return true;
}

/* Whether the table's slots are the next of `count`; they are then used up. */
static bool check_table(struct vg_check *check, const struct vg_blob_table *table, uint32_t count,
                        uint32_t *used)
{
    uint32_t slots;

    if (table->probes == 0) {
        if (table->slots != 0 || table->bits != 0)
            return vg_check_failed(check, "a table that is not there has slots", table);
        return true;
    }
    if (table->bits > 30 || table->slots != *used)
        return vg_check_failed(check, "a table lies outside", table);
    slots = (uint32_t)1 << table->bits;
    if (slots > count - *used)
        return vg_check_failed(check, "a table lies outside", table);
    if (table->probes > slots || table->probes > VG_BLOB_PROBES_MAX)
        return vg_check_failed(check, "a table wants too many probes", table);
    *used += slots;
    return true;
}

static bool check_grams(struct vg_check *check, const struct vg_blob_grams *grams, bool ones,
                        struct used *used)
{
    uint32_t words;

    if (!check_table(check, &grams->table, vg_check_count(check, VG_BLOB_SLOTS), &used->slots))
        return false;
    if (grams->table.probes == 0) {
        if (grams->filter != 0 || grams->filter_bits != 0 || grams->stride != 0)
            return vg_check_failed(check, "a filter without a table", grams);
        return true;
    }
    if (grams->filter_bits < 6 || grams->filter_bits > VG_BLOB_FILTER_BITS_MAX ||
        grams->filter != used->filters)
        return vg_check_failed(check, "a filter lies outside", grams);
    if (grams->stride != 1 && grams->stride != 2 && grams->stride != 4)
        return vg_check_failed(check, "grams at units that are not counted in words", grams);
    if (ones && grams->filter_bits != VG_ONES_BITS)
        return vg_check_failed(check, "a filter of units has not a bit for each", grams);
    words = (uint32_t)1 << (grams->filter_bits - 6);
    if (words > vg_check_count(check, VG_BLOB_FILTERS) - used->filters)
        return vg_check_failed(check, "a filter lies outside", grams);
    used->filters += words;
    return true;
}

/* Those of texts anywhere stand in SLOTS by field, then those of texts at the start and at the end. */
static bool check_gram_tables(struct vg_check *check, struct used *used)
{
    const struct vg_blob_field *fields = check->blob.FIELDS;
    uint32_t count = vg_check_count(check, VG_BLOB_FIELDS);
    uint32_t slots = vg_check_count(check, VG_BLOB_SLOTS);

    for (uint32_t i = 0; i < count * VG_GRAM_TABLES; i++) {
        uint32_t table = i % VG_GRAM_TABLES;

        if (!check_grams(check, &fields[i / VG_GRAM_TABLES].grams[table], table == VG_ASCII_ONE, used))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!check_table(check, &fields[i].start, slots, &used->slots))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!check_table(check, &fields[i].end, slots, &used->slots))
            return false;
    }
    return true;
}

/* Whether the table's buckets are the next ones; they are then used up. What is as long as one of `lengths`
 * is looked up without asking whether there is a table. */
static bool check_keys(struct vg_check *check, const struct vg_blob_keys *keys, uint64_t lengths,
                       struct used *used)
{
    if (keys->bits == 0) {
        if (keys->buckets != 0 || lengths != 0)
            return vg_check_failed(check, "a table that is not there has buckets", keys);
        return true;
    }
    if (keys->bits > VG_BLOB_KEYS_BITS_MAX || keys->buckets != used->buckets ||
        (uint32_t)1 << keys->bits > vg_check_count(check, VG_BLOB_BUCKETS) - used->buckets)
        return vg_check_failed(check, "a table lies outside", keys);
    used->buckets += (uint32_t)1 << keys->bits;
    return true;
}

/* The tables stand in BUCKETS and SLOTS by kind, then by field. */
static bool check_tables(struct vg_check *check, struct used *used)
{
    const struct vg_blob_field *fields = check->blob.FIELDS;
    uint32_t count = vg_check_count(check, VG_BLOB_FIELDS);

    for (uint32_t i = 0; i < count; i++) {
        if (!check_keys(check, &fields[i].exact, fields[i].exact_lengths, used))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!check_keys(check, &fields[i].folder, fields[i].folder_lengths, used))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!check_keys(check, &fields[i].name, fields[i].name_lengths, used))
            return false;
    }
    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_SLOTS); i++) {
        if (check->blob.SLOTS[i].item > vg_check_count(check, VG_BLOB_GRAMS))
            return vg_check_failed(check, "a slot leads outside", &check->blob.SLOTS[i]);
    }
    return check_gram_tables(check, used);
}

static bool check_digest_starts(struct vg_check *check, const struct vg_blob_field *field, struct used *used)
{
    const uint32_t *starts = check->blob.DIGEST_STARTS + used->starts;
    uint32_t count;

    if (field->digest_bits < 1 || field->digest_bits > 24 || field->digest_starts != used->starts)
        return vg_check_failed(check, "the starts of digests lie outside", field);
    count = ((uint32_t)1 << field->digest_bits) + 1;
    if (count > vg_check_count(check, VG_BLOB_DIGEST_STARTS) - used->starts)
        return vg_check_failed(check, "the starts of digests lie outside", field);
    used->starts += count;
    for (uint32_t i = 1; i < count; i++) {
        if (starts[i] < starts[i - 1])
            return vg_check_failed(check, "the starts of digests do not ascend", &starts[i]);
    }
    if (starts[0] != 0 || starts[count - 1] != field->digests.count)
        return vg_check_failed(check, "the starts of digests do not cover them", starts);
    return true;
}

/* The list that starts at used->postings, which is then used up. A digest is no text that could be tried. */
static bool check_digest_list(struct vg_check *check, struct used *used)
{
    uint32_t entry;

    do {
        const struct vg_blob_predicate *predicate;

        entry = check->blob.POSTINGS[used->postings++]; /* the last of all has VG_BLOB_LAST */
        predicate = &check->blob.PREDICATES[entry & VG_POSTING_INDEX];
        if (vg_check_is_text(predicate->field))
            return vg_check_failed(check, "a digest leads to a test of text", predicate);
    } while (!(entry & VG_BLOB_LAST));
    return true;
}

/* Digests may share lists, as one digest is looked up per value, but have none in common with texts. */
static bool check_digest_target(struct vg_check *check, const uint32_t *target, struct used *used)
{
    const uint32_t *postings = check->blob.POSTINGS;

    if (*target & VG_TARGET_RULE) {
        if (!vg_check_deciding_rule(check, *target & VG_TARGET_INDEX))
            return vg_check_failed(check, "a digest leads to no deciding rule", target);
        return true;
    }
    if (*target < check->postings || *target > used->postings ||
        *target >= vg_check_count(check, VG_BLOB_POSTINGS) ||
        (*target != 0 && !(postings[*target - 1] & VG_BLOB_LAST)))
        return vg_check_failed(check, "a digest leads to no list of digests", target);
    return *target < used->postings || check_digest_list(check, used);
}

/* The field's entries, of `words` each: their targets, and that they ascend. */
static bool check_digest_entries(struct vg_check *check, const uint32_t *entries, uint32_t count,
                                 struct used *used, uint32_t words)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *entry = entries + (size_t)i * words;

        if (!check_digest_target(check, entry + words - 1, used))
            return false;
        if (i > 0 && memcmp(entry - words, entry, (words - 1) * sizeof(*entry)) >= 0)
            return vg_check_failed(check, "digests do not ascend", entry);
    }
    return true;
}

static bool check_digests(struct vg_check *check, const struct vg_blob_field *field, struct used *used)
{
    const struct vg_blob_slice *slice = &field->digests;
    uint32_t words = vg_blob_digest_words(field->field);

    if (slice->count == 0) {
        if (slice->first != 0 || field->digest_starts != 0 || field->digest_bits != 0)
            return vg_check_failed(check, "starts of digests without digests", field);
        return true;
    }
    if (vg_field_digest_size((enum vg_field)field->field) == 0)
        return vg_check_failed(check, "digests on a field that holds text", field);
    if (slice->first != used->digests ||
        slice->count > (vg_check_count(check, VG_BLOB_DIGESTS) - used->digests) / words)
        return vg_check_failed(check, "digests lie outside", field);
    used->digests += slice->count * words;
    return check_digest_entries(check, check->blob.DIGESTS + slice->first, slice->count, used, words) &&
           check_digest_starts(check, field, used);
}

/* A rule that decides, or none. An unknown fact must not make an allow rule match. */
static bool check_first(struct vg_check *check, const uint32_t *rule, bool by_unknown)
{
    if (*rule == VG_BLOB_NONE)
        return true;
    if (!vg_check_deciding_rule(check, *rule))
        return vg_check_failed(check, "no such deciding rule", rule);
    if (by_unknown && vg_blob_action_of(&check->blob, *rule) == VG_BLOB_ALLOW)
        return vg_check_failed(check, "an allow rule that matches what is unknown", rule);
    return true;
}

static bool check_field(struct vg_check *check, const struct vg_blob_field *field, struct used *used)
{
    uint32_t conditions = vg_check_count(check, VG_BLOB_CONDITIONS);
    uint32_t predicates = vg_check_count(check, VG_BLOB_PREDICATES);

    if (!check_first(check, &field->first_rule, false) ||
        !check_first(check, &field->first_strict_rule, false) ||
        !check_first(check, &field->first_unknown_rule, true) ||
        !check_first(check, &field->first_claimed_rule, true))
        return false;
    if (!check_list(check, &field->anchored, conditions, used) ||
        !check_list(check, &field->anchored_strict, conditions, used) ||
        !check_list(check, &field->general, predicates, used) || !check_general(check, field) ||
        !check_digests(check, field, used))
        return false;
    if (field->searches != vg_blob_searches_of(&check->blob, field))
        return vg_check_failed(check, "a field is not searched for what it has", field);
    if ((field->searches & VG_SEARCH_TEXT) && vg_field_digest_size((enum vg_field)field->field) != 0)
        return vg_check_failed(check, "tables of text on a field that holds none", field);
    return true;
}

static bool check_all_used(struct vg_check *check, const struct used *used)
{
    if (used->lists != vg_check_count(check, VG_BLOB_LISTS))
        return vg_check_failed(check, "a list of nobody", check->blob.LISTS + used->lists);
    if (used->buckets != vg_check_count(check, VG_BLOB_BUCKETS))
        return vg_check_failed(check, "buckets of no table", check->blob.BUCKETS + used->buckets);
    if (used->slots != vg_check_count(check, VG_BLOB_SLOTS))
        return vg_check_failed(check, "slots of no table", check->blob.SLOTS + used->slots);
    if (used->filters != vg_check_count(check, VG_BLOB_FILTERS))
        return vg_check_failed(check, "a filter of no table", check->blob.FILTERS + used->filters);
    if (used->digests != vg_check_count(check, VG_BLOB_DIGESTS))
        return vg_check_failed(check, "digests of no field", check->blob.DIGESTS);
    if (used->starts != vg_check_count(check, VG_BLOB_DIGEST_STARTS))
        return vg_check_failed(check, "starts of digests of no field",
                               check->blob.DIGEST_STARTS + used->starts);
    if (used->postings != vg_check_count(check, VG_BLOB_POSTINGS))
        return vg_check_failed(check, "a list of predicates of nobody",
                               check->blob.POSTINGS + used->postings);
    return true;
}

/* Those that every decision runs or compares, whatever the facts are. */
static bool check_lists_of_all(struct vg_check *check, struct used *used)
{
    const struct vg_blob_header *header = check->blob.header;
    struct vg_blob_slice always = {0, header->always_count};
    struct vg_blob_slice pairs = {header->always_count, header->pair_count};

    if (always.count > vg_check_count(check, VG_BLOB_LISTS))
        return vg_check_failed(check, "a list lies outside", &header->always_count);
    if (!check_list(check, &always, vg_check_count(check, VG_BLOB_CONDITIONS), used) ||
        !check_list(check, &pairs, header->tracked_count, used))
        return false;
    for (uint32_t i = 0; i < pairs.count; i++) {
        const uint32_t *pair = &check->blob.LISTS[pairs.first + i];

        if (check->blob.PREDICATES[*pair].test != VG_BLOB_TEST_FIELDREF)
            return vg_check_failed(check, "a predicate that compares no two fields", pair);
    }
    return true;
}

bool vg_check_fields(struct vg_check *check)
{
    const struct vg_blob_field *fields = check->blob.FIELDS;
    struct used used = {.postings = check->postings};

    if (!check_lists_of_all(check, &used))
        return false;
    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_FIELDS); i++) {
        if (fields[i].field >= VG_FIELD_COUNT || (i > 0 && fields[i].field <= fields[i - 1].field))
            return vg_check_failed(check, "fields do not ascend within their bounds", &fields[i]);
        if (!check_field(check, &fields[i], &used))
            return false;
    }
    return check_tables(check, &used) && check_all_used(check, &used);
}
