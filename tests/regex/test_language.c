/* What the language has, what it refuses, and the limits. */
#include "support.h"

#include "../cmocka_all.h"

#include <string.h>

static struct vg_regex compile(const char *pattern, unsigned flags)
{
    struct vg_regex_error error;
    struct vg_regex regex = {0};
    struct text text;

    set_text(&text, pattern);
    if (!vg_regex_compile(span_of(&text), flags, &regex, &error))
        fail_msg("%s: %s", pattern, error.message);
    assert_null(vg_regex_check(regex.table, regex.size));
    return regex;
}

static bool matches(const char *pattern, unsigned flags, const char *utf8)
{
    struct vg_regex regex = compile(pattern, flags);
    struct text text;
    bool matched;

    set_text(&text, utf8);
    matched = vg_regex_match(regex.table, span_of(&text));
    vg_regex_free(&regex);
    return matched;
}

static void check_refused(const char *pattern, const char *reason)
{
    struct vg_regex regex = {.size = 7};
    struct vg_regex_error error;
    struct text text;

    set_text(&text, pattern);
    if (vg_regex_compile(span_of(&text), 0, &regex, &error))
        fail_msg("%s was taken", pattern);
    if (!strstr(error.message, reason))
        fail_msg("%s: %s", pattern, error.message);
    assert_true(error.offset <= text.count);
    assert_null(regex.table);
    assert_int_equal(regex.size, 7);
}

static void an_expression_is_found_anywhere_in_a_text(void **state)
{
    (void)state;
    assert_true(matches("b+c", 0, "abbbcd"));
    assert_false(matches("b+c", 0, "abbbd"));
    assert_true(matches("", 0, ""));
    assert_true(matches("\\s-H\\s", 0, "curl -H x"));
    assert_false(matches("\\s-H\\s", 0, "curl -h x"));
}

static void ignoring_case_is_windows_upper_case(void **state)
{
    (void)state;
    assert_true(matches("straße É", VG_REGEX_CASELESS, "STRAßE é"));
    assert_true(matches("[а-я]+!", VG_REGEX_CASELESS, "ЖУК!"));
    assert_false(matches("[а-я]+!", 0, "ЖУК!"));
    assert_false(matches("^[^é]$", VG_REGEX_CASELESS, "É"));
    assert_false(matches("é", 0, "É"));
}

/* Whether the pattern, ignoring case, takes those units and no others whose upper case is that of `unit`. */
static void assert_takes_cases_of(uint16_t unit, const char *pattern)
{
    struct vg_regex regex = compile(pattern, VG_REGEX_CASELESS);
    struct text text = {.count = 1};

    for (uint32_t other = 0; other < 0x10000; other++) {
        text.units[0] = (uint16_t)other;
        if (vg_regex_match(regex.table, span_of(&text)) != (vg_upcase((uint16_t)other) == vg_upcase(unit)))
            fail_msg("%s and %04x", pattern, other);
    }
    vg_regex_free(&regex);
}

/* Letters of several small forms, of a title form, and without any case. */
static void every_case_of_a_unit_is_taken_and_no_other_unit(void **state)
{
    (void)state;
    assert_takes_cases_of('k', "k");
    assert_takes_cases_of('I', "[I]");
    assert_takes_cases_of('S', "\\x53");
    assert_takes_cases_of(0xFF, "\\xff");
    assert_takes_cases_of(0xB5, "\\xb5");
    assert_takes_cases_of(0x1C5, "\\x{1c5}");
    assert_takes_cases_of(0x3C2, "\\x{3c2}");
    assert_takes_cases_of(0x131, "\\x{131}");
    assert_takes_cases_of(0x10D0, "\\x{10d0}");
    assert_takes_cases_of(0xD83D, "\\x{d83d}");
    assert_takes_cases_of(0xFF41, "\\x{ff41}");
}

static void escapes_know_ascii_only(void **state)
{
    (void)state;
    assert_false(matches("\\w", 0, "é"));
    assert_true(matches("\\W", 0, "é"));
    assert_false(matches("\\d", 0, "\xD9\xA3"));
    assert_false(matches("\\s", 0, "\xC2\xA0"));
}

