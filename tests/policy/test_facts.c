/* What facts that are claimed, unknown or still to be gathered come to in a compiled policy. */
#include "subject.h"

static const uint8_t digests[2][32] = {{1}, {2}};

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
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    assert_int_equal(decision.rule, 1);
    vg_record_set_state(&record, VG_FIELD_SHA256, VG_FACT_PENDING);
    assert_int_equal(decide(), VG_NEED_FACT);
    vg_record_set_state(&record, VG_FIELD_SHA256, VG_FACT_UNKNOWN);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
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
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
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

static void of_facts_that_take_the_same_reading_the_first_is_asked_for(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_OR, build_digests(&build, VG_FIELD_MD5, digests, 2, 0),
                          build_digests(&build, VG_FIELD_SHA256, digests, 2, 0)));
    open_policy();
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_SHA256);
}

/* Whether a test for that is looked for, or tried when a condition comes to it. */
static void what_is_absent_has_no_value_and_what_is_there_has(void **state)
{
    (void)state;
    for (unsigned tried = 0; tried < 2; tried++) {
        struct vg_expr *null = build_test(&build, VG_FIELD_USER, VG_TEST_NULL, 0);
        struct vg_expr *exists = build_test(&build, VG_FIELD_USER, VG_TEST_EXISTS, 0);

        build_rule(&build, VG_ACTION_DENY, tried ? beside(null) : null);
        build_rule(&build, VG_ACTION_ASK, tried ? beside(exists) : exists);
        open_policy();
        vg_record_set(&record, VG_FIELD_USER, TEXT(""));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.rule, 1);
        vg_record_set_state(&record, VG_FIELD_USER, VG_FACT_ABSENT);
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.rule, 0);
        vg_record_set_state(&record, VG_FIELD_USER, VG_FACT_UNKNOWN);
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.rule, VG_RULE_NONE);
        build.model.rule_count = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_the_creator_claims_speaks_against_a_start_only),
        CASE(what_the_creator_claims_is_no_exception),
        CASE(a_claim_that_does_not_match_leaves_a_deny_unknown),
        CASE(an_allow_rule_never_matches_what_is_unknown),
        CASE(an_unknown_fact_matches_only_where_the_policy_says_so),
        CASE(unknown_facts_behind_the_deciding_rule_are_not_mentioned),
        CASE(the_hash_is_asked_for_only_when_an_earlier_rule_leaves_it_open),
        CASE(a_hash_beside_another_condition_is_asked_for_only_when_that_holds),
        CASE(a_fact_asked_for_and_left_pending_is_unknown),
        CASE(a_cheap_fact_left_pending_is_unknown_and_never_asked_for),
        CASE(of_facts_that_take_the_same_reading_the_first_is_asked_for),
        CASE(what_is_absent_has_no_value_and_what_is_there_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
