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

/* A table made by hand, to be changed. Behind it stand bytes that belong to it no more. */
struct made {
    uint8_t *bytes;
    size_t size;
    struct vg_regex_header *header;
    struct vg_regex_layout layout;
    uint8_t *pages;
    uint16_t *next;
};

#define BEHIND 64u

/* A whole table of so many states, classes and pages; everything in it is the largest that is right. */
static void make_table(struct made *made, uint32_t states, uint32_t classes, uint32_t pages)
{
    struct vg_regex_header header = {.magic = VG_REGEX_MAGIC,
                                     .flags = VG_REGEX_BACKWARDS,
                                     .states = (uint16_t)states,
                                     .classes = (uint16_t)classes,
                                     .start = (uint16_t)(states - 1),
                                     .pages = (uint16_t)pages};

    memset(header.page_of, (uint8_t)(pages - 1), sizeof(header.page_of));
    made->layout = vg_regex_lay_out(&header);
    made->size = (size_t)made->layout.size;
    header.size = (uint32_t)made->size;
    made->bytes = calloc(1, made->size + BEHIND);
    assert_non_null(made->bytes);
    memset(made->bytes + made->size, 0xFF, BEHIND);
    memcpy(made->bytes, &header, sizeof(header));
    made->header = (struct vg_regex_header *)(void *)made->bytes;
    made->pages = made->bytes + made->layout.pages;
    made->next = (uint16_t *)(void *)(made->bytes + made->layout.next);
    memset(made->pages, (uint8_t)(classes - 1), (size_t)pages * 256);
    for (uint32_t at = 0; at < states * classes; at++)
        made->next[at] = (uint16_t)(at / classes < 2 ? at / classes : states - 1);
    for (uint32_t state = 1; state < states; state++)
        made->bytes[made->layout.at_end + state / 8] |= (uint8_t)(1u << state % 8);
}

#define WHOLE "whole"

static const char *verdict(const struct made *made)
{
    const char *failed = vg_regex_check(made->bytes, made->size);

    return failed ? failed : WHOLE;
}

static const char *verdict_of_size(uint32_t states, uint32_t classes, uint32_t pages)
{
    const char *said;
    struct made made;

    make_table(&made, states, classes, pages);
    said = verdict(&made);
    free(made.bytes);
    return said;
}

#define VERDICT_WITH(made, place, value) verdict_with((made), &(place), sizeof(place), (value))

static const char *verdict_with(const struct made *made, void *place, size_t size, uint32_t value)
{
    uint32_t kept = 0;
    const char *said;

    memcpy(&kept, place, size);
    memcpy(place, &value, size);
    said = verdict(made);
    memcpy(place, &kept, size);
    return said;
}

static void a_table_has_so_many_states_classes_and_pages(void **state)
{
    const char *states = "the number of states of a regular expression";
    const char *classes = "the number of classes of a regular expression";
    const char *pages = "the number of pages of a regular expression";

    (void)state;
    assert_string_equal(verdict_of_size(1, 1, 1), states);
    assert_string_equal(verdict_of_size(2, 1, 1), WHOLE);
    assert_string_equal(verdict_of_size(VG_REGEX_MAX_STATES, 1, 1), WHOLE);
    assert_string_equal(verdict_of_size(VG_REGEX_MAX_STATES + 1, 1, 1), states);
    assert_string_equal(verdict_of_size(2, 0, 1), classes);
    assert_string_equal(verdict_of_size(2, VG_REGEX_MAX_CLASSES, 1), WHOLE);
    assert_string_equal(verdict_of_size(2, VG_REGEX_MAX_CLASSES + 1, 1), classes);
    assert_string_equal(verdict_of_size(2, 1, 0), pages);
    assert_string_equal(verdict_of_size(2, 1, 256), WHOLE);
    assert_string_equal(verdict_of_size(2, 1, 257), pages);
}

static const char *verdict_of_bytes(uint64_t size)
{
    for (uint32_t classes = VG_REGEX_MAX_CLASSES; classes > 0; classes--) {
        uint32_t most = VG_REGEX_MAX_BYTES / (2 * classes);

        for (uint32_t states = most; states > most - 8 && most <= VG_REGEX_MAX_STATES; states--) {
            struct vg_regex_header header = {
                .states = (uint16_t)states, .classes = (uint16_t)classes, .pages = 1};

            if (vg_regex_lay_out(&header).size == size)
                return verdict_of_size(states, classes, 1);
        }
    }
    return "no table has this size";
}

