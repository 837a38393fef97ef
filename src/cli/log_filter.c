#include "log_filter.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && is_space(*at))
        at++;
    return at;
}

/* Whether a value that begins at `at` may be one of the numbers of a creation. What is neither plain digits
 * nor digits in quotes is left to the parser. */
static bool may_be_creation_number(const char *at, const char *end)
{
    bool quoted = at < end && *at == '"';
    const char *first = quoted ? at + 1 : at;
    const char *last = first;
    size_t digits;

    while (last < end && *last >= '0' && *last <= '9')
        last++;
    digits = (size_t)(last - first);
    if (digits == 0 || last == end)
        return true;
    if (quoted ? *last != '"' : *last != ',' && *last != '}' && *last != ']' && !is_space(*last))
        return true;
    while (digits > 1 && *first == '0') {
        first++;
        digits--;
    }
    return (digits == 1 && *first == '1') || (digits == 4 && memcmp(first, "4688", 4) == 0);
}

/* Whether the value is a string that is not ProcessCreate. */
static bool may_be_creation_type(const char *at, const char *end)
{
    static const char word[] = "\"ProcessCreate\"";
    size_t left = (size_t)(end - at);

    return left < sizeof(word) - 1 || memcmp(at, word, sizeof(word) - 1) == 0;
}

static bool is_key(const char *at, const char *end, const char *key, size_t size)
{
    return (size_t)(end - at) >= size && memcmp(at, key, size) == 0;
}

static bool is_hexadecimal(char letter)
{
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') ||
           (letter >= 'A' && letter <= 'F');
}

/* \u0030 to \u007a: what could spell a key or a value that is looked for. (\u005f is the underscore.) */
static bool is_escaped_letter(const char *at, const char *end)
{
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && at[2] == '0' && at[3] == '0' && at[4] >= '3' &&
           at[4] <= '7' && is_hexadecimal(at[5]) && !(at[4] == '3' && (at[5] | 0x20) >= 'a');
}

/* `at` is a quote or a backslash. */
static bool may_create_at(const char *at, const char *end)
{
    const char *value;
    bool type = false;

    if (*at == '\\')
        return is_escaped_letter(at, end);
    if (is_key(at, end, "\"CommandLine\"", 13))
        value = at + 13;
    else if (is_key(at, end, "\"EventID\"", 9))
        value = at + 9;
    else if (is_key(at, end, "\"event_id\"", 10))
        value = at + 10;
    else if (is_key(at, end, "\"EventType\"", 11))
        value = at + 11, type = true;
    else
        return false;
    value = skip_space(value, end);
    if (value == end || *value != ':')
        return false;
    value = skip_space(value + 1, end);
    if (at[1] == 'C')
        return true;
    return type ? may_be_creation_type(value, end) : may_be_creation_number(value, end);
}

#if defined(__SSE2__)
/* Quotes with an n or m four further on, and \u: all keys looked for are "...n or "...m. Reads 20 bytes. */
static unsigned candidates(const char *at)
{
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));
    __m128i fifth = _mm_loadu_si128((const __m128i *)(const void *)(at + 4));
    __m128i key = _mm_and_si128(
        _mm_cmpeq_epi8(here, _mm_set1_epi8('"')),
        _mm_or_si128(_mm_cmpeq_epi8(fifth, _mm_set1_epi8('n')), _mm_cmpeq_epi8(fifth, _mm_set1_epi8('m'))));
    __m128i escape =
        _mm_and_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8('\\')), _mm_cmpeq_epi8(next, _mm_set1_epi8('u')));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(key, escape));
}
#endif

bool vg_log_may_create(const char *text, size_t size)
{
    const char *end = text + size;

#if defined(__SSE2__)
    while (end - text >= 20) {
        unsigned found = candidates(text);

        for (; found != 0; found &= found - 1) {
            if (may_create_at(text + __builtin_ctz(found), end))
                return true;
        }
        text += 16;
    }
#endif
    for (; text < end; text++) {
        if ((*text == '"' || *text == '\\') && may_create_at(text, end))
            return true;
    }
    return false;
}
