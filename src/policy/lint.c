/* Rules that no start reaches. Only what is certain is told: a condition that plainly implies an earlier
 * deciding one. */
#include <string.h>

#include "reader.h"

/* How much comparing is worth it; a policy of a few thousand rules stays below. */
#define EFFORT_MAX 20000000u

/* So many are told one by one; of the others only how many there are. */
#define TOLD_MAX 20u

struct linter {
    uint64_t effort;
    /* The earlier rule is an allow: it does not cover named streams and names that nobody vouches for, the
     * later one may. */
    bool loose;
};

/* A pattern read unit by unit; its wildcards are codes beyond those of units. */
struct cursor {
    const struct vg_token *tokens;
    size_t count;
    size_t token;
    uint32_t unit;
};

static bool at_end(const struct cursor *cursor)
{
    return cursor->token == cursor->count;
}

static uint32_t code(const struct cursor *cursor)
{
    const struct vg_token *token = &cursor->tokens[cursor->token];
    if (token->kind == VG_TOKEN_LITERAL)
        return vg_units(token->text)[cursor->unit];
    return token->kind == VG_TOKEN_ANY_RUN ? VG_CODE_RUN : VG_CODE_ONE;
}

static void step(struct cursor *cursor)
{
    const struct vg_token *token = &cursor->tokens[cursor->token];
    if (token->kind == VG_TOKEN_LITERAL && ++cursor->unit < vg_unit_count(token->text))
        return;
    cursor->token++;
    cursor->unit = 0;
}

/* Whether everything `narrow` matches is matched by `wide`: its * takes anything of the other, its ? one unit
 * or ?. */
static bool pattern_implies(struct linter *linter, struct cursor narrow, struct cursor wide)
{
    struct cursor star = {0}, retry = {0};
    bool starred = false;
    while (!at_end(&narrow)) {
        if (++linter->effort > EFFORT_MAX)
            return false;
        uint32_t n = code(&narrow);
        uint32_t w = at_end(&wide) ? UINT32_MAX : code(&wide);
        if (w == VG_CODE_RUN) {
            step(&wide);
            star = wide;
            retry = narrow;
            starred = true;
        } else if (n != VG_CODE_RUN && (w == n || (w == VG_CODE_ONE && n != VG_CODE_RUN))) {
            step(&wide);
            step(&narrow);
        } else if (starred) {
            wide = star;
            step(&retry);
            narrow = retry;
        } else {
            return false;
        }
    }
    while (!at_end(&wide) && code(&wide) == VG_CODE_RUN)
        step(&wide);
    return at_end(&wide);
}

static struct cursor cursor_of(const struct vg_predicate *predicate)
{
    return (struct cursor){.tokens = predicate->tokens, .count = predicate->token_count};
}

/* Whether two texts differ in the units that both have, counted from their starts. */
static bool heads_differ(struct vg_span a, struct vg_span b)
{
    return memcmp(a.bytes, b.bytes, a.size < b.size ? a.size : b.size) != 0;
}

static bool tails_differ(struct vg_span a, struct vg_span b)
{
    uint32_t i = vg_unit_count(a), k = vg_unit_count(b);
    while (i > 0 && k > 0)
        if (vg_units(a)[--i] != vg_units(b)[--k])
            return true;
    return false;
}

/* Whether two patterns that are not empty begin, or end, with literals that no text has both. Nearly all
 * pairs do, and this takes less than pattern_implies. */
static bool plainly_differ(const struct vg_predicate *a, const struct vg_predicate *b)
{
    const struct vg_token *first = &a->tokens[0], *last = &a->tokens[a->token_count - 1];
    const struct vg_token *other_first = &b->tokens[0], *other_last = &b->tokens[b->token_count - 1];
    return (first->kind == VG_TOKEN_LITERAL && other_first->kind == VG_TOKEN_LITERAL &&
            heads_differ(first->text, other_first->text)) ||
           (last->kind == VG_TOKEN_LITERAL && other_last->kind == VG_TOKEN_LITERAL &&
            tails_differ(last->text, other_last->text));
}

/* UNDER as the two patterns it stands for: the folder, and the folder, a backslash and anything. */
static bool under_implies(struct linter *linter, const struct vg_predicate *under, struct cursor wide)
{
    static const uint16_t backslash = '\\';
    struct vg_token below[3] = {
        under->tokens[0],
        {.kind = VG_TOKEN_LITERAL, .text = {.bytes = &backslash, .size = sizeof(backslash)}},
        {.kind = VG_TOKEN_ANY_RUN},
    };
    return pattern_implies(linter, (struct cursor){.tokens = below, .count = 1}, wide) &&
           pattern_implies(linter, (struct cursor){.tokens = below, .count = 3}, wide);
}

