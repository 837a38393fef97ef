/* What regular expressions come to in a compiled policy, and when they are tried. */
#include "subject.h"

#include "../../src/policy/hash.h"
#include "../../src/policy/match.h"
#include "../../src/regex/table.h"

#include <stdlib.h>
#include <string.h>

#define I VG_REGEX_CASELESS

static bool found(const uint16_t *pattern, unsigned regex_flags, struct vg_span value)
{
    return holds(build_regex(&build, VG_FIELD_COMMAND_LINE, pattern, regex_flags, 0), VG_FIELD_COMMAND_LINE,
                 value);
}

static bool found_in_path(const uint16_t *pattern, unsigned flags, struct vg_span value)
{
    return holds(build_regex(&build, VG_FIELD_IMAGE, pattern, 0, flags), VG_FIELD_IMAGE, value);
}

/* Whether the expression, the policy's only one, was left untried in the last decision. */
static bool is_untried(void)
{
    const struct vg_match *match = vg_match_in(scratch);

    if (match->blob.header->tried_count != 0)
        return match->outcomes[0] / 2 != match->scratch->start;
    return vg_bitset_next(&match->awaiting, 0) != VG_BITSET_NONE;
}

static void an_expression_is_found_anywhere_in_a_value(void **state)
{
    (void)state;
    assert_true(found(u"-e(?:nc)?\\s", 0, TEXT("powershell -enc abc")));
    assert_true(found(u"-e(?:nc)?\\s", 0, TEXT("-e abc")));
    assert_false(found(u"-e(?:nc)?\\s", 0, TEXT("powershell -en abc")));
    assert_false(found(u"^-e(?:nc)?\\s", 0, TEXT("powershell -enc abc")));
    assert_true(found(u"a.c$", VG_REGEX_DOTALL, TEXT("ba\nc")));
    assert_true(found(u"", 0, TEXT("")));
}

static void case_counts_unless_it_is_ignored(void **state)
{
    (void)state;
    assert_false(found(u"-Enc\\b", 0, TEXT("x -enc y")));
    assert_true(found(u"-Enc\\b", I, TEXT("x -eNC y")));
    assert_true(found(u"\u0444+", I, TEXT("x\u0424\u0424")));
    assert_false(found(u"-\\w", 0, TEXT("-\u0424")));
}

static void an_expression_without_a_text_is_tried_on_every_value(void **state)
{
    (void)state;
    assert_true(found(u"[0-9]{3}", 0, TEXT("ab 123")));
    assert_false(found(u"[0-9]{3}", 0, TEXT("ab 12")));
    assert_true(found(u"^\\W*$", 0, TEXT("")));
}

static void every_text_that_announces_it_leads_to_it(void **state)
{
    static const struct vg_span values[] = {TEXT("a ftp://b"), TEXT("HTTP://b HTTPS://b http://b"),
                                            TEXT("https://x"), TEXT("file:\\\\x")};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        assert_true(found(u"(?:https?|ftp)://\\w|file:\\\\+\\w", 0, values[i]));
    assert_false(found(u"(?:https?|ftp)://\\w|file:\\\\+\\w", 0, TEXT("HTTP:// ftp:// file:x")));
}

static void any_of_several_values_satisfies(void **state)
{
    (void)state;
    vg_record_set(&record, VG_FIELD_USER, TEXT("S-1-5-18"));
    assert_true(vg_record_add(&record, VG_FIELD_USER, TEXT("NT AUTHORITY\\SYSTEM")));
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_USER, u"AUTHORITY\\\\S", 0, 0));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
}

static void an_absent_value_never_matches_and_an_unknown_one_is_unknown(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ASK,
               build_not(&build, build_regex(&build, VG_FIELD_COMMAND_LINE, u"a*", 0, PERMISSIVE)));
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_COMMAND_LINE, u"a*", 0, 0));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    vg_record_set_state(&record, VG_FIELD_COMMAND_LINE, VG_FACT_UNKNOWN);
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_COMMAND_LINE);
}

static void what_the_creator_claims_speaks_against_a_start_only(void **state)
{
    (void)state;
    uint32_t allow = build_rule(&build, VG_ACTION_ALLOW,
                                build_regex(&build, VG_FIELD_IMAGE, u"^C:\\\\Tools", 0, PERMISSIVE));
    uint32_t deny =
        build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_IMAGE, u"\\\\a\\.exe$", 0, 0));

    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Tools\\a.exe"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, allow);
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, deny);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Tools\\b.exe"));
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_IMAGE);
}

