/* A blob that is wrong in one thing, and right in everything else, is refused for that; the last value that
 * is right is not. Here: the whole, the settings, the rules and their names, regular expressions. */
#include "refused.h"

#include "../../src/policy/hash.h"

#include <stdlib.h>
#include <string.h>

static void a_policy_taken_apart_and_put_together_is_whole(void **state)
{
    (void)state;
    assert_string_equal(parts_verdict(&parts), ACCEPTED);
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        assert_int_not_equal(parts.counts[id], 0);
}

static void empty_the_parts(void)
{
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        parts_resize(&parts, id, 0);
    parts.header.tracked_count = 0;
    parts.header.tried_count = 0;
    parts.header.always_count = 0;
    parts.header.pair_count = 0;
}

static void an_empty_policy_is_a_header(void **state)
{
    (void)state;
    empty_the_parts();
    assert_string_equal(parts_verdict(&parts), ACCEPTED);
}

/* The verdict on these bytes, summed up again; they may lie at an odd address. */
static const char *verdict_of(void *blob, size_t stated, size_t size)
{
    struct vg_blob_error error = {ACCEPTED, 0};
    struct vg_blob_header *aligned = malloc(size);
    struct vg_policy policy;

    assert_non_null(aligned);
    memcpy(aligned, blob, size);
    aligned->size = stated;
    aligned->checksum =
        vg_checksum((const uint8_t *)aligned + VG_BLOB_CHECKSUM_FROM, size - VG_BLOB_CHECKSUM_FROM);
    memcpy(blob, aligned, size);
    free(aligned);
    (void)vg_policy_open(&policy, blob, size, &error);
    return error.check;
}

static void the_size_is_the_one_stated_and_all_of_it_is_used(void **state)
{
    size_t size;
    void *whole = parts_together(&parts, &size);
    uint8_t *blob = calloc(1, size + 16);

    (void)state;
    memcpy(blob, whole, size);
    assert_string_equal(verdict_of(blob, size, size), ACCEPTED);
    assert_string_equal(verdict_of(blob, size + 8, size), "the size is not the one stated");
    assert_string_equal(verdict_of(blob, size + 4, size + 4), "the size is not the one stated");
    assert_string_equal(verdict_of(blob, size + 8, size + 8), "bytes after the last section");
    assert_string_equal(verdict_of(blob, size - 8, size - 8), "a section reaches past the end");
    memmove(blob + 4, blob, size);
    assert_string_equal(verdict_of(blob + 4, size, size), "not aligned to 8");
    free(blob);
    free(whole);
}

static void a_policy_is_no_shorter_than_its_header(void **state)
{
    size_t size;
    struct vg_blob_header *header = parts_together(&parts, &size);

    (void)state;
    assert_string_equal(verdict_of(header, sizeof(*header) - 8, sizeof(*header) - 8),
                        "shorter than a header");
    assert_string_equal(verdict_of(header, sizeof(*header), sizeof(*header)),
                        "a section reaches past the end");
    free(header);
}

static void what_lies_behind_a_policy_is_not_looked_at(void **state)
{
    size_t size;
    uint8_t *blob;
    void *whole;

    (void)state;
    empty_the_parts();
    whole = parts_together(&parts, &size);
    blob = malloc(size + 1024);
    assert_non_null(blob);
    memcpy(blob, whole, size);
    memset(blob + size, 0xFF, 1024);
    assert_string_equal(verdict_of(blob, size, size), ACCEPTED);
    free(blob);
    free(whole);
}

static void sections_follow_each_other_without_gaps(void **state)
{
    size_t size;
    struct vg_blob_header *header = parts_together(&parts, &size);

    (void)state;
    header->sections[VG_BLOB_NAMES].offset += 8;
    assert_string_equal(verdict_of(header, size, size), "a section does not start where the one before ends");
    header->sections[VG_BLOB_NAMES].offset -= 16;
    assert_string_equal(verdict_of(header, size, size), "a section does not start where the one before ends");
    free(header);
}

static void a_header_says_what_it_is(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.header.magic[7], 'M'), "not a compiled policy");
    assert_string_equal(VERDICT_WITH(&parts, parts.header.version, VG_BLOB_VERSION + 1),
                        "compiled for another version of vigil");
    assert_string_equal(VERDICT_WITH(&parts, parts.header.header_size, sizeof(struct vg_blob_header) + 8),
                        "wrong header size");
}

