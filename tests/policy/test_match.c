/* What a compiled policy means, case by case. */
#include "../cmocka_all.h"

#include "../../src/policy/hash.h"
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) ((struct vg_span){u"" literal, sizeof(u"" literal) - 2})

static struct build build;
static struct vg_record record;
static struct vg_decision decision;

static void *blob;
static size_t blob_size;
static struct vg_policy policy;
static void *scratch;
static char complaint[256];

static void keep_report(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                        const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    (void)hint;
    snprintf(complaint, sizeof(complaint), "%s", message);
}

static const struct vg_reporter reporter = {keep_report, NULL};

static void close_policy(void)
{
    free(blob);
    free(scratch);
    blob = NULL;
    scratch = NULL;
}

static void open_policy(void)
{
    struct vg_blob_error error = {"", 0};

    close_policy();
    if (!vg_model_compile(&build.model, &reporter, &blob, &blob_size))
        fail_msg("not compiled: %s", complaint);
    if (!vg_policy_open(&policy, blob, blob_size, &error))
        fail_msg("refused: %s at %zu", error.check, error.offset);
    scratch = malloc(vg_policy_scratch_size(&policy));
    assert_non_null(scratch);
    vg_policy_scratch_init(&policy, scratch);
}

/* One decision, or the first question, on the record as it stands. */
static enum vg_outcome decide(void)
{
    vg_policy_begin(&policy, scratch);
    return vg_policy_decide(&policy, &record, scratch, &decision);
}

static int set_up(void **state)
{
    (void)state;
    build_start(&build);
    memset(&record, 0, sizeof(record));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (vg_field_stage((enum vg_field)field) == VG_STAGE_CHEAP)
            vg_record_set_state(&record, (enum vg_field)field, VG_FACT_ABSENT);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_policy();
    return 0;
}

/* Whether a policy of the one rule "deny: <condition>" denies when `field` has this value. */
static bool holds(struct vg_expr *condition, enum vg_field field, struct vg_span value)
{
    uint32_t rule = build_rule(&build, VG_ACTION_DENY, condition);

    vg_record_set(&record, field, value);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    build.model.rule_count = 0;
    if (decision.verdict == VG_DENY)
        assert_int_equal(decision.rule, rule);
    return decision.verdict == VG_DENY;
}

static bool pattern_holds(const uint16_t *pattern, unsigned flags, struct vg_span value)
{
    return holds(build_pattern(&build, VG_FIELD_IMAGE, pattern, flags), VG_FIELD_IMAGE, value);
}

static bool under_holds(const uint16_t *folder, unsigned flags, struct vg_span value)
{
    return holds(build_under(&build, VG_FIELD_IMAGE, folder, flags), VG_FIELD_IMAGE, value);
}

static void a_whole_value_matches_in_any_case(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"C:\\Windows\\cmd.exe", 0, TEXT("c:\\WINDOWS\\Cmd.exe")));
    assert_false(pattern_holds(u"C:\\Windows\\cmd.exe", 0, TEXT("C:\\Windows\\cmd.exe ")));
    assert_false(pattern_holds(u"C:\\Windows\\cmd.exe", 0, TEXT("C:\\Windows\\cmd.ex")));
    assert_true(pattern_holds(u"C:\\\u0444\u044B", 0, TEXT("C:\\\u0424\u042B")));
}

static void look_alikes_do_not_match(void **state)
{
    (void)state;
    assert_false(under_holds(u"C:\\Program Files", 0, TEXT("C:\\Program F\u0131les\\a.exe")));
    assert_false(pattern_holds(u"*\\cmd.exe", 0, TEXT("C:\\cmd\u200B.exe")));
    assert_false(pattern_holds(u"*SYSTEM*", 0, TEXT("C:\\\u017Fystem\\a.exe")));
}

