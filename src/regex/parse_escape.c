#include "parse.h"

static int hex_value(uint32_t unit)
{
    if (unit >= '0' && unit <= '9')
        return (int)(unit - '0');
    if (unit >= 'a' && unit <= 'f')
        return (int)(unit - 'a' + 10);
    if (unit >= 'A' && unit <= 'F')
        return (int)(unit - 'A' + 10);
    return -1;
}

static bool parse_braced_hex(struct vg_regex_parser *parser, uint32_t *value)
{
    uint32_t begin = parser->at - 2;
    uint32_t digits = 0;

    parser->at++;
    *value = 0;
    for (; hex_value(vg_regex_peek(parser, 0)) >= 0; parser->at++, digits++) {
        *value = *value * 16 + (uint32_t)hex_value(vg_regex_peek(parser, 0));
        if (*value > 0xFFFF)
            return vg_regex_fail(parser->error, begin, "\\x{...} above FFFF: a unit of UTF-16 has 16 bits");
    }
    if (digits == 0 || vg_regex_peek(parser, 0) != '}')
        return vg_regex_fail(parser->error, begin, "\\x{ without hexadecimal digits and a }");
    parser->at++;
    return true;
}

static bool parse_hex(struct vg_regex_parser *parser, uint32_t *value)
{
    if (vg_regex_peek(parser, 0) == '{')
        return parse_braced_hex(parser, value);
    *value = 0;
    for (unsigned digit = 0; digit < 2 && hex_value(vg_regex_peek(parser, 0)) >= 0; digit++, parser->at++)
        *value = *value * 16 + (uint32_t)hex_value(vg_regex_peek(parser, 0));
    return true;
}

/* Up to `digits` octal digits, of which the first has been read. */
static uint32_t parse_octal(struct vg_regex_parser *parser, uint32_t value, unsigned digits)
{
    for (; digits > 1 && vg_regex_peek(parser, 0) >= '0' && vg_regex_peek(parser, 0) <= '7';
         digits--, parser->at++)
        value = value * 8 + (vg_regex_peek(parser, 0) - '0');
    return value;
}

static bool parse_control(struct vg_regex_parser *parser, uint32_t *value)
{
    uint32_t unit = vg_regex_peek(parser, 0);

    if (unit < 32 || unit > 126)
        return vg_regex_fail(parser->error, parser->at - 2,
                             "\\c without a printable ASCII character behind it");
    if (unit >= 'a' && unit <= 'z')
        unit -= 32;
    parser->at++;
    *value = unit ^ 0x40;
    return true;
}

/* Letters for which a name in the refusal says more than the letter. */
static bool refuse_letter(struct vg_regex_parser *parser, uint32_t letter)
{
    static const struct {
        char letters[6];
        const char *name;
    } known[] = {
        {"gk",
         "back-references and calls of groups (\\g, \\k) are refused: no automaton is bounded for them"},
        {"pPX", "Unicode properties (\\p, \\P, \\X) are not supported"},
        {"QE", "quoting by \\Q and \\E is not supported: put a backslash before each sign"},
        {"RC", "\\R and \\C are not supported: write out what is meant"},
        {"KG", "\\K and \\G are not supported: whether a text matches does not need them"},
        {"uUlL", "\\u, \\U, \\l and \\L are not supported: write \\x{...}"},
    };
    uint32_t offset = parser->at - 2;

    for (unsigned at = 0; at < sizeof(known) / sizeof(*known); at++) {
        for (const char *each = known[at].letters; *each; each++) {
            if ((uint8_t)*each == letter)
                return vg_regex_fail(parser->error, offset, "%s", known[at].name);
        }
    }
    return vg_regex_fail(parser->error, offset, "\\%c is not an escape", (int)letter);
}

static bool parse_look(uint32_t letter, uint32_t *look)
{
    switch (letter) {
    case 'b':
        *look = VG_LOOK_BOUNDARY;
        return true;
    case 'B':
        *look = VG_LOOK_NOT_BOUNDARY;
        return true;
    case 'A':
        *look = VG_LOOK_BEGIN;
        return true;
    case 'z':
        *look = VG_LOOK_END;
        return true;
    case 'Z':
        *look = VG_LOOK_LAST;
        return true;
    default:
        return false;
    }
}

static bool parse_control_letter(uint32_t letter, bool in_class, uint32_t *value)
{
    static const char letters[] = "aefnrt";
    static const char values[] = {7, 27, 12, 10, 13, 9};

    for (unsigned at = 0; at < sizeof(values); at++) {
        if ((uint8_t)letters[at] == letter) {
            *value = (uint8_t)values[at];
            return true;
        }
    }
    *value = 8;
    return in_class && letter == 'b';
}

static bool parse_digits(struct vg_regex_parser *parser, bool in_class, uint32_t digit, uint32_t *value)
{
    if (digit != '0' && !in_class)
        return vg_regex_fail(parser->error, parser->at - 2,
                             "back-references (\\%c) are refused: no automaton is bounded for them",
                             (int)digit);
    if (digit > '7')
        return vg_regex_fail(parser->error, parser->at - 2, "\\%c in a class is not an escape", (int)digit);
    *value = parse_octal(parser, digit - '0', 3);
    return true;
}

bool vg_regex_parse_escape(struct vg_regex_parser *parser, bool in_class, struct vg_regex_escape *escape)
{
    uint32_t letter = vg_regex_peek(parser, 0);

    if (letter == UINT32_MAX)
        return vg_regex_fail(parser->error, parser->at - 1, "a backslash at the end");
    parser->at++;
    escape->kind = VG_ESCAPE_UNIT;
    escape->value = letter;
    if (letter >= '0' && letter <= '9')
        return parse_digits(parser, in_class, letter, &escape->value);
    if (letter > 127 || !vg_regex_is_word(letter) || letter == '_')
        return true;
    if (letter == 'x')
        return parse_hex(parser, &escape->value);
    if (letter == 'c')
        return parse_control(parser, &escape->value);
    if (parse_control_letter(letter, in_class, &escape->value))
        return true;
    if (!in_class && parse_look(letter, &escape->value)) {
        escape->kind = VG_ESCAPE_LOOK;
        return true;
    }
    escape->kind = VG_ESCAPE_SET;
    escape->value = letter;
    for (const char *each = in_class ? "dDwWsShHvV" : "dDwWsShHvVN"; *each; each++) {
        if ((uint8_t)*each == letter)
            return true;
    }
    return refuse_letter(parser, letter);
}
