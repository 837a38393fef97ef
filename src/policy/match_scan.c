#include "hash.h"
#include "match.h"

#include <string.h>

#define LOOKUPS 16u

/* Tests of a value itself, a bit each. */
#define TESTS_OF_TEXT                                                                                        \
    (1u << VG_BLOB_TEST_PATTERN | 1u << VG_BLOB_TEST_UNDER | 1u << VG_BLOB_TEST_AT_LEAST |                   \
     1u << VG_BLOB_TEST_AT_MOST | 1u << VG_BLOB_TEST_REGEX)

/* A part of the value that is looked for in a table. */
struct lookup {
    const struct vg_blob_table *table;
    uint64_t hash;
    uint32_t start;
    uint32_t units;
};

/* One field under scan. */
struct scan {
    struct vg_match *match;
    const struct vg_blob_field *field;
    struct vg_value value;
    bool claimed; /* the fact is the creator's word: no permissive predicate is true of it */
    uint32_t lookup_count;
    struct lookup lookups[LOOKUPS];
};

static void announce_conditions(struct vg_match *match, uint32_t list)
{
    const uint32_t *anchor = match->blob.ANCHORS + list;

    for (;; anchor++) {
        vg_bitset_add(&match->candidates, *anchor & ~VG_BLOB_LAST);
        if (*anchor & VG_BLOB_LAST)
            break;
    }
}

/* A group is in no other, so that its list names conditions only. */
static void fire_group(struct vg_match *match, uint32_t index)
{
    uint32_t list = match->blob.PREDICATES[index].anchors;

    if (vg_bitset_has(&match->truths, index))
        return;
    vg_bitset_add(&match->truths, index);
    if (list != VG_BLOB_NONE)
        announce_conditions(match, list);
}

/* Follows the list of what rests on a predicate that is true. */
static void announce(struct vg_match *match, uint32_t list)
{
    const uint32_t *anchor = match->blob.ANCHORS + list;

    for (;; anchor++) {
        uint32_t index = *anchor & ~(VG_BLOB_LAST | VG_ANCHOR_GROUP);

        if (*anchor & VG_ANCHOR_GROUP)
            fire_group(match, index);
        else
            vg_bitset_add(&match->candidates, index);
        if (*anchor & VG_BLOB_LAST)
            break;
    }
}

/* The rule's action will be read when the decision is made. */
static void decide_by(struct vg_match *match, uint32_t rule)
{
    match->scratch->best = rule;
    VG_PREFETCH(&match->blob.RULES[rule]);
}

void vg_match_fire(struct vg_match *match, uint32_t index, const struct vg_blob_predicate *predicate)
{
    if (predicate->rule < match->scratch->best)
        decide_by(match, predicate->rule);
    if (index < match->blob.header->tracked_count)
        vg_bitset_add(&match->truths, index);
    if (predicate->anchors != VG_BLOB_NONE)
        announce(match, predicate->anchors);
}

/* Notes that a regular expression may be true, which is enough to announce its conditions. */
static void await_trial(struct vg_match *match, uint32_t index, const struct vg_blob_predicate *predicate)
{
    if (vg_bitset_has(&match->awaiting, index))
        return;
    vg_bitset_add(&match->awaiting, index);
    if (predicate->anchors != VG_BLOB_NONE)
        announce(match, predicate->anchors);
}

/* Whether the truth of a predicate could still change anything. */
static bool is_settled(const struct vg_match *match, uint32_t index,
                       const struct vg_blob_predicate *predicate)
{
    if (index < match->blob.header->tracked_count)
        return vg_bitset_has(&match->truths, index);
    return predicate->rule >= match->scratch->best && predicate->anchors == VG_BLOB_NONE;
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
    if (predicate->test == VG_BLOB_TEST_REGEX) {
        await_trial(match, index, predicate);
        return;
    }
    if ((predicate->flags & VG_PREDICATE_CONFIRM) && !vg_match_pattern(&match->blob, predicate, &scan->value))
        return;
    vg_match_fire(match, index, predicate);
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
        decide_by(scan->match, rule);
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
    uint32_t at = 0;

    for (; count - at >= VG_WORD_UNITS; at += VG_WORD_UNITS) {
        uint64_t word = (uint64_t)folded[at] | (uint64_t)folded[at + 1] << 16 |
                        (uint64_t)folded[at + 2] << 32 | (uint64_t)folded[at + 3] << 48;

        if (word != vg_fold_word(units + at))
            return false;
    }
    for (; at < count; at++) {
        if (folded[at] != vg_fold(units[at]))
            return false;
    }
    return true;
}

