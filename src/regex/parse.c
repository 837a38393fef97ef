#include "parse.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH  100u
#define MAX_SETS   1024u
#define MAX_REPEAT 65535u

static uint32_t parse_alternatives(struct vg_regex_parser *parser);

static uint32_t add_node(struct vg_regex_parser *parser, struct vg_regex_node node)
{
    struct vg_regex_tree *tree = parser->tree;

    if (tree->count == tree->room) {
        uint32_t room = tree->room ? tree->room * 2 : 64;
        struct vg_regex_node *nodes = realloc(tree->nodes, room * sizeof(*nodes));

        if (!nodes) {
            vg_regex_fail(parser->error, 0, "no memory");
            return VG_REGEX_NO_NODE;
        }
        tree->nodes = nodes;
        tree->room = room;
    }
    tree->nodes[tree->count] = node;
    return tree->count++;
}

static uint32_t add_pair(struct vg_regex_parser *parser, enum vg_regex_kind kind, uint32_t left,
                         uint32_t right)
{
    if (left == VG_REGEX_NO_NODE || right == VG_REGEX_NO_NODE)
        return VG_REGEX_NO_NODE;
    return add_node(parser, (struct vg_regex_node){.kind = kind, .left = left, .right = right});
}

static uint32_t add_look(struct vg_regex_parser *parser, uint32_t look)
{
    parser->tree->looks = true;
    return add_node(parser, (struct vg_regex_node){.kind = VG_REGEX_LOOK, .value = look});
}

static uint32_t find_set(const struct vg_regex_tree *tree, const struct vg_regex_set *set)
{
    uint32_t at = 0;

    while (at < tree->set_count && memcmp(&tree->sets[at], set, sizeof(*set)) != 0)
        at++;
    return at;
}

static uint32_t add_set(struct vg_regex_parser *parser, const struct vg_regex_set *set)
{
    struct vg_regex_tree *tree = parser->tree;
    uint32_t index = find_set(tree, set);

    if (index == MAX_SETS) {
        vg_regex_fail(parser->error, 0, "more than %u different characters and classes", MAX_SETS);
        return VG_REGEX_NO_NODE;
    }
    if (index == tree->set_room) {
        uint32_t room = tree->set_room ? tree->set_room * 2 : 16;
        struct vg_regex_set *sets = realloc(tree->sets, room * sizeof(*sets));

        if (!sets) {
            vg_regex_fail(parser->error, 0, "no memory");
            return VG_REGEX_NO_NODE;
        }
        tree->sets = sets;
        tree->set_room = room;
    }
    if (index == tree->set_count)
        tree->sets[tree->set_count++] = *set;
    return add_node(parser, (struct vg_regex_node){.kind = VG_REGEX_SET, .value = index});
}

bool vg_regex_parse_fold(struct vg_regex_parser *parser, struct vg_regex_set *set)
{
    if (!parser->cases) {
        parser->cases = malloc(sizeof(*parser->cases));
        if (!parser->cases)
            return vg_regex_fail(parser->error, 0, "no memory");
        vg_regex_case_build(parser->cases);
    }
    vg_regex_set_fold(set, parser->cases);
    return true;
}

static uint32_t add_unit(struct vg_regex_parser *parser, uint32_t unit)
{
    struct vg_regex_set set = {0};

    vg_regex_set_add(&set, unit);
    if ((parser->flags & VG_REGEX_CASELESS) && !vg_regex_parse_fold(parser, &set))
        return VG_REGEX_NO_NODE;
    return add_set(parser, &set);
}

static uint32_t add_dot(struct vg_regex_parser *parser)
{
    struct vg_regex_set set = {0};

    if (parser->flags & VG_REGEX_DOTALL)
        vg_regex_set_invert(&set);
    else
        vg_regex_set_add_escape(&set, 'N');
    return add_set(parser, &set);
}

static uint32_t parse_escape(struct vg_regex_parser *parser)
{
    struct vg_regex_escape escape;
    struct vg_regex_set set = {0};

    if (!vg_regex_parse_escape(parser, false, &escape))
        return VG_REGEX_NO_NODE;
    if (escape.kind == VG_ESCAPE_UNIT)
        return add_unit(parser, escape.value);
    if (escape.kind == VG_ESCAPE_LOOK)
        return add_look(parser, escape.value);
    vg_regex_set_add_escape(&set, escape.value);
    return add_set(parser, &set);
}

