#include "../cmocka_all.h"

#include "event_words.h"
#include "nearest.h"
#include "status_text.h"
#include "visible.h"

#include <stdlib.h>
#include <string.h>

static void check_text(const struct vg_status_text *text, const char *prefix)
{
    assert_non_null(text);
    assert_int_equal(strncmp(text->name, prefix, strlen(prefix)), 0);
    assert_int_equal(text->meaning[strlen(text->meaning) - 1], '.');
    assert_true(text->advice == NULL || strlen(text->advice) > 5);
}

static void every_status_somebody_can_meet_has_a_meaning(void **state)
{
    static const uint32_t ntstatuses[] = {0xC0000022, 0xC0000428, 0xC0000361, 0xC0000906, 0xC000000D,
                                          0xC000009A, 0xC0000034, 0xC0000221, 0xC0000023};
    static const uint32_t errors[] = {2,    5,    87,   122,  225,  577,  995, 1056,
                                      1058, 1060, 1062, 1072, 1073, 1260, 1275};

    (void)state;
    for (size_t i = 0; i < sizeof(ntstatuses) / sizeof(ntstatuses[0]); i++)
        check_text(vg_ntstatus_text(ntstatuses[i]), "STATUS_");
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        check_text(vg_win32_text(errors[i]), "ERROR_");
}

static void a_number_without_a_meaning_is_printed_alone(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    (void)state;
    assert_null(vg_ntstatus_text(0xC0ABCDEF));
    assert_null(vg_win32_text(99999));
    vg_print_ntstatus(stream, 0xC0ABCDEF);
    fputc(' ', stream);
    vg_print_win32(stream, 99999);
    fclose(stream);
    assert_string_equal(text, "0xC0ABCDEF 99999");
    free(text);
}

static void times_are_sysmons(void **state)
{
    (void)state;
    assert_string_equal(vg_utc_time(0).text, "1601-01-01 00:00:00.000");
    assert_string_equal(vg_utc_time(116444736000000000).text, "1970-01-01 00:00:00.000");
    assert_string_equal(vg_utc_time(125911584000000000 - 10000).text, "1999-12-31 23:59:59.999");
    assert_string_equal(vg_utc_time(133536836967890000).text, "2024-02-29 12:34:56.789");
    assert_string_equal(vg_utc_time(133537248000000000).text, "2024-03-01 00:00:00.000");
}

static void any_time_fits_its_text(void **state)
{
    (void)state;
    assert_true(strlen(vg_utc_time(UINT64_MAX).text) < sizeof(struct vg_short_text) - 1);
}

static void the_distance_of_words_counts_slips_of_the_fingers(void **state)
{
    (void)state;
    assert_int_equal(vg_word_distance("inspect", "inspect"), 0);
    assert_int_equal(vg_word_distance("INSPECT", "inspect"), 0);
    assert_int_equal(vg_word_distance("parent_image", "parent-image"), 0);
    assert_int_equal(vg_word_distance("jsno", "json"), 1);
    assert_int_equal(vg_word_distance("inspct", "inspect"), 1);
    assert_int_equal(vg_word_distance("hashh", "hash"), 1);
    assert_int_equal(vg_word_distance("", "hash"), 4);
    assert_int_equal(vg_word_distance("kitten", "sitting"), 3);
    assert_true(vg_near_enough(1, 4));
    assert_false(vg_near_enough(4, 4));
}

static char *visible(const char *text, size_t size)
{
    char *out = NULL;
    size_t out_size = 0;
    FILE *stream = open_memstream(&out, &out_size);

    vg_print_visible(stream, text, size);
    fclose(stream);
    return out;
}

static void check_visible(const char *text, const char *expected)
{
    char *out = visible(text, strlen(text));

    assert_string_equal(out, expected);
    free(out);
}

static void text_that_would_drive_a_terminal_is_spelled_out(void **state)
{
    char *out = visible("a\0b", 3);

    (void)state;
    assert_string_equal(out, "a<U+0000>b");
    free(out);
    check_visible("plain \xD1\x84 \xF0\x9F\x98\x80 \xE4\xB8\xAD",
                  "plain \xD1\x84 \xF0\x9F\x98\x80 \xE4\xB8\xAD");
    check_visible("\033]0;title\007", "<U+001B>]0;title<U+0007>");
    check_visible("\xC2\x9B"
                  "31m",
                  "<U+009B>31m");
    check_visible("exe.\xE2\x80\xAEtxt", "exe.<U+202E>txt");
    check_visible("two\nlines\xE2\x80\xA8three", "two<U+000A>lines<U+2028>three");
    check_visible("\x80\xFF\xC3", "<0x80><0xFF><0xC3>");
    check_visible("\xED\xA0\x80", "<0xED><0xA0><0x80>");
}

static void columns_are_counted_as_terminals_do(void **state)
{
    (void)state;
    assert_int_equal(vg_visible("a", 1).columns, 1);
    assert_int_equal(vg_visible("\xE4\xB8\xAD", 3).columns, 2);
    assert_int_equal(vg_visible("\xF0\x9F\x98\x80", 4).columns, 2);
    assert_int_equal(vg_visible("\xCC\x81", 2).columns, 0);
    assert_int_equal(vg_visible("\033", 1).columns, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_somebody_can_meet_has_a_meaning),
        cmocka_unit_test(a_number_without_a_meaning_is_printed_alone),
        cmocka_unit_test(times_are_sysmons),
        cmocka_unit_test(any_time_fits_its_text),
        cmocka_unit_test(the_distance_of_words_counts_slips_of_the_fingers),
        cmocka_unit_test(text_that_would_drive_a_terminal_is_spelled_out),
        cmocka_unit_test(columns_are_counted_as_terminals_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