static void find_key(struct scan *scan, const struct lookup *lookup)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_key *keys = blob->KEYS + lookup->table->slots;
    uint32_t mask = ((uint32_t)1 << lookup->table->bits) - 1;
    uint32_t tag = (uint32_t)(lookup->hash >> 32);

    for (uint32_t probe = 0; probe < lookup->table->probes; probe++) {
        const struct vg_blob_key *key = &keys[((uint32_t)lookup->hash + probe) & mask];

        if (key->target == VG_BLOB_NONE)
            return;
        if (key->tag == tag && key->units == lookup->units &&
            same_folded(blob->TEXT + key->text, scan->value.units + lookup->start, key->units)) {
            hit(scan, key->target);
            return;
        }
    }
}

static void run_lookups(struct scan *scan)
{
    for (uint32_t i = 0; i < scan->lookup_count; i++)
        find_key(scan, &scan->lookups[i]);
    scan->lookup_count = 0;
}

/* Look-ups are collected and then run together, so that their slots come from memory at the same time. */
static void look_up(struct scan *scan, const struct vg_blob_table *table, uint64_t hash, uint32_t start,
                    uint32_t units)
{
    const struct vg_blob_key *keys = scan->match->blob.KEYS + table->slots;

    if (table->probes == 0)
        return;
    if (scan->lookup_count == LOOKUPS)
        run_lookups(scan);
    VG_PREFETCH(&keys[(uint32_t)hash & (((uint32_t)1 << table->bits) - 1)]);
    scan->lookups[scan->lookup_count++] = (struct lookup){table, hash, start, units};
}

/* Looks up what stands before each backslash of a word that starts at `at`; returns where the last one was,
 * or `last`. */
static uint32_t look_up_folders(struct scan *scan, uint64_t hash, uint64_t word, uint32_t at, uint32_t last)
{
    uint64_t backslashes = vg_backslashes(word);

    for (; backslashes; backslashes &= backslashes - 1) {
        unsigned shift = vg_lowest_bit(backslashes) / 16 * 16;

        last = at + shift / 16;
        look_up(scan, &scan->field->folder, vg_hash_end(hash, word & (((uint64_t)1 << shift) - 1), last), 0,
                last);
    }
    return last;
}

/* One pass computes the hash of every prefix that ends before a backslash, and that of the whole. */
static void scan_whole_and_parts(struct scan *scan)
{
    const uint16_t *units = scan->value.units;
    uint32_t count = scan->value.count;
    uint64_t seed = scan->match->blob.header->seed;
    uint64_t hash = seed;
    uint32_t backslash = UINT32_MAX; /* the last one */
    uint64_t word;
    uint32_t at = 0;

    for (; count - at >= VG_WORD_UNITS; at += VG_WORD_UNITS) {
        word = vg_fold_word(units + at);
        backslash = look_up_folders(scan, hash, word, at, backslash);
        hash = vg_hash_word(hash, word);
    }
    word = vg_fold_part(units + at, count - at);
    backslash = look_up_folders(scan, hash, word, at, backslash);
    look_up(scan, &scan->field->exact, vg_hash_end(hash, word, count), 0, count);
    if (backslash != UINT32_MAX && scan->field->name.probes) {
        uint32_t start = backslash + 1;

        look_up(scan, &scan->field->name, vg_hash_text(seed, units + start, count - start), start,
                count - start);
    }
    run_lookups(scan);
}

/* Looks up what ends with each colon that may begin the name of a stream: such a folder has a key that ends
 * so. */
