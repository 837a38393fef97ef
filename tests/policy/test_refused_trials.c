/* What is tried when a condition comes to it: each trial is refused for the one thing that is wrong with it.
 */
#include "refused.h"

/* The first and the last predicate that is tried. */
static struct vg_blob_predicate *first(void)
{
    return &parts.PREDICATES[parts.header.tracked_count];
}

static struct vg_blob_predicate *last(void)
{
    return first() + parts.header.tried_count - 1;
}

/* The first trial of that kind. */
static struct vg_blob_trial *trial(enum vg_trial_kind kind)
{
    for (uint32_t i = 0; i < parts.counts[VG_BLOB_TRIALS]; i++) {
        if (parts.TRIALS[i].kind == kind)
            return &parts.TRIALS[i];
    }
    fail_msg("no such trial");
    return NULL;
}

/* The predicate that a trial of text belongs to. */
static struct vg_blob_predicate *owner(const struct vg_blob_trial *of)
{
    uint32_t index = (uint32_t)(of - parts.TRIALS);
    struct vg_blob_predicate *found = last();

    while (found->trials > index)
        found--;
    return found;
}

static void those_that_are_tried_stand_behind_those_that_are_tracked(void **state)
{
    const char *check = "a predicate is tried that is not, or is not that is";
    struct vg_blob_predicate *tracked = first() - 1;

    (void)state;
    assert_true(parts.header.tried_count > 1);
    assert_string_equal(VERDICT_WITH(&parts, first()->trials, VG_BLOB_NONE), check);
    assert_string_equal(VERDICT_WITH(&parts, last()->trials, VG_BLOB_NONE), check);
    assert_string_equal(VERDICT_WITH(&parts, tracked->trials, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, (last() + 1)->trials, parts.counts[VG_BLOB_TRIALS]), check);
}

static void what_is_tried_neither_decides_nor_announces(void **state)
{
    const char *check = "a predicate that is tried decides or announces";
    struct vg_blob_predicate *text = owner(trial(VG_TRIAL_STARTS));

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, text->rule, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, text->anchors, 0), check);
    assert_string_equal(VERDICT_WITH(&parts, text->test, VG_BLOB_TEST_EXISTS),
                        "a predicate is tried for what has no trials");
}

static void what_is_tried_is_a_field_of_text_that_is_there(void **state)
{
    const char *check = "a trial on a field that is not there or holds no text";
    struct vg_blob_predicate *text = owner(trial(VG_TRIAL_STARTS));

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, text->field, VG_FIELD_SHA256), check);
    assert_string_equal(VERDICT_WITH(&parts, text->field, VG_FIELD_LOGON_ID), check);
}

static void trials_belong_to_one_predicate_each_without_gaps(void **state)
{
    uint32_t count = parts.counts[VG_BLOB_TRIALS];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, first()->trials, 1), "a predicate's trials are not its own");
    assert_string_equal(
        VERDICT_WITH(&parts, parts.TRIALS[count - 1].flags, parts.TRIALS[count - 1].flags ^ VG_TRIAL_LAST),
        "the trials of a predicate do not end");
    parts_resize(&parts, VG_BLOB_TRIALS, count + 1);
    assert_string_equal(parts_verdict(&parts), "trials of no predicate");
}

static void a_trial_is_of_a_kind_and_has_its_flags_only(void **state)
{
    struct vg_blob_trial *text = trial(VG_TRIAL_STARTS);

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, text->kind, VG_TRIAL_KIND_COUNT), "unknown kind of trial");
    assert_string_equal(VERDICT_WITH(&parts, text->kind, VG_TRIAL_REGEX),
                        "a trial of an expression where none belongs");
    assert_string_equal(VERDICT_WITH(&parts, text->kind, VG_TRIAL_EXISTS), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, text->flags, text->flags | VG_TRIAL_CASED),
                        "unknown flag of a trial");
    assert_string_equal(VERDICT_WITH(&parts, text->flags, text->flags | 0x80), "unknown flag of a trial");
}

static void the_text_of_a_trial_lies_within_the_bytes(void **state)
{
    struct vg_blob_trial *text = trial(VG_TRIAL_STARTS);
    uint32_t bytes = parts.counts[VG_BLOB_BYTES];

    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, text->text, bytes - text->units), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, text->text, bytes - text->units + 1),
                        "a key's text lies outside");
    assert_string_equal(VERDICT_WITH(&parts, text->text, UINT32_MAX), "a key's text lies outside");
}

