/* Values are folded in blocks, and looked at in pieces: what crosses them is found all the same. */
#include "subject.h"

#include "../../src/policy/blob.h"

#include <string.h>

#define LONG_UNITS 1100u

/* All of one unit to begin with. */
static uint16_t long_value[LONG_UNITS];

static void fill(uint16_t unit)
{
    for (unsigned i = 0; i < LONG_UNITS; i++)
        long_value[i] = unit;
}

static bool denies(enum vg_field field, uint32_t units)
{
    vg_record_set(&record, field, (struct vg_span){long_value, units * 2});
    assert_int_equal(decide(), VG_DECIDED);
    return decision.verdict == VG_DENY;
}

/* Whether a value with `text` at `at` is denied, and one in which its unit at `changed` differs is not. */
static void assert_found_at(const uint16_t *text, uint32_t units, uint32_t at, uint32_t changed)
{
    memcpy(long_value + at, text, units * sizeof(*text));
    if (!denies(VG_FIELD_COMMAND_LINE, LONG_UNITS))
        fail_msg("%u units are not found at %u", units, at);
    long_value[at + changed] = u'~';
    if (denies(VG_FIELD_COMMAND_LINE, LONG_UNITS))
        fail_msg("%u units are found at %u although one differs", units, at);
    for (uint32_t i = 0; i < units; i++)
        long_value[at + i] = u'-';
}

/* What the condition of every test is a part of: by itself it is found, beside a rarer test it is tried. */
static struct vg_expr *beside_image(struct vg_expr *condition, bool is_tried)
{
    if (!is_tried)
        return condition;
    vg_record_set(&record, VG_FIELD_IMAGE, (struct vg_span){u"C:\\x", 8});
    return build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_IMAGE, u"c:\\x", 0), condition);
}

static void assert_parts_are_found(bool is_tried)
{
    static const uint16_t *const texts[] = {u"q",
                                            u"qw",
                                            u"qwe",
                                            u"qwer",
                                            u"qwert",
                                            u"qwertyui",
                                            u"qwertyuiopas",
                                            u"\u0444",
                                            u"x\u0444y",
                                            u"\u0444\u0445\u0446\u0447",
                                            u"qwertyuiopasdfghjklzx\u0444vbnmqwertyuiopasdfghj"};

    for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        uint16_t pattern[64] = {u'*'};
        uint32_t units = 0;

        for (; texts[i][units]; units++)
            pattern[units + 1] = texts[i][units];
        pattern[units + 1] = u'*';
        build_start(&build);
        build_rule(&build, VG_ACTION_DENY,
                   beside_image(build_pattern(&build, VG_FIELD_COMMAND_LINE, pattern, 0), is_tried));
        open_policy();
        assert_int_equal(((const struct vg_blob_header *)policy.blob)->tried_count, is_tried);
        fill(u'-');
        for (uint32_t at = 0; at + units <= LONG_UNITS; at += at % 512 > 50 && at % 512 < 450 ? 37 : 1)
            assert_found_at(texts[i], units, at, at % units);
    }
}

static void parts_are_found_across_the_pieces_of_a_long_value(void **state)
{
    (void)state;
    assert_parts_are_found(false);
}

static void parts_are_tried_across_the_pieces_of_a_long_value(void **state)
{
    (void)state;
    assert_parts_are_found(true);
}

/* As parts of one value of several. */
static void parts_are_tried_in_every_value(void **state)
{
    static uint16_t other[LONG_UNITS];

    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               beside_image(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*qwerty*", 0), true));
    open_policy();
    fill(u'-');
    memcpy(other, long_value, sizeof(other));
    for (uint32_t at = 0; at + 6 <= LONG_UNITS; at += 101) {
        memcpy(other + at, u"Qwerty", 12);
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){long_value, 200});
        assert_true(vg_record_add(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){other, sizeof(other)}));
        assert_true(vg_record_add(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){long_value, 300}));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_DENY);
        memcpy(other + at, u"Qwertz", 12);
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
    }
}