static void a_cased_pattern_matches_in_its_own_case_only(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"C:\\Ab", CASED, TEXT("C:\\Ab")));
    assert_false(pattern_holds(u"C:\\Ab", CASED, TEXT("C:\\AB")));
    assert_true(pattern_holds(u"*Abc*", CASED, TEXT("xxabcAbc")));
    assert_false(pattern_holds(u"*Abc*", CASED, TEXT("xxABCabc")));
    assert_true(pattern_holds(u"*\\Ab.exe", CASED, TEXT("C:\\Ab.exe")));
    assert_false(pattern_holds(u"*\\Ab.exe", CASED, TEXT("C:\\ab.exe")));
    assert_true(under_holds(u"C:\\Ab", CASED, TEXT("C:\\Ab\\x")));
    assert_false(under_holds(u"C:\\Ab", CASED, TEXT("C:\\ab\\x")));
}

static void under_is_the_folder_and_all_below_it(void **state)
{
    (void)state;
    assert_true(under_holds(u"C:\\Windows", 0, TEXT("C:\\Windows")));
    assert_true(under_holds(u"C:\\Windows", 0, TEXT("c:\\windows\\a\\b\\c.exe")));
    assert_true(under_holds(u"C:\\Windows", 0, TEXT("C:\\Windows\\")));
    assert_false(under_holds(u"C:\\Windows", 0, TEXT("C:\\Windows2\\a.exe")));
    assert_false(under_holds(u"C:\\Windows", 0, TEXT("D:\\C:\\Windows\\a.exe")));
    assert_true(under_holds(u"\\\\srv\\share", 0, TEXT("\\\\SRV\\share\\a.exe")));
    assert_true(under_holds(u"C:", 0, TEXT("C:\\a.exe")));
}

static void a_pattern_below_a_folder_leaves_the_folder_itself_out(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"C:\\Windows\\*", 0, TEXT("C:\\Windows\\")));
    assert_true(pattern_holds(u"C:\\Windows\\*", 0, TEXT("C:\\Windows\\a")));
    assert_false(pattern_holds(u"C:\\Windows\\*", 0, TEXT("C:\\Windows")));
}

static void a_name_is_the_last_part_of_a_path(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"*\\cmd.exe", 0, TEXT("C:\\Windows\\CMD.EXE")));
    assert_false(pattern_holds(u"*\\cmd.exe", 0, TEXT("cmd.exe")));
    assert_false(pattern_holds(u"*\\cmd.exe", 0, TEXT("C:\\cmd.exe\\a")));
    assert_true(pattern_holds(u"*\\a\\cmd.exe", 0, TEXT("C:\\a\\cmd.exe")));
    assert_false(pattern_holds(u"*\\a\\cmd.exe", 0, TEXT("C:\\b\\cmd.exe")));
    assert_true(pattern_holds(u"*cmd.exe", 0, TEXT("C:\\xcmd.exe")));
    assert_true(pattern_holds(u"*\\", 0, TEXT("C:\\x\\")));
}

static void parts_are_found_wherever_they_stand(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"*abc*", 0, TEXT("abc")));
    assert_true(pattern_holds(u"*abcde*", 0, TEXT("xabcabcdeabc")));
    assert_false(pattern_holds(u"*abcde*", 0, TEXT("abcdabcd")));
    assert_true(pattern_holds(u"*a*", 0, TEXT("xA")));
    assert_true(pattern_holds(u"*ab*", 0, TEXT("aab")));
    assert_false(pattern_holds(u"*ab*", 0, TEXT("ba")));
    assert_true(pattern_holds(u"abc*", 0, TEXT("ABCD")));
    assert_false(pattern_holds(u"abc*", 0, TEXT("xabc")));
    assert_true(pattern_holds(u"*abc", 0, TEXT("abcabc")));
}

static void wildcards_mean_one_unit_and_any_run(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"a?c", 0, TEXT("abc")));
    assert_false(pattern_holds(u"a?c", 0, TEXT("ac")));
    assert_true(pattern_holds(u"??", 0, TEXT("\U0001F600")));
    assert_false(pattern_holds(u"?", 0, TEXT("")));
    assert_true(pattern_holds(u"*", 0, TEXT("")));
    assert_true(pattern_holds(u"a*b*c", 0, TEXT("aXbbYc")));
    assert_false(pattern_holds(u"a*b*c", 0, TEXT("aXcYb")));
    assert_true(pattern_holds(u"*aab?*b", 0, TEXT("aaaabab")));
}