/* What is looked for anywhere in a value. */
static void a_text_that_is_looked_for_is_so_long_at_most(void **state)
{
    struct vg_blob_trial *text = trial(VG_TRIAL_STARTS);

    (void)state;
    parts_resize(&parts, VG_BLOB_BYTES, parts.counts[VG_BLOB_BYTES] + VG_BLOB_SEARCHED_MAX + 1);
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_SEARCHED_MAX + 1), ACCEPTED);
    text->kind = VG_TRIAL_CONTAINS;
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_SEARCHED_MAX), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_SEARCHED_MAX + 1),
                        "a text takes too long to look for");
    text = trial(VG_TRIAL_REGEX);
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_SEARCHED_MAX + 1),
                        "a text takes too long to look for");
}

/* A trial of a text made one of tokens: of none, behind those of the predicates before. */
static void the_tokens_of_a_trial_are_its_own_and_of_a_test_that_has_some(void **state)
{
    struct vg_blob_trial *text = trial(VG_TRIAL_STARTS);
    uint8_t flags = text->flags;

    (void)state;
    text->kind = VG_TRIAL_TOKENS;
    text->units = 0;
    text->text = owner(text)->tokens;
    for (uint32_t test = 0; test < 16; test++) {
        uint8_t tested = (uint8_t)(flags | test << VG_TRIAL_TEST_SHIFT);
        const char *verdict = VERDICT_WITH(&parts, text->flags, tested);

        if (test == VG_BLOB_TEST_PATTERN || test == VG_BLOB_TEST_UNDER)
            assert_string_equal(verdict, ACCEPTED);
        else if (vg_blob_test_is_number(test))
            assert_string_equal(verdict, "a number is compared with what is none");
        else
            assert_string_equal(verdict, "a trial of tokens that none has");
    }
    text->flags = (uint8_t)(flags | VG_BLOB_TEST_PATTERN << VG_TRIAL_TEST_SHIFT);
    assert_string_equal(
        VERDICT_WITH(&parts, text->flags, text->flags | VG_TRIAL_CASED | VG_TRIAL_SPELLS_STREAM), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, text->flags, text->flags | 2), "unknown flag of a trial");
    assert_string_equal(VERDICT_WITH(&parts, text->text, text->text + 1), "a predicate's tokens lie outside");
    assert_string_equal(VERDICT_WITH(&parts, text->units, VG_BLOB_TOKENS_MAX + 1),
                        "a predicate's tokens lie outside");
}

/* A policy of one rule whose condition is a constant. */
static void leave_one_constant(void)
{
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        parts_resize(&parts, id,
                     id == VG_BLOB_RULES || id == VG_BLOB_ACTIONS || id == VG_BLOB_NAMES ||
                         id == VG_BLOB_CONDITIONS);
    parts_resize(&parts, VG_BLOB_CODE, 2);
    parts.header.tracked_count = 0;
    parts.header.tried_count = 0;
    parts.header.always_count = 0;
    parts.header.pair_count = 0;
    parts.NAMES[0] = 0;
    parts.RULES[0] = 0;
    parts.ACTIONS[0] = VG_BLOB_ALLOW;
    parts.CONDITIONS[0] = (struct vg_blob_condition){.rule = 0};
    parts.CODE[0] = (uint32_t)VG_CODE_CONSTANT << VG_CODE_SHIFT;
    parts.CODE[1] = (uint32_t)VG_CODE_END << VG_CODE_SHIFT;
}

static void a_condition_rests_on_a_command_line_that_is_there(void **state)
{
    (void)state;
    assert_string_equal(VERDICT_WITH(&parts, parts.CONDITIONS[0].pairs, UINT64_MAX), ACCEPTED);
    leave_one_constant();
    assert_string_equal(parts_verdict(&parts), ACCEPTED);
    assert_string_equal(VERDICT_WITH(&parts, parts.CONDITIONS[0].pairs, 1),
                        "a condition on a command line that no rule tests");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(those_that_are_tried_stand_behind_those_that_are_tracked),
        TEST(what_is_tried_neither_decides_nor_announces),
        TEST(what_is_tried_is_a_field_of_text_that_is_there),
        TEST(trials_belong_to_one_predicate_each_without_gaps),
        TEST(a_trial_is_of_a_kind_and_has_its_flags_only),
        TEST(the_text_of_a_trial_lies_within_the_bytes),
        TEST(a_text_that_is_looked_for_is_so_long_at_most),
        TEST(the_tokens_of_a_trial_are_its_own_and_of_a_test_that_has_some),
        TEST(a_condition_rests_on_a_command_line_that_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
