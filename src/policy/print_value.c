#include "print_value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../regex/compile.h"

static bool is_wild(const struct vg_token *token)
{
    return token->kind != VG_TOKEN_LITERAL;
}

static bool has_wildcards(const struct vg_predicate *predicate)
{
    for (size_t i = 0; i < predicate->token_count; i++)
        if (is_wild(&predicate->tokens[i]))
            return true;
    return false;
}

static bool is_letter(uint16_t unit)
{
    return (unit | 0x20) >= 'a' && (unit | 0x20) <= 'z';
}

/* Whether a pattern begins with a drive: C:\ or ?:\. */
static bool begins_with_drive(const struct vg_predicate *predicate)
{
    const struct vg_token *first = &predicate->tokens[0];
    bool any = first->kind == VG_TOKEN_ANY_ONE;
    const struct vg_token *literal = any && predicate->token_count > 1 ? first + 1 : first;
    uint32_t skipped = any ? 0 : 1;
    const uint16_t *units = vg_units(literal->text);
    return !is_wild(literal) && vg_unit_count(literal->text) >= skipped + 2 && (any || is_letter(units[0])) &&
           units[skipped] == ':' && units[skipped + 1] == '\\';
}

/* Whether `path` would read the pattern's text as this pattern: a drive in front, and nothing that it
 * refuses. */
static bool is_plain_path(const struct vg_predicate *predicate)
{
    if (!begins_with_drive(predicate))
        return false;
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        const uint16_t *units = vg_units(token->text);
        uint32_t count = is_wild(token) ? 0 : vg_unit_count(token->text);
        for (uint32_t k = 0; k < count; k++)
            if (units[k] == '*' || units[k] == '?' || units[k] == '/' || units[k] == 0 ||
                (units[k] == '\\' && k + 1 < count && units[k + 1] == '\\'))
                return false;
    }
    return true;
}

static const char *match_of_pattern(const struct vg_predicate *predicate)
{
    size_t count = predicate->token_count;
    const struct vg_token *tokens = predicate->tokens;
    if (!has_wildcards(predicate) || count < 2)
        return "";
    bool front = tokens[0].kind == VG_TOKEN_ANY_RUN;
    bool back = tokens[count - 1].kind == VG_TOKEN_ANY_RUN;
    bool simple = back && count == 2 && !is_wild(&tokens[0]);
    if (vg_field_kind(predicate->field) == VG_KIND_PATH && !simple && is_plain_path(predicate))
        return "path";
    if (front && back)
        return count > 2 ? "contains" : "";
    if (front || back)
        return front ? "endswith" : "startswith";
    return "";
}

/* By their flags. */
static const char *const regex_words[] = {"re",   "re|i",   "re|m",   "re|i|m",
                                          "re|s", "re|i|s", "re|m|s", "re|i|m|s"};
static_assert(VG_REGEX_CASELESS == 1 && VG_REGEX_MULTILINE == 2 && VG_REGEX_DOTALL == 4, "the words' order");

struct vg_print_key vg_print_key_of(const struct vg_expr *leaf)
{
    const struct vg_predicate *predicate =
        leaf->kind == VG_EXPR_NOT ? leaf->children[0]->predicate : leaf->predicate;
    struct vg_print_key key = {.field = predicate->field, .match = ""};
    switch (predicate->test) {
    case VG_TEST_EXISTS:
        key.match = "exists";
        break;
    case VG_TEST_UNDER:
        key.match = "under";
        key.cased = predicate->cased;
        break;
    case VG_TEST_AT_LEAST:
    case VG_TEST_AT_MOST:
        key.match = predicate->test == VG_TEST_AT_LEAST ? "gte" : "lte";
        break;
    case VG_TEST_FIELDREF:
        key.match = predicate->compare == VG_COMPARE_STARTS ? "startswith|fieldref"
                    : predicate->compare == VG_COMPARE_ENDS ? "endswith|fieldref"
                                                            : "fieldref";
        key.cased = predicate->cased;
        break;
    case VG_TEST_PATTERN:
        key.match = match_of_pattern(predicate);
        key.cased = predicate->cased;
        break;
    case VG_TEST_REGEX:
        key.match = regex_words[predicate->regex_flags];
        break;
    case VG_TEST_NULL:
    case VG_TEST_DIGESTS:
        break;
    }
    return key;
}

bool vg_print_same_key(const struct vg_print_key *a, const struct vg_print_key *b)
{
    return a->field == b->field && a->cased == b->cased && strcmp(a->match, b->match) == 0;
}

void vg_print_key(FILE *out, const struct vg_print_key *key, bool all)
{
    fprintf(out, "%s%s%s%s%s:", vg_field_name(key->field), *key->match ? "|" : "", key->match,
            key->cased ? "|cased" : "", all ? "|all" : "");
}

/* Units on their way to UTF-8. */
struct text {
    uint16_t *units;
    size_t count;
};

static void put(struct text *text, uint16_t unit)
{
    text->units[text->count++] = unit;
}

static uint16_t small(uint16_t unit, bool cased)
{
    return !cased && unit >= 'A' && unit <= 'Z' ? (uint16_t)(unit | 0x20) : unit;
}

/* A literal with Sigma's escapes; `wild_next`: a wildcard follows it. */
static void put_escaped(struct text *text, const struct vg_token *token, bool cased, bool wild_next)
{
    const uint16_t *units = vg_units(token->text);
    uint32_t count = vg_unit_count(token->text);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t next = i + 1 < count ? units[i + 1] : (uint16_t)(wild_next ? '*' : 0);
        bool special = units[i] == '*' || units[i] == '?';
        bool doubled = units[i] == '\\' && (next == '\\' || next == '*' || next == '?');
        if (special || doubled)
            put(text, '\\');
        put(text, small(units[i], cased));
    }
}

