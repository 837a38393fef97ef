#include "predicate_text.h"

#include "../regex/compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows; `failed` once memory ran out. */
struct text {
    char *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

static bool reserve(struct text *text, size_t more)
{
    size_t capacity = text->capacity != 0 ? text->capacity : 64;
    char *larger;

    while (capacity - text->size <= more)
        capacity *= 2;
    if (capacity == text->capacity)
        return !text->failed;
    larger = realloc(text->bytes, capacity);
    if (larger == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = larger;
    text->capacity = capacity;
    return !text->failed;
}

static void add(struct text *text, const char *words)
{
    size_t length = strlen(words);

    if (!reserve(text, length))
        return;
    memcpy(text->bytes + text->size, words, length + 1);
    text->size += length;
}

/* A literal's text. What is compared without case was folded to capitals, and is shown small, as `vigil check
 * -v` does. With `escaped`, a star or question mark that stands for itself has a backslash before it. */
static void add_literal(struct text *text, struct vg_span literal, bool cased, bool escaped)
{
    size_t length = vg_utf8_from_utf16(literal, NULL, 0);
    char *utf8 = malloc(length + 1);

    if (utf8 == NULL || !reserve(text, 2 * length)) {
        text->failed = true;
        free(utf8);
        return;
    }
    vg_utf8_from_utf16(literal, utf8, length);
    for (size_t i = 0; i < length; i++) {
        bool capital = utf8[i] >= 'A' && utf8[i] <= 'Z';

        if (escaped && (utf8[i] == '*' || utf8[i] == '?'))
            text->bytes[text->size++] = '\\';
        text->bytes[text->size++] = (char)(capital && !cased ? utf8[i] - 'A' + 'a' : utf8[i]);
    }
    text->bytes[text->size] = '\0';
    free(utf8);
}

static bool is(const struct vg_predicate *predicate, size_t index, enum vg_token_kind kind)
{
    return predicate->tokens[index].kind == kind;
}

/* Wildcards stand for themselves; a literal star or question mark is escaped as Sigma escapes it. */
static void add_pattern(struct text *text, const struct vg_predicate *predicate)
{
    add(text, " matches '");
    for (size_t i = 0; i < predicate->token_count; i++) {
        if (is(predicate, i, VG_TOKEN_ANY_RUN))
            add(text, "*");
        else if (is(predicate, i, VG_TOKEN_ANY_ONE))
            add(text, "?");
        else
            add_literal(text, predicate->tokens[i].text, predicate->cased, true);
    }
    add(text, "'");
}

/* An expression was not folded. */
static bool keeps_case(const struct vg_predicate *predicate)
{
    return predicate->cased || predicate->test == VG_TEST_REGEX;
}

/* Words and the one literal of the predicate that they are about. */
static void add_simple(struct text *text, const char *words, const struct vg_predicate *predicate,
                       size_t token)
{
    add(text, words);
    add(text, " '");
    if (token < predicate->token_count)
        add_literal(text, predicate->tokens[token].text, keeps_case(predicate), false);
    add(text, "'");
}

/* The patterns that people write as a modifier are said as that modifier. */
static void add_match(struct text *text, const struct vg_predicate *predicate)
{
    size_t count = predicate->token_count;

    if (count == 0)
        add(text, " is empty");
    else if (count == 1 && is(predicate, 0, VG_TOKEN_LITERAL))
        add_simple(text, " is", predicate, 0);
    else if (count == 1 && is(predicate, 0, VG_TOKEN_ANY_RUN))
        add(text, " has any value");
    else if (count == 2 && is(predicate, 0, VG_TOKEN_ANY_RUN) && is(predicate, 1, VG_TOKEN_LITERAL))
        add_simple(text, " ends with", predicate, 1);
    else if (count == 2 && is(predicate, 0, VG_TOKEN_LITERAL) && is(predicate, 1, VG_TOKEN_ANY_RUN))
        add_simple(text, " starts with", predicate, 0);
    else if (count == 3 && is(predicate, 0, VG_TOKEN_ANY_RUN) && is(predicate, 1, VG_TOKEN_LITERAL) &&
             is(predicate, 2, VG_TOKEN_ANY_RUN))
        add_simple(text, " contains", predicate, 1);
    else
        add_pattern(text, predicate);
    if (predicate->cased)
        add(text, " (case counts)");
}

static void add_regex(struct text *text, const struct vg_predicate *predicate)
{
    add_simple(text, " matches the regular expression", predicate, 0);
    if (predicate->regex_flags & VG_REGEX_CASELESS)
        add(text, " in any case");
    if (predicate->regex_flags & VG_REGEX_MULTILINE)
        add(text, " (^ and $ at every line)");
    if (predicate->regex_flags & VG_REGEX_DOTALL)
        add(text, " (. takes line ends)");
}

static void add_other_field(struct text *text, const struct vg_predicate *predicate)
{
    static const char *const words[] = {
        [VG_COMPARE_EQUAL] = " is the same as ",
        [VG_COMPARE_STARTS] = " starts with the value of ",
        [VG_COMPARE_ENDS] = " ends with the value of ",
    };

    add(text, words[predicate->compare]);
    add(text, vg_field_name(predicate->other));
    if (predicate->cased)
        add(text, " (case counts)");
}

static void add_test(struct text *text, const struct vg_predicate *predicate)
{
    char number[48];

    switch (predicate->test) {
    case VG_TEST_EXISTS:
        add(text, " has a value");
        break;
    case VG_TEST_NULL:
        add(text, " is absent");
        break;
    case VG_TEST_UNDER:
        add_simple(text, " is under", predicate, 0);
        break;
    case VG_TEST_DIGESTS:
        snprintf(number, sizeof(number), " is one of %zu hash%s", predicate->digest_count,
                 predicate->digest_count == 1 ? "" : "es");
        add(text, number);
        break;
    case VG_TEST_AT_LEAST:
        add_simple(text, " is at least", predicate, 0);
        break;
    case VG_TEST_AT_MOST:
        add_simple(text, " is at most", predicate, 0);
        break;
    case VG_TEST_FIELDREF:
        add_other_field(text, predicate);
        break;
    case VG_TEST_REGEX:
        add_regex(text, predicate);
        break;
    case VG_TEST_PATTERN:
        add_match(text, predicate);
        break;
    }
}

char *vg_predicate_text(const struct vg_predicate *predicate)
{
    struct text text = {0};

    add(&text, vg_field_name(predicate->field));
    add_test(&text, predicate);
    if (text.failed) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}

const char *vg_action_word(enum vg_action action)
{
    static const char *const words[] = {"allow", "deny", "ask", "audit"};

    return words[action];
}
