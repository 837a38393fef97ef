#include "parse.h"

static const struct {
    const char *begin;
    const char *name;
} refused[] = {
    {"?=", "look-ahead (?=...) is refused: it is not supported in an automaton of bounded size"},
    {"?!", "look-ahead (?!...) is refused: it is not supported in an automaton of bounded size"},
    {"?<=", "look-behind (?<=...) is refused: it is not supported in an automaton of bounded size"},
    {"?<!", "look-behind (?<!...) is refused: it is not supported in an automaton of bounded size"},
    {"?>", "atomic groups (?>...) are refused: their meaning is an order of backtracking"},
    {"?(", "conditions (?(...)...) are refused: no automaton is bounded for them"},
    {"?R", "recursion (?R) is refused: no automaton is bounded for it"},
    {"?&", "recursion (?&name) is refused: no automaton is bounded for it"},
    {"?P>", "recursion (?P>name) is refused: no automaton is bounded for it"},
    {"?+", "recursion (?+n) is refused: no automaton is bounded for it"},
    {"?P=", "back-references (?P=name) are refused: no automaton is bounded for them"},
    {"?|", "groups with one number (?|...) are not supported: write (?:...)"},
    {"?C", "callouts (?C) are refused"},
    {"*", "verbs (*...) are refused"},
};

static bool starts_with(const struct vg_regex_parser *parser, const char *text)
{
    for (uint32_t at = 0; text[at]; at++) {
        if (vg_regex_peek(parser, at) != (uint8_t)text[at])
            return false;
    }
    return true;
}

static bool is_digit(uint32_t unit)
{
    return unit >= '0' && unit <= '9';
}

static bool refuse(struct vg_regex_parser *parser)
{
    uint32_t begin = parser->at - 1;
    uint32_t unit = vg_regex_peek(parser, 1);

    for (unsigned at = 0; at < sizeof(refused) / sizeof(*refused); at++) {
        if (starts_with(parser, refused[at].begin))
            return vg_regex_fail(parser->error, begin, "%s", refused[at].name);
    }
    if (vg_regex_peek(parser, 0) == '?' &&
        (is_digit(unit) || (unit == '-' && is_digit(vg_regex_peek(parser, 2)))))
        return vg_regex_fail(parser->error, begin,
                             "recursion (?n) is refused: no automaton is bounded for it");
    return true;
}

/* (?<name> (?'name' (?P<name>: the parser is behind the opening sign. */
static bool skip_name(struct vg_regex_parser *parser, uint32_t begin, uint32_t close)
{
    uint32_t length = 0;

    while (vg_regex_is_word(vg_regex_peek(parser, 0))) {
        parser->at++;
        length++;
    }
    if (length == 0 || vg_regex_peek(parser, 0) != close)
        return vg_regex_fail(parser->error, begin, "a group's name is letters, digits and _, and then %c",
                             (int)close);
    parser->at++;
    return true;
}

static bool skip_comment(struct vg_regex_parser *parser, uint32_t begin)
{
    while (vg_regex_peek(parser, 0) != ')') {
        if (parser->at == parser->count)
            return vg_regex_fail(parser->error, begin, "a comment without its )");
        parser->at++;
    }
    parser->at++;
    return true;
}

static unsigned flag_of(uint32_t letter)
{
    return letter == 'i'   ? VG_REGEX_CASELESS
           : letter == 'm' ? VG_REGEX_MULTILINE
           : letter == 's' ? VG_REGEX_DOTALL
                           : 0u;
}

/* (?ims-ims) or (?ims-ims: */
static bool parse_flags(struct vg_regex_parser *parser, uint32_t begin, bool *group)
{
    bool clear = false;

    for (;; parser->at++) {
        uint32_t letter = vg_regex_peek(parser, 0);
        unsigned flag = flag_of(letter);

        if (letter == ':' || letter == ')') {
            *group = letter == ':';
            parser->at++;
            return true;
        }
        if (letter == '-' && !clear) {
            clear = true;
            continue;
        }
        if (!flag)
            return vg_regex_fail(parser->error, begin,
                                 "of the flags in (?...) only i, m and s are supported");
        parser->flags = clear ? parser->flags & ~flag : parser->flags | flag;
    }
}

bool vg_regex_parse_group_head(struct vg_regex_parser *parser, bool *group)
{
    uint32_t begin = parser->at - 1;

    if (!refuse(parser))
        return false;
    *group = true;
    if (vg_regex_peek(parser, 0) != '?')
        return true;
    parser->at++;
    if (vg_regex_peek(parser, 0) == '#') {
        *group = false;
        return skip_comment(parser, begin);
    }
    if (starts_with(parser, "P<"))
        parser->at++;
    if (vg_regex_peek(parser, 0) == '<' || vg_regex_peek(parser, 0) == '\'') {
        uint32_t close = vg_regex_peek(parser, 0) == '<' ? '>' : '\'';

        parser->at++;
        return skip_name(parser, begin, close);
    }
    return parse_flags(parser, begin, group);
}
