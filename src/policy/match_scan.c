#include "hash.h"
#include "match.h"

#include <string.h>

/* One field under scan. */
struct scan {
    struct vg_match *match;
    const struct vg_blob_field *field;
    struct vg_value value;
    bool claimed; /* the fact is the creator's word: permissive predicates do not take it */
};

static void mark_anchored(struct vg_match *match, uint32_t list)
{
    const uint32_t *anchor = match->blob.ANCHORS + list;

    for (;; anchor++) {
        vg_bitset_add(&match->candidates, *anchor & ~VG_BLOB_LAST);
        if (*anchor & VG_BLOB_LAST)
            break;
    }
}

static void fire(struct vg_match *match, uint32_t index, const struct vg_blob_predicate *predicate)
{
    if (predicate->rule < match->scratch->best)
        match->scratch->best = predicate->rule;
    if (index >= match->blob.header->tracked_count)
        return;
    vg_bitset_add(&match->truths, index);
    if (predicate->anchors != VG_BLOB_NONE)
        mark_anchored(match, predicate->anchors);
}

/* Whether the truth of a predicate could still change anything. */
static bool is_settled(const struct vg_match *match, uint32_t index,
                       const struct vg_blob_predicate *predicate)
{
    if (index < match->blob.header->tracked_count)
        return vg_bitset_has(&match->truths, index);
    return predicate->rule >= match->scratch->best;
}

static void try_predicate(struct scan *scan, uint32_t index)
{
    struct vg_match *match = scan->match;
    const struct vg_blob_predicate *predicate = &match->blob.PREDICATES[index];

    if (is_settled(match, index, predicate))
        return;
    if (predicate->flags & VG_PREDICATE_PERMISSIVE) {
        if (scan->claimed)
            return;
        if (!(predicate->flags & VG_PREDICATE_SPELLS_STREAM) && vg_value_has_stream(&scan->value))
            return;
    }
    if ((predicate->flags & VG_PREDICATE_CONFIRM) && !vg_match_pattern(&match->blob, predicate, &scan->value))
        return;
    fire(match, index, predicate);
}

static void hit(struct scan *scan, uint32_t target)
{
    const uint32_t *posting;

    if (target & VG_TARGET_RULE) {
        uint32_t rule = target & VG_TARGET_INDEX;

        if (rule >= scan->match->scratch->best)
            return;
        if ((target & VG_TARGET_PERMISSIVE) && (scan->claimed || vg_value_has_stream(&scan->value)))
            return;
        scan->match->scratch->best = rule;
        return;
    }
    for (posting = scan->match->blob.POSTINGS + target;; posting++) {
        try_predicate(scan, *posting & ~VG_BLOB_LAST);
        if (*posting & VG_BLOB_LAST)
            break;
    }
}

static bool same_folded(const uint16_t *folded, const uint16_t *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (folded[i] != vg_fold(units[i]))
            return false;
    }
    return true;
}

static void find_key(struct scan *scan, const struct vg_blob_table *table, uint64_t hash,
                     const uint16_t *units, uint32_t count)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_slot *slots = blob->SLOTS + table->slots;
    uint32_t mask = ((uint32_t)1 << table->bits) - 1;
    uint32_t tag = (uint32_t)(hash >> 32);

    for (uint32_t probe = 0; probe < table->probes; probe++) {
        const struct vg_blob_slot *slot = &slots[((uint32_t)hash + probe) & mask];
        const struct vg_blob_key *key;

        if (slot->item == 0)
            return;
        if (slot->tag != tag)
            continue;
        key = &blob->KEYS[slot->item - 1];
        if (key->units == count && same_folded(blob->TEXT + key->text, units, count)) {
            hit(scan, key->target);
            return;
        }
    }
}

/* One pass computes the hash of every prefix that ends before a backslash, and that of the whole. */
static void scan_whole_and_folders(struct scan *scan)
{
    const struct vg_blob_field *field = scan->field;
    const uint16_t *units = scan->value.units;
    uint64_t hash = scan->match->blob.header->seed;
    uint64_t word = 0;
    unsigned shift = 0;

    for (uint32_t at = 0; at < scan->value.count; at++) {
        uint16_t folded = vg_fold(units[at]);

        if (folded == u'\\' && field->folder.probes)
            find_key(scan, &field->folder, vg_hash_end(hash, word, at), units, at);
        word |= (uint64_t)folded << shift;
        shift += 16;
        if (shift == 64) {
            hash = vg_hash_word(hash, word);
            word = 0;
            shift = 0;
        }
    }
    find_key(scan, &field->exact, vg_hash_end(hash, word, scan->value.count), units, scan->value.count);
}

static void scan_name(struct scan *scan)
{
    const uint16_t *units = scan->value.units;
    uint32_t start = scan->value.count;
    uint32_t count;

    while (start > 0 && units[start - 1] != u'\\')
        start--;
    if (start == 0)
        return;
    count = scan->value.count - start;
    find_key(scan, &scan->field->name, vg_hash_text(scan->match->blob.header->seed, units + start, count),
             units + start, count);
}