/* At the end of the first block as at that of the last. */
static void assert_tried_in_every_length(const uint16_t *pattern)
{
    build_start(&build);
    build_rule(&build, VG_ACTION_DENY,
               beside_image(build_pattern(&build, VG_FIELD_COMMAND_LINE, pattern, 0), true));
    open_policy();
    fill(u'-');
    for (uint32_t units = 2; units <= 600; units++) {
        long_value[units - 2] = u'x';
        long_value[units - 1] = u'y';
        assert_true(denies(VG_FIELD_COMMAND_LINE, units));
        assert_false(denies(VG_FIELD_COMMAND_LINE, units - 1));
        long_value[units - 2] = u'-';
        long_value[units - 1] = u'-';
        assert_false(denies(VG_FIELD_COMMAND_LINE, units));
    }
}

static void parts_are_tried_in_values_of_every_length(void **state)
{
    (void)state;
    assert_tried_in_every_length(u"*y*");
    assert_tried_in_every_length(u"*xy*");
}

static void assert_ends_are_found(bool is_tried)
{
    static const uint16_t *const patterns[] = {u"*qwerty", u"asdfgh*", u"*z\u0444xcv"};

    for (unsigned i = 0; i < 3; i++)
        build_rule(&build, VG_ACTION_DENY,
                   beside_image(build_pattern(&build, VG_FIELD_COMMAND_LINE, patterns[i], 0), is_tried));
    open_policy();
    for (uint32_t units = 6; units <= LONG_UNITS; units += units % 512 > 20 && units % 512 < 500 ? 61 : 1) {
        fill(u'-');
        assert_false(denies(VG_FIELD_COMMAND_LINE, units));
        memcpy(long_value + units - 6, u"QWERTY", 12);
        assert_true(denies(VG_FIELD_COMMAND_LINE, units));
        assert_int_equal(decision.rule, 0);
        long_value[units - 6] = u'w';
        assert_false(denies(VG_FIELD_COMMAND_LINE, units));
        memcpy(long_value, u"AsDfGh", 12);
        assert_true(denies(VG_FIELD_COMMAND_LINE, units));
        assert_int_equal(decision.rule, 1);
        long_value[5] = u'-';
        memcpy(long_value + units - 5, u"Z\u0424XCV", 10);
        assert_true(denies(VG_FIELD_COMMAND_LINE, units));
        assert_int_equal(decision.rule, 2);
    }
}

static void the_ends_of_a_long_value_are_found(void **state)
{
    (void)state;
    assert_ends_are_found(false);
}

static void the_ends_of_a_long_value_are_tried(void **state)
{
    (void)state;
    assert_ends_are_found(true);
}

/* Folders that end, and names that start, at every unit around the end of a piece; of ASCII and not. */
static void folders_and_names_of_a_long_value_are_found(void **state)
{
    (void)state;
    for (uint32_t at = 500; at < 530; at++) {
        static uint16_t folder[LONG_UNITS];
        uint16_t unit = at % 3 ? u'a' : 0x0444;

        fill(unit);
        memcpy(folder, long_value, sizeof(folder));
        folder[at] = 0;
        memcpy(long_value + at, u"\\Name.exe", 18);
        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, folder, 0));
        build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_IMAGE, u"*\\name.exe", 0));
        open_policy();
        assert_true(denies(VG_FIELD_IMAGE, at + 9));
        assert_true(denies(VG_FIELD_IMAGE, at));
        assert_false(denies(VG_FIELD_IMAGE, at - 1));
        long_value[at / 2] = unit == u'a' ? 0x0444 : 0x0445;
        assert_false(denies(VG_FIELD_IMAGE, at + 9));
        assert_int_equal(decision.verdict, VG_ASK);
        long_value[at + 3] = u'o';
        assert_false(denies(VG_FIELD_IMAGE, at + 9));
        assert_int_equal(decision.rule, VG_RULE_NONE);
    }
}

/* At every place of the blocks in which values are folded, beside the units that stand before A and behind Z.
 */
