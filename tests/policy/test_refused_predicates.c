/* Predicates, what they announce and what leads to them: each is refused for the one thing that is wrong with
 * it, and the last one that is right is not. */
#include "refused.h"

static void a_comparison_is_of_two_fields_of_text(void **state)
{
    struct vg_blob_predicate *pair = parts_predicate(&parts, VG_BLOB_TEST_FIELDREF);
    uint32_t ways = pair->flags & ~VG_PREDICATE_OTHER_MASK;

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, pair->flags, ways | VG_FIELD_COUNT << VG_PREDICATE_OTHER_SHIFT),
                        "unknown other field");
    assert_string_equal(VERDICT_WITH(&parts, pair->flags, ways | VG_FIELD_SHA256 << VG_PREDICATE_OTHER_SHIFT),
                        "a comparison of fields that hold no text");
    assert_string_equal(VERDICT_WITH(&parts, pair->field, VG_FIELD_SHA256),
                        "a comparison of fields that hold no text");
    assert_string_equal(
        VERDICT_WITH(&parts, pair->flags, pair->flags | VG_PREDICATE_STARTS | VG_PREDICATE_ENDS),
        "two ways to compare two fields");
    assert_string_equal(VERDICT_WITH(&parts, pair->rule, 1), "a comparison of fields decides by itself");
}

static void a_regular_expression_is_there_and_only_for_conditions(void **state)
{
    struct vg_blob_predicate *regex = parts_predicate(&parts, VG_BLOB_TEST_REGEX);
    uint32_t count = parts.counts[VG_BLOB_REGEXES];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, regex->field, VG_FIELD_SHA256),
                        "a regular expression on a field that holds no text");
    assert_string_equal(VERDICT_WITH(&parts, regex->flags, count << VG_PREDICATE_REGEX_SHIFT),
                        "no such regular expression");
    assert_string_equal(VERDICT_WITH(&parts, regex->rule, 1), "a regular expression decides by itself");
}

static void a_predicate_is_of_a_test_that_its_field_has(void **state)
{
    struct vg_blob_predicate *exists = parts_predicate(&parts, VG_BLOB_TEST_EXISTS);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, exists->field, VG_FIELD_COUNT), "unknown field");
    assert_string_equal(VERDICT_WITH(&parts, exists->test, VG_BLOB_TEST_COUNT), "unknown test");
    assert_string_equal(VERDICT_WITH(&parts, exists->flags, VG_PREDICATE_STARTS),
                        "unknown flag of a predicate");
    assert_string_equal(VERDICT_WITH(&parts, exists->flags, VG_PREDICATE_CONFIRM),
                        "a pattern where none belongs");
    assert_string_equal(VERDICT_WITH(&parts, exists->token_count, 1), "a pattern where none belongs");
    assert_string_equal(VERDICT_WITH(&parts, pattern()->field, VG_FIELD_SHA256),
                        "a test of text on a field that holds none");
    assert_string_equal(VERDICT_WITH(&parts, number()->field, VG_FIELD_IMAGE),
                        "a number is compared with what is none");
    assert_string_equal(VERDICT_WITH(&parts, number()->flags, 0), "a number that is not compared");
    assert_string_equal(VERDICT_WITH(&parts, pattern()->rule, parts.counts[VG_BLOB_RULES]),
                        "a predicate decides by no deciding rule");
}

/* The entry with which a tracked predicate of the field announces; it is that predicate's only one. */
static uint32_t *announcement(enum vg_field field, uint32_t test)
{
    for (uint32_t i = 0; i < parts.header.tracked_count; i++) {
        const struct vg_blob_predicate *predicate = &parts.PREDICATES[i];

        if (predicate->field == field && predicate->test == test && predicate->anchors != VG_BLOB_NONE)
            return &parts.ANCHORS[predicate->anchors];
    }
    fail_msg("no predicate announces");
    return NULL;
}