static void an_empty_value_is_not_an_absent_one(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"", 0, TEXT("")));
    assert_false(pattern_holds(u"", 0, TEXT("x")));
    assert_true(holds(build_test(&build, VG_FIELD_IMAGE, VG_TEST_EXISTS, 0), VG_FIELD_IMAGE, TEXT("")));
    assert_false(holds(build_test(&build, VG_FIELD_IMAGE, VG_TEST_NULL, 0), VG_FIELD_IMAGE, TEXT("")));

    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_USER, u"", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_USER, u"*", 0));
    build_rule(&build, VG_ACTION_DENY, build_test(&build, VG_FIELD_USER, VG_TEST_EXISTS, 0));
    build_rule(&build, VG_ACTION_DENY, build_test(&build, VG_FIELD_USER, VG_TEST_NULL, 0));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 3);
}

static void any_of_several_values_satisfies(void **state)
{
    (void)state;
    vg_record_set(&record, VG_FIELD_USER, TEXT("S-1-5-18"));
    assert_true(vg_record_add(&record, VG_FIELD_USER, TEXT("NT AUTHORITY\\SYSTEM")));
    build_rule(&build, VG_ACTION_ASK,
               build_not(&build, build_pattern(&build, VG_FIELD_USER, u"S-1-5-18", 0)));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_USER, u"nt authority\\system", 0));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
}

static void an_allowed_folder_covers_no_named_stream(void **state)
{
    (void)state;
    assert_true(under_holds(u"C:\\Windows", PERMISSIVE, TEXT("C:\\Windows\\a.exe")));
    assert_false(under_holds(u"C:\\Windows", PERMISSIVE, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_true(under_holds(u"C:\\Windows", 0, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_false(pattern_holds(u"C:\\Windows\\*", PERMISSIVE, TEXT("C:\\Windows\\Tasks:a.exe")));
    assert_false(pattern_holds(u"*\\Tasks:*", PERMISSIVE | CASED, TEXT("C:\\x:y\\Tasks:a.exe")));
    assert_false(pattern_holds(u"*evil*", PERMISSIVE, TEXT("C:\\a:evil")));
    assert_false(pattern_holds(u"*", PERMISSIVE, TEXT("C:\\a:evil")));
}

static void a_stream_is_covered_where_the_pattern_spells_it(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"C:\\a:good", PERMISSIVE, TEXT("C:\\a:good")));
    assert_true(pattern_holds(u"C:\\*:good", PERMISSIVE, TEXT("C:\\a:good")));
    assert_false(pattern_holds(u"C:\\*:good", PERMISSIVE, TEXT("C:\\a:x:good")));
    assert_true(pattern_holds(u"C*:*", PERMISSIVE, TEXT("C:\\a:b")));
    assert_true(pattern_holds(u"??\\*:b", PERMISSIVE, TEXT("C:\\a:b")));
    assert_true(under_holds(u"C:\\a:d", PERMISSIVE, TEXT("C:\\a:d\\b")));
    assert_false(under_holds(u"C:\\a:d", PERMISSIVE, TEXT("C:\\a:d\\b:e")));
    /* Text that is no path has no streams. */
    assert_true(holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*x*", PERMISSIVE), VG_FIELD_COMMAND_LINE,
                      TEXT("a /b:x")));
}

/* A folder may carry streams of its own, and they can be started. */
static void what_is_denied_under_a_folder_is_denied_in_its_streams(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags <= CASED; flags += CASED) {
        assert_true(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Public:evil.exe")));
        assert_true(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Public:evil.exe:$DATA")));
        assert_true(under_holds(u"C:\\abc", flags, TEXT("C:\\abc:a\\b")));
        assert_true(under_holds(u"C:\\abcd", flags, TEXT("C:\\abcd:")));
        assert_true(under_holds(u"C:\\abcd:e", flags, TEXT("C:\\abcd:e:f")));
        assert_false(under_holds(u"C:\\abcd:", flags, TEXT("C:\\abcd:e")));
        assert_false(under_holds(u"C:\\Users\\Public", flags, TEXT("C:\\Users\\Publi:c")));
        assert_false(pattern_holds(u"C:\\abcd:\\*", flags, TEXT("C:\\abcd:e")));
        assert_true(pattern_holds(u"C:\\abcd:\\*", flags, TEXT("C:\\abcd:\\e")));
        assert_false(
            under_holds(u"C:\\Users\\Public", PERMISSIVE | flags, TEXT("C:\\Users\\Public:good.exe")));
    }
    assert_false(holds(build_under(&build, VG_FIELD_COMMAND_LINE, u"C:\\a", 0), VG_FIELD_COMMAND_LINE,
                       TEXT("C:\\a:b")));
}

/* Side by side, as one key may lead to several predicates. */
static void a_stream_finds_its_folder_among_names_with_colons(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a:\\*", 0));
    build_rule(&build, VG_ACTION_ALLOW, build_under(&build, VG_FIELD_IMAGE, u"C:\\a:", 0));
    build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, u"C:\\a", 0));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a:b"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 2);
}