static void what_no_automaton_bounds_is_refused_by_its_name(void **state)
{
    (void)state;
    check_refused("(?=a)b", "look-ahead");
    check_refused("a(?!b)", "look-ahead");
    check_refused("(?<=a)b", "look-behind");
    check_refused("(?<!a)b", "look-behind");
    check_refused("(a)\\1", "back-reference");
    check_refused("(?<x>a)\\k<x>", "back-reference");
    check_refused("(?P<x>a)(?P=x)", "back-reference");
    check_refused("(a)\\g{1}", "back-reference");
    check_refused("a(?R)?b", "recursion");
    check_refused("(a(?1)?b)", "recursion");
    check_refused("(?<x>a(?&x)?b)", "recursion");
    check_refused("(?P<x>a(?P>x)?b)", "recursion");
    check_refused("(a)?(?(1)b|c)", "conditions");
    check_refused("(?>a+)b", "atomic groups");
    check_refused("a++b", "possessive");
    check_refused("a{2}+b", "possessive");
    check_refused("(*ACCEPT)a", "verbs");
    check_refused("(?|a|b)", "(?|");
    check_refused("\\p{L}", "\\p");
    check_refused("\\Ka", "\\K");
    check_refused("\\Qa\\E", "\\Q");
    check_refused("a\\Rb", "\\R");
    check_refused("(?x)a", "i, m and s");
    check_refused("😀", "U+FFFF");
    check_refused("\\x{10000}", "FFFF");
}

static void what_is_wrong_is_refused_with_its_place(void **state)
{
    struct vg_regex_error error;
    struct vg_regex regex;
    struct text text;

    (void)state;
    check_refused("(a", "without its )");
    check_refused("a)", "without its (");
    check_refused("[a", "without its ]");
    check_refused("[]", "without its ]");
    check_refused("[b-a]", "ends before it begins");
    check_refused("[\\d-z]", "begins with a set");
    check_refused("[a-\\d]", "ends with a set");
    check_refused("[[:nothing:]]", "unknown name");
    check_refused("[:alpha:]", "outside a class");
    check_refused("a{3,2}", "above its m");
    check_refused("a{65536}", "above 65535");
    check_refused("*a", "nothing that can be repeated");
    check_refused("^*", "nothing that can be repeated");
    check_refused("a**", "quantifier on a quantifier");
    check_refused("a\\", "backslash at the end");
    check_refused("\\y", "not an escape");
    check_refused("\\x{}", "hexadecimal");
    check_refused("(?<a b>c)", "name");
    check_refused("(?#a", "comment");
    set_text(&text, "abc[z-a]");
    assert_false(vg_regex_compile(span_of(&text), 0, &regex, &error));
    assert_int_equal(error.offset, 4);
}

/* Of many expressions, the first that the steps do not suffice for is refused, and those behind it. */
static void steps_are_used_up(void **state)
{
    struct vg_regex_error error;
    struct vg_regex regex;
    struct text text;
    uint64_t steps = UINT64_MAX;
    uint64_t cost;

    (void)state;
    set_text(&text, "a.{8}b");
    assert_true(vg_regex_compile_within(span_of(&text), 0, &steps, &regex, &error));
    vg_regex_free(&regex);
    cost = UINT64_MAX - steps;
    assert_true(cost > 1000 && cost < 10000000);
    steps = 2 * cost;
    assert_true(vg_regex_compile_within(span_of(&text), 0, &steps, &regex, &error));
    assert_int_equal(steps, cost);
    vg_regex_free(&regex);
    steps = cost / 2;
    assert_false(vg_regex_compile_within(span_of(&text), 0, &steps, &regex, &error));
    assert_int_equal(steps, 0);
    assert_non_null(strstr(error.message, "too long"));
}

static void what_has_no_bounded_table_is_refused_with_the_limit(void **state)
{
    char deep[512] = "";

    (void)state;
    check_refused("a.{30}b", "states before minimising");
    check_refused("(?:a.{9}b|c.{11}d|e.{13}f){2}.{20}g", "before minimising");
    check_refused("a{20000}", "more than 16384 parts");
    check_refused("((a{100}){100}){100}", "more than 16384 parts");
    check_refused("(((){65535}){65535}){65535}a++", "possessive");
    for (unsigned at = 0; at < 101; at++)
        strcat(deep, "(");
    check_refused(deep, "nested deeper than 100");
}

static void what_repeats_nothing_ends(void **state)
{
    (void)state;
    assert_true(matches("(?:(?:(?:){65535}){65535}){65535}a", 0, "a"));
    assert_true(matches("(?:(?:(?:){0,9}){0,9}){0,9}a", 0, "a"));
}