static void settings_are_those_that_there_are(void **state)
{
    struct vg_blob_header *header = &parts.header;
    const char *status = "the deny status is not an error";

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, header->mode, VG_MODE_ENFORCE), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, header->mode, VG_MODE_ENFORCE + 1), "unknown mode");
    assert_string_equal(VERDICT_WITH(&parts, header->default_verdict, VG_ASK), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, header->default_verdict, VG_ASK + 1), "unknown default verdict");
    assert_string_equal(VERDICT_WITH(&parts, header->ask_otherwise, VG_DENY), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, header->ask_otherwise, VG_ASK),
                        "an unanswered question comes to neither allow nor deny");
    assert_string_equal(VERDICT_WITH(&parts, header->flags, VG_BLOB_FLAGS_ALL), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, header->flags, VG_BLOB_FLAGS_ALL + 1), "unknown flag");
    assert_string_equal(VERDICT_WITH(&parts, header->deny_status, 0xC0000022), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, header->deny_status, 0xBFFFFFFF), status);
    assert_string_equal(VERDICT_WITH(&parts, header->deny_status, 0xC000042C), status);
}

static void no_more_predicates_are_tracked_than_there_are(void **state)
{
    const char *check = "more tracked predicates than predicates";
    uint32_t *tracked = &parts.header.tracked_count;

    (void)state;
    parts.header.tried_count = 0;
    assert_string_not_equal(VERDICT_WITH(&parts, *tracked, parts.counts[VG_BLOB_PREDICATES]), check);
    assert_string_equal(VERDICT_WITH(&parts, *tracked, parts.counts[VG_BLOB_PREDICATES] + 1), check);
    parts_resize(&parts, VG_BLOB_PREDICATES, VG_BLOB_TESTED_MAX + 1);
    assert_string_not_equal(VERDICT_WITH(&parts, *tracked, VG_BLOB_TESTED_MAX), check);
    assert_string_equal(VERDICT_WITH(&parts, *tracked, VG_BLOB_TESTED_MAX + 1), check);
}

static void no_more_predicates_are_tried_than_there_are(void **state)
{
    const char *check = "more tried predicates than predicates";
    uint32_t *tried = &parts.header.tried_count;
    uint32_t left = parts.counts[VG_BLOB_PREDICATES] - parts.header.tracked_count;

    (void)state;
    assert_string_not_equal(VERDICT_WITH(&parts, *tried, left), check);
    assert_string_equal(VERDICT_WITH(&parts, *tried, left + 1), check);
    assert_string_equal(VERDICT_WITH(&parts, *tried, UINT32_MAX), check);
    left = VG_BLOB_TESTED_MAX - parts.header.tracked_count;
    parts_resize(&parts, VG_BLOB_PREDICATES, VG_BLOB_TESTED_MAX + 1);
    assert_string_not_equal(VERDICT_WITH(&parts, *tried, left), check);
    assert_string_equal(VERDICT_WITH(&parts, *tried, left + 1), check);
}

static void names_are_utf_8_and_end(void **state)
{
    uint32_t size = parts.counts[VG_BLOB_NAMES];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.NAMES[size - 1], 'e'), "the last name does not end");
    assert_string_equal(VERDICT_WITH(&parts, parts.NAMES[1], 0x7F), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.NAMES[1], 0x80), "a name is not UTF-8");
    assert_string_equal(VERDICT_WITH(&parts, parts.NAMES[size - 2], 0xC3), "a name is not UTF-8");
}

static void a_name_has_so_many_bytes_at_most(void **state)
{
    uint32_t size = parts.counts[VG_BLOB_NAMES];

    (void)state;
    parts_resize(&parts, VG_BLOB_NAMES, size + VG_BLOB_NAME_MAX + 2);
    memset(parts.NAMES + size, 'n', VG_BLOB_NAME_MAX);
    assert_string_equal(parts_verdict(&parts), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.NAMES[size + VG_BLOB_NAME_MAX], 'n'),
                        "a name is too long");
}

/* Where in the blob the check failed, counted from the start of a section. */
static size_t place_in(enum vg_blob_section_id id)
{
    struct vg_blob_error error = {ACCEPTED, 0};
    struct vg_policy policy;
    size_t size;
    struct vg_blob_header *header = parts_together(&parts, &size);

    assert_false(vg_policy_open(&policy, header, size, &error));
    error.offset -= header->sections[id].offset;
    free(header);
    return error.offset;
}

static void a_refusal_says_which_byte_of_a_name_is_wrong(void **state)
{
    uint32_t size = parts.counts[VG_BLOB_NAMES];

    (void)state;
    parts.NAMES[1] = 0x80;
    assert_int_equal(place_in(VG_BLOB_NAMES), 1);
    parts.NAMES[size - 1] = 'e';
    assert_int_equal(place_in(VG_BLOB_NAMES), size - 1);
}

static void a_refusal_says_which_list_does_not_end(void **state)
{
    uint32_t count = parts.counts[VG_BLOB_POSTINGS];

    (void)state;
    parts.POSTINGS[count - 1] = 0;
    assert_int_equal(place_in(VG_BLOB_POSTINGS), (count - 1) * sizeof(*parts.POSTINGS));
}

