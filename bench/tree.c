#include "tree.h"

#include "measure.h"

#include "../src/regex/compile.h"

#include <stdlib.h>
#include <string.h>

/* A predicate of the model on its way to being one of the tree. */
struct leaf {
    const struct vg_predicate *is;
    struct bench_node *node;
};

struct making {
    struct bench_tree *tree;
    struct leaf *leaves;
    size_t leaf_count;
};

#define SHAPE_UNKNOWN ((enum bench_shape) - 1)

/* The shape of a pattern by where its one literal stands. */
static enum bench_shape shape_of_pattern(const struct vg_token *tokens, size_t count)
{
    bool open_start = count != 0 && tokens[0].kind == VG_TOKEN_ANY_RUN;
    bool open_end = count > 1 && tokens[count - 1].kind == VG_TOKEN_ANY_RUN;

    if (count == 0)
        return BENCH_IS;
    if (count != 1u + open_start + open_end || tokens[open_start ? 1 : 0].kind != VG_TOKEN_LITERAL)
        return BENCH_WILD;
    if (open_start)
        return open_end ? BENCH_CONTAINS : BENCH_ENDS;
    return open_end ? BENCH_STARTS : BENCH_IS;
}

static enum bench_shape shape_of(const struct vg_predicate *predicate)
{
    switch (predicate->test) {
    case VG_TEST_PATTERN:
        return shape_of_pattern(predicate->tokens, predicate->token_count);
    case VG_TEST_REGEX:
        return BENCH_REGEX;
    case VG_TEST_DIGESTS:
        return BENCH_DIGEST;
    case VG_TEST_FIELDREF:
        return BENCH_PAIR;
    case VG_TEST_EXISTS:
        return BENCH_EXISTS;
    case VG_TEST_NULL:
        return BENCH_ABSENT;
    default:
        return SHAPE_UNKNOWN;
    }
}

bool bench_tree_takes(const struct vg_expr *condition)
{
    if (condition->kind == VG_EXPR_PREDICATE)
        return shape_of(condition->predicate) != SHAPE_UNKNOWN;
    for (size_t i = 0; i < condition->child_count; i++) {
        if (!bench_tree_takes(condition->children[i]))
            return false;
    }
    return true;
}

static void count(const struct vg_expr *expr, size_t *nodes, size_t *children)
{
    ++*nodes;
    *children += expr->child_count;
    for (size_t i = 0; i < expr->child_count; i++)
        count(expr->children[i], nodes, children);
}

static uint32_t make_node(struct making *making, const struct vg_expr *expr)
{
    struct bench_tree *tree = making->tree;
    uint32_t index = tree->node_count++;
    struct bench_node *node = &tree->nodes[index];

    if (!bench_tree_takes(expr))
        bench_fail("a condition has a test that the comparison does not know");
    node->kind = expr->kind;
    node->first_child = tree->child_count;
    node->child_count = (uint32_t)expr->child_count;
    tree->child_count += node->child_count;
    if (expr->kind == VG_EXPR_PREDICATE)
        making->leaves[making->leaf_count++] = (struct leaf){expr->predicate, node};
    for (uint32_t i = 0; i < node->child_count; i++)
        tree->children[node->first_child + i] = make_node(making, expr->children[i]);
    return index;
}

static int compare_numbers(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
    if (a_size != b_size)
        return compare_numbers(a_size, b_size);
    return a_size != 0 ? memcmp(a, b, a_size) : 0;
}

static int compare_tokens(const struct vg_predicate *a, const struct vg_predicate *b)
{
    int order = compare_numbers(a->token_count, b->token_count);

    for (size_t i = 0; order == 0 && i < a->token_count; i++) {
        struct vg_span text = a->tokens[i].text, other = b->tokens[i].text;

        order = compare_numbers(a->tokens[i].kind, b->tokens[i].kind);
        if (order == 0)
            order = compare_bytes(text.bytes, text.size, other.bytes, other.size);
    }
    return order;
}

/* 0 for predicates that are true of the same records. */
static int compare_predicates(const struct vg_predicate *a, const struct vg_predicate *b)
{
    size_t size = vg_field_digest_size(a->field);
    int order = compare_numbers(a->field, b->field);

    order = order != 0 ? order : compare_numbers(a->test, b->test);
    order = order != 0 ? order : compare_numbers(a->cased, b->cased);
    order = order != 0 ? order : compare_numbers(a->other, b->other);
    order = order != 0 ? order : compare_numbers(a->compare, b->compare);
    order = order != 0 ? order : compare_numbers(a->regex_flags, b->regex_flags);
    order = order != 0 ? order : compare_tokens(a, b);
    return order != 0 ? order
                      : compare_bytes(a->digests, a->digest_count * size, b->digests, b->digest_count * size);
}