static void try_literal(struct scan *scan, uint32_t index, uint32_t gram_start)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_literal *literal = &blob->LITERALS[index];
    uint32_t count = literal->units & ~VG_BLOB_LAST;
    uint32_t start;

    if (literal->gram > gram_start)
        return;
    start = gram_start - literal->gram;
    if (count > scan->value.count - start || scan->match->stamps[index] == scan->match->scratch->serial)
        return;
    if (!same_folded(blob->TEXT + literal->text, scan->value.units + start, count))
        return;
    scan->match->stamps[index] = scan->match->scratch->serial;
    hit(scan, literal->target);
}

static void find_gram(struct scan *scan, const struct vg_blob_table *table, uint64_t gram,
                      uint32_t gram_start)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_slot *slots = blob->SLOTS + table->slots;
    uint64_t hash = vg_gram_hash(blob->header->seed, gram);
    uint32_t mask = ((uint32_t)1 << table->bits) - 1;
    uint32_t tag = (uint32_t)(hash >> 32);

    for (uint32_t probe = 0; probe < table->probes; probe++) {
        const struct vg_blob_slot *slot = &slots[((uint32_t)hash + probe) & mask];
        uint32_t index;

        if (slot->item == 0)
            return;
        if (slot->tag != tag)
            continue;
        for (index = slot->item - 1;; index++) {
            try_literal(scan, index, gram_start);
            if (blob->LITERALS[index].units & VG_BLOB_LAST)
                break;
        }
    }
}

static void scan_grams_of(struct scan *scan, uint32_t units)
{
    const struct vg_blob_grams *grams = &scan->field->grams[units - 1];
    const uint64_t *filter = scan->match->blob.FILTERS + grams->filter;
    const uint16_t *text = scan->value.units;
    uint64_t window = 0;

    for (uint32_t at = 0; at < scan->value.count; at++) {
        uint64_t gram;
        uint64_t bit;

        window = vg_gram_push(window, vg_fold(text[at]));
        gram = vg_gram_of(window, units);
        bit = vg_gram_filter(gram, grams->filter_bits);
        if (((filter[bit / 64] >> (bit % 64)) & 1) && at + 1 >= units)
            find_gram(scan, &grams->table, gram, at + 1 - units);
    }
}

static void scan_general(struct scan *scan, uint8_t test)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const uint32_t *list = blob->LISTS + scan->field->general.first;

    for (uint32_t i = 0; i < scan->field->general.count; i++) {
        if (blob->PREDICATES[list[i]].test == test)
            try_predicate(scan, list[i]);
    }
}

/* The serial tells values apart in the stamps; when it has run through all its values, they start anew. */
static void next_serial(struct vg_match *match)
{
    if (++match->scratch->serial == 0) {
        memset(match->stamps, 0,
               (size_t)vg_blob_count(match->blob.header, VG_BLOB_LITERALS) * sizeof(uint32_t));
        match->scratch->serial = 1;
    }
}

static void scan_text(struct scan *scan, struct vg_span text)
{
    const struct vg_blob_field *field = scan->field;

    scan->value.units = vg_units(text);
    scan->value.count = vg_unit_count(text);
    scan->value.stream_known = false;
    next_serial(scan->match);
    if (field->exact.probes || field->folder.probes)
        scan_whole_and_folders(scan);
    if (field->name.probes)
        scan_name(scan);
    for (uint32_t units = 1; units <= VG_BLOB_GRAM_MAX; units++) {
        if (field->grams[units - 1].table.probes)
            scan_grams_of(scan, units);
    }
    scan_general(scan, VG_BLOB_TEST_PATTERN);
    scan_general(scan, VG_BLOB_TEST_UNDER);
}

static uint32_t leading_bits(const uint8_t *digest, uint32_t bits)
{
    uint32_t word =
        (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];

    return word >> (32 - bits);
}

/* The leading bits give a short range, in which digests ascend. */
static void scan_digest(struct scan *scan, struct vg_span digest)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_field *field = scan->field;
    const struct vg_blob_digest *digests = blob->DIGESTS + field->digests.first;
    const uint32_t *start;
    uint32_t low;
    uint32_t high;

    if (field->digests.count == 0 || digest.size != sizeof(*digests))
        return;
    start = blob->DIGEST_STARTS + field->digest_starts + leading_bits(digest.bytes, field->digest_bits);
    low = start[0];
    high = start[1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(digest.bytes, digests[middle].bytes, sizeof(*digests));

        if (order == 0) {
            hit(scan, blob->DIGEST_TARGETS[field->digests.first + middle]);
            return;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
}

void vg_match_scan(struct vg_match *match, const struct vg_blob_field *field, const struct vg_fact *fact)
{
    enum vg_kind kind = vg_field_kind((enum vg_field)field->field);
    struct scan scan = {
        .match = match,
        .field = field,
        .value = {.is_path = kind == VG_KIND_PATH, .stream_known = true},
        .claimed = (fact->flags & VG_FACT_CLAIMED) != 0,
    };

    if (fact->state == VG_FACT_ABSENT) {
        scan_general(&scan, VG_BLOB_TEST_NULL);
        return;
    }
    scan_general(&scan, VG_BLOB_TEST_EXISTS);
    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        if (kind == VG_KIND_SHA256)
            scan_digest(&scan, fact->values[i]);
        else
            scan_text(&scan, fact->values[i]);
    }
}