/* Whether what a predicate matches lies in a folder: UNDER or a pattern that begins with it. */
static bool lies_under(struct linter *linter, const struct vg_predicate *narrow,
                       const struct vg_predicate *folder)
{
    static const uint16_t backslash = '\\';
    struct vg_token below[3] = {
        folder->tokens[0],
        {.kind = VG_TOKEN_LITERAL, .text = {.bytes = &backslash, .size = sizeof(backslash)}},
        {.kind = VG_TOKEN_ANY_RUN},
    };
    struct cursor itself = {.tokens = below, .count = 1};
    struct cursor inside = {.tokens = below, .count = 3};
    if (narrow->test == VG_TEST_PATTERN)
        return pattern_implies(linter, cursor_of(narrow), itself) ||
               pattern_implies(linter, cursor_of(narrow), inside);
    return pattern_implies(linter, cursor_of(narrow), itself) || under_implies(linter, narrow, inside);
}

static bool digests_imply(const struct vg_predicate *narrow, const struct vg_predicate *wide)
{
    uint32_t size = vg_field_digest_size(narrow->field);
    size_t k = 0;
    for (size_t i = 0; i < narrow->digest_count; i++) {
        const uint8_t *digest = vg_predicate_digest(narrow, i);
        while (k < wide->digest_count && memcmp(vg_predicate_digest(wide, k), digest, size) < 0)
            k++;
        if (k == wide->digest_count || memcmp(vg_predicate_digest(wide, k), digest, size) != 0)
            return false;
    }
    return true;
}

/* Whether a number, or every number on one side of it, is on a side of another. */
static bool number_implies(const struct vg_predicate *narrow, const struct vg_predicate *wide)
{
    bool least = wide->test == VG_TEST_AT_LEAST;
    if (narrow->token_count != 1 || narrow->tokens[0].kind != VG_TOKEN_LITERAL ||
        (narrow->test != VG_TEST_PATTERN && narrow->test != wide->test))
        return false;
    struct vg_span a = narrow->tokens[0].text, b = wide->tokens[0].text;
    if (a.size != b.size)
        return (a.size > b.size) == least;
    for (uint32_t i = 0; i < vg_unit_count(a); i++)
        if (vg_units(a)[i] != vg_units(b)[i])
            return (vg_units(a)[i] > vg_units(b)[i]) == least;
    return true;
}

/* What is equal to another value starts and ends with it, too. */
static bool pair_implies(const struct vg_predicate *narrow, const struct vg_predicate *wide)
{
    return narrow->test == VG_TEST_FIELDREF && narrow->other == wide->other &&
           (narrow->compare == wide->compare || narrow->compare == VG_COMPARE_EQUAL) &&
           (narrow->cased || !wide->cased);
}

static bool regex_implies(const struct vg_predicate *narrow, const struct vg_predicate *wide)
{
    return narrow->test == VG_TEST_REGEX && narrow->regex == wide->regex;
}

static bool test_implies(struct linter *linter, const struct vg_predicate *narrow,
                         const struct vg_predicate *wide)
{
    bool text = narrow->test == VG_TEST_PATTERN || narrow->test == VG_TEST_UNDER;
    switch (wide->test) {
    case VG_TEST_EXISTS:
        return narrow->test != VG_TEST_NULL;
    case VG_TEST_NULL:
        return narrow->test == VG_TEST_NULL;
    case VG_TEST_DIGESTS:
        linter->effort += wide->digest_count;
        return narrow->test == VG_TEST_DIGESTS && narrow->digest_count && digests_imply(narrow, wide);
    case VG_TEST_AT_LEAST:
    case VG_TEST_AT_MOST:
        return number_implies(narrow, wide);
    case VG_TEST_FIELDREF:
        return pair_implies(narrow, wide);
    case VG_TEST_REGEX:
        return regex_implies(narrow, wide);
    case VG_TEST_UNDER:
        return text && narrow->cased == wide->cased && lies_under(linter, narrow, wide);
    case VG_TEST_PATTERN:
        if (!text || narrow->cased != wide->cased)
            return false;
        if (narrow->test == VG_TEST_PATTERN && narrow->token_count && wide->token_count &&
            plainly_differ(narrow, wide))
            return false;
        return narrow->test == VG_TEST_UNDER ? under_implies(linter, narrow, cursor_of(wide))
                                             : pattern_implies(linter, cursor_of(narrow), cursor_of(wide));
    }
    return false;
}