static void what_the_creator_claims_speaks_against_a_start_only(void **state)
{
    (void)state;
    uint32_t allow =
        build_rule(&build, VG_ACTION_ALLOW, build_under(&build, VG_FIELD_IMAGE, u"C:\\Windows", PERMISSIVE));
    uint32_t deny = build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", 0));

    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Windows\\a.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, allow);
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, deny);
    assert_int_equal(decision.unknown_fields, 0);
}

/* Nor does it leave the rule that it speaks against undecided. */
static void what_the_creator_claims_is_no_exception(void **state)
{
    (void)state;
    struct vg_expr *condition =
        build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*-enc*", 0),
                   build_not(&build, build_under(&build, VG_FIELD_IMAGE, u"C:\\Program Files", PERMISSIVE)));
    uint32_t deny = build_rule(&build, VG_ACTION_DENY, condition);

    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x -enc y"));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Program Files\\a.exe"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, deny);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("D:\\evil.exe"));
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, deny);
}

static void a_claim_that_does_not_match_leaves_a_deny_unknown(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*\\cmd.exe", 0));
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\x*", 0),
                          build_test(&build, VG_FIELD_IMAGE, VG_TEST_EXISTS, 0)));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Windows\\cmd.exe."));
    record.facts[VG_FIELD_IMAGE].flags = VG_FACT_CLAIMED;
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_IMAGE);
    build.model.unknown_matches = true;
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    build.rules[0].action = VG_ACTION_ALLOW;
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
}

static void an_allow_rule_never_matches_what_is_unknown(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", PERMISSIVE));
    build_rule(&build, VG_ACTION_ALLOW,
               build_not(&build, build_pattern(&build, VG_FIELD_IMAGE, u"*\\b.exe", 0)));
    build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", PERMISSIVE));
    build.model.unknown_matches = true;
    vg_record_set_state(&record, VG_FIELD_IMAGE, VG_FACT_UNKNOWN);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 2);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_IMAGE);
}

static void the_first_rule_that_matches_decides(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*never*", 0));
    build_rule(&build, VG_ACTION_ASK,
               build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", 0),
                          build_not(&build, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*quiet*", 0))));
    build_rule(&build, VG_ACTION_ALLOW, build_under(&build, VG_FIELD_IMAGE, u"C:", PERMISSIVE));
    build_rule(&build, VG_ACTION_DENY, build_constant(&build, true));
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"D:\\a", PERMISSIVE));
    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a.exe"));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("a"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
    assert_int_equal(decision.verdict, VG_ASK);
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("a --QUIET"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 2);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("D:\\a"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 3);
    assert_int_equal(decision.verdict, VG_DENY);
}

