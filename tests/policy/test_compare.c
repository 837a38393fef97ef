/* What comparisons with numbers and with other fields mean in a compiled policy. */
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
    assert_int_equal(vg_policy_decide(record, scratch, &decision), VG_DECIDED);
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

/* Whether `field` (Image with this value) compares with ParentImage, which has that one. */
static bool image_compares(enum vg_compare compare, unsigned flags, struct vg_span image,
                           struct vg_span parent)
{
    struct vg_record record;

    memset(&record, 0, sizeof(record));
    vg_record_set(&record, VG_FIELD_IMAGE, image);
    vg_record_set(&record, VG_FIELD_PARENT_IMAGE, parent);
    build_start(&build);
    return denies(build_fieldref(&build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, compare, flags), &record);
}

static void two_fields_are_the_same_in_any_case_but_for_cased(void **state)
{
    (void)state;
    assert_true(image_compares(VG_COMPARE_EQUAL, 0, TEXT("C:\\a.exe"), TEXT("c:\\A.EXE")));
    assert_false(image_compares(VG_COMPARE_EQUAL, 0, TEXT("C:\\a.exe"), TEXT("C:\\a.ex")));
    assert_false(image_compares(VG_COMPARE_EQUAL, 0, TEXT("C:\\a.exe"), TEXT("C:\\b.exe")));
    assert_false(image_compares(VG_COMPARE_EQUAL, CASED, TEXT("C:\\a.exe"), TEXT("c:\\a.exe")));
    assert_true(image_compares(VG_COMPARE_EQUAL, CASED, TEXT("C:\\a.exe"), TEXT("C:\\a.exe")));
    assert_true(image_compares(VG_COMPARE_EQUAL, 0, TEXT(""), TEXT("")));
}

static void a_field_starts_and_ends_with_another(void **state)
{
    (void)state;
    assert_true(image_compares(VG_COMPARE_STARTS, 0, TEXT("C:\\a\\b.exe"), TEXT("c:\\a")));
    assert_false(image_compares(VG_COMPARE_STARTS, 0, TEXT("c:\\a"), TEXT("C:\\a\\b.exe")));
    assert_true(image_compares(VG_COMPARE_ENDS, 0, TEXT("C:\\a\\b.exe"), TEXT("B.exe")));
    assert_false(image_compares(VG_COMPARE_ENDS, 0, TEXT("C:\\a\\b.exe"), TEXT("C:\\a")));
    assert_true(image_compares(VG_COMPARE_ENDS, 0, TEXT("C:\\a"), TEXT("")));
}

static void an_allow_by_another_field_takes_no_named_stream(void **state)
{
    (void)state;
    assert_false(image_compares(VG_COMPARE_EQUAL, PERMISSIVE, TEXT("C:\\a:b.exe"), TEXT("C:\\a:b.exe")));
    assert_true(image_compares(VG_COMPARE_EQUAL, PERMISSIVE, TEXT("C:\\a.exe"), TEXT("C:\\a.exe")));
    assert_true(image_compares(VG_COMPARE_EQUAL, 0, TEXT("C:\\a:b.exe"), TEXT("C:\\a:b.exe")));
}

static void any_value_of_one_field_may_be_any_of_the_other(void **state)
{
    struct vg_record record;

    (void)state;
    memset(&record, 0, sizeof(record));
    vg_record_set(&record, VG_FIELD_USER, TEXT("S-1-5-18"));
    assert_true(vg_record_add(&record, VG_FIELD_USER, TEXT("NT AUTHORITY\\SYSTEM")));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x"));
    assert_true(vg_record_add(&record, VG_FIELD_COMMAND_LINE, TEXT("nt authority\\system")));
    build_start(&build);
    assert_true(
        denies(build_fieldref(&build, VG_FIELD_USER, VG_FIELD_COMMAND_LINE, VG_COMPARE_EQUAL, 0), &record));
}

/* What an unknown fact comes to is the policy's word, here that it matches. */
static void an_absent_field_is_never_the_same_and_an_unknown_one_is_unknown(void **state)
{
    struct vg_record record;

    (void)state;
    memset(&record, 0, sizeof(record));
    vg_record_set_state(&record, VG_FIELD_IMAGE, VG_FACT_ABSENT);
    vg_record_set_state(&record, VG_FIELD_PARENT_IMAGE, VG_FACT_ABSENT);
    build_start(&build);
    build.model.unknown_matches = true;
    assert_false(
        denies(build_fieldref(&build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, VG_COMPARE_EQUAL, 0), &record));
    vg_record_set_state(&record, VG_FIELD_PARENT_IMAGE, VG_FACT_UNKNOWN);
    build_start(&build);
    build.model.unknown_matches = true;
    assert_true(
        denies(build_fieldref(&build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, VG_COMPARE_EQUAL, 0), &record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_least_and_at_most_hold_at_the_number_itself),
        cmocka_unit_test(the_longer_number_is_the_larger),
        cmocka_unit_test(zeros_in_front_of_a_value_do_not_count),
        cmocka_unit_test(what_is_no_number_is_neither_less_nor_greater),
        cmocka_unit_test(an_absent_number_is_neither_less_nor_greater),
        cmocka_unit_test(two_fields_are_the_same_in_any_case_but_for_cased),
        cmocka_unit_test(a_field_starts_and_ends_with_another),
        cmocka_unit_test(an_allow_by_another_field_takes_no_named_stream),
        cmocka_unit_test(any_value_of_one_field_may_be_any_of_the_other),
        cmocka_unit_test(an_absent_field_is_never_the_same_and_an_unknown_one_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