static void a_table_has_so_many_bytes(void **state)
{
    struct made made;

    (void)state;
    assert_string_equal(verdict_of_bytes(VG_REGEX_MAX_BYTES), WHOLE);
    assert_string_equal(verdict_of_bytes(VG_REGEX_MAX_BYTES + 8), "the room of a regular expression");
    make_table(&made, 10, 3, 2);
    assert_string_equal(vg_regex_check(made.bytes, 0), "the room of a regular expression");
    assert_string_equal(vg_regex_check(made.bytes, sizeof(*made.header) - 1),
                        "the room of a regular expression");
    assert_string_equal(vg_regex_check(made.bytes, sizeof(*made.header)), "the size of a regular expression");
    assert_string_equal(vg_regex_check(made.bytes, made.size - 8), "the size of a regular expression");
    assert_string_equal(vg_regex_check(made.bytes, made.size + 8), "the size of a regular expression");
    made.header->size += 8;
    assert_string_equal(vg_regex_check(made.bytes, made.size + 8), "the size of a regular expression");
    made.header->size -= 8;
    memmove(made.bytes + 2, made.bytes, made.size);
    assert_string_equal(vg_regex_check(made.bytes + 2, made.size), "the room of a regular expression");
    free(made.bytes);
}

static void each_claim_of_a_header_is_checked(void **state)
{
    const char *reserved = "a reserved word of a regular expression";
    struct vg_regex_header *header;
    struct made made;

    (void)state;
    make_table(&made, 10, 3, 2);
    header = made.header;
    assert_string_equal(verdict(&made), WHOLE);
    assert_string_equal(VERDICT_WITH(&made, header->magic, VG_REGEX_MAGIC + 1),
                        "the magic of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, header->flags, 0), WHOLE);
    assert_string_equal(VERDICT_WITH(&made, header->flags, 2), "an unknown flag of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, header->start, 10), "the first state of a regular expression");
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(VERDICT_WITH(&made, header->reserved[i], 1), reserved);
    assert_string_equal(VERDICT_WITH(&made, header->page_of[0], 2), "a page of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, header->page_of[255], 2), "a page of a regular expression");
    free(made.bytes);
}

static void each_part_of_a_table_is_checked(void **state)
{
    const char *final = "a final state of a regular expression";
    const char *ends = "what the final states of a regular expression mean";
    struct made made;
    uint8_t *at_end;

    (void)state;
    make_table(&made, 10, 3, 2);
    at_end = made.bytes + made.layout.at_end;
    assert_true(made.layout.size - made.layout.used > 1);
    assert_string_equal(VERDICT_WITH(&made, made.pages[0], 3), "a class of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, made.pages[511], 3), "a class of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, made.next[6], 10), "a step of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, made.next[29], 10), "a step of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, made.next[0], 9), final); /* NEVER leads on */
    assert_string_equal(VERDICT_WITH(&made, made.next[2], 1), final);
    assert_string_equal(VERDICT_WITH(&made, made.next[3], 0), final); /* MATCHED leads away */
    assert_string_equal(VERDICT_WITH(&made, made.next[5], 2), final);
    assert_string_equal(VERDICT_WITH(&made, at_end[0], 0), ends); /* MATCHED does not match */
    assert_string_equal(VERDICT_WITH(&made, at_end[0], 3), ends); /* NEVER matches */
    assert_string_equal(VERDICT_WITH(&made, at_end[1], 7),
                        "the bits behind the states of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, at_end[2], 1), "the padding of a regular expression");
    assert_string_equal(VERDICT_WITH(&made, made.bytes[made.size - 1], 1),
                        "the padding of a regular expression");
    free(made.bytes);
}

static void the_last_bits_of_eight_states_are_states(void **state)
{
    (void)state;
    assert_string_equal(verdict_of_size(8, 3, 2), WHOLE);
}

/* In this table the state that has matched leads away, which no table does that was checked: so a step that
 * was not needed any more shows. */
static void a_match_takes_no_step_more_than_it_needs(void **state)
{
    static const uint16_t text[] = u"ab";
    struct made made;

    (void)state;
    make_table(&made, 3, 1, 1);
    made.next[1] = VG_REGEX_NEVER;
    made.next[2] = VG_REGEX_MATCHED;
    made.bytes[made.layout.at_end] = 1u << VG_REGEX_MATCHED;
    for (uint16_t flags = 0; flags <= VG_REGEX_BACKWARDS; flags++) {
        made.header->flags = flags;
        assert_true(vg_regex_match(made.bytes, (struct vg_span){text, 2}));
        assert_true(vg_regex_match(made.bytes, (struct vg_span){text, 4}));
    }
    free(made.bytes);
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
        cmocka_unit_test(a_table_has_so_many_states_classes_and_pages),
        cmocka_unit_test(a_table_has_so_many_bytes),
        cmocka_unit_test(each_claim_of_a_header_is_checked),
        cmocka_unit_test(each_part_of_a_table_is_checked),
        cmocka_unit_test(the_last_bits_of_eight_states_are_states),
        cmocka_unit_test(a_match_takes_no_step_more_than_it_needs),
        cmocka_unit_test(a_hundred_thousand_damaged_tables_are_refused_or_bounded),
        cmocka_unit_test(a_long_text_takes_one_step_per_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
