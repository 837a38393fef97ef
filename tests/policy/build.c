#include "build.h"

#include <stdlib.h>
#include <string.h>

static size_t take(size_t *used, size_t count, size_t limit)
{
    size_t first = *used;

    if (first + count > limit)
        abort();
    *used += count;
    return first;
}

void build_start(struct build *build)
{
    for (size_t i = 0; i < build->regex_count; i++)
        vg_regex_free(&build->regexes[i]);
    memset(build, 0, sizeof(*build));
    build->model.mode = VG_MODE_ENFORCE;
    build->model.default_verdict = VG_ALLOW;
    build->model.ask_otherwise = VG_DENY;
    build->model.deny_status = 0xC0000361;
    build->model.rules = build->rules;
}

static struct vg_expr *add_expr(struct build *build, enum vg_expr_kind kind)
{
    struct vg_expr *expr = &build->exprs[take(&build->expr_count, 1, BUILD_MAX)];

    expr->kind = kind;
    return expr;
}

static struct vg_predicate *add_predicate(struct build *build, enum vg_field field, enum vg_test test,
                                          unsigned flags, struct vg_expr **leaf)
{
    struct vg_predicate *predicate = &build->predicates[take(&build->predicate_count, 1, BUILD_MAX)];

    predicate->field = field;
    predicate->test = test;
    predicate->cased = flags & CASED;
    predicate->permissive = (flags & PERMISSIVE) != 0;
    predicate->tokens = &build->tokens[build->token_count];
    *leaf = add_expr(build, VG_EXPR_PREDICATE);
    (*leaf)->predicate = predicate;
    return predicate;
}

static void add_literal(struct build *build, struct vg_predicate *predicate, const uint16_t *units,
                        size_t count)
{
    struct vg_token *token = &build->tokens[take(&build->token_count, 1, BUILD_MAX)];
    uint16_t *text = &build->text[take(&build->text_count, count, BUILD_MAX * 16)];

    for (size_t i = 0; i < count; i++)
        text[i] = predicate->cased ? units[i] : vg_upcase(units[i]);
    token->kind = VG_TOKEN_LITERAL;
    token->text = (struct vg_span){text, (uint32_t)(count * sizeof(*text))};
    predicate->token_count++;
}

struct vg_expr *build_pattern(struct build *build, enum vg_field field, const uint16_t *pattern,
                              unsigned flags)
{
    struct vg_expr *leaf;
    struct vg_predicate *predicate = add_predicate(build, field, VG_TEST_PATTERN, flags, &leaf);

    while (*pattern) {
        size_t count = 0;

        while (pattern[count] && pattern[count] != u'*' && pattern[count] != u'?')
            count++;
        if (count) {
            add_literal(build, predicate, pattern, count);
        } else {
            struct vg_token *token = &build->tokens[take(&build->token_count, 1, BUILD_MAX)];

            token->kind = *pattern == u'*' ? VG_TOKEN_ANY_RUN : VG_TOKEN_ANY_ONE;
            predicate->token_count++;
            count = 1;
        }
        pattern += count;
    }
    return leaf;
}

static struct vg_expr *build_text(struct build *build, enum vg_field field, enum vg_test test,
                                  const uint16_t *text, unsigned flags)
{
    struct vg_expr *leaf;
    struct vg_predicate *predicate = add_predicate(build, field, test, flags, &leaf);
    size_t count = 0;

    while (text[count])
        count++;
    add_literal(build, predicate, text, count);
    return leaf;
}

struct vg_expr *build_under(struct build *build, enum vg_field field, const uint16_t *folder, unsigned flags)
{
    return build_text(build, field, VG_TEST_UNDER, folder, flags);
}

struct vg_expr *build_number(struct build *build, enum vg_field field, enum vg_test test,
                             const uint16_t *digits)
{
    return build_text(build, field, test, digits, 0);
}

struct vg_expr *build_test(struct build *build, enum vg_field field, enum vg_test test, unsigned flags)
{
    struct vg_expr *leaf;

    add_predicate(build, field, test, flags, &leaf);
    return leaf;
}

struct vg_expr *build_fieldref(struct build *build, enum vg_field field, enum vg_field other,
                               enum vg_compare compare, unsigned flags)
{
    struct vg_expr *leaf;
    struct vg_predicate *predicate = add_predicate(build, field, VG_TEST_FIELDREF, flags, &leaf);

    predicate->other = other;
    predicate->compare = compare;
    return leaf;
}

struct vg_expr *build_regex(struct build *build, enum vg_field field, const uint16_t *pattern,
                            unsigned regex_flags, unsigned flags)
{
    struct vg_regex *regex = &build->regexes[take(&build->regex_count, 1, BUILD_REGEXES)];
    struct vg_regex_error error;
    struct vg_expr *leaf;
    struct vg_predicate *predicate = add_predicate(build, field, VG_TEST_REGEX, flags, &leaf);
    size_t count = 0;

    while (pattern[count])
        count++;
    predicate->cased = true; /* not folded */
    if (count)
        add_literal(build, predicate, pattern, count);
    predicate->cased = false;
    if (!vg_regex_compile((struct vg_span){pattern, (uint32_t)count * 2}, regex_flags, regex, &error))
        abort();
    predicate->regex_flags = regex_flags;
    predicate->regex = regex;
    return leaf;
}

struct vg_expr *build_digests(struct build *build, enum vg_field field, const void *digests, size_t count,
                              unsigned flags)
{
    struct vg_expr *leaf;
    struct vg_predicate *predicate = add_predicate(build, field, VG_TEST_DIGESTS, flags, &leaf);

    predicate->digests = digests;
    predicate->digest_count = count;
    return leaf;
}

struct vg_expr *build_not(struct build *build, struct vg_expr *operand)
{
    struct vg_expr *expr = add_expr(build, VG_EXPR_NOT);
    size_t first = take(&build->child_count, 1, BUILD_MAX);

    build->children[first] = operand;
    expr->children = &build->children[first];
    expr->child_count = 1;
    return expr;
}

struct vg_expr *build_join(struct build *build, enum vg_expr_kind kind, struct vg_expr *left,
                           struct vg_expr *right)
{
    struct vg_expr *expr = add_expr(build, kind);
    size_t first = take(&build->child_count, 2, BUILD_MAX);

    build->children[first] = left;
    build->children[first + 1] = right;
    expr->children = &build->children[first];
    expr->child_count = 2;
    return expr;
}

struct vg_expr *build_constant(struct build *build, bool value)
{
    return add_expr(build, value ? VG_EXPR_TRUE : VG_EXPR_FALSE);
}

uint32_t build_rule(struct build *build, enum vg_action action, struct vg_expr *condition)
{
    struct vg_rule *rule = &build->rules[take(&build->model.rule_count, 1, BUILD_MAX)];

    rule->action = action;
    rule->name = "a rule";
    rule->condition = condition;
    return (uint32_t)(build->model.rule_count - 1);
}