static void put_plain(struct text *text, const struct vg_token *token, bool cased)
{
    for (uint32_t i = 0; i < vg_unit_count(token->text); i++)
        put(text, small(vg_units(token->text)[i], cased));
}

static void put_tokens(struct text *text, const struct vg_predicate *predicate,
                       const struct vg_print_key *key)
{
    bool regex = predicate->test == VG_TEST_REGEX;
    bool escapes = !regex && strcmp(key->match, "under") != 0 && strcmp(key->match, "path") != 0;
    bool contains = strcmp(key->match, "contains") == 0;
    size_t begin = contains || strcmp(key->match, "endswith") == 0 ? 1 : 0;
    size_t end = predicate->token_count - (contains || strcmp(key->match, "startswith") == 0 ? 1 : 0);
    for (size_t i = begin; i < end; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        if (is_wild(token))
            put(text, token->kind == VG_TOKEN_ANY_RUN ? '*' : '?');
        else if (escapes)
            put_escaped(text, token, predicate->cased, i + 1 < end);
        else
            put_plain(text, token, regex || predicate->cased);
    }
}

static size_t most_units(const struct vg_predicate *predicate)
{
    size_t units = 1;
    for (size_t i = 0; i < predicate->token_count; i++)
        units += is_wild(&predicate->tokens[i]) ? 1 : 2 * (size_t)vg_unit_count(predicate->tokens[i].text);
    return units;
}

static void print_pattern(FILE *out, const struct vg_predicate *predicate, const struct vg_print_key *key)
{
    struct text text = {.units = malloc(most_units(predicate) * sizeof(uint16_t))};
    char *utf8 = NULL;
    if (text.units) {
        put_tokens(&text, predicate, key);
        struct vg_span span = {.bytes = text.units, .size = (uint32_t)(text.count * sizeof(uint16_t))};
        size_t size = vg_utf8_from_utf16(span, NULL, 0);
        utf8 = malloc(size + 1);
        if (utf8) {
            vg_utf8_from_utf16(span, utf8, size);
            vg_print_text(out, utf8, size, vg_field_kind(predicate->field) == VG_KIND_NUMBER);
        }
    }
    if (!utf8)
        fputs("# there is no memory to print this value", out);
    free(utf8);
    free(text.units);
}

void vg_print_value(FILE *out, const struct vg_expr *leaf, const struct vg_print_key *key)
{
    const struct vg_predicate *predicate =
        leaf->kind == VG_EXPR_NOT ? leaf->children[0]->predicate : leaf->predicate;
    if (predicate->test == VG_TEST_EXISTS)
        fputs(leaf->kind == VG_EXPR_NOT ? "false" : "true", out);
    else if (predicate->test == VG_TEST_NULL)
        fputs("null", out);
    else if (predicate->test == VG_TEST_FIELDREF)
        fputs(vg_field_name(predicate->other), out);
    else
        print_pattern(out, predicate, key);
}

/* Whether the text can stand without quotes and be nothing but itself: words, and none that YAML or the
 * reader knows. */
static bool may_be_plain(const char *text, size_t size)
{
    static const char *const words[] = {"null", "Null", "NULL", "true", "false", "yes", "no", NULL};
    if (size == 0 || text[0] == ' ' || text[size - 1] == ' ')
        return false;
    bool digits = strspn(text, "0123456789") >= size;
    bool letter = is_letter((unsigned char)text[0]);
    for (size_t i = 0; i < size; i++) {
        char byte = text[i];
        bool good = ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || (byte >= '0' && byte <= '9') ||
                    byte == ' ' || byte == '-' || byte == '_' || byte == '.' || byte == '(' || byte == ')' ||
                    byte == '/' || byte == ';';
        if (!good)
            return false;
    }
    for (const char *const *word = words; *word; word++)
        if (strlen(*word) == size && memcmp(*word, text, size) == 0)
            return false;
    return letter || digits;
}

/* Reads one character; what is printed was well-formed once, so nothing is checked. */
static uint32_t next_scalar(const char *text, size_t size, size_t *at)
{
    unsigned char first = (unsigned char)text[*at];
    unsigned more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t scalar = more ? first & (0x3Fu >> more) : first;
    (*at)++;
    for (; more && *at < size; more--)
        scalar = scalar << 6 | ((unsigned char)text[(*at)++] & 0x3Fu);
    return scalar;
}

/* Characters that YAML takes for more than themselves, or not at all. */
static bool needs_escape(uint32_t scalar)
{
    return scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0) || scalar == 0x2028 || scalar == 0x2029 ||
           scalar == 0xFEFF || (scalar >= 0xFFFE && scalar <= 0xFFFF) ||
           (scalar >= 0xD800 && scalar < 0xE000);
}

static bool any_needs_escape(const char *text, size_t size)
{
    for (size_t at = 0; at < size;)
        if (needs_escape(next_scalar(text, size, &at)))
            return true;
    return false;
}

void vg_print_text(FILE *out, const char *text, size_t size, bool plain)
{
    if (plain && may_be_plain(text, size)) {
        fwrite(text, 1, size, out);
        return;
    }
    bool escape = any_needs_escape(text, size);
    fputc(escape ? '"' : '\'', out);
    for (size_t at = 0; at < size;) {
        size_t begin = at;
        uint32_t scalar = next_scalar(text, size, &at);
        if (escape && needs_escape(scalar))
            fprintf(out, "\\u%04X", (unsigned)scalar);
        else if (escape && (scalar == '"' || scalar == '\\'))
            fprintf(out, "\\%c", (int)scalar);
        else if (!escape && scalar == '\'')
            fputs("''", out);
        else
            fwrite(text + begin, 1, at - begin, out);
    }
    fputc(escape ? '"' : '\'', out);
}