static bool predicate_implies(struct linter *linter, const struct vg_predicate *narrow,
                              const struct vg_predicate *wide)
{
    linter->effort++;
    if (narrow->field != wide->field || !test_implies(linter, narrow, wide))
        return false;
    /* One that spells a stream matches where a wider one does not. */
    if (wide->permissive && narrow->permissive && vg_predicate_spells_stream(narrow))
        return wide->test == narrow->test && pattern_implies(linter, cursor_of(wide), cursor_of(narrow));
    if (wide->permissive && !narrow->permissive)
        linter->loose = true;
    return true;
}

static bool implies(struct linter *linter, const struct vg_expr *narrow, const struct vg_expr *wide);

/* Whether `narrow` implies every child of `wide`, or some. */
static bool implies_children(struct linter *linter, const struct vg_expr *narrow, const struct vg_expr *wide,
                             bool every)
{
    for (size_t i = 0; i < wide->child_count; i++)
        if (implies(linter, narrow, wide->children[i]) != every)
            return !every;
    return every;
}

/* Whether every child of `narrow` implies `wide`, or some does. */
static bool children_imply(struct linter *linter, const struct vg_expr *narrow, const struct vg_expr *wide,
                           bool every)
{
    for (size_t i = 0; i < narrow->child_count; i++)
        if (implies(linter, narrow->children[i], wide) != every)
            return !every;
    return every;
}

static bool implies(struct linter *linter, const struct vg_expr *narrow, const struct vg_expr *wide)
{
    if (++linter->effort > EFFORT_MAX)
        return false;
    if (narrow == wide || wide->kind == VG_EXPR_TRUE || narrow->kind == VG_EXPR_FALSE)
        return true;
    if (narrow->kind == VG_EXPR_OR)
        return children_imply(linter, narrow, wide, true);
    if (wide->kind == VG_EXPR_AND)
        return implies_children(linter, narrow, wide, true);
    if (wide->kind == VG_EXPR_OR && implies_children(linter, narrow, wide, false))
        return true;
    if (narrow->kind == VG_EXPR_AND)
        return children_imply(linter, narrow, wide, false);
    if (narrow->kind == VG_EXPR_NOT && wide->kind == VG_EXPR_NOT)
        return implies(linter, wide->children[0], narrow->children[0]);
    return narrow->kind == VG_EXPR_PREDICATE && wide->kind == VG_EXPR_PREDICATE &&
           predicate_implies(linter, narrow->predicate, wide->predicate);
}

static void tell(struct vg_reader *reader, const struct vg_rule *rule, const struct vg_rule *earlier,
                 bool loose)
{
    const char *name = vg_shown(reader, rule->name, strlen(rule->name));
    const char *by = vg_shown(reader, earlier->name, strlen(earlier->name));
    const char *where = vg_arena_format(
        reader->arena, "the first rule that matches decides: %s stands before it (%s, line %u)", by,
        earlier->place.file, earlier->place.line);
    if (earlier->condition->kind == VG_EXPR_TRUE)
        vg_warn(reader, rule->place, where, "the rule %s is never reached: %s matches every start", name, by);
    else if (loose)
        vg_warn(reader, rule->place, where,
                "the rule %s is hardly ever reached: %s allows what it matches, but for named streams and "
                "names that "
                "nobody vouches for",
                name, by);
    else
        vg_warn(reader, rule->place, where, "the rule %s is never reached: %s decides everything it matches",
                name, by);
}

/* Sigma rules of one verdict overlap by nature, and which of them decides makes no difference. */
static bool both_sigma(const struct vg_rule *a, const struct vg_rule *b)
{
    return a->action == b->action && a->from_sigma && b->from_sigma;
}

/* The first rule before `rules[i]` that decides everything it matches, or NULL. */
static const struct vg_rule *find_earlier(struct linter *linter, const struct vg_rule *rules, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        linter->loose = false;
        if (rules[k].action != VG_ACTION_AUDIT && !both_sigma(&rules[i], &rules[k]) &&
            implies(linter, rules[i].condition, rules[k].condition))
            return &rules[k];
    }
    return NULL;
}

void vg_lint_unreachable(struct vg_reader *reader, const struct vg_rule *rules, size_t count)
{
    struct linter linter = {0};
    size_t found = 0;
    for (size_t i = 1; i < count && linter.effort < EFFORT_MAX; i++) {
        const struct vg_rule *earlier = find_earlier(&linter, rules, i);
        if (earlier && ++found <= TOLD_MAX)
            tell(reader, &rules[i], earlier, linter.loose && rules[i].action != VG_ACTION_ALLOW);
    }
    if (found > TOLD_MAX)
        vg_warn(reader, (struct vg_place){.file = reader->file}, NULL, "%zu more rules are never reached",
                found - TOLD_MAX);
}