static void an_allow_by_an_expression_takes_no_named_stream(void **state)
{
    (void)state;
    assert_true(found_in_path(u"^C:\\\\a.*$", PERMISSIVE, TEXT("C:\\a.exe")));
    assert_false(found_in_path(u"^C:\\\\a.*$", PERMISSIVE, TEXT("C:\\a:b.exe")));
    assert_false(found_in_path(u"^C:\\\\a:b\\.exe$", PERMISSIVE, TEXT("C:\\a:b.exe")));
    assert_true(found_in_path(u"^C:\\\\a.*$", 0, TEXT("C:\\a:b.exe")));
}

static void an_expression_is_not_tried_where_another_test_settles_it(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND,
                          build_regex(&build, VG_FIELD_COMMAND_LINE, u"-enc\\s+\\w", 0, 0),
                          build_pattern(&build, VG_FIELD_IMAGE, u"*\\cmd.exe", 0)));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc abc"));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\notepad.exe"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_true(is_untried());
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\cmd.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    assert_false(is_untried());
}

static void an_expression_behind_the_deciding_rule_is_not_tried(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"*\\cmd.exe", PERMISSIVE));
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_COMMAND_LINE, u"-enc\\s+\\w", 0, 0));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc abc"));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\cmd.exe"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    assert_true(is_untried());
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\notepad.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
}

/* The texts of what is found stand in no value here: nothing awaits a trial. */
static void an_expression_whose_texts_are_nowhere_is_not_tried(void **state)
{
    (void)state;
    assert_false(found(u"-enc\\s+\\w", 0, TEXT("x -ecn abc")));
    assert_false(is_untried());
}

/* A fact is asked for in between; what the expression came to before stays. */
static void an_expression_is_tried_once_in_a_decision(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND,
                          build_regex(&build, VG_FIELD_COMMAND_LINE, u"-enc\\s+\\w", 0, 0),
                          build_pattern(&build, VG_FIELD_COMPANY, u"x", 0)));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc abc"));
    open_policy();
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_COMPANY);
    assert_false(is_untried());
    vg_record_set(&record, VG_FIELD_COMPANY, TEXT("X"));
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
}

static void a_fact_is_not_asked_for_where_an_expression_fails(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_regex(&build, VG_FIELD_COMPANY, u"^Micro\\w+", 0, 0),
                          build_regex(&build, VG_FIELD_COMMAND_LINE, u"-enc\\s+\\w", 0, 0)));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc "));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc a"));
    assert_int_equal(decide(), VG_NEED_FACT);
    vg_record_set(&record, VG_FIELD_COMPANY, TEXT("Microsoft"));
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
}

static void the_longest_command_line_is_searched_to_its_end(void **state)
{
    static uint16_t line[32767];

    (void)state;
    for (size_t i = 0; i < 32767; i++)
        line[i] = u'a';
    assert_false(found(u"(?:a|aa)+b$", 0, (struct vg_span){line, sizeof(line)}));
    line[32766] = u'b';
    assert_true(found(u"(?:a|aa)+b$", 0, (struct vg_span){line, sizeof(line)}));
}

static const struct vg_blob_header *header(void)
{
    return (const struct vg_blob_header *)(const void *)policy.blob;
}

static void equal_expressions_stand_once(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_COMMAND_LINE, u"(?i)ab+c", 0, 0));
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_IMAGE, u"a(b|b)b*c", I, 0));
    build_rule(&build, VG_ACTION_ALLOW, build_regex(&build, VG_FIELD_IMAGE, u"(?i)ab+c", 0, PERMISSIVE));
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_IMAGE, u"ab+c", 0, 0));
    open_policy();
    assert_int_equal(vg_blob_count(header(), VG_BLOB_REGEXES), 2);
}

/* Writes one 16-bit word of the automaton's part at `offset`, mends the checksum, and expects this check to
 * fail. */