static int compare_leaves(const void *left, const void *right)
{
    return compare_predicates(((const struct leaf *)left)->is, ((const struct leaf *)right)->is);
}

static uint32_t literals_of_pattern(const struct vg_predicate *is, struct vg_span *longest)
{
    for (size_t i = 0; i < is->token_count; i++) {
        if (is->tokens[i].kind == VG_TOKEN_LITERAL && is->tokens[i].text.size > longest->size)
            *longest = is->tokens[i].text;
    }
    return longest->size != 0;
}

static uint32_t literals_of_regex(const struct vg_regex_literals *from, struct vg_span *literals)
{
    for (uint32_t i = 0; i < from->count; i++)
        literals[i] = (struct vg_span){from->at[i].units, from->at[i].count * (uint32_t)sizeof(uint16_t)};
    return from->count;
}

static uint32_t literals_of_digests(const struct vg_predicate *is, struct vg_span *literals)
{
    uint32_t size = vg_field_digest_size(is->field);

    for (size_t i = 0; i < is->digest_count; i++)
        literals[i] = (struct vg_span){is->digests + i * size, size};
    return (uint32_t)is->digest_count;
}

static struct bench_predicate make_predicate(struct vg_arena *arena, const struct vg_predicate *is)
{
    struct bench_predicate predicate = {.is = is, .shape = shape_of(is)};
    size_t room = is->test == VG_TEST_DIGESTS ? is->digest_count : VG_REGEX_LITERALS_MAX;
    struct vg_span *literals = bench_take(arena, room, sizeof(*literals));

    if (is->test == VG_TEST_PATTERN)
        predicate.literal_count = literals_of_pattern(is, literals);
    else if (is->test == VG_TEST_REGEX)
        predicate.literal_count = literals_of_regex(&is->regex->literals, literals);
    else if (is->test == VG_TEST_DIGESTS)
        predicate.literal_count = literals_of_digests(is, literals);
    predicate.literals = literals;
    return predicate;
}

static void number_predicates(struct vg_arena *arena, struct making *making)
{
    struct bench_tree *tree = making->tree;

    qsort(making->leaves, making->leaf_count, sizeof(*making->leaves), compare_leaves);
    for (size_t i = 0; i < making->leaf_count; i++) {
        const struct leaf *leaf = &making->leaves[i];

        if (i == 0 || compare_leaves(leaf - 1, leaf) != 0)
            tree->predicates[tree->predicate_count++] = make_predicate(arena, leaf->is);
        leaf->node->predicate = tree->predicate_count - 1;
    }
}

void bench_tree_make(struct vg_arena *arena, const struct vg_model *model, struct bench_tree *tree)
{
    struct making making = {.tree = tree};
    size_t nodes = 0;
    size_t children = 0;

    memset(tree, 0, sizeof(*tree));
    for (size_t i = 0; i < model->rule_count; i++)
        count(model->rules[i].condition, &nodes, &children);
    tree->nodes = bench_take(arena, nodes, sizeof(*tree->nodes));
    tree->children = bench_take(arena, children, sizeof(*tree->children));
    tree->predicates = bench_take(arena, nodes, sizeof(*tree->predicates));
    tree->roots = bench_take(arena, model->rule_count, sizeof(*tree->roots));
    making.leaves = bench_take(arena, nodes, sizeof(*making.leaves));
    for (size_t i = 0; i < model->rule_count; i++)
        tree->roots[tree->rule_count++] = make_node(&making, model->rules[i].condition);
    number_predicates(arena, &making);
}

enum bench_truth bench_tree_evaluate(const struct bench_tree *tree, uint32_t node,
                                     enum bench_truth (*truth_of)(void *context, uint32_t predicate),
                                     void *context)
{
    const struct bench_node *at = &tree->nodes[node];
    const uint32_t *children = tree->children + at->first_child;
    bool is_and = at->kind == VG_EXPR_AND;
    enum bench_truth truth = is_and ? BENCH_TRUE : BENCH_FALSE;

    switch (at->kind) {
    case VG_EXPR_TRUE:
        return BENCH_TRUE;
    case VG_EXPR_FALSE:
        return BENCH_FALSE;
    case VG_EXPR_PREDICATE:
        return truth_of(context, at->predicate);
    case VG_EXPR_NOT:
        return BENCH_TRUE - bench_tree_evaluate(tree, children[0], truth_of, context);
    case VG_EXPR_AND:
    case VG_EXPR_OR:
        break;
    }
    for (uint32_t i = 0; i < at->child_count; i++) {
        enum bench_truth child = bench_tree_evaluate(tree, children[i], truth_of, context);

        if (is_and ? child < truth : child > truth)
            truth = child;
        if (truth == (is_and ? BENCH_FALSE : BENCH_TRUE))
            break;
    }
    return truth;
}