static void a_member_s_group_is_one_of_its_field(void **state)
{
    uint32_t group = (uint32_t)(parts_predicate(&parts, VG_BLOB_TEST_ANY) - parts.PREDICATES);
    uint32_t flags = VG_BLOB_LAST | VG_ANCHOR_GROUP;
    uint32_t tracked = parts.header.tracked_count;
    uint32_t *image = announcement(VG_FIELD_IMAGE, VG_BLOB_TEST_PATTERN);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *image, flags | group), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, *image, flags | 0), "a member of no group");
    assert_string_equal(
        VERDICT_WITH(&parts, *announcement(VG_FIELD_COMMAND_LINE, VG_BLOB_TEST_PATTERN), flags | group),
        "a group of what cannot be its member");
    assert_string_equal(VERDICT_WITH(&parts, *announcement(VG_FIELD_IMAGE, VG_BLOB_TEST_ANY), flags | group),
                        "a group of what cannot be its member");
    parts.PREDICATES[tracked].test = VG_BLOB_TEST_ANY;
    assert_string_equal(VERDICT_WITH(&parts, *image, flags | tracked), "a member of no group");
}

static void only_tracked_predicates_announce_and_only_conditions(void **state)
{
    uint32_t count = parts.counts[VG_BLOB_ANCHORS];
    struct vg_blob_predicate *plain = parts_predicate(&parts, VG_BLOB_TEST_NULL);

    (void)state;
    assert_string_equal(
        VERDICT_WITH(&parts, parts.ANCHORS[0], VG_BLOB_LAST | parts.counts[VG_BLOB_CONDITIONS]),
        "no such condition");
    assert_string_equal(VERDICT_WITH(&parts, parts.ANCHORS[count - 1], 0),
                        "a list of conditions does not end");
    assert_string_equal(VERDICT_WITH(&parts, plain->anchors, 0), "a predicate announces what is not its own");
    parts_resize(&parts, VG_BLOB_ANCHORS, count + 1);
    parts.ANCHORS[count] = VG_BLOB_LAST;
    assert_string_equal(parts_verdict(&parts), "a list of conditions of no predicate");
    assert_string_equal(VERDICT_WITH(&parts, plain->anchors, count),
                        "a predicate announces what is not its own");
}

/* Beginning with the first behind those that are tracked. */
static void what_is_not_tracked_announces_nothing_and_is_no_regular_expression(void **state)
{
    struct vg_blob_predicate *first = pattern();
    uint32_t count = parts.counts[VG_BLOB_ANCHORS];

    (void)state;
    parts_resize(&parts, VG_BLOB_ANCHORS, count + 1);
    parts.ANCHORS[count] = VG_BLOB_LAST;
    assert_string_equal(VERDICT_WITH(&parts, first->anchors, count),
                        "a predicate announces what is not its own");
    first->test = VG_BLOB_TEST_REGEX;
    first->flags = 0;
    first->token_count = 0;
    assert_string_equal(VERDICT_WITH(&parts, first->rule, VG_BLOB_NONE),
                        "a regular expression decides by itself");
}

/* The first key that leads to a rule, or to a list. */
static uint32_t *key(uint32_t flag)
{
    uint32_t *at = parts.KEYS;

    for (; at < parts.KEYS + parts.counts[VG_BLOB_KEYS]; at += vg_key_words(at[1])) {
        if ((at[0] & VG_TARGET_RULE) == flag)
            return at;
    }
    fail_msg("no such key");
    return NULL;
}

/* The last key of all, and of its bucket. */
static uint32_t *last_key(void)
{
    uint32_t *end = parts.KEYS + parts.counts[VG_BLOB_KEYS];
    uint32_t *at = parts.KEYS;

    while (at + vg_key_words(at[1]) < end)
        at += vg_key_words(at[1]);
    assert_true(at[1] & VG_KEY_LAST);
    return at;
}

/* The first bucket that has keys behind others, or an empty one. */
static struct vg_blob_bucket *bucket(bool empty)
{
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_BUCKETS]; i++) {
        if (empty ? parts.BUCKETS[i].filter == 0 : parts.BUCKETS[i].key != 0)
            return &parts.BUCKETS[i];
    }
    fail_msg("no such bucket");
    return NULL;
}

static void a_key_leads_to_a_rule_or_to_its_own_list(void **state)
{
    struct vg_blob_literal *literals = parts.LITERALS;
    uint32_t used = 0;

    (void)state;
    assert_string_equal(
        VERDICT_WITH(&parts, key(VG_TARGET_RULE)[0], VG_TARGET_RULE | parts.counts[VG_BLOB_RULES]),
        "a key leads to no deciding rule");
    assert_string_equal(VERDICT_WITH(&parts, key(0)[0], 1), "a key's list is not its own");
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_LITERALS]; i++) {
        if (!(literals[i].target & VG_TARGET_RULE))
            used = literals[i].target;
    }
    parts_resize(&parts, VG_BLOB_POSTINGS, used);
    assert_string_equal(parts_verdict(&parts), "a key's list is not its own");
}

