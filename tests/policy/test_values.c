/* Nothing is taken for part of a value, or for a value of a fact, that is not. */
#include "subject.h"

#include <string.h>

static const uint8_t digests[2][32] = {{1}, {2}};

/* Whether the value holds when memory goes on with the rest of the text, and when nothing lies behind it; it
 * must be the same. */
static bool start_holds(enum vg_field field, struct vg_span value)
{
    bool held;

    vg_record_set(&record, field, value);
    assert_int_equal(decide(), VG_DECIDED);
    held = decision.verdict == VG_DENY;
    vg_record_set(&record, field, at_the_edge(value));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict == VG_DENY, held);
    return held;
}

/* Of this text the whole satisfies the condition, and nothing shorter does. */
static void assert_whole_only(struct vg_expr *condition, enum vg_field field, struct vg_span text)
{
    for (unsigned tried = 0; tried < 2; tried++) {
        build.model.rule_count = 0;
        build_rule(&build, VG_ACTION_DENY, tried ? beside(condition) : condition);
        open_policy();
        for (uint32_t size = 0; size < text.size; size += 2) {
            if (start_holds(field, (struct vg_span){text.bytes, size}))
                fail_msg("%u of %u units hold", size / 2, text.size / 2);
        }
        assert_true(start_holds(field, text));
    }
    build_start(&build);
}

static void a_value_ends_where_it_ends(void **state)
{
    static const struct {
        const uint16_t *pattern;
        unsigned flags;
        struct vg_span text;
    } cases[] = {
        {u"abcdef", 0, TEXT("abcdef")},
        {u"abcdef", CASED, TEXT("abcdef")},
        {u"abc?", 0, TEXT("abcd")},
        {u"a?*", 0, TEXT("ab")},
        {u"ab*cd?", 0, TEXT("abxxcde")},
        {u"*bcde", 0, TEXT("abcde")},
        {u"*bcde*", 0, TEXT("abcde")},
        {u"*bcde*", 0, TEXT("de bcde")},
        {u"*bc*", CASED, TEXT("abc")},
        {u"abcdefghi*", 0, TEXT("abcdefghi")},
        {u"*ab?cd*", 0, TEXT("xab-cd")},
        {u"*abcd*x?y*", 0, TEXT("abcd-x-y")},
        {u"*\u0444b?\u0445", 0, TEXT("\u0444b-\u0445")},
        {u"*\u0444*", 0, TEXT("abc\u0444")},
        {u"C:\\*:b*d", PERMISSIVE, TEXT("C:\\a:bcd")},
        {u"C:\\*:b?", PERMISSIVE, TEXT("C:\\a:bc")},
        {u"C:\\*:*\\x", PERMISSIVE, TEXT("C:\\a:bc\\x")},
        {u"C:\\*:*??", PERMISSIVE, TEXT("C:\\a:bc")},
        {u"*\\abc.exe", 0, TEXT("C:\\abc.exe")},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_whole_only(build_pattern(&build, VG_FIELD_IMAGE, cases[i].pattern, cases[i].flags),
                          VG_FIELD_IMAGE, cases[i].text);
    for (unsigned flags = 0; flags <= CASED; flags++) {
        assert_whole_only(build_under(&build, VG_FIELD_IMAGE, u"C:\\ab", flags), VG_FIELD_IMAGE,
                          TEXT("C:\\ab"));
        assert_whole_only(build_under(&build, VG_FIELD_IMAGE, u"C:\\a:bc", PERMISSIVE | flags),
                          VG_FIELD_IMAGE, TEXT("C:\\a:bc"));
    }
    assert_whole_only(build_number(&build, VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, u"100"),
                      VG_FIELD_PROCESS_ID, TEXT("100"));
    assert_whole_only(build_regex(&build, VG_FIELD_IMAGE, u"^a[b-d]+e$", 0, 0), VG_FIELD_IMAGE,
                      TEXT("abcde"));
}

static void a_value_is_compared_with_another_to_its_end(void **state)
{
    (void)state;
    for (int compare = VG_COMPARE_EQUAL; compare <= VG_COMPARE_ENDS; compare++) {
        vg_record_set(&record, VG_FIELD_PARENT_IMAGE, TEXT("C:\\abc"));
        assert_whole_only(
            build_fieldref(&build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, (enum vg_compare)compare, 0),
            VG_FIELD_IMAGE, TEXT("C:\\abc"));
    }
}

#define KINDS 7u

/* Conditions on a fact of text that "g evi-il" does not satisfy, though it has all their pairs of letters,
 * and "evil" does. */
static struct vg_expr *condition_on(unsigned kind, enum vg_field field)
{
    switch (kind) {
    case 0:
        return build_pattern(&build, field, u"e*vil", 0);
    case 1:
        return build_regex(&build, field, u"^[^g].+$", 0, 0);
    case 4:
        return beside(build_pattern(&build, field, u"e*vil", 0));
    case 5:
        return beside(build_regex(&build, field, u"^[^g].+$", 0, 0));
    case 6:
        return beside(build_pattern(&build, field, u"evil", 0));
    case 2:
        return build_fieldref(&build, field, VG_FIELD_IMAGE, VG_COMPARE_EQUAL, 0);
    default:
        return build_fieldref(&build, VG_FIELD_IMAGE, field, VG_COMPARE_EQUAL, 0);
    }
}

static void a_fact_has_no_value_behind_those_that_it_counts(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct vg_fact *fact = &record.facts[VG_FIELD_COMMAND_LINE];

        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, condition_on(kind, VG_FIELD_COMMAND_LINE));
        open_policy();
        vg_record_set(&record, VG_FIELD_IMAGE, TEXT("evil"));
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("g evi-il"));
        fact->values[1] = TEXT("evil");
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
        fact->count = 2;
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_DENY);
        fact->state = VG_FACT_ABSENT;
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
    }
}