static void each_letter_is_folded_wherever_it_stands(void **state)
{
    static const struct vg_span same[] = {TEXT("@ABCDEFGHIJKLMNOPQRSTUVWXYZ["),
                                          TEXT("@abcdefghijklmnopqrstuvwxyz["),
                                          TEXT("@AbCdEfGhIjKlMnOpQrStUvWxYz[")};
    static const struct vg_span others[] = {TEXT("`abcdefghijklmnopqrstuvwxyz["),
                                            TEXT("@abcdefghijklmnopqrstuvwxyz{")};
    uint16_t value[64];

    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*@abcdefghijklmnopqrstuvwxyz[*", 0));
    open_policy();
    for (unsigned i = 0; i < 5; i++) {
        const struct vg_span *text = i < 3 ? &same[i] : &others[i - 3];

        for (uint32_t at = 0; at < 20; at++) {
            value[at] = u'-';
            memcpy(value + at, text->bytes, text->size);
            vg_record_set(&record, VG_FIELD_COMMAND_LINE,
                          at_the_edge((struct vg_span){value, text->size + 2 * at}));
            value[at] = u'-';
            assert_int_equal(decide(), VG_DECIDED);
            assert_int_equal(decision.verdict, i < 3 ? VG_DENY : VG_ALLOW);
        }
    }
}

static void a_text_is_found_only_where_all_of_it_stands(void **state)
{
    static const uint16_t *const patterns[] = {u"*abcdefghijklmnopqrstuvwxyz*",
                                               u"abcdefghijklmnopqrstuvwxyz*", u"*abcdefghijklmnopqrstuvwxyz",
                                               u"*abcdefgh\u0444jklmnopqrstuvwxyz*"};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        uint16_t value[26];

        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, patterns[i], 0));
        open_policy();
        for (uint32_t wrong = 0; wrong <= 26; wrong++) {
            memcpy(value, patterns[i] + (patterns[i][0] == u'*'), sizeof(value));
            if (wrong < 26)
                value[wrong] = u'~';
            vg_record_set(&record, VG_FIELD_COMMAND_LINE,
                          at_the_edge((struct vg_span){value, sizeof(value)}));
            assert_int_equal(decide(), VG_DECIDED);
            assert_int_equal(decision.verdict, wrong < 26 ? VG_ALLOW : VG_DENY);
        }
    }
}

/* Whether a value can have a text is first asked of its pairs of units, in which six bits of a unit count. */
static void units_that_count_alike_in_a_pair_are_told_apart(void **state)
{
    (void)state;
    assert_true(
        holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*a;*", 0), VG_FIELD_COMMAND_LINE, TEXT("a{a;")));
    assert_false(
        holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*a;*", 0), VG_FIELD_COMMAND_LINE, TEXT("a{a{")));
    assert_false(
        holds(build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*;a*", 0), VG_FIELD_COMMAND_LINE, TEXT("{a{a")));
}

/* An allowed folder covers none, wherever it is. */
static void a_stream_of_a_long_path_is_seen(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, u"C:\\Tools", PERMISSIVE));
    open_policy();
    fill(u'x');
    memcpy(long_value, u"C:\\Tools\\", 18);
    for (uint32_t at = 9; at < LONG_UNITS; at += 7) {
        assert_true(denies(VG_FIELD_IMAGE, LONG_UNITS));
        long_value[at] = u':';
        assert_false(denies(VG_FIELD_IMAGE, LONG_UNITS));
        assert_false(denies(VG_FIELD_IMAGE, at + 1));
        long_value[at] = u'x';
    }
}

/* Longer than what is kept of the piece before. */
static void a_long_name_is_found_across_pieces(void **state)
{
    static const uint16_t name[] = u"\\a-name-of-its-own-that-is-long.exe";
    uint32_t units = sizeof(name) / 2 - 1;

    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_pattern(&build, VG_FIELD_IMAGE, u"*\\a-name-of-its-own-that-is-long.exe", 0));
    open_policy();
    for (uint32_t at = 470; at < 530; at++) {
        fill(u'x');
        memcpy(long_value + at, name, units * 2);
        assert_true(denies(VG_FIELD_IMAGE, at + units));
        long_value[at + units / 2] = u'y';
        assert_false(denies(VG_FIELD_IMAGE, at + units));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_letter_is_folded_wherever_it_stands),
        CASE(a_text_is_found_only_where_all_of_it_stands),
        CASE(parts_are_found_across_the_pieces_of_a_long_value),
        CASE(parts_are_tried_across_the_pieces_of_a_long_value),
        CASE(parts_are_tried_in_every_value),
        CASE(parts_are_tried_in_values_of_every_length),
        CASE(units_that_count_alike_in_a_pair_are_told_apart),
        CASE(the_ends_of_a_long_value_are_found),
        CASE(the_ends_of_a_long_value_are_tried),
        CASE(a_stream_of_a_long_path_is_seen),
        CASE(a_long_name_is_found_across_pieces),
        CASE(folders_and_names_of_a_long_value_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
