/* Which values a pattern or a folder matches in a compiled policy. */
#include "subject.h"

#include "../../src/policy/hash.h"

#include <stdio.h>
#include <string.h>

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
    assert_true(pattern_holds(u"abcd*", 0, TEXT("ABCD")));
    assert_true(pattern_holds(u"*abcd", 0, TEXT("ABCD")));
    assert_false(pattern_holds(u"*ab*", 0, TEXT("a")));
    assert_false(pattern_holds(u"*ab*", 0, TEXT("axb")));
    assert_false(pattern_holds(u"abc*", 0, TEXT("xabc")));
    assert_true(pattern_holds(u"*abc", 0, TEXT("abcabc")));
}

/* Texts of which only the low bits differ share their words. */
static void texts_that_are_not_ascii_are_told_apart(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"\u0444\u0445", 0, TEXT("\u0424\u0425")));
    assert_false(pattern_holds(u"\u0444\u0445", 0, TEXT("\u04A4\u0425")));
    assert_false(pattern_holds(u"*\\\u0444\u0445", 0, TEXT("C:\\\u04A4\u0425")));
    assert_false(pattern_holds(u"*\u0444\u0445zz", 0, TEXT("C:\\\u04A4\u0425zz")));
    assert_true(pattern_holds(u"*\u0444\u0445zz", 0, TEXT("C:\\\u0444\u0425zz")));
    assert_false(pattern_holds(u"\u0444\u0445zz*", 0, TEXT("\u04A4\u0425zzz")));
    assert_false(under_holds(u"C:\\\u0444", 0, TEXT("C:\\\u04A4\\x")));
    assert_true(under_holds(u"C:\\\u0444", 0, TEXT("C:\\\u0424\\x")));
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
    assert_true(pattern_holds(u"a*b*c", 0, TEXT("abc")));
    assert_false(pattern_holds(u"a*b*c", 0, TEXT("ac")));
    assert_true(pattern_holds(u"ab*cd*ef", 0, TEXT("ab-c-cd-ef-ef")));
    assert_false(pattern_holds(u"ab*cd*ef", 0, TEXT("ab-c-d-ef")));
    assert_false(pattern_holds(u"ab*cd*ef", 0, TEXT("abcdf")));
    assert_false(pattern_holds(u"ab*cd*ef", 0, TEXT("xab-cd-ef")));
    assert_false(pattern_holds(u"ab*cd*ef", 0, TEXT("ab-cd-efx")));
    assert_true(pattern_holds(u"a*bc*", 0, TEXT("abc")));
    assert_true(pattern_holds(u"a*c*", 0, TEXT("abc")));
    assert_true(pattern_holds(u"*ab*cd*", 0, TEXT("xabxcdx")));
    assert_true(pattern_holds(u"*ab*cd", 0, TEXT("abcd")));
    assert_false(pattern_holds(u"*ab*cd", 0, TEXT("abc")));
    assert_false(pattern_holds(u"*ab*ba", 0, TEXT("aba")));
    assert_false(pattern_holds(u"aba*ba", 0, TEXT("aba")));
    assert_true(pattern_holds(u"a*\u0444*c", 0, TEXT("a\u0424c")));
    assert_false(pattern_holds(u"a*\u0444*c", 0, TEXT("abc")));
    assert_false(pattern_holds(u"a*b\u0444*c", 0, TEXT("abDc")));
    assert_true(pattern_holds(u"x*c*e", 0, TEXT("x-c-e")));
    assert_false(pattern_holds(u"x*c*e", 0, TEXT("x-d-e")));
    assert_false(pattern_holds(u"a*b*c", 0, TEXT("aXcYb")));
    assert_true(pattern_holds(u"*aab?*b", 0, TEXT("aaaabab")));
    assert_false(pattern_holds(u"a?*", 0, TEXT("a")));
    assert_true(pattern_holds(u"x*?bc", 0, TEXT("x--bc")));
    assert_false(pattern_holds(u"*abcd*x?y*", 0, TEXT("abcdzz")));
}