/* Behind the room of a fact stands the next one, which no rule here is about; to read it as a value is a
 * fault.
 */
static void a_fact_has_no_more_values_than_it_has_room_for(void **state)
{
    static const struct vg_span nowhere = {(const void *)8, 8};

    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct vg_fact *fact = &record.facts[VG_FIELD_COMMAND_LINE];

        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, condition_on(kind, VG_FIELD_COMMAND_LINE));
        open_policy();
        vg_record_set(&record, VG_FIELD_IMAGE, TEXT("evil"));
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("g evi-il"));
        for (unsigned i = 1; i < VG_FACT_VALUES_MAX; i++)
            assert_true(vg_record_add(&record, VG_FIELD_COMMAND_LINE, TEXT("g evi-il")));
        fact->count = VG_FACT_VALUES_MAX + 1;
        memcpy(fact + 1, &nowhere, sizeof(nowhere));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
        vg_record_set_state(&record, VG_FIELD_COMMAND_LINE + 1, VG_FACT_ABSENT);
    }
}

/* The same of digests, which are asked for before they are looked for. */
static void a_fact_has_no_more_digests_than_it_counts_or_has_room_for(void **state)
{
    static const struct vg_span nowhere = {(const void *)8, 32};
    struct vg_fact *fact = &record.facts[VG_FIELD_SHA256];

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digests, 1, 0));
    open_policy();
    vg_record_set(&record, VG_FIELD_SHA256, (struct vg_span){digests[1], 32});
    fact->values[1] = nowhere;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_ALLOW);
    for (unsigned i = 1; i < VG_FACT_VALUES_MAX; i++)
        assert_true(vg_record_add(&record, VG_FIELD_SHA256, (struct vg_span){digests[1], 32}));
    fact->count = VG_FACT_VALUES_MAX + 1;
    memcpy(fact + 1, &nowhere, sizeof(nowhere));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_ALLOW);
}

static void a_digest_ends_where_it_ends(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digests, 1, 0));
    open_policy();
    for (uint32_t size = 0; size <= 32; size++) {
        vg_record_set(&record, VG_FIELD_SHA256, at_the_edge((struct vg_span){digests[0], size}));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, size == 32 ? VG_DENY : VG_ALLOW);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_ends_where_it_ends),
        CASE(a_value_is_compared_with_another_to_its_end),
        CASE(a_fact_has_no_value_behind_those_that_it_counts),
        CASE(a_fact_has_no_more_values_than_it_has_room_for),
        CASE(a_fact_has_no_more_digests_than_it_counts_or_has_room_for),
        CASE(a_digest_ends_where_it_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