static void the_default_decides_when_no_rule_does(void **state)
{
    (void)state;
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.verdict, VG_ALLOW);
    assert_int_equal(vg_policy_rule_name(&policy, VG_RULE_NONE).size, 0);
    build.model.default_verdict = VG_DENY;
    build_rule(&build, VG_ACTION_ALLOW, build_constant(&build, false));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_DENY);
}

static void audit_rules_are_recorded_up_to_the_one_that_decides(void **state)
{
    uint32_t all[VG_AUDITS_MAX + 3];
    uint32_t first;

    (void)state;
    for (unsigned i = 0; i < VG_AUDITS_MAX + 2; i++)
        build_rule(&build, VG_ACTION_AUDIT, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", 0));
    first = build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, u"C:", 0));
    build_rule(&build, VG_ACTION_AUDIT, build_constant(&build, true));
    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, first);
    assert_int_equal(decision.audit_count, VG_AUDITS_MAX + 2);
    for (uint32_t i = 0; i < VG_AUDITS_MAX; i++)
        assert_int_equal(decision.audits[i], i);
    memset(all, 0xFF, sizeof(all));
    assert_int_equal(vg_policy_audits(&policy, &record, scratch, all, VG_AUDITS_MAX + 1), VG_AUDITS_MAX + 2);
    assert_int_equal(all[VG_AUDITS_MAX], VG_AUDITS_MAX);
    assert_int_equal(all[VG_AUDITS_MAX + 1], UINT32_MAX);
    assert_int_equal(vg_policy_audits(&policy, &record, scratch, all, VG_AUDITS_MAX + 3), VG_AUDITS_MAX + 2);
    for (uint32_t i = 0; i < VG_AUDITS_MAX + 2; i++)
        assert_int_equal(all[i], i);
    assert_int_equal(all[VG_AUDITS_MAX + 2], UINT32_MAX);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("D:\\b.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.audit_count, 1);
    assert_int_equal(decision.audits[0], first + 1);
}

static void an_unknown_fact_matches_only_where_the_policy_says_so(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_PARENT_IMAGE, u"*\\winword.exe", 0));
    build_rule(&build, VG_ACTION_DENY,
               build_not(&build, build_pattern(&build, VG_FIELD_USER, u"S-1-5-18", PERMISSIVE)));
    vg_record_set_state(&record, VG_FIELD_PARENT_IMAGE, VG_FACT_UNKNOWN);
    vg_record_set_state(&record, VG_FIELD_USER, VG_FACT_UNKNOWN);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_PARENT_IMAGE | 1ull << VG_FIELD_USER);
    build.model.unknown_matches = true;
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_PARENT_IMAGE);
    vg_record_set(&record, VG_FIELD_PARENT_IMAGE, TEXT("C:\\x.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_USER);
}

static void unknown_facts_behind_the_deciding_rule_are_not_mentioned(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_USER, u"S-1-5-18", 0));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    vg_record_set_state(&record, VG_FIELD_USER, VG_FACT_UNKNOWN);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    assert_int_equal(decision.unknown_fields, 0);
}

static const uint8_t digests[2][32] = {{1}, {2}};

