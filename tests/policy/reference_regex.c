#define PCRE2_CODE_UNIT_WIDTH 16
#include "reference_regex.h"

#include "../../src/regex/compile.h"

#include <pcre2.h>
#include <stdlib.h>

static uint16_t *folded_beyond_ascii(struct vg_span text, bool caseless)
{
    uint16_t *units = malloc(text.size + 2);

    if (!units)
        abort();
    for (uint32_t at = 0; at < vg_unit_count(text); at++) {
        uint16_t unit = vg_units(text)[at];

        units[at] = caseless && unit > 0x7F ? vg_upcase(unit) : unit;
    }
    return units;
}

static pcre2_code *compile(struct vg_span pattern, unsigned flags)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    uint32_t options = (flags & VG_REGEX_CASELESS ? PCRE2_CASELESS : 0u) |
                       (flags & VG_REGEX_MULTILINE ? PCRE2_MULTILINE : 0u) |
                       (flags & VG_REGEX_DOTALL ? PCRE2_DOTALL : 0u);
    uint16_t *units = folded_beyond_ascii(pattern, flags & VG_REGEX_CASELESS);
    pcre2_code *code;
    size_t offset;
    int error;

    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    code = pcre2_compile(units, vg_unit_count(pattern), options, &error, &offset, context);
    if (!code)
        abort();
    pcre2_compile_context_free(context);
    free(units);
    return code;
}

bool reference_regex_found(struct vg_span pattern, unsigned flags, struct vg_span text)
{
    pcre2_code *code = compile(pattern, flags);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    uint16_t *units = folded_beyond_ascii(text, flags & VG_REGEX_CASELESS);
    int found = pcre2_match(code, units, vg_unit_count(text), 0, 0, data, NULL);

    if (found < PCRE2_ERROR_NOMATCH)
        abort();
    free(units);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found >= 0;
}
