/* Input that wants to crash the reader, fill the memory or take for ever. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../../../src/regex/compile.h"
#include "../../cmocka_all.h"
#include "support.h"

#define MEGABYTE (1024u * 1024u)

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Reads text that must be refused, in this many seconds at most, and returns what was said. */
static char *refuse(const char *text, size_t size, double most)
{
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model = {0};
    double begin = seconds();
    messages_begin(&messages, &reporter);
    assert_false(vg_model_read_text("hostile.yaml", text, size, NULL, &reporter, &model));
    assert_true(messages.errors > 0);
    if (seconds() - begin > most)
        fail_msg("it took %.2f s", seconds() - begin);
    return messages.text;
}

static void assert_refused(const char *text, size_t size, const char *expected)
{
    char *said = refuse(text, size, 5.0);
    if (!strstr(said, expected))
        fail_msg("said:\n%s\ninstead of:\n%s", said, expected);
    free(said);
}

static char *repeated(const char *head, const char *piece, size_t times, const char *tail, size_t *size)
{
    size_t length = strlen(piece);
    *size = strlen(head) + times * length + strlen(tail);
    char *text = malloc(*size + 1);
    assert_non_null(text);
    char *end = stpcpy(text, head);
    for (size_t i = 0; i < times; i++, end += length)
        memcpy(end, piece, length);
    strcpy(end, tail);
    return text;
}

static void test_ten_megabytes_of_brackets_are_refused_at_once_and_in_little_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    size_t size;
    char *text = repeated("", "[", 10 * MEGABYTE, "", &size);
    getrusage(RUSAGE_SELF, &before);
    assert_refused(text, size, "hostile.yaml:1:65: error: lists and maps are nested too deep");
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 16 * 1024);
    free(text);
}

static void test_deep_block_lists_and_maps_are_refused(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("vigil: 1\nrules:\n", "- ", 100000, "x", &size);
    assert_refused(text, size, "nested too deep");
    free(text);
    text = repeated("", "{a: ", 100000, "", &size);
    assert_refused(text, size, "nested too deep");
    free(text);
}

static void test_aliases_that_multiply_are_refused_at_the_first(void **state)
{
    (void)state;
    const char *text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nvigil: 1\n";
    assert_refused(text, strlen(text), "hostile.yaml:1:4: error: anchors (&name) are not part");
}

static void test_deep_parentheses_in_a_condition_are_refused(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("vigil: 1\nrules: [{ deny: x, detection: { a: { Image: b }, condition: '", "(",
                          60000, "a' } }]\n", &size);
    assert_refused(text, size, "nested too deep");
    free(text);
    text = repeated("vigil: 1\nrules: [{ deny: x, detection: { a: { Image: b }, condition: '", "(", 100000,
                    "a' } }]\n", &size);
    assert_refused(text, size, "this condition is longer than 65536 characters");
    free(text);
}

static void test_many_negations_need_no_stack(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("vigil: 1\nrules: [{ deny: x, detection: { a: { Image: b }, condition: '", "not ",
                          10001, "a' } }]\n", &size);
    struct vg_model model = read_good(text);
    assert_int_equal(model.rules[0].condition->kind, VG_EXPR_NOT);
    vg_model_free(&model);
    free(text);
}

static void test_a_condition_that_multiplies_a_large_selection_is_refused(void **state)
{
    (void)state;
    size_t size, whole;
    char *values = repeated("vigil: 1\nrules: [{ deny: x, detection: { a: { Image: [", "b, ", 20000,
                            "b] }, condition: '", &size);
    char *text = repeated(values, "a and not a or ", 100, "a' } }]\n", &whole);
    assert_refused(text, whole, "this condition is too large");
    free(values);
    free(text);
}

static void test_many_errors_are_cut_short(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("vigil: 1\nrules:\n", "  - nothing\n", 100000, "", &size);
    char *said = refuse(text, size, 5.0);
    size_t lines = 0;
    for (const char *at = said; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 2 * 100 + 1);
    assert_non_null(strstr(said, "note: there are more errors than these"));
    free(said);
    free(text);
}

static void test_a_long_value_is_refused_and_shown_short(void **state)
{
    (void)state;
    size_t size;
    char *text = repeated("vigil: 1\nrules: [{ deny: x, when: { Image: '", "x", 40000, "' } }]\n", &size);
    assert_refused(text, size, "this text is 40000 characters long, and Windows has none longer than 32767");
    free(text);
    text = repeated("vigil: 1\nmode: '", "ä", 40000, "'\n", &size);
    char *said = refuse(text, size, 5.0);
    assert_true(strlen(said) < 300);
    free(said);
    free(text);
}

static void test_a_large_policy_is_read_in_a_moment(void **state)
{
    (void)state;
    size_t size;
    char *text =
        repeated("vigil: 1\nrules:\n",
                 "  - deny: a rule\n    when: { Image|endswith: '\\a.exe', CommandLine|contains: [b, c] }\n",
                 20000, "", &size);
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    double begin = seconds();
    messages_begin(&messages, &reporter);
    assert_true(vg_model_read_text("large.yaml", text, size, NULL, &reporter, &model));
    assert_int_equal(model.rule_count, 20000);
    assert_int_equal(messages.warnings, 20 + 1);
    assert_non_null(strstr(messages.text, "large.yaml: warning: 19979 more rules are never reached"));
    assert_true(seconds() - begin < 20.0);
    vg_model_free(&model);
    messages_end(&messages);
    free(text);
}

