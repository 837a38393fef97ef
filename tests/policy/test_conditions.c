/* Which conditions are run: all that may hold, in their order, however many there are, and whatever is known
 * of the facts. */
#include "subject.h"

#include "../../src/policy/match.h"

#include <stdlib.h>
#include <string.h>

#define MANY 4000u /* so that more than a thousand are announced in each way */

static uint32_t named[MANY + 1];

/* Audit rules of two kinds in turns: two that nothing announces, then one that the command line does. */
static void build_many(struct vg_rule *rules)
{
    struct vg_expr *quiet = build_not(&build, build_pattern(&build, VG_FIELD_IMAGE, u"*never*", 0));
    struct vg_expr *announced =
        build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*wxyz*", 0),
                   build_not(&build, build_pattern(&build, VG_FIELD_IMAGE, u"*no*", 0)));

    for (uint32_t i = 0; i < MANY; i++)
        rules[i] = (struct vg_rule){
            .action = VG_ACTION_AUDIT, .name = "a rule", .condition = i % 3 == 0 ? announced : quiet};
    build.model.rules = rules;
    build.model.rule_count = MANY;
}

/* How many rules match, which are all, or all but every third. */
static uint32_t matching(bool all)
{
    uint32_t rule = 0;
    uint32_t count;

    assert_int_equal(decide(), VG_DECIDED);
    count = vg_policy_audits(&record, scratch, named, MANY);
    assert_int_equal(decision.audit_count, count);
    for (uint32_t i = 0; i < count; i++, rule++) {
        if (!all && rule % 3 == 0)
            rule++;
        assert_int_equal(named[i], rule);
    }
    return count;
}

static void however_many_conditions_there_are_each_is_run_once_and_in_order(void **state)
{
    struct vg_rule *rules = calloc(MANY, sizeof(*rules));
    const struct vg_rule *before = build.model.rules;

    (void)state;
    assert_non_null(rules);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("wxyz"));
    build_many(rules);
    open_policy();
    assert_int_equal(matching(true), MANY);
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("wxy-z"));
    assert_int_equal(matching(false), MANY - (MANY + 2) / 3);
    vg_record_set_state(&record, VG_FIELD_COMMAND_LINE, VG_FACT_UNKNOWN);
    assert_int_equal(matching(false), MANY - (MANY + 2) / 3);
    build.model.unknown_matches = true;
    open_policy();
    assert_int_equal(matching(true), MANY);
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("a"));
    record.facts[VG_FIELD_COMMAND_LINE].flags = VG_FACT_CLAIMED;
    assert_int_equal(matching(true), MANY);
    build.model.rules = before;
    build.model.rule_count = 0;
    free(rules);
}

/* Conditions that want texts of the command line, which is looked at first: all of them, or one of some. */
static struct vg_expr *wants(bool any)
{
    struct vg_expr *not_it = build_not(&build, build_pattern(&build, VG_FIELD_IMAGE, u"*no*", 0));
    struct vg_expr *first = build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*abcdefgh*", 0);
    struct vg_expr *second = build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*stuvwxyz*", 0);

    return build_join(&build, VG_EXPR_AND, build_join(&build, any ? VG_EXPR_OR : VG_EXPR_AND, first, second),
                      not_it);
}

static void a_condition_is_ruled_out_only_by_a_command_line_that_is_known(void **state)
{
    static const struct vg_span lines[] = {TEXT("stuvwxyz abcdefgh"), TEXT("x abcdefgh"), TEXT("stuvwxyz x"),
                                           TEXT("abcdefg stuvwxy"), TEXT("")};

    (void)state;
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    for (unsigned any = 0; any < 2; any++) {
        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, wants(any));
        open_policy();
        for (unsigned i = 0; i < 5; i++) {
            vg_record_set(&record, VG_FIELD_COMMAND_LINE, lines[i]);
            assert_int_equal(decide(), VG_DECIDED);
            assert_int_equal(decision.verdict, i < (any ? 3 : 1) ? VG_DENY : VG_ALLOW);
            assert_int_equal(decision.unknown_fields, 0);
        }
        vg_record_set_state(&record, VG_FIELD_COMMAND_LINE, VG_FACT_ABSENT);
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
        build.model.unknown_matches = true;
        open_policy();
        vg_record_set_state(&record, VG_FIELD_COMMAND_LINE, VG_FACT_UNKNOWN);
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_DENY);
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("a"));
        record.facts[VG_FIELD_COMMAND_LINE].flags = VG_FACT_CLAIMED;
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_DENY);
    }
}

/* They tell starts apart in what was tried, and values in what was found. */
static void numbers_that_have_run_out_begin_anew(void **state)
{
    struct vg_scratch *kept;

    (void)state;
    build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*looked for*", 0));
    build_rule(&build, VG_ACTION_DENY, beside(build_pattern(&build, VG_FIELD_USER, u"*tried*", 0)));
    open_policy();
    kept = scratch;
    for (unsigned i = 0; i < 12; i++) {
        uint32_t expected;

        if (i == 4)
            kept->start = UINT32_MAX / 2 - 1;
        expected = kept->start == UINT32_MAX / 2 ? 1 : kept->start + 1;
        if (i == 10)
            kept->serial = UINT32_MAX;
        vg_record_set(&record, VG_FIELD_USER, i % 2 ? TEXT("it is tried") : TEXT("it is not"));
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, i % 4 == 2 ? TEXT("is looked for") : TEXT("is not"));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, i % 2 ? VG_DENY : i % 4 == 2 ? VG_ASK : VG_ALLOW);
        assert_int_equal(kept->start, expected);
        assert_int_not_equal(kept->serial, 0);
    }
}

/* What the next start is decided by depends on no truth of the last, also where the truths that are kept fill
 * their room and another predicate is numbered next. */
static void however_many_truths_there_are_none_outlives_its_start(void **state)
{
    uint16_t every[4 * 130];
    uint16_t pattern[1103]; /* too long to be tried only where it is asked for */

    (void)state;
    for (uint32_t i = 1; i <= 1100; i++)
        pattern[i] = u'n';
    pattern[0] = pattern[1101] = u'*';
    pattern[1102] = 0;
    for (uint32_t count = 1; count <= 130; count++) {
        struct vg_expr *not_it;

        build_start(&build);
        not_it = build_not(&build, build_pattern(&build, VG_FIELD_IMAGE, pattern, 0));
        for (uint32_t i = 0; i < count; i++) {
            uint16_t line[] = {u'*', u'q', (uint16_t)(u'a' + i / 26), (uint16_t)(u'a' + i % 26), u'q',
                               u'*', 0};

            build_rule(&build, VG_ACTION_DENY,
                       build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_COMMAND_LINE, line, 0),
                                  not_it));
            memcpy(every + 4 * i, line + 1, 8);
        }
        build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_USER, u"*u?u*", 0));
        open_policy();
        vg_record_set(&record, VG_FIELD_USER, TEXT("u-u"));
        vg_record_set(&record, VG_FIELD_IMAGE, (struct vg_span){pattern + 1, 2200});
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){every, count * 8});
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ASK);
        vg_record_set(&record, VG_FIELD_IMAGE, TEXT("yes"));
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){every + 4 * (count - 1), 8});
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.rule, count - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(however_many_conditions_there_are_each_is_run_once_and_in_order),
        CASE(however_many_truths_there_are_none_outlives_its_start),
        CASE(numbers_that_have_run_out_begin_anew),
        CASE(a_condition_is_ruled_out_only_by_a_command_line_that_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
