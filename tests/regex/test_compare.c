/* Our automata beside PCRE2, on the same expressions and texts. */
#define PCRE2_CODE_UNIT_WIDTH 16
#include "patterns.h"
#include "strings.h"

#include "../cmocka_all.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
    uint64_t random;
    unsigned per_pattern;
    unsigned patterns;
    unsigned refused; /* by us: only allowed where the patterns are made up */
    unsigned strings;
    unsigned matched;
    unsigned undecided; /* PCRE2 gave up */
    unsigned announced; /* patterns with literals */
    size_t bytes;
    bool may_refuse;
};

static pcre2_code *pcre_compile(const struct text *pattern, unsigned flags)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    uint32_t options = (flags & VG_REGEX_CASELESS ? PCRE2_CASELESS : 0u) |
                       (flags & VG_REGEX_MULTILINE ? PCRE2_MULTILINE : 0u) |
                       (flags & VG_REGEX_DOTALL ? PCRE2_DOTALL : 0u);
    pcre2_code *code;
    size_t offset;
    int error;

    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    code = pcre2_compile(pattern->units, pattern->count, options, &error, &offset, context);
    pcre2_compile_context_free(context);
    return code;
}

static bool has_literal(const struct vg_regex_literal *literal, const struct text *text)
{
    for (uint32_t start = 0; start + literal->count <= text->count; start++) {
        uint32_t at = 0;

        while (at < literal->count && vg_upcase(text->units[start + at]) == literal->units[at])
            at++;
        if (at == literal->count)
            return true;
    }
    return false;
}

/* Whether a text that matches has one of the literals, where there are any. */
static bool is_announced(const struct vg_regex_literals *literals, const struct text *text)
{
    bool found = literals->count == 0;

    for (uint32_t at = 0; at < literals->count; at++)
        found = found || has_literal(&literals->at[at], text);
    return found;
}

static void compare_string(struct tally *tally, const char *name, unsigned flags,
                           const struct vg_regex *regex, pcre2_code *code, pcre2_match_data *data,
                           const struct text *text)
{
    int theirs = pcre2_match(code, text->units, text->count, 0, 0, data, NULL);
    bool ours = vg_regex_match(regex->table, span_of(text));

    tally->strings++;
    if (ours && !is_announced(&regex->literals, text))
        fail_msg("\"%s\" flags %u matches a text without one of its literals", name, flags);
    if (theirs < PCRE2_ERROR_NOMATCH) {
        tally->undecided++;
        return;
    }
    tally->matched += ours;
    if (ours == (theirs >= 0))
        return;
    printf("pattern \"%s\" flags %u, text of %u units:", name, flags, text->count);
    for (uint32_t at = 0; at < text->count; at++)
        printf(" %x", text->units[at]);
    printf("\n");
    fail_msg("%s by us, %s by PCRE2", ours ? "matched" : "not matched", ours ? "not matched" : "matched");
}

static void compare_strings(struct tally *tally, const char *name, unsigned flags, const struct text *pattern,
                            const struct vg_regex *regex, pcre2_code *code)
{
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    struct string_maker maker;
    struct text text = {.count = 0};

    string_maker_begin(&maker, regex, pattern);
    compare_string(tally, name, flags, regex, code, data, &text);
    for (unsigned at = 1; at < tally->per_pattern; at++) {
        make_string(&maker, &tally->random, &text);
        compare_string(tally, name, flags, regex, code, data, &text);
    }
    string_maker_end(&maker);
    pcre2_match_data_free(data);
}

static void compare_pattern(const char *utf8, unsigned flags, void *context)
{
    struct tally *tally = context;
    struct vg_regex_error error;
    struct vg_regex regex;
    struct text pattern;
    pcre2_code *code;

    set_text(&pattern, utf8);
    tally->patterns++;
    if (!vg_regex_compile(span_of(&pattern), flags, &regex, &error)) {
        assert_true(error.message[0]);
        if (!tally->may_refuse)
            fail_msg("%s: %s", utf8, error.message);
        tally->refused++;
        return;
    }
    assert_null(vg_regex_check(regex.table, regex.size));
    code = pcre_compile(&pattern, flags);
    if (!code)
        fail_msg("PCRE2 refuses \"%s\", which we take", utf8);
    tally->bytes += regex.size;
    tally->announced += regex.literals.count > 0;
    compare_strings(tally, utf8, flags, &pattern, &regex, code);
    pcre2_code_free(code);
    vg_regex_free(&regex);
}

