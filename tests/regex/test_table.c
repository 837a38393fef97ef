/* Tables that the compiler did not write: refused, or bounded. */
#include "support.h"

#include "../cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct vg_regex compile(const char *pattern)
{
    struct vg_regex_error error;
    struct vg_regex regex = {0};
    struct text text;

    set_text(&text, pattern);
    assert_true(vg_regex_compile(span_of(&text), 0, &regex, &error));
    return regex;
}

static void check_field_is_refused(const struct vg_regex *regex, size_t offset, uint16_t value)
{
    uint8_t *copy = malloc(regex->size);

    assert_non_null(copy);
    memcpy(copy, regex->table, regex->size);
    memcpy(copy + offset, &value, sizeof(value));
    if (!vg_regex_check(copy, regex->size))
        fail_msg("%u at %zu was taken", value, offset);
    free(copy);
}

static void each_claim_of_a_header_is_checked(void **state)
{
    struct vg_regex regex = compile("ab|cd\\b");
    const struct vg_regex_header *header = regex.table;

    (void)state;
    assert_null(vg_regex_check(regex.table, regex.size));
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, magic), 1);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, size), (uint16_t)(regex.size + 8));
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, flags), 2);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, states), 1);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, states), 0xFFFF);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, classes), 0);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, classes), 256);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, start), header->states);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, pages), 0);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, pages), 257);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, reserved), 1);
    check_field_is_refused(&regex, offsetof(struct vg_regex_header, page_of), 0xFF);
    vg_regex_free(&regex);
}

static void each_part_of_a_table_is_checked(void **state)
{
    struct vg_regex regex = compile("ab|cd\\b");
    const struct vg_regex_header *header = regex.table;
    struct vg_regex_layout layout = vg_regex_lay_out(header);

    (void)state;
    check_field_is_refused(&regex, (size_t)layout.pages, header->classes);
    check_field_is_refused(&regex, (size_t)layout.next, 1);                        /* NEVER leads on */
    check_field_is_refused(&regex, (size_t)layout.next + 2u * header->classes, 0); /* MATCHED leads away */
    check_field_is_refused(&regex, (size_t)layout.at_end - 2, header->states);
    check_field_is_refused(&regex, (size_t)layout.at_end, 0); /* MATCHED does not match */
    check_field_is_refused(&regex, (size_t)layout.at_end, 3); /* NEVER matches */
    check_field_is_refused(&regex, (size_t)layout.size - 2, 0xFF00);
    assert_non_null(vg_regex_check(regex.table, regex.size - 8));
    assert_non_null(vg_regex_check(regex.table, 0));
    vg_regex_free(&regex);
}

static void damage(uint64_t *random, uint8_t *table, size_t size)
{
    uint32_t changes = 1 + below(random, 4);

    for (uint32_t at = 0; at < changes; at++) {
        bool head = below(random, 3) == 0;
        size_t place = below(random, (uint32_t)(head && size > 24 ? 24 : size));

        table[place] =
            (uint8_t)(below(random, 2) ? below(random, 256) : table[place] ^ 1u << below(random, 8));
    }
}

static void make_text(uint64_t *random, struct text *text)
{
    for (text->count = 0; text->count < 64; text->count++)
        text->units[text->count] = (uint16_t)(below(random, 2) ? below(random, 128) : next_random(random));
}

/* The copy is as large as the table and no larger: a read beyond it is one the sanitizer sees. */
static bool try_damaged(uint64_t *random, const struct vg_regex *regex, const struct text *text)
{
    size_t size = below(random, 8) ? regex->size : below(random, (uint32_t)regex->size + 1);
    uint8_t *copy = malloc(size ? size : 1);
    bool taken;

    assert_non_null(copy);
    memcpy(copy, regex->table, size);
    if (size)
        damage(random, copy, size);
    taken = !vg_regex_check(copy, size);
    if (taken)
        (void)vg_regex_match(copy, span_of(text));
    free(copy);
    return taken;
}

static void a_hundred_thousand_damaged_tables_are_refused_or_bounded(void **state)
{
    static const char *const patterns[] = {
        "a",           "^(?:ab|c\\d+)$",           "cmd.{0,5}(?:/c|/r).+clip",
        "\\b\\w+\\b$", "[^\\\\]\\\\.{1,40}$",      "(?i)\\s(-u|--user)\\s*:",
        "[é-ü]x",      "https?://0[0-9]{3,11}.*=$"};
    enum { COUNT = sizeof(patterns) / sizeof(*patterns) };
    struct vg_regex regexes[COUNT];
    uint64_t random = 5;
    unsigned taken = 0;
    struct text text;

    (void)state;
    for (unsigned at = 0; at < COUNT; at++)
        regexes[at] = compile(patterns[at]);
    for (unsigned at = 0; at < 100000; at++) {
        if (at % 100 == 0)
            make_text(&random, &text);
        taken += try_damaged(&random, &regexes[below(&random, COUNT)], &text);
    }
    printf("%u damaged tables were whole tables\n", taken);
    assert_true(taken > 1000 && taken < 99000);
    for (unsigned at = 0; at < COUNT; at++)
        vg_regex_free(&regexes[at]);
}

static void a_long_text_takes_one_step_per_unit(void **state)
{
    struct vg_regex regex = compile("(?:a*)*(?:a|b)*(?:a?){20}c$");
    struct text *text = malloc(sizeof(*text));

    (void)state;
    assert_non_null(text);
    for (text->count = 0; text->count < MAX_UNITS; text->count++)
        text->units[text->count] = 'a';
    for (unsigned at = 0; at < 1000; at++)
        assert_false(vg_regex_match(regex.table, span_of(text)));
    free(text);
    vg_regex_free(&regex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_claim_of_a_header_is_checked),
        cmocka_unit_test(each_part_of_a_table_is_checked),
        cmocka_unit_test(a_hundred_thousand_damaged_tables_are_refused_or_bounded),
        cmocka_unit_test(a_long_text_takes_one_step_per_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
