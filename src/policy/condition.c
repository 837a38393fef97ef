/* The condition language: or, and, not, parentheses, names, `1 of x*`, `all of them`. Recursive descent,
 * bounded. */
#include "condition.h"

#include <string.h>

#include "names.h"

#define DEPTH_MAX 64u
#define TEXT_MAX  65536u
#define SIZE_MOST 1000000u /* nodes of one condition, each use of a selection counted */

struct parser {
    struct vg_reader *reader;
    const struct vg_yaml *node;
    struct vg_selections *selections;
    size_t at;    /* where the current word begins */
    size_t after; /* and where it ends */
    unsigned depth;
    size_t size;
};

static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '_' || byte == '-' || byte == '.' || byte == '*' || byte == '?' ||
           (unsigned char)byte >= 0x80;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Goes to the next word, parenthesis or other character; after the last one the word is empty. */
static void advance(struct parser *parser)
{
    const char *text = parser->node->text;
    size_t end = parser->node->size;
    size_t at = parser->after;
    while (at < end && is_space(text[at]))
        at++;
    parser->at = at;
    parser->after = at < end ? at + 1 : at;
    if (at < end && is_word(text[at]))
        while (parser->after < end && is_word(text[parser->after]))
            parser->after++;
}

static const char *word(const struct parser *parser)
{
    return parser->node->text + parser->at;
}

static size_t word_size(const struct parser *parser)
{
    return parser->after - parser->at;
}

static bool at_end(const struct parser *parser)
{
    return parser->at == parser->node->size;
}

static bool at_character(const struct parser *parser, char character)
{
    return !at_end(parser) && *word(parser) == character;
}

/* Keywords are the same in any case, as in older Sigma rules. */
static bool is_keyword(const char *text, size_t size, const char *keyword)
{
    if (strlen(keyword) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if ((text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i]) != keyword[i])
            return false;
    return true;
}

static bool at_keyword(const struct parser *parser, const char *keyword)
{
    return is_keyword(word(parser), word_size(parser), keyword);
}

static struct vg_place place(const struct parser *parser)
{
    struct vg_place where = vg_place_of(parser->reader, parser->node);
    bool one_line = !memchr(parser->node->text, '\n', parser->node->size);
    if (parser->node->style != VG_YAML_BLOCK && one_line)
        where.column += (unsigned)parser->at + (parser->node->style == VG_YAML_QUOTED ? 1 : 0);
    return where;
}

static struct vg_expr *expected(const struct parser *parser, const char *what)
{
    if (at_end(parser))
        vg_complain(parser->reader, place(parser),
                    "operators are: and, or, not, ( ), 1 of x*, all of x*, 1 of them",
                    "the condition ends where %s should follow", what);
    else
        vg_complain(parser->reader, place(parser),
                    "operators are: and, or, not, ( ), 1 of x*, all of x*, 1 of them",
                    "%s stands in the condition where %s should",
                    vg_shown(parser->reader, word(parser), word_size(parser)), what);
    return NULL;
}

/* The condition of a selection by its use in this one. */
static struct vg_expr *use(struct parser *parser, struct vg_selection *selection)
{
    selection->used = true;
    if (!selection->expr)
        return NULL;
    parser->size += selection->size;
    if (parser->size > SIZE_MOST) {
        vg_complain(parser->reader, place(parser), "name the large selection fewer times",
                    "this condition is too large: it uses more than %u conditions", SIZE_MOST);
        return NULL;
    }
    return selection->expr;
}

static struct vg_expr *read_name(struct parser *parser)
{
    struct vg_selections *selections = parser->selections;
    for (size_t i = 0; i < selections->count; i++) {
        struct vg_selection *selection = &selections->at[i];
        if (selection->name_size == word_size(parser) &&
            memcmp(selection->name, word(parser), word_size(parser)) == 0) {
            struct vg_expr *expr = use(parser, selection);
            advance(parser);
            return expr;
        }
    }
    const char **names = vg_arena_array(parser->reader->arena, selections->count + 1, sizeof(*names));
    for (size_t i = 0; names && i < selections->count; i++)
        names[i] = selections->at[i].name;
    vg_complain(
        parser->reader, place(parser),
        names ? vg_names_hint(parser->reader->arena, names, "selections", word(parser), word_size(parser))
              : NULL,
        "the condition names %s, and there is no such selection",
        vg_shown(parser->reader, word(parser), word_size(parser)));
    return NULL;
}