static void assert_damage_refused(uint32_t offset, uint16_t value, const char *check)
{
    struct vg_blob_error error = {"accepted", 0};
    struct vg_policy damaged;
    uint32_t at;
    uint8_t *copy;

    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_COMMAND_LINE, u"ab", 0, 0));
    open_policy();
    copy = malloc(blob_size);
    assert_non_null(copy);
    memcpy(copy, policy.blob, blob_size);
    at = header()->sections[VG_BLOB_AUTOMATA].offset + offset;
    memcpy(copy + at, &value, sizeof(value));
    ((struct vg_blob_header *)(void *)copy)->checksum =
        vg_checksum(copy + VG_BLOB_CHECKSUM_FROM, blob_size - VG_BLOB_CHECKSUM_FROM);
    (void)vg_policy_open(&damaged, copy, blob_size, &error);
    assert_string_equal(error.check, check);
    free(copy);
}

static void a_damaged_automaton_is_refused(void **state)
{
    struct vg_regex_header layout_of = {.pages = 2};

    (void)state;
    assert_damage_refused(offsetof(struct vg_regex_header, magic), 1, "the magic of a regular expression");
    assert_damage_refused(offsetof(struct vg_regex_header, start), 0x4000,
                          "the first state of a regular expression");
    assert_damage_refused(offsetof(struct vg_regex_header, states), 9, "the size of a regular expression");
    assert_damage_refused(offsetof(struct vg_regex_header, page_of), 7, "a page of a regular expression");
    assert_damage_refused((uint32_t)vg_regex_lay_out(&layout_of).next + 16, 0xFFFF,
                          "a step of a regular expression");
}

/* Expressions for the compiler, which copies what stands in them. */
static struct vg_regex tables[VG_BLOB_REGEXES_MAX + 1];
static struct vg_predicate predicates[VG_BLOB_REGEXES_MAX + 1];
static struct vg_expr leaves[VG_BLOB_REGEXES_MAX + 1];
static struct vg_rule rules[VG_BLOB_REGEXES_MAX + 1];

static void add_tables(uint32_t count, size_t size)
{
    build.model.rules = rules;
    build.model.rule_count = count;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t *table = calloc(1, size);

        assert_non_null(table);
        *table = i;
        tables[i] = (struct vg_regex){.table = table, .size = size};
        predicates[i] = (struct vg_predicate){
            .field = VG_FIELD_COMMAND_LINE, .test = VG_TEST_REGEX, .regex = &tables[i], .regex_flags = i};
        leaves[i] = (struct vg_expr){.kind = VG_EXPR_PREDICATE, .predicate = &predicates[i]};
        rules[i] = (struct vg_rule){.action = VG_ACTION_DENY, .name = "", .condition = &leaves[i]};
    }
}

static void too_many_and_too_large_expressions_are_refused(void **state)
{
    (void)state;
    add_tables(VG_BLOB_REGEXES_MAX + 1, sizeof(uint64_t));
    assert_refused("more than 4,096 different regular expressions");
    for (uint32_t i = 0; i <= VG_BLOB_REGEXES_MAX; i++)
        free(tables[i].table);
    add_tables(65, VG_REGEX_MAX_BYTES);
    assert_refused("more than 32 MiB together");
    for (uint32_t i = 0; i < 65; i++)
        free(tables[i].table);
    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_regex(&build, VG_FIELD_SHA256, u"a+", 0, 0));
    assert_refused("a regular expression cannot test it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_expression_is_found_anywhere_in_a_value),
        CASE(case_counts_unless_it_is_ignored),
        CASE(an_expression_without_a_text_is_tried_on_every_value),
        CASE(every_text_that_announces_it_leads_to_it),
        CASE(any_of_several_values_satisfies),
        CASE(an_absent_value_never_matches_and_an_unknown_one_is_unknown),
        CASE(what_the_creator_claims_speaks_against_a_start_only),
        CASE(an_allow_by_an_expression_takes_no_named_stream),
        CASE(an_expression_is_not_tried_where_another_test_settles_it),
        CASE(an_expression_behind_the_deciding_rule_is_not_tried),
        CASE(an_expression_whose_texts_are_nowhere_is_not_tried),
        CASE(an_expression_is_tried_once_in_a_decision),
        CASE(a_fact_is_not_asked_for_where_an_expression_fails),
        CASE(the_longest_command_line_is_searched_to_its_end),
        CASE(equal_expressions_stand_once),
        CASE(a_damaged_automaton_is_refused),
        CASE(too_many_and_too_large_expressions_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