static void the_hash_is_asked_for_only_when_an_earlier_rule_leaves_it_open(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\trusted", PERMISSIVE));
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digests, 2, 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\other", 0));
    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\trusted"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, 0);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\other"));
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_SHA256);
    vg_record_set(&record, VG_FIELD_SHA256, (struct vg_span){digests[1], 32});
    assert_int_equal(vg_policy_decide(&policy, &record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
    vg_record_set_state(&record, VG_FIELD_SHA256, VG_FACT_PENDING);
    assert_int_equal(decide(), VG_NEED_FACT);
    vg_record_set_state(&record, VG_FIELD_SHA256, VG_FACT_UNKNOWN);
    assert_int_equal(vg_policy_decide(&policy, &record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, 2);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_SHA256);
}

static void a_hash_beside_another_condition_is_asked_for_only_when_that_holds(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_digests(&build, VG_FIELD_SHA256, digests, 2, 0),
                          build_pattern(&build, VG_FIELD_IMAGE, u"*\\cmd.exe", 0)));
    build_rule(
        &build, VG_ACTION_DENY,
        build_join(&build, VG_EXPR_AND, build_digests(&build, VG_FIELD_SHA256, digests, 1, 0),
                   build_not(&build, build_under(&build, VG_FIELD_IMAGE, u"C:\\Windows", PERMISSIVE))));
    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Windows\\a.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\Windows\\cmd.exe"));
    assert_int_equal(decide(), VG_NEED_FACT);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("D:\\a.exe"));
    assert_int_equal(decide(), VG_NEED_FACT);
    vg_record_set_state(&record, VG_FIELD_IMAGE, VG_FACT_UNKNOWN);
    assert_int_equal(decide(), VG_DECIDED); /* whatever the hash, the rules stay unknown */
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_IMAGE);
}

static void a_fact_asked_for_and_left_pending_is_unknown(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digests, 2, 0));
    open_policy();
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(vg_policy_decide(&policy, &record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_SHA256);
}

static void a_cheap_fact_left_pending_is_unknown_and_never_asked_for(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0));
    vg_record_set_state(&record, VG_FIELD_IMAGE, VG_FACT_PENDING);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.unknown_fields, 1ull << VG_FIELD_IMAGE);
}

/* What could be compared anew at every unit of a long command line. */
static void a_pattern_that_would_be_searched_for_too_long_is_refused(void **state)
{
    static uint16_t pattern[1100];

    (void)state;
    pattern[0] = u'*';
    for (size_t i = 1; i <= 1024; i++)
        pattern[i] = u'a';
    pattern[600] = u'?';
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, pattern, 0));
    open_policy();
    pattern[1025] = u'a';
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, pattern, 0));
    close_policy();
    assert_false(vg_model_compile(&build.model, &reporter, &blob, &blob_size));
    assert_non_null(strstr(complaint, "behind the first *"));
}

static void the_longest_command_line_is_searched_to_its_end(void **state)
{
    static uint16_t line[32767];

    (void)state;
    for (size_t i = 0; i < 32767; i++)
        line[i] = u'a';
    line[32766] = u'b';
    assert_true(holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*aaaab*", 0), VG_FIELD_COMMAND_LINE,
                      (struct vg_span){line, sizeof(line)}));
    assert_false(holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*a*aaaac*", 0), VG_FIELD_COMMAND_LINE,
                       (struct vg_span){line, sizeof(line)}));
}

static void settings_and_names_survive_the_compilation(void **state)
{
    struct vg_policy_info info;
    struct vg_span name;

    (void)state;
    build.model.mode = VG_MODE_MONITOR;
    build.model.default_verdict = VG_ASK;
    build.model.ask_otherwise = VG_ALLOW;
    build.model.unknown_matches = true;
    build.model.record_hashes = true;
    build.model.deny_status = 0xC0000022;
    build_rule(&build, VG_ACTION_AUDIT, build_constant(&build, true));
    build.rules[0].name = "\xC3\x84rger mit \xF0\x9F\x98\x80";
    open_policy();
    vg_policy_info(&policy, &info);
    assert_int_equal(info.mode, VG_MODE_MONITOR);
    assert_int_equal(info.default_verdict, VG_ASK);
    assert_int_equal(info.ask_otherwise, VG_ALLOW);
    assert_true(info.unknown_matches);
    assert_false(info.watch_images);
    assert_true(info.record_hashes);
    assert_int_equal(info.deny_status, 0xC0000022);
    assert_int_equal(info.rule_count, 1);
    name = vg_policy_rule_name(&policy, 0);
    assert_int_equal(name.size, strlen(build.rules[0].name));
    assert_memory_equal(name.bytes, build.rules[0].name, name.size);
    assert_string_equal(vg_policy_rule_action(&policy, 0), "audit");
}

