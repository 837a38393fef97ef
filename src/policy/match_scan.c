#include "match_scan.h"

#include <string.h>

/* Tests of a value itself, a bit each. */
#define TESTS_OF_TEXT                                                                                        \
    (1u << VG_BLOB_TEST_PATTERN | 1u << VG_BLOB_TEST_UNDER | 1u << VG_BLOB_TEST_AT_LEAST |                   \
     1u << VG_BLOB_TEST_AT_MOST | 1u << VG_BLOB_TEST_REGEX)

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

    if (vg_marks_has(&match->truths, index))
        return;
    vg_marks_add(&match->truths, index);
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
    VG_PREFETCH(&match->blob.ACTIONS[rule / VG_ACTIONS_IN_WORD]);
}

void vg_match_fire(struct vg_match *match, uint32_t index, const struct vg_blob_predicate *predicate)
{
    if (predicate->rule < match->scratch->best)
        decide_by(match, predicate->rule);
    if (index < match->blob.header->tracked_count)
        vg_marks_add(&match->truths, index);
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
        return vg_marks_has(&match->truths, index);
    return predicate->rule >= match->scratch->best && predicate->anchors == VG_BLOB_NONE;
}

static void try_predicate(struct vg_scan *scan, uint32_t index)
{
    struct vg_match *match = scan->match;
    const struct vg_blob_predicate *predicate = &match->blob.PREDICATES[index];

    if (is_settled(match, index, predicate))
        return;
    if (predicate->flags & VG_PREDICATE_PERMISSIVE) {
        if (scan->claimed || (scan->value.has_stream && !(predicate->flags & VG_PREDICATE_SPELLS_STREAM)))
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

void vg_scan_hit(struct vg_scan *scan, uint32_t target)
{
    const uint32_t *posting;

    if (target & VG_TARGET_RULE) {
        uint32_t rule = target & VG_TARGET_INDEX;

        if (rule >= scan->match->scratch->best)
            return;
        if ((target & VG_TARGET_PERMISSIVE) && (scan->claimed || scan->value.has_stream))
            return;
        decide_by(scan->match, rule);
        return;
    }
    for (posting = scan->match->blob.POSTINGS + target;; posting++) {
        if (!(*posting & VG_POSTING_MARK))
            try_predicate(scan, *posting & VG_POSTING_INDEX);
        else if (!(*posting & VG_POSTING_PERMISSIVE) || !(scan->claimed || scan->value.has_stream))
            vg_marks_add(&scan->match->truths, *posting & VG_POSTING_INDEX);
        if (*posting & VG_BLOB_LAST)
            break;
    }
}

static void try_general(struct vg_scan *scan, uint32_t tests)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const uint32_t *list = blob->LISTS + scan->field->general.first;

    for (uint32_t i = 0; i < scan->field->general.count; i++) {
        if (tests >> blob->PREDICATES[list[i]].test & 1)
            try_predicate(scan, list[i]);
    }
}

/* `tests`: a bit per enum vg_blob_test. Nearly always the field has none of them. */
static inline void scan_general(struct vg_scan *scan, uint32_t tests)
{
    if (scan->field->searches >> VG_SEARCH_TESTS_SHIFT & tests)
        try_general(scan, tests);
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

/* Look-ups wait for memory while the grams are looked at. */
static void scan_pieces(struct vg_scan *scan)
{
    uint32_t searches = scan->field->searches;
    bool more;

    vg_text_open(&scan->text, &scan->value);
    if (searches & VG_SEARCH_IN_PATH)
        scan->value.has_stream = vg_text_has_stream(&scan->text, &scan->value);
    if (searches & VG_SEARCH_ENDS)
        vg_scan_start(scan);
    vg_scan_begin_keys(scan);
    do {
        if (searches & (VG_SEARCH_WHOLE | VG_SEARCH_PARTS))
            vg_scan_keys(scan);
        if (searches & VG_SEARCH_GRAMS)
            vg_scan_grams(scan);
        vg_scan_look_up(scan);
        more = vg_text_next(&scan->text);
    } while (more);
    if (searches & VG_SEARCH_ENDS)
        vg_scan_end(scan);
}

/* Whether the value is as long as no key, where there are only keys of whole values. */
static bool is_no_key(const struct vg_scan *scan)
{
    return !(scan->field->searches & VG_SEARCH_TEXT & ~(uint32_t)VG_SEARCH_WHOLE) &&
           !(scan->field->exact_lengths & vg_blob_length(scan->value.count));
}

static void scan_text(struct vg_scan *scan, struct vg_span span)
{
    scan->value.units = vg_units(span);
    scan->value.count = vg_unit_count(span);
    scan->value.has_stream = false;
    if (!is_no_key(scan)) {
        next_serial(scan->match);
        scan_pieces(scan);
        if (scan->value.has_stream && scan->field->folder.bits)
            vg_scan_streams(scan);
        if (scan->text.wide && (scan->field->searches & VG_SEARCH_WIDE))
            vg_scan_wide(scan);
    } else if (scan->field->searches >> VG_SEARCH_TESTS_SHIFT & TESTS_OF_TEXT) {
        scan->value.has_stream = vg_value_has_stream(&scan->value);
    }
    scan_general(scan, TESTS_OF_TEXT);
}

static uint32_t leading_bits(const uint8_t *digest, uint32_t bits)
{
    uint32_t word =
        (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];

    return word >> (32 - bits);
}

static bool is_digest(const struct vg_blob_field *field, struct vg_span value)
{
    return field->digests.count != 0 && value.size == vg_field_digest_size((enum vg_field)field->field);
}

/* Hashes are evenly spread: where one stands is known well enough to ask for the page while its start is
 * still on the way. */
void vg_match_expect(const struct vg_match *match, const struct vg_blob_field *field,
                     const struct vg_fact *fact)
{
    const uint32_t *digests = match->blob.DIGESTS + field->digests.first;

    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        const uint8_t *digest = fact->values[i].bytes;
        uint64_t about;

        if (!is_digest(field, fact->values[i]))
            continue;
        about = (uint64_t)leading_bits(digest, 32) * field->digests.count >> 32;
        VG_PREFETCH(
            &match->blob.DIGEST_STARTS[field->digest_starts + leading_bits(digest, field->digest_bits)]);
        VG_PREFETCH(digests + about * vg_blob_digest_words(field->field));
    }
}

/* The leading bits give a short range, in which digests ascend. */
static void scan_digest(struct vg_scan *scan, struct vg_span digest)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_field *field = scan->field;
    const uint32_t *digests = blob->DIGESTS + field->digests.first;
    uint32_t words = vg_blob_digest_words(field->field);
    const uint32_t *start;
    uint32_t low;
    uint32_t high;

    if (!is_digest(field, digest))
        return;
    start = blob->DIGEST_STARTS + field->digest_starts + leading_bits(digest.bytes, field->digest_bits);
    low = start[0];
    high = start[1];
    VG_PREFETCH(digests + (size_t)low * words);
    VG_PREFETCH(digests + (size_t)high * words);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint32_t *entry = digests + (size_t)middle * words;
        int order = memcmp(digest.bytes, entry, digest.size);

        if (order == 0) {
            vg_scan_hit(scan, entry[words - 1]);
            return;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
}

VG_NOINLINE void vg_match_scan(struct vg_match *match, const struct vg_blob_field *field,
                               const struct vg_fact *fact)
{
    struct vg_scan scan;

    scan.match = match;
    scan.field = field;
    scan.value.is_path = (field->searches & VG_SEARCH_IN_PATH) != 0;
    scan.value.has_stream = false;
    scan.claimed = (fact->flags & VG_FACT_CLAIMED) != 0;
    scan.lookup_count = 0;
    if (fact->state == VG_FACT_ABSENT) {
        scan_general(&scan, 1u << VG_BLOB_TEST_NULL);
        return;
    }
    scan_general(&scan, 1u << VG_BLOB_TEST_EXISTS);
    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        if (field->searches & VG_SEARCH_DIGESTS)
            scan_digest(&scan, fact->values[i]);
        else
            scan_text(&scan, fact->values[i]);
    }
}
