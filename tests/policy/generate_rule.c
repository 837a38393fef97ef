#include "generator.h"

#include <string.h>

#define MEMBERS_MAX 300u

static struct vg_expr *new_expr(struct generator *generator, enum vg_expr_kind kind, size_t child_count)
{
    struct vg_expr *expr = allocate(generator, sizeof(*expr));

    expr->kind = kind;
    expr->child_count = child_count;
    expr->children = allocate(generator, child_count * sizeof(struct vg_expr *));
    return expr;
}

static struct vg_expr *make_leaf(struct generator *generator, const struct vg_predicate *predicate)
{
    struct vg_expr *expr = new_expr(generator, VG_EXPR_PREDICATE, 0);

    expr->predicate = predicate;
    return expr;
}

static void set_child(struct vg_expr *expr, size_t at, struct vg_expr *child)
{
    ((struct vg_expr **)(uintptr_t)expr->children)[at] = child;
}

static struct vg_expr *make_not(struct generator *generator, struct vg_expr *operand)
{
    struct vg_expr *expr = new_expr(generator, VG_EXPR_NOT, 1);

    set_child(expr, 0, operand);
    return expr;
}

static struct vg_expr *make_expr(struct generator *generator, unsigned depth)
{
    enum vg_expr_kind kind;
    struct vg_expr *expr;
    uint32_t what = generator_below(generator, 100);

    if (depth == DEPTH_MAX || what < 40)
        return make_leaf(generator, make_predicate(generator));
    if (what < 43)
        return new_expr(generator, what < 42 ? VG_EXPR_FALSE : VG_EXPR_TRUE, 0);
    kind = what < 58 ? VG_EXPR_NOT : what < 80 ? VG_EXPR_AND : VG_EXPR_OR;
    expr = new_expr(generator, kind,
                    kind == VG_EXPR_NOT              ? 1
                    : generator_below(generator, 12) ? 1 + generator_below(generator, 4)
                                                     : 0);
    for (size_t i = 0; i < expr->child_count; i++)
        set_child(expr, i, make_expr(generator, depth + 1));
    return expr;
}

/* Alternatives that test one field in one way: a group, in the compiler's words. Most are texts looked for
 * anywhere; there may be more of them than it tries, or looks through for pairs of units. */
static struct vg_expr *make_group(struct generator *generator)
{
    enum vg_field field = chance(generator, 60) ? VG_FIELD_COMMAND_LINE : any_text_field(generator);
    bool permissive = chance(generator, 30);
    bool only_searches = chance(generator, 60);
    uint32_t members = 1 + generator_below(generator, chance(generator, 30) ? 16 : 6);
    struct vg_expr *expr;

    if (chance(generator, 4))
        members = chance(generator, 70) ? 60 + generator_below(generator, 10)
                                        : 250 + generator_below(generator, MEMBERS_MAX - 250);
    expr = new_expr(generator, VG_EXPR_OR, members);
    for (size_t i = 0; i < members; i++)
        set_child(expr, i,
                  make_leaf(generator, only_searches || chance(generator, 60)
                                           ? make_search(generator, field, permissive)
                                           : make_test_of_text(generator, field, permissive)));
    return expr;
}

static struct vg_expr *make_part(struct generator *generator)
{
    uint32_t what = generator_below(generator, 100);
    bool permissive = chance(generator, 30);

    if (what < 30)
        return make_group(generator);
    if (what < 55)
        return make_leaf(generator, make_search(generator, VG_FIELD_COMMAND_LINE, permissive));
    if (what < 70)
        return make_leaf(
            generator,
            make_name(generator, chance(generator, 70) ? VG_FIELD_IMAGE : VG_FIELD_PARENT_IMAGE, permissive));
    if (what < 80)
        return make_not(generator, make_group(generator));
    return make_expr(generator, DEPTH_MAX - 1);
}

/* What most rules of detection look like: a program, and texts of its command line. */
static struct vg_expr *make_detection(struct generator *generator)
{
    struct vg_expr *expr = new_expr(generator, VG_EXPR_AND, 1 + generator_below(generator, 4));

    for (size_t i = 0; i < expr->child_count; i++)
        set_child(expr, i, make_part(generator));
    return expr;
}

/* One of thousands, of the few tests that they share. */
static struct vg_expr *make_small(struct generator *generator)
{
    struct vg_expr *expr = new_expr(generator, VG_EXPR_AND, 2);

    for (size_t i = 0; i < 2; i++) {
        const struct vg_predicate *predicate =
            generator->shared_count < SHARED_MAX ? make_predicate(generator)
                                                 : generator->shared[generator_below(generator, SHARED_MAX)];
        struct vg_expr *leaf = make_leaf(generator, predicate);

        set_child(expr, i, chance(generator, 40) ? make_not(generator, leaf) : leaf);
    }
    return expr;
}

static struct vg_expr *make_condition(struct generator *generator)
{
    if (generator->large)
        return make_small(generator);
    if (chance(generator, 45))
        return make_detection(generator);
    return make_expr(generator, chance(generator, 40) ? DEPTH_MAX - 1 : 0);
}

void make_rules(struct generator *generator)
{
    struct vg_model *model = &generator->model;
    struct vg_rule *rules;

    model->rule_count = generator_below(generator, chance(generator, 20) ? RULES_MAX : 8);
    if (generator->large)
        model->rule_count = 1500 + generator_below(generator, 4000);
    rules = allocate(generator, model->rule_count * sizeof(*rules));
    for (size_t i = 0; i < model->rule_count; i++) {
        char *name = allocate(generator, 8);

        memcpy(name, "rule \xC3\x84", 7);
        name[4] = (char)('a' + generator_below(generator, 20));
        rules[i].action = chance(generator, generator->large ? 99 : 25)
                              ? VG_ACTION_AUDIT
                              : (enum vg_action)generator_below(generator, 3);
        rules[i].name = name;
        rules[i].condition = make_condition(generator);
    }
    model->rules = rules;
}