static void a_rule_s_name_starts_where_a_name_starts(void **state)
{
    const char *check = "a rule's name does not start where a name starts";
    uint32_t size = parts.counts[VG_BLOB_NAMES];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.RULES[0], size), check);
    assert_string_equal(VERDICT_WITH(&parts, parts.RULES[0], size + 1), check);
    assert_string_equal(VERDICT_WITH(&parts, parts.RULES[0], 3), check);
    parts_resize(&parts, VG_BLOB_NAMES, size + 2);
    parts.NAMES[size] = 'b';
    assert_string_equal(VERDICT_WITH(&parts, parts.RULES[0], size), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.RULES[0], size - 1), check);
}

static void every_rule_and_nothing_else_has_an_action(void **state)
{
    const char *count = "not as many actions as rules";

    (void)state;
    assert_in_range(parts.counts[VG_BLOB_RULES], 1, VG_ACTIONS_IN_WORD);
    parts_resize(&parts, VG_BLOB_RULES, VG_ACTIONS_IN_WORD + 1);
    assert_string_equal(parts_verdict(&parts), count);
    parts_resize(&parts, VG_BLOB_ACTIONS, 2);
    assert_string_equal(VERDICT_WITH(&parts, parts.ACTIONS[1], VG_BLOB_AUDIT), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.ACTIONS[1], VG_BLOB_AUDIT + 1), "an action of no rule");
    parts_resize(&parts, VG_BLOB_ACTIONS, 3);
    assert_string_equal(parts_verdict(&parts), count);
}

/* The first rule with that action; one word holds them all. */
static uint32_t rule_of(uint32_t action)
{
    for (uint32_t rule = 0; rule < parts.counts[VG_BLOB_RULES]; rule++) {
        if ((parts.ACTIONS[0] >> rule * VG_ACTION_BITS & 3) == action)
            return rule;
    }
    fail_msg("no rule has the action %u", action);
    return 0;
}

static void a_rule_that_decides_is_one_and_no_audit_rule(void **state)
{
    uint32_t *first = &parts.header.first_true;

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, *first, rule_of(VG_BLOB_DENY)), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, *first, rule_of(VG_BLOB_AUDIT)), "no such deciding rule");
    assert_string_equal(VERDICT_WITH(&parts, *first, parts.counts[VG_BLOB_RULES]), "no such deciding rule");
}

static void regular_expressions_share_the_automata_without_gaps(void **state)
{
    struct vg_blob_regex *regex = &parts.REGEXES[0];
    uint32_t words = parts.counts[VG_BLOB_AUTOMATA];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, regex->automaton, 1), "a regular expression lies outside");
    assert_string_equal(VERDICT_WITH(&parts, regex->words, words + 1), "a regular expression lies outside");
    assert_string_not_equal(VERDICT_WITH(&parts, parts.AUTOMATA[0], 0), ACCEPTED);
    parts_resize(&parts, VG_BLOB_AUTOMATA, words + 1);
    assert_string_equal(parts_verdict(&parts), "automata of no regular expression");
}

static void regular_expressions_are_not_too_many(void **state)
{
    uint32_t words = parts.counts[VG_BLOB_AUTOMATA];

    (void)state;
    parts_resize(&parts, VG_BLOB_AUTOMATA, VG_BLOB_AUTOMATA_MAX);
    assert_string_equal(parts_verdict(&parts), "automata of no regular expression");
    parts_resize(&parts, VG_BLOB_AUTOMATA, VG_BLOB_AUTOMATA_MAX + 1);
    assert_string_equal(parts_verdict(&parts), "too many regular expressions");
    parts_resize(&parts, VG_BLOB_AUTOMATA, words);
    parts_resize(&parts, VG_BLOB_REGEXES, VG_BLOB_REGEXES_MAX);
    assert_string_not_equal(parts_verdict(&parts), "too many regular expressions");
    parts_resize(&parts, VG_BLOB_REGEXES, VG_BLOB_REGEXES_MAX + 1);
    assert_string_equal(parts_verdict(&parts), "too many regular expressions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_policy_taken_apart_and_put_together_is_whole),
        TEST(an_empty_policy_is_a_header),
        TEST(the_size_is_the_one_stated_and_all_of_it_is_used),
        TEST(a_policy_is_no_shorter_than_its_header),
        TEST(what_lies_behind_a_policy_is_not_looked_at),
        TEST(sections_follow_each_other_without_gaps),
        TEST(a_header_says_what_it_is),
        TEST(settings_are_those_that_there_are),
        TEST(no_more_predicates_are_tracked_than_there_are),
        TEST(no_more_predicates_are_tried_than_there_are),
        TEST(names_are_utf_8_and_end),
        TEST(a_name_has_so_many_bytes_at_most),
        TEST(a_refusal_says_which_byte_of_a_name_is_wrong),
        TEST(a_refusal_says_which_list_does_not_end),
        TEST(a_rule_s_name_starts_where_a_name_starts),
        TEST(every_rule_and_nothing_else_has_an_action),
        TEST(a_rule_that_decides_is_one_and_no_audit_rule),
        TEST(regular_expressions_share_the_automata_without_gaps),
        TEST(regular_expressions_are_not_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
