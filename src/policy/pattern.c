#include "pattern.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define TEXT_MAX 32767u /* UTF-16 units that a UNICODE_STRING counts */

bool vg_codes_add(struct vg_reader *reader, uint32_t code)
{
    struct vg_codes *codes = &reader->codes;
    if (codes->count == codes->capacity) {
        size_t capacity = codes->capacity ? codes->capacity * 2 : 256;
        uint32_t *more = realloc(codes->at, capacity * sizeof(*more));
        if (!more) {
            vg_complain(reader, (struct vg_place){.file = reader->file}, NULL,
                        "there is no memory for a pattern");
            return false;
        }
        codes->at = more;
        codes->capacity = capacity;
    }
    codes->at[codes->count++] = code;
    return true;
}

bool vg_codes_prepend_run(struct vg_reader *reader)
{
    struct vg_codes *codes = &reader->codes;
    if (!vg_codes_add(reader, VG_CODE_RUN))
        return false;
    memmove(codes->at + 1, codes->at, (codes->count - 1) * sizeof(*codes->at));
    codes->at[0] = VG_CODE_RUN;
    return true;
}

bool vg_codes_wild(const struct vg_codes *codes)
{
    for (size_t i = 0; i < codes->count; i++)
        if (codes->at[i] >= VG_CODE_RUN)
            return true;
    return false;
}

static bool check_length(struct vg_reader *reader, struct vg_place place, size_t count)
{
    if (count <= TEXT_MAX)
        return true;
    vg_complain(reader, place, NULL, "this text is %zu characters long, and Windows has none longer than %u",
                count, TEXT_MAX);
    return false;
}

bool vg_codes_set(struct vg_reader *reader, struct vg_place place, const uint32_t *codes, size_t count)
{
    bool good = check_length(reader, place, count);
    reader->codes.count = 0;
    for (size_t i = 0; good && i < count; i++)
        good = vg_codes_add(reader, codes[i]);
    return good;
}

bool vg_codes_from_text(struct vg_reader *reader, struct vg_place place, const char *text, size_t size)
{
    struct vg_codes *codes = &reader->codes;
    size_t count = 0;
    codes->count = 0;
    if (!vg_utf16_from_utf8(text, size, NULL, 0, &count, NULL)) {
        vg_complain(reader, place, NULL, "this text is not well-formed Unicode");
        return false;
    }
    if (!check_length(reader, place, count))
        return false;
    uint16_t *units = malloc(count ? count * sizeof(*units) : 1);
    bool good = units && vg_utf16_from_utf8(text, size, units, count, &count, NULL);
    if (!good)
        vg_complain(reader, place, NULL, "there is no memory for a pattern");
    for (size_t i = 0; good && i < count; i++)
        good = vg_codes_add(reader, units[i]);
    free(units);
    return good;
}

bool vg_codes_from_path(struct vg_reader *reader, struct vg_place place, const char *text, size_t size)
{
    struct vg_codes *codes = &reader->codes;
    if (!vg_codes_from_text(reader, place, text, size))
        return false;
    for (size_t i = 0; i < codes->count; i++)
        if (codes->at[i] == '*' || codes->at[i] == '?')
            codes->at[i] = codes->at[i] == '*' ? VG_CODE_RUN : VG_CODE_ONE;
    return true;
}

bool vg_codes_from_sigma(struct vg_reader *reader, struct vg_place place, const char *text, size_t size,
                         bool *escaped)
{
    struct vg_codes *codes = &reader->codes;
    size_t kept = 0;
    *escaped = false;
    if (!vg_codes_from_text(reader, place, text, size))
        return false;
    for (size_t i = 0; i < codes->count; i++) {
        uint32_t code = codes->at[i];
        uint32_t next = i + 1 < codes->count ? codes->at[i + 1] : 0;
        if (code == '\\' && (next == '*' || next == '?' || next == '\\')) {
            *escaped = *escaped || next != '\\';
            code = next;
            i++;
        } else if (code == '*' || code == '?') {
            code = code == '*' ? VG_CODE_RUN : VG_CODE_ONE;
        }
        codes->at[kept++] = code;
    }
    codes->count = kept;
    return true;
}

/* Brings each run of wildcards into one order: every ?, then one * if there was any. */
static void order_wildcards(struct vg_codes *codes)
{
    size_t kept = 0;
    for (size_t i = 0; i < codes->count;) {
        bool run = false;
        if (codes->at[i] < VG_CODE_RUN) {
            codes->at[kept++] = codes->at[i++];
            continue;
        }
        for (; i < codes->count && codes->at[i] >= VG_CODE_RUN; i++) {
            if (codes->at[i] == VG_CODE_RUN)
                run = true;
            else
                codes->at[kept++] = VG_CODE_ONE;
        }
        if (run)
            codes->at[kept++] = VG_CODE_RUN;
    }
    codes->count = kept;
}

static size_t literal_length(const struct vg_codes *codes, size_t begin)
{
    size_t end = begin;
    while (end < codes->count && codes->at[end] < VG_CODE_RUN)
        end++;
    return end - begin;
}

static bool fill_literal(struct vg_reader *reader, struct vg_token *token, size_t begin, size_t length,
                         bool cased)
{
    uint16_t *units = vg_arena_array(reader->arena, length, sizeof(*units));
    if (!units)
        return false;
    for (size_t i = 0; i < length; i++) {
        uint16_t unit = (uint16_t)reader->codes.at[begin + i];
        units[i] = cased ? unit : vg_upcase(unit);
    }
    token->kind = VG_TOKEN_LITERAL;
    token->text = (struct vg_span){.bytes = units, .size = (uint32_t)(length * sizeof(*units))};
    return true;
}

bool vg_pattern_finish(struct vg_reader *reader, struct vg_predicate *predicate)
{
    struct vg_codes *codes = &reader->codes;
    size_t count = 0;
    order_wildcards(codes);
    for (size_t i = 0; i < codes->count; count++)
        i += codes->at[i] < VG_CODE_RUN ? literal_length(codes, i) : 1;
    struct vg_token *tokens = vg_arena_array(reader->arena, count, sizeof(*tokens));
    if (!tokens)
        return false;
    for (size_t i = 0, used = 0; i < codes->count; used++) {
        size_t length = literal_length(codes, i);
        if (length && !fill_literal(reader, &tokens[used], i, length, predicate->cased))
            return false;
        if (!length)
            tokens[used].kind = codes->at[i] == VG_CODE_RUN ? VG_TOKEN_ANY_RUN : VG_TOKEN_ANY_ONE;
        i += length ? length : 1;
    }
    predicate->tokens = tokens;
    predicate->token_count = count;
    return true;
}
