/* What comparisons with numbers mean in a compiled policy. */
#include "../cmocka_all.h"

#include "build.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) ((struct vg_span){u"" literal, sizeof(u"" literal) - 2})

static struct build build;

static void fail_on_report(void *context, enum vg_severity severity, struct vg_place place,
                           const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    fail_msg("the compiler complains: %s (%s)", message, hint ? hint : "");
}

/* Whether a policy of the one rule "deny: <condition>" denies this record. */
static bool denies(struct vg_expr *condition, const struct vg_record *record)
{
    const struct vg_reporter reporter = {fail_on_report, NULL};
    struct vg_decision decision;
    struct vg_policy policy;
    size_t size;
    void *blob;
    void *scratch;

    build_rule(&build, VG_ACTION_DENY, condition);
    assert_true(vg_model_compile(&build.model, &reporter, &blob, &size));
    assert_true(vg_policy_open(&policy, blob, size, NULL));
    scratch = malloc(vg_policy_scratch_size(&policy));
    assert_non_null(scratch);
    vg_policy_scratch_init(&policy, scratch);
    assert_int_equal(vg_policy_decide(&policy, record, scratch, &decision), VG_DECIDED);
    free(scratch);
    free(blob);
    return decision.verdict == VG_DENY;
}

static bool number_holds(enum vg_test test, const uint16_t *digits, struct vg_span value)
{
    struct vg_record record;

    memset(&record, 0, sizeof(record));
    vg_record_set(&record, VG_FIELD_PROCESS_ID, value);
    build_start(&build);
    return denies(build_number(&build, VG_FIELD_PROCESS_ID, test, digits), &record);
}

static void at_least_and_at_most_hold_at_the_number_itself(void **state)
{
    (void)state;
    assert_false(number_holds(VG_TEST_AT_LEAST, u"100", TEXT("99")));
    assert_true(number_holds(VG_TEST_AT_LEAST, u"100", TEXT("100")));
    assert_true(number_holds(VG_TEST_AT_LEAST, u"100", TEXT("101")));
    assert_true(number_holds(VG_TEST_AT_MOST, u"100", TEXT("99")));
    assert_true(number_holds(VG_TEST_AT_MOST, u"100", TEXT("100")));
    assert_false(number_holds(VG_TEST_AT_MOST, u"100", TEXT("101")));
}

static void the_longer_number_is_the_larger(void **state)
{
    (void)state;
    assert_true(number_holds(VG_TEST_AT_LEAST, u"9", TEXT("10")));
    assert_false(number_holds(VG_TEST_AT_LEAST, u"10", TEXT("9")));
    assert_true(number_holds(VG_TEST_AT_LEAST, u"18446744073709551615", TEXT("18446744073709551616")));
    assert_false(number_holds(VG_TEST_AT_MOST, u"18446744073709551615", TEXT("18446744073709551616")));
    assert_true(number_holds(VG_TEST_AT_LEAST, u"0", TEXT("0")));
}

static void zeros_in_front_of_a_value_do_not_count(void **state)
{
    (void)state;
    assert_false(number_holds(VG_TEST_AT_LEAST, u"10", TEXT("0009")));
    assert_true(number_holds(VG_TEST_AT_MOST, u"0", TEXT("000")));
}

static void what_is_no_number_is_neither_less_nor_greater(void **state)
{
    static const struct vg_span values[] = {TEXT(""), TEXT("-1"), TEXT("1.5"), TEXT("0x10"), TEXT("10 ")};

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        assert_false(number_holds(VG_TEST_AT_LEAST, u"0", values[i]));
        assert_false(number_holds(VG_TEST_AT_MOST, u"99", values[i]));
    }
}

static void an_absent_number_is_neither_less_nor_greater(void **state)
{
    struct vg_record record;

    (void)state;
    memset(&record, 0, sizeof(record));
    vg_record_set_state(&record, VG_FIELD_PROCESS_ID, VG_FACT_ABSENT);
    build_start(&build);
    assert_false(denies(build_number(&build, VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, u"0"), &record));
    build_start(&build);
    assert_true(denies(build_not(&build, build_number(&build, VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, u"0")),
                       &record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_least_and_at_most_hold_at_the_number_itself),
        cmocka_unit_test(the_longer_number_is_the_larger),
        cmocka_unit_test(zeros_in_front_of_a_value_do_not_count),
        cmocka_unit_test(what_is_no_number_is_neither_less_nor_greater),
        cmocka_unit_test(an_absent_number_is_neither_less_nor_greater),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