static void an_empty_value_is_not_an_absent_one(void **state)
{
    (void)state;
    assert_true(pattern_holds(u"", 0, TEXT("")));
    assert_false(pattern_holds(u"", 0, TEXT("x")));
    assert_true(pattern_holds(u"", CASED, TEXT("")));
    assert_false(pattern_holds(u"", CASED, TEXT("x")));
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

static void a_file_is_no_folder_and_a_folder_no_file(void **state)
{
    uint16_t folder[] = u"D:\\a";

    (void)state;
    for (; folder[3] <= u'z'; folder[3]++) {
        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0));
        build_rule(&build, VG_ACTION_ASK, build_under(&build, VG_FIELD_IMAGE, folder, 0));
        open_policy();
        vg_record_set(&record, VG_FIELD_IMAGE, at_the_edge(TEXT("C:\\a\\b")));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
    }
}

/* More than are looked up by the units that they begin or end with. */
static void many_texts_may_begin_or_end_alike(void **state)
{
    char text[32];
    uint16_t value[32];

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        uint16_t tens = (uint16_t)(u'0' + i / 10);
        uint16_t units = (uint16_t)(u'0' + i % 10);
        uint16_t start[] = {u'b', u'e', u'g', u'i', u'n', tens, units, u'*', 0};
        uint16_t end[] = {u'*', tens, units, u'e', u'n', u'd', u's', 0};

        build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, start, 0));
        build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_COMMAND_LINE, end, 0));
    }
    open_policy();
    for (unsigned i = 0; i < 120; i++) {
        static const char *const formats[] = {"Begin%02u", "%02uEnds", "xbegin%02u"};
        uint32_t count = (uint32_t)snprintf(text, sizeof(text), formats[i % 3], i / 3);

        for (uint32_t at = 0; at < count; at++)
            value[at] = (uint8_t)text[at];
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, (struct vg_span){value, count * 2});
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.rule, i % 3 == 2 ? VG_RULE_NONE : i / 3 * 2 + i % 3);
    }
}

static void units_that_are_zero_are_nothing_that_is_looked_for(void **state)
{
    static const uint16_t zeros[8] = {0};

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"start of*", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*the end", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*middle*", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, u"*x*", 0));
    open_policy();
    for (uint32_t units = 1; units <= 8; units++) {
        vg_record_set(&record, VG_FIELD_IMAGE, at_the_edge((struct vg_span){zeros, units * 2}));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_ALLOW);
    }
}

/* Every unit, at every place in a word, beside neighbours that are folded together and one by one. */
static void folding_eight_units_is_folding_each(void **state)
{
    static const uint16_t neighbours[] = {u'x', u'Z', u'\\', 0x0444, 0};

    (void)state;
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        for (unsigned at = 0; at < 8; at++) {
            uint16_t units[8];
            uint64_t expected = 0;
            uint64_t backslashes = 0;

            for (unsigned i = 0; i < 8; i++) {
                uint16_t folded;

                units[i] = i == at ? (uint16_t)unit : neighbours[(unit + i) % (unit % 2 ? 5 : 3)];
                folded = vg_upcase(units[i]);
                expected |= (uint64_t)(folded < 0x80 ? folded : 0x80 | (folded & 0x7F)) << (8 * i);
                backslashes |= folded == u'\\' ? (uint64_t)0x80 << (8 * i) : 0;
            }
            if (vg_fold_word(units) != expected || vg_bytes_equal(expected, '\\') != backslashes)
                fail_msg("unit %04X at %u", unit, at);
        }
    }
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
    assert_refused("behind the first *");
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
        CASE(texts_that_are_not_ascii_are_told_apart),
        CASE(a_file_is_no_folder_and_a_folder_no_file),
        CASE(many_texts_may_begin_or_end_alike),
        CASE(wildcards_mean_one_unit_and_any_run),
        CASE(an_empty_value_is_not_an_absent_one),
        CASE(any_of_several_values_satisfies),
        CASE(units_that_are_zero_are_nothing_that_is_looked_for),
        CASE(folding_eight_units_is_folding_each),
        CASE(a_pattern_that_would_be_searched_for_too_long_is_refused),
        CASE(the_longest_command_line_is_searched_to_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