static void check_tally(const struct tally *tally, const char *name)
{
    printf(
        "%s: %u patterns (%u refused, %u with literals), %u strings, %u matched, %u undecided, %zu bytes of "
        "tables\n",
        name, tally->patterns, tally->refused, tally->announced, tally->strings, tally->matched,
        tally->undecided, tally->bytes);
    assert_true(tally->strings >= 100000);
    assert_true(tally->matched > tally->strings / 10);
    assert_true(tally->strings - tally->matched > tally->strings / 10);
    assert_true(tally->undecided < tally->strings / 100);
}

static void every_pattern_of_the_corpus_matches_what_pcre2_matches(void **state)
{
    struct tally tally = {.random = 1, .per_pattern = 2000};

    (void)state;
    if (visit_corpus(VG_CORPUS, compare_pattern, &tally) == 0)
        skip();
    check_tally(&tally, "corpus");
}

static void our_own_patterns_match_what_pcre2_matches(void **state)
{
    struct tally tally = {.random = 2, .per_pattern = 1200};

    (void)state;
    for (unsigned at = 0; at < own_pattern_count; at++)
        compare_pattern(own_patterns[at].text, own_patterns[at].flags, &tally);
    check_tally(&tally, "own");
}

static void made_up_patterns_match_what_pcre2_matches(void **state)
{
    struct tally tally = {.random = 3, .per_pattern = 100};
    char pattern[1024];

    (void)state;
    for (unsigned at = 0; at < 1200; at++) {
        make_pattern(&tally.random, pattern, sizeof(pattern));
        compare_pattern(pattern, below(&tally.random, 8), &tally);
    }
    check_tally(&tally, "made up");
}

static void signs_without_order_are_refused_or_mean_what_they_mean_to_pcre2(void **state)
{
    struct tally tally = {.random = 4, .per_pattern = 20, .may_refuse = true};
    char pattern[256];

    (void)state;
    for (unsigned at = 0; at < 3000; at++) {
        make_soup(&tally.random, pattern, sizeof(pattern));
        compare_pattern(pattern, below(&tally.random, 8), &tally);
    }
    printf("soup: %u patterns (%u refused), %u strings\n", tally.patterns, tally.refused, tally.strings);
    assert_true(tally.refused > 300 && tally.refused < 2900);
}

static void every_unit_is_in_the_sets_that_pcre2_has_it_in(void **state)
{
    static const char *const sets[] = {
        "\\d",         "\\D",
        "\\w",         "\\W",
        "\\s",         "\\S",
        "\\h",         "\\H",
        "\\v",         "\\V",
        "\\N",         ".",
        "[^a-z]",      "[\\x{80}-\\x{4000}]",
        "[[:alnum:]]", "[[:alpha:]]",
        "[[:ascii:]]", "[[:blank:]]",
        "[[:cntrl:]]", "[[:digit:]]",
        "[[:graph:]]", "[[:lower:]]",
        "[[:print:]]", "[[:punct:]]",
        "[[:space:]]", "[[:upper:]]",
        "[[:word:]]",  "[[:xdigit:]]",
    };
    struct tally tally = {.random = 5};

    (void)state;
    for (unsigned at = 0; at < sizeof(sets) / sizeof(*sets); at++) {
        struct vg_regex_error error;
        struct vg_regex regex;
        struct text text;
        pcre2_match_data *data;
        pcre2_code *code;

        set_text(&text, sets[at]);
        assert_true(vg_regex_compile(span_of(&text), 0, &regex, &error));
        code = pcre_compile(&text, 0);
        assert_non_null(code);
        data = pcre2_match_data_create_from_pattern(code, NULL);
        text.count = 1;
        for (uint32_t unit = 0; unit < 0x10000; unit++) {
            text.units[0] = (uint16_t)unit;
            compare_string(&tally, sets[at], 0, &regex, code, data, &text);
        }
        pcre2_match_data_free(data);
        pcre2_code_free(code);
        vg_regex_free(&regex);
    }
    assert_int_equal(tally.undecided, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern_of_the_corpus_matches_what_pcre2_matches),
        cmocka_unit_test(our_own_patterns_match_what_pcre2_matches),
        cmocka_unit_test(made_up_patterns_match_what_pcre2_matches),
        cmocka_unit_test(every_unit_is_in_the_sets_that_pcre2_has_it_in),
        cmocka_unit_test(signs_without_order_are_refused_or_mean_what_they_mean_to_pcre2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