static void a_bucket_s_keys_are_its_own(void **state)
{
    const char *check = "a bucket's keys are not its own";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, bucket(false)->key, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, bucket(false)->filter, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, bucket(true)->key, 1), check);
    assert_string_not_equal(VERDICT_WITH(&parts, bucket(true)->filter, 1), ACCEPTED);
    parts_resize(&parts, VG_BLOB_KEYS, parts.counts[VG_BLOB_KEYS] + 1);
    assert_string_equal(parts_verdict(&parts), "keys of no bucket");
}

static void a_key_lies_within_its_section(void **state)
{
    const char *check = "a key lies outside";
    uint32_t *last = last_key();

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, last[1], last[1] ^ VG_KEY_LAST), check);
    assert_string_equal(VERDICT_WITH(&parts, last[1], last[1] + 4), check);
    assert_string_equal(VERDICT_WITH(&parts, last[1], last[1] | VG_KEY_UNITS), check);
    assert_string_equal(VERDICT_WITH(&parts, last[1], last[1] | VG_TEXT_WIDE), check);
    parts_resize(&parts, VG_BLOB_KEYS, (uint32_t)(last - parts.KEYS) + 1);
    assert_string_equal(parts_verdict(&parts), check);
}

/* How many keys the last bucket has that is not empty. */
static uint32_t keys_of_last_bucket(void)
{
    uint32_t first = 0;
    uint32_t count = 1;

    for (uint32_t i = 0; i < parts.counts[VG_BLOB_BUCKETS]; i++)
        first = parts.BUCKETS[i].key > first ? parts.BUCKETS[i].key : first;
    for (uint32_t *at = parts.KEYS + first; !(at[1] & VG_KEY_LAST); at += vg_key_words(at[1]))
        count++;
    return count;
}

/* Those added have no text. */
static void so_many_keys_share_a_bucket_at_most(void **state)
{
    uint32_t added = VG_BLOB_PROBES_MAX - keys_of_last_bucket();
    uint32_t target = key(VG_TARGET_RULE)[0];

    (void)state;
    for (uint32_t i = 0; i <= added; i++) {
        uint32_t count = parts.counts[VG_BLOB_KEYS];

        last_key()[1] &= ~VG_KEY_LAST;
        parts_resize(&parts, VG_BLOB_KEYS, count + VG_KEY_TEXT);
        parts.KEYS[count] = target;
        parts.KEYS[count + 1] = VG_KEY_LAST;
        assert_string_equal(parts_verdict(&parts), i < added ? ACCEPTED : "too many keys share a bucket");
    }
}

static void a_searched_text_has_units_but_not_too_many(void **state)
{
    struct vg_blob_literal *last = &parts.LITERALS[parts.counts[VG_BLOB_LITERALS] - 1];
    const char *check = "a searched text is empty or too long";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, last->units, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, last->text, parts.counts[VG_BLOB_BYTES]),
                        "a key's text lies outside");
    parts_resize(&parts, VG_BLOB_BYTES, parts.counts[VG_BLOB_BYTES] + VG_BLOB_BUCKET_UNITS_MAX + 1);
    assert_string_not_equal(VERDICT_WITH(&parts, last->units, VG_LITERAL_UNITS_MAX), check);
    assert_string_equal(VERDICT_WITH(&parts, last->units, VG_LITERAL_UNITS_MAX + 1), check);
}

static void a_gram_is_of_a_text_and_has_a_word_of_it(void **state)
{
    struct vg_blob_gram *last = &parts.GRAMS[parts.counts[VG_BLOB_GRAMS] - 1];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, last->known, 8), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, last->known, 9), "a word of more than eight bytes");
    assert_string_equal(VERDICT_WITH(&parts, last->behind, 7), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, last->behind, 8), "a word of more than eight bytes");
    assert_string_equal(VERDICT_WITH(&parts, last->literal, VG_BLOB_LAST | parts.counts[VG_BLOB_LITERALS]),
                        "a gram of no text");
    assert_string_equal(VERDICT_WITH(&parts, last->literal, last->literal & ~VG_BLOB_LAST),
                        "the last texts of a gram do not end");
}

