#include "parse.h"

/* Whether `[:`, `[.` or `[=` here begins a POSIX name; `*length` receives that of what stands between the
 * signs. The same reading as PCRE's. */
static bool is_posix(const struct vg_regex_parser *parser, uint32_t *length)
{
    uint32_t sign = vg_regex_peek(parser, 1);

    if (vg_regex_peek(parser, 0) != '[' || (sign != ':' && sign != '.' && sign != '='))
        return false;
    for (uint32_t at = 2; vg_regex_peek(parser, at + 1) != UINT32_MAX; at++) {
        uint32_t unit = vg_regex_peek(parser, at);
        uint32_t after = vg_regex_peek(parser, at + 1);

        if (unit == '\\' && (after == ']' || after == '\\')) {
            at++;
        } else if ((unit == '[' && after == sign) || unit == ']') {
            return false;
        } else if (unit == sign && after == ']') {
            *length = at - 2;
            return true;
        }
    }
    return false;
}

static bool parse_posix(struct vg_regex_parser *parser, uint32_t length, struct vg_regex_set *set)
{
    struct vg_regex_set named = {0};
    const uint16_t *name = parser->units + parser->at + 2;
    uint32_t begin = parser->at;
    bool negated = length > 0 && *name == '^';

    if (vg_regex_peek(parser, 1) != ':')
        return vg_regex_fail(parser->error, begin, "collating elements ([. .], [= =]) are not supported");
    if (!vg_regex_set_add_posix(&named, name + negated, length - negated))
        return vg_regex_fail(parser->error, begin, "an unknown name in [: :]");
    /* PCRE: ignoring case, lower and upper are both alpha. */
    if ((parser->flags & VG_REGEX_CASELESS) && (name[negated] == 'l' || (name[negated] == 'u')) &&
        !vg_regex_parse_fold(parser, &named))
        return false;
    if (negated)
        vg_regex_set_invert(&named);
    vg_regex_set_add_all(set, &named);
    parser->at += length + 4;
    return true;
}

/* One unit of a class, or a set such as \d, which is added at once. */
static bool parse_member(struct vg_regex_parser *parser, struct vg_regex_set *set, bool *is_set,
                         uint32_t *unit)
{
    struct vg_regex_escape escape;
    uint32_t length;

    *is_set = true;
    if (is_posix(parser, &length))
        return parse_posix(parser, length, set);
    *is_set = false;
    *unit = vg_regex_peek(parser, 0);
    parser->at++;
    if (*unit != '\\')
        return true;
    if (!vg_regex_parse_escape(parser, true, &escape))
        return false;
    *unit = escape.value;
    *is_set = escape.kind == VG_ESCAPE_SET;
    if (*is_set)
        vg_regex_set_add_escape(set, escape.value);
    return true;
}

static bool begins_range(const struct vg_regex_parser *parser)
{
    return vg_regex_peek(parser, 0) == '-' && vg_regex_peek(parser, 1) != ']' &&
           vg_regex_peek(parser, 1) != UINT32_MAX;
}

/* A member or a range. `units` are those that ignoring case adds to, `set` those that it does not. */
static bool parse_members(struct vg_regex_parser *parser, struct vg_regex_set *units,
                          struct vg_regex_set *set)
{
    uint32_t begin = parser->at;
    uint32_t first;
    uint32_t last;
    bool is_set;

    if (!parse_member(parser, set, &is_set, &first))
        return false;
    if (!begins_range(parser)) {
        if (!is_set)
            vg_regex_set_add(units, first);
        return true;
    }
    if (is_set)
        return vg_regex_fail(parser->error, begin,
                             "a range that begins with a set; put the - last or behind a \\");
    parser->at++;
    if (!parse_member(parser, set, &is_set, &last))
        return false;
    if (is_set)
        return vg_regex_fail(parser->error, begin,
                             "a range that ends with a set; put the - last or behind a \\");
    if (first > last)
        return vg_regex_fail(parser->error, begin, "a range that ends before it begins");
    vg_regex_set_add_range(units, first, last);
    return true;
}

bool vg_regex_parse_class(struct vg_regex_parser *parser, struct vg_regex_set *set)
{
    struct vg_regex_set units = {0};
    uint32_t begin = parser->at - 1;
    bool negated = vg_regex_peek(parser, 0) == '^';
    bool first = true;

    parser->at--;
    if (is_posix(parser, &(uint32_t){0}))
        return vg_regex_fail(parser->error, begin, "a POSIX name outside a class: write [[:name:]]");
    parser->at++;
    parser->at += negated;
    *set = (struct vg_regex_set){0};
    while (first || vg_regex_peek(parser, 0) != ']') {
        if (parser->at == parser->count)
            return vg_regex_fail(parser->error, begin, "a class without its ]");
        if (!parse_members(parser, &units, set))
            return false;
        first = false;
    }
    parser->at++;
    if ((parser->flags & VG_REGEX_CASELESS) && !vg_regex_parse_fold(parser, &units))
        return false;
    vg_regex_set_add_all(set, &units);
    if (negated)
        vg_regex_set_invert(set);
    return true;
}
