/* Which rule decides, which are recorded, and what a compiled policy says of itself. */
#include "subject.h"

#include "../../src/policy/blob.h"

#include <string.h>

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
    assert_int_equal(vg_policy_audits(&record, scratch, all, VG_AUDITS_MAX + 1), VG_AUDITS_MAX + 2);
    assert_int_equal(all[VG_AUDITS_MAX], VG_AUDITS_MAX);
    assert_int_equal(all[VG_AUDITS_MAX + 1], UINT32_MAX);
    assert_int_equal(vg_policy_audits(&record, scratch, all, VG_AUDITS_MAX + 3), VG_AUDITS_MAX + 2);
    for (uint32_t i = 0; i < VG_AUDITS_MAX + 2; i++)
        assert_int_equal(all[i], i);
    assert_int_equal(all[VG_AUDITS_MAX + 2], UINT32_MAX);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("D:\\b.exe"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.rule, VG_RULE_NONE);
    assert_int_equal(decision.audit_count, 1);
    assert_int_equal(decision.audits[0], first + 1);
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

/* Every event names rules, so that a name costs memory at each start. */
static void a_rule_s_name_has_so_many_bytes_at_most(void **state)
{
    static char name[VG_BLOB_NAME_MAX + 2];

    (void)state;
    memset(name, 'n', VG_BLOB_NAME_MAX);
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"a", 0));
    build.rules[0].name = name;
    open_policy();
    assert_int_equal(vg_policy_rule_name(&policy, 0).size, VG_BLOB_NAME_MAX);
    name[VG_BLOB_NAME_MAX] = 'n';
    assert_refused("a rule's name of more than 4,096 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_rule_that_matches_decides),
        CASE(the_default_decides_when_no_rule_does),
        CASE(audit_rules_are_recorded_up_to_the_one_that_decides),
        CASE(settings_and_names_survive_the_compilation),
        CASE(what_exceeds_the_format_is_refused_in_words),
        CASE(a_rule_s_name_has_so_many_bytes_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
