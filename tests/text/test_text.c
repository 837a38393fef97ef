#include "../cmocka_all.h"

#include <vigil/text.h>

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) ((struct vg_span){u"" literal, sizeof(u"" literal) - 2})

static void upcase_follows_windows_not_unicode(void **state)
{
    (void)state;
    assert_int_equal(vg_upcase(u'a'), u'A');
    assert_int_equal(vg_upcase(u'z'), u'Z');
    assert_int_equal(vg_upcase(u'['), u'[');
    assert_int_equal(vg_upcase(0x0444), 0x0424); /* Cyrillic ef */
    assert_int_equal(vg_upcase(0x00FF), 0x0178); /* y with diaeresis */
    /* Unicode's simple mapping would change these; Windows does not ([MS-UCODEREF]). */
    assert_int_equal(vg_upcase(0x0131), 0x0131);
    assert_int_equal(vg_upcase(0x017F), 0x017F);
    assert_int_equal(vg_upcase(0x00B5), 0x00B5);
    assert_int_equal(vg_upcase(0xD801), 0xD801);
}

static void upcase_is_idempotent_on_every_unit(void **state)
{
    (void)state;
    for (uint32_t unit = 0; unit < 0x10000; unit++)
        assert_int_equal(vg_upcase(vg_upcase((uint16_t)unit)), vg_upcase((uint16_t)unit));
}

static void equality_ignores_case_but_not_look_alikes(void **state)
{
    (void)state;
    assert_true(vg_text_equal_folded(TEXT("C:\\Program Files"), TEXT("c:\\PROGRAM FILES")));
    assert_false(vg_text_equal_folded(TEXT("C:\\Program Files"), TEXT("C:\\Program F\u0131les")));
    assert_false(vg_text_equal_folded(TEXT("abc"), TEXT("ab")));
    assert_true(vg_text_equal_folded(TEXT(""), TEXT("")));
    assert_false(vg_text_equal(TEXT("a"), TEXT("A")));
}

static void endings_compare_the_tail(void **state)
{
    (void)state;
    assert_true(vg_text_ends_with_folded(TEXT("C:\\x\\CMD.exe"), TEXT("\\cmd.EXE")));
    assert_false(vg_text_ends_with_folded(TEXT("cmd.exe"), TEXT("\\cmd.exe")));
    assert_true(vg_text_ends_with_folded(TEXT("x"), TEXT("")));
}

static void check_utf8(struct vg_span text, const char *expected)
{
    char out[64];
    size_t size = vg_utf8_from_utf16(text, out, sizeof(out));

    assert_int_equal(size, strlen(expected));
    assert_memory_equal(out, expected, size);
}

static void utf16_becomes_utf8(void **state)
{
    static const uint16_t lone_high[] = {u'a', 0xD83D, u'b'};
    static const uint16_t lone_low[] = {0xDE00};
    static const uint16_t cut_pair[] = {0xD83D};

    (void)state;
    check_utf8(TEXT("a\u00e9\u20ac\U0001F600"), "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    check_utf8((struct vg_span){lone_high, sizeof(lone_high)}, "a\xEF\xBF\xBD"
                                                               "b");
    check_utf8((struct vg_span){lone_low, sizeof(lone_low)}, "\xEF\xBF\xBD");
    check_utf8((struct vg_span){cut_pair, sizeof(cut_pair)}, "\xEF\xBF\xBD");
}

static void a_short_buffer_is_cut_between_characters(void **state)
{
    char out[4] = "????";

    (void)state;
    assert_int_equal(vg_utf8_from_utf16(TEXT("a\u20ac\u20ac"), out, 4), 7);
    assert_memory_equal(out, "a\xE2\x82\xAC", 4);
    memcpy(out, "????", 4);
    assert_int_equal(vg_utf8_from_utf16(TEXT("a\u20ac"), out, 3), 4);
    assert_memory_equal(out, "a???", 4);
}

static void utf8_becomes_utf16(void **state)
{
    static const uint16_t expected[] = {u'a', 0xE9, 0x20AC, 0xD83D, 0xDE00};
    uint16_t out[8];
    size_t count = 0;

    (void)state;
    assert_true(vg_utf16_from_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10, out, 8, &count, NULL));
    assert_int_equal(count, 5);
    assert_memory_equal(out, expected, sizeof(expected));
}

static void malformed_utf8_is_refused_where_it_is_malformed(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        size_t offset;
    } cases[] = {
        {"ab\x80", 3, 2},           {"\xC0\x80", 2, 0},
        {"\xE0\x9F\x80", 3, 0},     {"x\xED\xA0\x80", 4, 1},
        {"\xF4\x90\x80\x80", 4, 0}, {"\xF8\x88\x80\x80\x80", 5, 0},
        {"\xE2\x82", 2, 0},         {"\xC3", 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint16_t out[8];
        size_t count = 99;
        size_t offset = 99;

        assert_false(vg_utf16_from_utf8(cases[i].bytes, cases[i].size, out, 8, &count, &offset));
        assert_int_equal(count, 99);
        assert_int_equal(offset, cases[i].offset);
    }
}

static void every_scalar_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t scalar = 0; scalar < 0x110000; scalar++) {
        uint16_t units[2] = {(uint16_t)scalar, 0};
        uint16_t back[2] = {0};
        uint32_t size = 2;
        size_t count = 0;
        char utf8[4];
        size_t length;

        if (scalar >= 0xD800 && scalar <= 0xDFFF)
            continue;
        if (scalar >= 0x10000) {
            units[0] = (uint16_t)(0xD7C0 + (scalar >> 10));
            units[1] = (uint16_t)(0xDC00 + (scalar & 0x3FF));
            size = 4;
        }
        length = vg_utf8_from_utf16((struct vg_span){units, size}, utf8, sizeof(utf8));
        assert_true(vg_utf16_from_utf8(utf8, length, back, 2, &count, NULL));
        assert_int_equal(count * 2, size);
        assert_memory_equal(back, units, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upcase_follows_windows_not_unicode),
        cmocka_unit_test(upcase_is_idempotent_on_every_unit),
        cmocka_unit_test(equality_ignores_case_but_not_look_alikes),
        cmocka_unit_test(endings_compare_the_tail),
        cmocka_unit_test(utf16_becomes_utf8),
        cmocka_unit_test(a_short_buffer_is_cut_between_characters),
        cmocka_unit_test(utf8_becomes_utf16),
        cmocka_unit_test(malformed_utf8_is_refused_where_it_is_malformed),
        cmocka_unit_test(every_scalar_survives_the_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