static void test_patterns_that_backtrack_do_not_slow_the_search_for_unreachable_rules(void **state)
{
    (void)state;
    size_t size, first, second;
    char *head =
        repeated("vigil: 1\nrules:\n  - deny: a\n    when: { Image: '", "a*", 10000, "b' }\n", &first);
    char *text = repeated(head, "", 0, "  - deny: b\n    when: { Image: '", &second);
    char *whole = repeated(text, "a*", 10000, "' }\n", &size);
    double begin = seconds();
    struct vg_model model = read_good(whole);
    assert_true(seconds() - begin < 10.0);
    vg_model_free(&model);
    free(head);
    free(text);
    free(whole);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Damages a text in a few places: bytes changed, pieces cut out or doubled. */
static size_t damage(char *text, size_t size, uint32_t *seed)
{
    static const char spice[] = "[]{}:,|-'\"\\*?&!%#\n\t ()x\xC3\xFF\0";
    unsigned times = next_random(seed) % 4 + 1;
    while (times-- && size > 8) {
        size_t at = next_random(seed) % size;
        size_t length = next_random(seed) % 8 + 1;
        if (length > size - at)
            length = size - at;
        switch (next_random(seed) % 3) {
        case 0:
            text[at] = spice[next_random(seed) % sizeof(spice)];
            break;
        case 1:
            memmove(text + at, text + at + length, size - at - length);
            size -= length;
            break;
        default:
            memmove(text + at + length, text + at, size - at);
            size += length;
        }
    }
    return size;
}

static void read_damaged(const char *file, unsigned times, uint32_t *seed)
{
    size_t size;
    char *text = read_whole(file, &size);
    char *copy = malloc(size + 64);
    assert_non_null(text);
    assert_non_null(copy);
    for (unsigned i = 0; i < times; i++) {
        struct messages messages;
        struct vg_reporter reporter;
        struct vg_model model = {0};
        memcpy(copy, text, size);
        size_t damaged = damage(copy, size, seed);
        messages_begin(&messages, &reporter);
        bool good = vg_model_read_text(file, copy, damaged, NULL, &reporter, &model);
        assert_int_equal(good, messages.errors == 0);
        if (good) {
            free(printed(&model));
            vg_model_free(&model);
        }
        messages_end(&messages);
    }
    free(copy);
    free(text);
}

/* What a policy of these rules says under this limit, where it is refused; else NULL. */
static char *read_within(const char *rules, uint64_t steps)
{
    struct vg_read_options options = {.variables = vg_default_path_variables, .regex_steps = steps};
    struct messages messages;
    struct vg_reporter reporter;
    struct vg_model model;
    char text[512];
    int size = snprintf(text, sizeof(text), "vigil: 1\nrules:\n%s", rules);
    messages_begin(&messages, &reporter);
    if (!vg_model_read_text("hostile.yaml", text, (size_t)size, &options, &reporter, &model))
        return messages.text;
    vg_model_free(&model);
    messages_end(&messages);
    return NULL;
}

/* The limit is that of all together; what was compiled once costs no more. */
static void test_expressions_that_take_too_long_together_are_refused(void **state)
{
    (void)state;
    uint64_t steps = UINT64_MAX;
    struct vg_regex_error error;
    struct vg_regex regex;
    assert_true(vg_regex_compile_within((struct vg_span){u"a.{8}b", 12}, 0, &steps, &regex, &error));
    vg_regex_free(&regex);
    steps = UINT64_MAX - steps;
    assert_null(read_within("  - deny: x\n    when: { CommandLine|re: ['a.{8}b', 'a.{8}b'] }\n", steps));
    char *said =
        read_within("  - deny: x\n    when: { CommandLine|re: ['a.{8}b', 'a.{8}c', 'a.{8}b'] }\n", steps);
    assert_non_null(said);
    assert_non_null(
        strstr(said, "hostile.yaml:4:40: error: the regular expression 'a.{8}c' cannot be used: all those "
                     "up to it take too long to compile"));
    free(said);
}

static void test_damaged_policies_are_read_or_refused_with_a_message(void **state)
{
    (void)state;
    uint32_t seed = 20261121;
    glob_t files;
    assert_int_equal(glob("ok/*.yaml", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        read_damaged(files.gl_pathv[i], 300, &seed);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_megabytes_of_brackets_are_refused_at_once_and_in_little_memory),
        cmocka_unit_test(test_deep_block_lists_and_maps_are_refused),
        cmocka_unit_test(test_aliases_that_multiply_are_refused_at_the_first),
        cmocka_unit_test(test_deep_parentheses_in_a_condition_are_refused),
        cmocka_unit_test(test_many_negations_need_no_stack),
        cmocka_unit_test(test_a_condition_that_multiplies_a_large_selection_is_refused),
        cmocka_unit_test(test_many_errors_are_cut_short),
        cmocka_unit_test(test_a_long_value_is_refused_and_shown_short),
        cmocka_unit_test(test_a_large_policy_is_read_in_a_moment),
        cmocka_unit_test(test_patterns_that_backtrack_do_not_slow_the_search_for_unreachable_rules),
        cmocka_unit_test(test_expressions_that_take_too_long_together_are_refused),
        cmocka_unit_test(test_damaged_policies_are_read_or_refused_with_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