static void a_pattern_may_have_4096_characters_and_no_more(void **state)
{
    static struct text text;
    struct vg_regex_error error;
    struct vg_regex regex;

    (void)state;
    for (text.count = 0; text.count < VG_REGEX_MAX_PATTERN; text.count++)
        text.units[text.count] = 'a';
    assert_true(vg_regex_compile(span_of(&text), 0, &regex, &error));
    assert_true(vg_regex_match(regex.table, span_of(&text)));
    text.count--;
    assert_false(vg_regex_match(regex.table, span_of(&text)));
    vg_regex_free(&regex);
    text.units[VG_REGEX_MAX_PATTERN] = 'a';
    text.count = VG_REGEX_MAX_PATTERN + 1;
    assert_false(vg_regex_compile(span_of(&text), 0, &regex, &error));
    assert_non_null(strstr(error.message, "4096"));
}

static void more_than_255_kinds_of_characters_are_refused(void **state)
{
    struct vg_regex_error error;
    struct vg_regex regex;
    struct text text = {.count = 0};

    (void)state;
    for (uint16_t unit = 0; unit < 300; unit++)
        text.units[text.count++] = (uint16_t)(0x4E00 + unit);
    assert_false(vg_regex_compile(span_of(&text), 0, &regex, &error));
    assert_non_null(strstr(error.message, "255 kinds"));
}

static void what_counts_to_the_end_of_the_text_is_read_from_there(void **state)
{
    struct vg_regex regex = compile("(?:Temp|Public)\\\\[^\\\\]{1,256}$", 0);
    const struct vg_regex_header *header = regex.table;

    (void)state;
    assert_true(header->flags & VG_REGEX_BACKWARDS);
    assert_true(header->states < 400);
    vg_regex_free(&regex);
}

/* The literals of an expression, in upper case, one behind the other. */
static void assert_literals(const char *pattern, unsigned flags, const char *expected)
{
    struct vg_regex regex = compile(pattern, flags);
    char found[1024] = "";

    for (uint32_t i = 0; i < regex.literals.count; i++) {
        size_t used = strlen(found);

        found[used++] = i ? '|' : '=';
        for (uint32_t at = 0; at < regex.literals.at[i].count; at++)
            found[used++] = (char)regex.literals.at[i].units[at];
        found[used] = '\0';
    }
    if (strcmp(found, expected) != 0)
        fail_msg("%s has \"%s\", not \"%s\"", pattern, found, expected);
    vg_regex_free(&regex);
}

static void the_texts_that_a_match_must_have_are_known(void **state)
{
    (void)state;
    assert_literals("powershell", 0, "=POWERSHELL");
    assert_literals("(?i)power(?:shell|point)\\.exe", 0, "=POWERSHELL.EXE|POWERPOINT.EXE");
    assert_literals("[Pp]rogram[Dd]ata", 0, "=PROGRAMDATA");
    assert_literals("cmd.{0,5}(?:/c|/r).+powershell.+\"", 0, "=POWERSHELL");
    assert_literals("https?://\\d+", 0, "=HTTPS://|HTTP://");
    assert_literals("\\d-H\\d", 0, "=-H");
    assert_literals("[-/]\\w+ [-/]H", 0, "= -H| /H");
    assert_literals("(?:ab){2}c+d", 0, "=AB");
    assert_literals("^a$|\\bbc", 0, "=A|BC");
    assert_literals("x(?:ab)*yz", 0, "=YZ");
    assert_literals("[0-9]{3}", 0, "");
    assert_literals("(?:abc)?", 0, "");
    assert_literals("abc|\\d", 0, "");
    assert_literals("", 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_is_found_anywhere_in_a_text),
        cmocka_unit_test(ignoring_case_is_windows_upper_case),
        cmocka_unit_test(every_case_of_a_unit_is_taken_and_no_other_unit),
        cmocka_unit_test(escapes_know_ascii_only),
        cmocka_unit_test(what_no_automaton_bounds_is_refused_by_its_name),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(steps_are_used_up),
        cmocka_unit_test(what_has_no_bounded_table_is_refused_with_the_limit),
        cmocka_unit_test(what_repeats_nothing_ends),
        cmocka_unit_test(a_pattern_may_have_4096_characters_and_no_more),
        cmocka_unit_test(more_than_255_kinds_of_characters_are_refused),
        cmocka_unit_test(what_counts_to_the_end_of_the_text_is_read_from_there),
        cmocka_unit_test(the_texts_that_a_match_must_have_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