/* Names with * in them; ? is none of Sigma's. Linear but for the stars' backtracking, on short names. */
static bool name_matches(const char *pattern, size_t pattern_size, const char *name, size_t name_size)
{
    size_t p = 0, n = 0, star = SIZE_MAX, retry = 0;
    while (n < name_size) {
        if (p < pattern_size && pattern[p] == '*') {
            star = p++;
            retry = n;
        } else if (p < pattern_size && pattern[p] == name[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern_size && pattern[p] == '*')
        p++;
    return p == pattern_size;
}

/* `1 of x*` and `all of them`. Names with an underscore in front are meant only where the pattern has it too.
 */
static struct vg_expr *read_of(struct parser *parser, enum vg_expr_kind kind)
{
    struct vg_exprs exprs = {0};
    bool good = true, any = false;
    advance(parser);
    if (at_end(parser) || !is_word(*word(parser)))
        return expected(parser, "a name with * or `them`");
    const char *pattern = word(parser);
    size_t size = word_size(parser);
    if (is_keyword(pattern, size, "them")) {
        pattern = "*";
        size = 1;
    }
    for (size_t i = 0; i < parser->selections->count; i++) {
        struct vg_selection *selection = &parser->selections->at[i];
        if ((selection->name[0] == '_' && pattern[0] != '_') ||
            !name_matches(pattern, size, selection->name, selection->name_size))
            continue;
        any = true;
        good = vg_exprs_add(parser->reader->arena, &exprs, use(parser, selection)) && good;
    }
    if (!any) {
        vg_complain(parser->reader, place(parser), "a name may hold *, which stands for any letters",
                    "no selection has a name like %s",
                    vg_shown(parser->reader, word(parser), word_size(parser)));
        return NULL;
    }
    advance(parser);
    return good ? vg_expr_join(parser->reader->arena, kind, &exprs) : NULL;
}

static struct vg_expr *read_or(struct parser *parser);

static struct vg_expr *read_parenthesised(struct parser *parser)
{
    if (++parser->depth > DEPTH_MAX) {
        vg_complain(parser->reader, place(parser), NULL,
                    "the parentheses of this condition are nested too deep");
        return NULL;
    }
    advance(parser);
    struct vg_expr *expr = read_or(parser);
    if (expr && !at_character(parser, ')'))
        return expected(parser, "`)`, `and` or `or`");
    advance(parser);
    parser->depth--;
    return expr;
}

/* Whether the word after the current one is `of`. */
static bool before_of(const struct parser *parser)
{
    struct parser ahead = *parser;
    advance(&ahead);
    return at_keyword(&ahead, "of");
}

static struct vg_expr *read_operand(struct parser *parser)
{
    if (at_character(parser, '('))
        return read_parenthesised(parser);
    if (at_end(parser) || !is_word(*word(parser)))
        return expected(parser, "the name of a selection");
    if (at_keyword(parser, "and") || at_keyword(parser, "or"))
        return expected(parser, "the name of a selection");
    if (!before_of(parser))
        return read_name(parser);
    bool all = at_keyword(parser, "all");
    if (!all && !at_keyword(parser, "1") && !at_keyword(parser, "any")) {
        vg_unsupported(parser->reader, place(parser), "write 1 of or all of", "the condition counts: %s of",
                       vg_shown(parser->reader, word(parser), word_size(parser)));
        return NULL;
    }
    advance(parser);
    return read_of(parser, all ? VG_EXPR_AND : VG_EXPR_OR);
}

static struct vg_expr *read_not(struct parser *parser)
{
    bool negated = false;
    for (; at_keyword(parser, "not"); advance(parser))
        negated = !negated;
    struct vg_expr *expr = read_operand(parser);
    return negated ? vg_expr_not(parser->reader->arena, expr) : expr;
}

/* A chain of operands with one operator between them. */
static struct vg_expr *read_chain(struct parser *parser, const char *operator, enum vg_expr_kind kind,
                                  struct vg_expr *(*operand)(struct parser *))
{
    struct vg_exprs exprs = {0};
    for (;;) {
        if (!vg_exprs_add(parser->reader->arena, &exprs, operand(parser)))
            return NULL;
        if (!at_keyword(parser, operator))
            return vg_expr_join(parser->reader->arena, kind, &exprs);
        advance(parser);
    }
}

static struct vg_expr *read_and(struct parser *parser)
{
    return read_chain(parser, "and", VG_EXPR_AND, read_not);
}

static struct vg_expr *read_or(struct parser *parser)
{
    return read_chain(parser, "or", VG_EXPR_OR, read_and);
}

struct vg_expr *vg_condition_read(struct vg_reader *reader, const struct vg_yaml *node,
                                  struct vg_selections *selections)
{
    struct parser parser = {.reader = reader, .node = node, .selections = selections};
    if (node->size > TEXT_MAX) {
        vg_complain(reader, vg_place_of(reader, node), "use `1 of x*` for many selections",
                    "this condition is longer than %u characters", TEXT_MAX);
        return NULL;
    }
    advance(&parser);
    struct vg_expr *expr = read_or(&parser);
    if (!expr || at_end(&parser))
        return expr;
    if (at_character(&parser, '|')) {
        vg_unsupported(
            reader, place(&parser), "leave out what begins with |",
            "the condition counts over many events (| count, | near ...), and a start is decided alone");
        return NULL;
    }
    return expected(&parser, "`and` or `or`");
}