/* A group, or an inline flag or comment, which is as if nothing stood there: `*repeatable` tells them apart.
 */
static uint32_t parse_group(struct vg_regex_parser *parser, bool *repeatable)
{
    uint32_t begin = parser->at - 1;
    unsigned flags = parser->flags;
    uint32_t node;

    if (!vg_regex_parse_group_head(parser, repeatable))
        return VG_REGEX_NO_NODE;
    if (!*repeatable)
        return add_node(parser, (struct vg_regex_node){.kind = VG_REGEX_EMPTY});
    if (++parser->depth > MAX_DEPTH) {
        vg_regex_fail(parser->error, begin, "groups nested deeper than %u", MAX_DEPTH);
        return VG_REGEX_NO_NODE;
    }
    node = parse_alternatives(parser);
    parser->depth--;
    if (node != VG_REGEX_NO_NODE && vg_regex_peek(parser, 0) != ')') {
        vg_regex_fail(parser->error, begin, "a group without its )");
        return VG_REGEX_NO_NODE;
    }
    parser->at++;
    parser->flags = flags;
    return node;
}

/* {n} {n,} {n,m}; anything else that begins with a brace is literal. Returns its length, or 0. */
static uint32_t read_braces(const struct vg_regex_parser *parser, uint32_t *least, uint32_t *most)
{
    uint32_t at = 1;
    uint32_t numbers[2] = {0, 0};
    uint32_t digits[2] = {0, 0};
    unsigned number = 0;

    for (;; at++) {
        uint32_t unit = vg_regex_peek(parser, at);

        if (unit >= '0' && unit <= '9') {
            if (numbers[number] <= MAX_REPEAT)
                numbers[number] = numbers[number] * 10 + (unit - '0');
            digits[number]++;
        } else if (unit == ',' && number == 0) {
            number = 1;
        } else if (unit == '}') {
            break;
        } else {
            return 0;
        }
    }
    if (!digits[0])
        return 0;
    *least = numbers[0];
    *most = number == 0 ? numbers[0] : digits[1] ? numbers[1] : VG_REGEX_NO_LIMIT;
    return at + 1;
}

/* The length of the quantifier here, or 0. */
static uint32_t read_quantifier(const struct vg_regex_parser *parser, uint32_t *least, uint32_t *most)
{
    uint32_t unit = vg_regex_peek(parser, 0);

    *least = unit == '+' ? 1 : 0;
    *most = unit == '?' ? 1 : VG_REGEX_NO_LIMIT;
    if (unit == '*' || unit == '+' || unit == '?')
        return 1;
    return unit == '{' ? read_braces(parser, least, most) : 0;
}

static bool check_quantifier(struct vg_regex_parser *parser, bool repeatable, uint32_t least, uint32_t most)
{
    if (!repeatable)
        return vg_regex_fail(parser->error, parser->at, "a quantifier behind nothing that can be repeated");
    if (least > MAX_REPEAT || (most > MAX_REPEAT && most != VG_REGEX_NO_LIMIT))
        return vg_regex_fail(parser->error, parser->at, "a quantifier above %u", MAX_REPEAT);
    if (least > most)
        return vg_regex_fail(parser->error, parser->at, "a quantifier {n,m} whose n is above its m");
    return true;
}

static uint32_t parse_quantifier(struct vg_regex_parser *parser, uint32_t node, bool repeatable)
{
    uint32_t least;
    uint32_t most;
    uint32_t length = read_quantifier(parser, &least, &most);

    if (length == 0)
        return node;
    if (!check_quantifier(parser, repeatable, least, most))
        return VG_REGEX_NO_NODE;
    parser->at += length;
    if (vg_regex_peek(parser, 0) == '+') {
        vg_regex_fail(
            parser->error, parser->at,
            "possessive quantifiers (such as a++) are refused: their meaning is an order of backtracking");
        return VG_REGEX_NO_NODE;
    }
    parser->at += vg_regex_peek(parser, 0) == '?'; /* lazy: whether a text matches does not depend on it */
    if (read_quantifier(parser, &(uint32_t){0}, &(uint32_t){0})) {
        vg_regex_fail(parser->error, parser->at,
                      "a quantifier on a quantifier; put the inner one into (?:...)");
        return VG_REGEX_NO_NODE;
    }
    return add_node(
        parser, (struct vg_regex_node){.kind = VG_REGEX_REPEAT, .left = node, .least = least, .most = most});
}