static void texts_of_one_gram_are_so_long_at_most(void **state)
{
    struct vg_blob_gram *last = &parts.GRAMS[parts.counts[VG_BLOB_GRAMS] - 1];
    struct vg_blob_literal *text = &parts.LITERALS[parts.counts[VG_BLOB_LITERALS] - 1];

    (void)state;
    parts_resize(&parts, VG_BLOB_BYTES, parts.counts[VG_BLOB_BYTES] + VG_BLOB_BUCKET_UNITS_MAX + 1);
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_GRAMS]; i++)
        parts.GRAMS[i].literal = VG_BLOB_LAST;
    last[-1].literal = parts.counts[VG_BLOB_LITERALS] - 1;
    last->literal = VG_BLOB_LAST | (parts.counts[VG_BLOB_LITERALS] - 1);
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_BUCKET_UNITS_MAX / 2), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_BUCKET_UNITS_MAX / 2 + 1),
                        "too many texts share a gram");
}

static void a_list_names_predicates_and_ends(void **state)
{
    uint32_t count = parts.counts[VG_BLOB_POSTINGS];

    (void)state;
    assert_string_equal(
        VERDICT_WITH(&parts, parts.POSTINGS[0], VG_BLOB_LAST | parts.counts[VG_BLOB_PREDICATES]),
        "no such predicate");
    assert_string_equal(VERDICT_WITH(&parts, parts.POSTINGS[count - 1], 0),
                        "the last list of predicates does not end");
}

/* A list that is no more than a mark. */
static uint32_t *marked(void)
{
    uint32_t *posting = parts.POSTINGS;

    while (!(*posting & VG_POSTING_MARK))
        posting++;
    assert_true(*posting & VG_BLOB_LAST);
    return posting;
}

static void only_what_is_no_more_than_true_is_marked(void **state)
{
    const char *check = "a mark on a predicate that is more";
    struct vg_blob_predicate *untracked = pattern();
    uint32_t mark = VG_BLOB_LAST | VG_POSTING_MARK;
    uint32_t group = (uint32_t)(parts_predicate(&parts, VG_BLOB_TEST_ANY) - parts.PREDICATES);
    uint32_t regex = (uint32_t)(parts_predicate(&parts, VG_BLOB_TEST_REGEX) - parts.PREDICATES);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.POSTINGS[0], VG_BLOB_LAST | VG_POSTING_PERMISSIVE),
                        "a flag of a mark on what is none");
    assert_string_equal(VERDICT_WITH(&parts, *marked(), mark | group), check);
    assert_string_equal(VERDICT_WITH(&parts, *marked(), mark | regex), check);
    assert_string_equal(VERDICT_WITH(&parts, *marked(), *marked() ^ VG_POSTING_PERMISSIVE), check);
    assert_string_equal(VERDICT_WITH(&parts, *marked(), mark | parts.header.tracked_count), check);
    untracked->rule = VG_BLOB_NONE;
    untracked->flags = 0;
    assert_string_equal(parts_verdict(&parts), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, *marked(), mark | (uint32_t)(untracked - parts.PREDICATES)),
                        check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_comparison_is_of_two_fields_of_text),
        TEST(a_regular_expression_is_there_and_only_for_conditions),
        TEST(a_predicate_is_of_a_test_that_its_field_has),
        TEST(a_member_s_group_is_one_of_its_field),
        TEST(only_tracked_predicates_announce_and_only_conditions),
        TEST(what_is_not_tracked_announces_nothing_and_is_no_regular_expression),
        TEST(a_key_leads_to_a_rule_or_to_its_own_list),
        TEST(a_bucket_s_keys_are_its_own),
        TEST(a_key_lies_within_its_section),
        TEST(so_many_keys_share_a_bucket_at_most),
        TEST(a_searched_text_has_units_but_not_too_many),
        TEST(a_gram_is_of_a_text_and_has_a_word_of_it),
        TEST(texts_of_one_gram_are_so_long_at_most),
        TEST(a_list_names_predicates_and_ends),
        TEST(only_what_is_no_more_than_true_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