static void assert_refused(const char *message)
{
    complaint[0] = '\0';
    assert_false(vg_model_compile(&build.model, &reporter, &blob, &blob_size));
    assert_string_equal(complaint, message);
}

static void what_exceeds_the_format_is_refused_in_words(void **state)
{
    struct vg_expr *deep;

    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_pattern(&build, VG_FIELD_IMAGE,
                             u"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a", 0));
    assert_refused("more than 32 * in one pattern");
    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_SHA256, u"a", 0));
    assert_refused("this field holds a hash: a pattern cannot test it");
    build_start(&build);
    deep = build_pattern(&build, VG_FIELD_IMAGE, u"a", 0);
    for (unsigned i = 0; i < 70; i++)
        deep = build_join(&build, i % 2 ? VG_EXPR_AND : VG_EXPR_OR,
                          build_pattern(&build, VG_FIELD_USER, u"b", 0), deep);
    build_rule(&build, VG_ACTION_DENY, deep);
    assert_refused("a condition too deep or too long to be compiled");
}

/* Every unit, at every place in a word, beside neighbours that are folded together and one by one. */
static void folding_four_units_is_folding_each(void **state)
{
    static const uint16_t neighbours[] = {u'x', u'Z', u'\\', 0x0444, 0};

    (void)state;
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        for (unsigned at = 0; at < 4; at++) {
            uint16_t units[4];
            uint64_t expected = 0;
            uint64_t backslashes = 0;

            for (unsigned i = 0; i < 4; i++) {
                units[i] = i == at ? (uint16_t)unit : neighbours[(unit + i) % 5];
                expected |= (uint64_t)vg_upcase(units[i]) << (16 * i);
                backslashes |= units[i] == u'\\' ? (uint64_t)0x8000 << (16 * i) : 0;
            }
            if (vg_fold_word(units) != expected || vg_backslashes(expected) != backslashes)
                fail_msg("unit %04X at %u", unit, at);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_whole_value_matches_in_any_case),
        CASE(look_alikes_do_not_match),
        CASE(a_cased_pattern_matches_in_its_own_case_only),
        CASE(under_is_the_folder_and_all_below_it),
        CASE(a_pattern_below_a_folder_leaves_the_folder_itself_out),
        CASE(a_name_is_the_last_part_of_a_path),
        CASE(parts_are_found_wherever_they_stand),
        CASE(wildcards_mean_one_unit_and_any_run),
        CASE(an_empty_value_is_not_an_absent_one),
        CASE(any_of_several_values_satisfies),
        CASE(an_allowed_folder_covers_no_named_stream),
        CASE(a_stream_is_covered_where_the_pattern_spells_it),
        CASE(what_the_creator_claims_speaks_against_a_start_only),
        CASE(what_is_denied_under_a_folder_is_denied_in_its_streams),
        CASE(a_stream_finds_its_folder_among_names_with_colons),
        CASE(what_the_creator_claims_is_no_exception),
        CASE(a_claim_that_does_not_match_leaves_a_deny_unknown),
        CASE(an_allow_rule_never_matches_what_is_unknown),
        CASE(the_first_rule_that_matches_decides),
        CASE(the_default_decides_when_no_rule_does),
        CASE(audit_rules_are_recorded_up_to_the_one_that_decides),
        CASE(an_unknown_fact_matches_only_where_the_policy_says_so),
        CASE(unknown_facts_behind_the_deciding_rule_are_not_mentioned),
        CASE(the_hash_is_asked_for_only_when_an_earlier_rule_leaves_it_open),
        CASE(a_hash_beside_another_condition_is_asked_for_only_when_that_holds),
        CASE(a_fact_asked_for_and_left_pending_is_unknown),
        CASE(a_cheap_fact_left_pending_is_unknown_and_never_asked_for),
        CASE(folding_four_units_is_folding_each),
        CASE(a_pattern_that_would_be_searched_for_too_long_is_refused),
        CASE(the_longest_command_line_is_searched_to_its_end),
        CASE(settings_and_names_survive_the_compilation),
        CASE(what_exceeds_the_format_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