static void scan_streams(struct scan *scan)
{
    const uint16_t *units = scan->value.units;
    uint32_t count = scan->value.count;
    uint64_t hash = scan->match->blob.header->seed;

    for (uint32_t at = 0; at < count; at += VG_WORD_UNITS) {
        uint32_t part = count - at < VG_WORD_UNITS ? count - at : VG_WORD_UNITS;
        uint64_t word = vg_fold_part(units + at, part);

        for (uint32_t i = 0; i < part; i++) {
            uint32_t end = at + i + 1;

            if (units[at + i] != u':' || end <= 2)
                continue;
            if (end % VG_WORD_UNITS == 0)
                look_up(scan, &scan->field->folder, vg_hash_end(vg_hash_word(hash, word), 0, end), 0, end);
            else
                look_up(scan, &scan->field->folder,
                        vg_hash_end(hash, word & (((uint64_t)1 << 16 * (i + 1)) - 1), end), 0, end);
        }
        hash = vg_hash_word(hash, word);
    }
    run_lookups(scan);
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

/* The grams of one length, as the loop over a value needs them. */
struct gram_search {
    const struct vg_blob_table *table;
    const uint64_t *filter;
    uint32_t filter_bits;
    uint32_t units;
};

static uint32_t open_searches(const struct scan *scan, struct gram_search searches[VG_BLOB_GRAM_MAX])
{
    uint32_t count = 0;

    for (uint32_t units = 1; units <= VG_BLOB_GRAM_MAX; units++) {
        const struct vg_blob_grams *grams = &scan->field->grams[units - 1];

        if (grams->table.probes)
            searches[count++] = (struct gram_search){
                .table = &grams->table,
                .filter = scan->match->blob.FILTERS + grams->filter,
                .filter_bits = grams->filter_bits,
                .units = units,
            };
    }
    return count;
}

/* Four units at a time are folded; then a window moves over them, and each search looks at as much of it as
 * it needs. */
static void scan_grams(struct scan *scan)
{
    struct gram_search searches[VG_BLOB_GRAM_MAX];
    uint32_t search_count = open_searches(scan, searches);
    const uint16_t *text = scan->value.units;
    uint32_t count = search_count ? scan->value.count : 0;
    uint64_t window = 0;
    uint64_t word = 0;

    for (uint32_t at = 0; at < count; at++) {
        if (at % VG_WORD_UNITS != 0)
            word >>= 16;
        else if (count - at >= VG_WORD_UNITS)
            word = vg_fold_word(text + at);
        else
            word = vg_fold_part(text + at, count - at);
        window = vg_gram_push(window, (uint16_t)word);
        for (uint32_t i = 0; i < search_count; i++) {
            uint64_t gram = vg_gram_of(window, searches[i].units);
            uint64_t bit = vg_gram_filter(gram, searches[i].filter_bits);

            if (((searches[i].filter[bit / 64] >> (bit % 64)) & 1) && at + 1 >= searches[i].units)
                find_gram(scan, searches[i].table, gram, at + 1 - searches[i].units);
        }
    }
}

/* `tests`: a bit per enum vg_blob_test. */
static void scan_general(struct scan *scan, unsigned tests)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const uint32_t *list = blob->LISTS + scan->field->general.first;

    for (uint32_t i = 0; i < scan->field->general.count; i++) {
        if (tests >> blob->PREDICATES[list[i]].test & 1)
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
    if (field->exact.probes || field->folder.probes || field->name.probes)
        scan_whole_and_parts(scan);
    if (field->folder.probes && vg_value_has_stream(&scan->value))
        scan_streams(scan);
    scan_grams(scan);
    scan_general(scan, TESTS_OF_TEXT);
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
    const uint32_t *digests = blob->DIGESTS + field->digests.first;
    uint32_t words = vg_blob_digest_words(field->field);
    const uint32_t *start;
    uint32_t low;
    uint32_t high;

    if (field->digests.count == 0 || digest.size != vg_field_digest_size((enum vg_field)field->field))
        return;
    start = blob->DIGEST_STARTS + field->digest_starts + leading_bits(digest.bytes, field->digest_bits);
    low = start[0];
    high = start[1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint32_t *entry = digests + (size_t)middle * words;
        int order = memcmp(digest.bytes, entry, digest.size);

        if (order == 0) {
            hit(scan, entry[words - 1]);
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
    struct scan scan;

    scan.match = match;
    scan.field = field;
    scan.value = (struct vg_value){.is_path = kind == VG_KIND_PATH, .stream_known = true};
    scan.claimed = (fact->flags & VG_FACT_CLAIMED) != 0;
    scan.lookup_count = 0;
    if (fact->state == VG_FACT_ABSENT) {
        scan_general(&scan, 1u << VG_BLOB_TEST_NULL);
        return;
    }
    scan_general(&scan, 1u << VG_BLOB_TEST_EXISTS);
    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        if (vg_field_digest_size((enum vg_field)field->field) != 0)
            scan_digest(&scan, fact->values[i]);
        else
            scan_text(&scan, fact->values[i]);
    }
}