static uint32_t parse_class(struct vg_regex_parser *parser)
{
    struct vg_regex_set set;

    return vg_regex_parse_class(parser, &set) ? add_set(parser, &set) : VG_REGEX_NO_NODE;
}

static uint32_t parse_atom(struct vg_regex_parser *parser, bool *repeatable)
{
    bool lines = (parser->flags & VG_REGEX_MULTILINE) != 0;
    uint32_t unit = vg_regex_peek(parser, 0);
    uint32_t node;

    *repeatable = true;
    parser->at++;
    switch (unit) {
    case '(':
        return parse_group(parser, repeatable);
    case '[':
        return parse_class(parser);
    case '.':
        return add_dot(parser);
    case '^':
        *repeatable = false;
        return add_look(parser, lines ? VG_LOOK_LINE_BEGIN : VG_LOOK_BEGIN);
    case '$':
        *repeatable = false;
        return add_look(parser, lines ? VG_LOOK_LINE_END : VG_LOOK_LAST);
    case '\\':
        node = parse_escape(parser);
        *repeatable = node != VG_REGEX_NO_NODE && parser->tree->nodes[node].kind == VG_REGEX_SET;
        return node;
    default:
        return add_unit(parser, unit);
    }
}

static uint32_t parse_sequence(struct vg_regex_parser *parser)
{
    uint32_t sequence = add_node(parser, (struct vg_regex_node){.kind = VG_REGEX_EMPTY});
    bool repeatable = false;

    if (parse_quantifier(parser, sequence, false) == VG_REGEX_NO_NODE)
        return VG_REGEX_NO_NODE;
    while (sequence != VG_REGEX_NO_NODE && parser->at < parser->count && vg_regex_peek(parser, 0) != '|' &&
           vg_regex_peek(parser, 0) != ')') {
        uint32_t node = parse_atom(parser, &repeatable);

        if (node != VG_REGEX_NO_NODE)
            node = parse_quantifier(parser, node, repeatable);
        sequence = add_pair(parser, VG_REGEX_THEN, sequence, node);
    }
    return sequence;
}

static uint32_t parse_alternatives(struct vg_regex_parser *parser)
{
    uint32_t node = parse_sequence(parser);

    while (node != VG_REGEX_NO_NODE && vg_regex_peek(parser, 0) == '|') {
        parser->at++;
        node = add_pair(parser, VG_REGEX_OR, node, parse_sequence(parser));
    }
    return node;
}

static bool check_units(const struct vg_regex_parser *parser)
{
    if (parser->count > VG_REGEX_MAX_PATTERN)
        return vg_regex_fail(parser->error, 0, "%u characters, and at most %u are supported", parser->count,
                             VG_REGEX_MAX_PATTERN);
    for (uint32_t at = 0; at < parser->count; at++) {
        if (parser->units[at] >= 0xD800 && parser->units[at] <= 0xDFFF)
            return vg_regex_fail(parser->error, at, "characters above U+FFFF are not supported");
    }
    return true;
}

bool vg_regex_parse(struct vg_span pattern, unsigned flags, struct vg_regex_tree *tree,
                    struct vg_regex_error *error)
{
    struct vg_regex_parser parser = {.units = vg_units(pattern),
                                     .count = vg_unit_count(pattern),
                                     .flags = flags,
                                     .tree = tree,
                                     .error = error};

    if (!check_units(&parser))
        return false;
    tree->root = parse_alternatives(&parser);
    free(parser.cases);
    if (tree->root == VG_REGEX_NO_NODE)
        return false;
    if (parser.at < parser.count)
        return vg_regex_fail(error, parser.at, "a ) without its (");
    return true;
}
