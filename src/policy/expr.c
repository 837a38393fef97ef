#include "expr.h"

#include <string.h>

#include "arena.h"
#include "digests.h"

static struct vg_expr *new_expr(struct vg_arena *arena, enum vg_expr_kind kind)
{
    struct vg_expr *expr = vg_arena_alloc(arena, sizeof(*expr));
    if (expr)
        expr->kind = kind;
    return expr;
}

struct vg_expr *vg_expr_constant(struct vg_arena *arena, bool value)
{
    return new_expr(arena, value ? VG_EXPR_TRUE : VG_EXPR_FALSE);
}

struct vg_expr *vg_expr_predicate(struct vg_arena *arena, const struct vg_predicate *predicate)
{
    struct vg_expr *expr = predicate ? new_expr(arena, VG_EXPR_PREDICATE) : NULL;
    if (expr)
        expr->predicate = predicate;
    return expr;
}

/* `*children` is the array to fill in. */
static struct vg_expr *new_parent(struct vg_arena *arena, enum vg_expr_kind kind, size_t count,
                                  struct vg_expr ***children)
{
    struct vg_expr *expr = new_expr(arena, kind);
    *children = vg_arena_array(arena, count, sizeof(struct vg_expr *));
    if (!expr || !*children)
        return NULL;
    expr->children = *children;
    expr->child_count = count;
    return expr;
}

struct vg_expr *vg_expr_not(struct vg_arena *arena, struct vg_expr *operand)
{
    if (!operand)
        return NULL;
    if (operand->kind == VG_EXPR_NOT)
        return operand->children[0];
    if (operand->kind == VG_EXPR_TRUE || operand->kind == VG_EXPR_FALSE)
        return vg_expr_constant(arena, operand->kind == VG_EXPR_FALSE);
    struct vg_expr **children;
    struct vg_expr *expr = new_parent(arena, VG_EXPR_NOT, 1, &children);
    if (expr)
        children[0] = operand;
    return expr;
}

bool vg_exprs_add(struct vg_arena *arena, struct vg_exprs *exprs, struct vg_expr *expr)
{
    if (!expr)
        return false;
    if (exprs->count == exprs->capacity) {
        size_t capacity = exprs->capacity ? exprs->capacity * 2 : 4;
        struct vg_expr **more = vg_arena_array(arena, capacity, sizeof(*more));
        if (!more)
            return false;
        if (exprs->count)
            memcpy(more, exprs->at, exprs->count * sizeof(*more));
        exprs->at = more;
        exprs->capacity = capacity;
    }
    exprs->at[exprs->count++] = expr;
    return true;
}

static bool is_digests(struct vg_expr *expr)
{
    return expr->kind == VG_EXPR_PREDICATE && expr->predicate->test == VG_TEST_DIGESTS;
}

/* Joins the hash lists among the alternatives into the first of each field. They hang at the same depth, so
 * their polarity is the same. */
static bool merge_digests(struct vg_arena *arena, struct vg_exprs *exprs)
{
    struct vg_expr **firsts[VG_FIELD_COUNT] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < exprs->count; i++) {
        struct vg_expr *expr = exprs->at[i];
        struct vg_expr **first = is_digests(expr) ? firsts[expr->predicate->field] : NULL;
        if (!first) {
            exprs->at[kept] = expr;
            if (is_digests(expr))
                firsts[expr->predicate->field] = &exprs->at[kept];
            kept++;
            continue;
        }
        struct vg_predicate *both = vg_arena_alloc(arena, sizeof(*both));
        if (!both)
            return false;
        *both = *(*first)->predicate;
        if (!vg_digests_unite(arena, both, expr->predicate))
            return false;
        *first = vg_expr_predicate(arena, both);
        if (!*first)
            return false;
    }
    exprs->count = kept;
    return true;
}

/* One level deep is enough: what is nested was joined, and so flattened, before. */
static bool flatten(struct vg_arena *arena, enum vg_expr_kind kind, const struct vg_exprs *from,
                    struct vg_exprs *flat, bool *decided)
{
    enum vg_expr_kind neutral = kind == VG_EXPR_AND ? VG_EXPR_TRUE : VG_EXPR_FALSE;
    enum vg_expr_kind deciding = kind == VG_EXPR_AND ? VG_EXPR_FALSE : VG_EXPR_TRUE;
    for (size_t i = 0; i < from->count; i++) {
        struct vg_expr *expr = from->at[i];
        if (expr->kind == deciding)
            *decided = true;
        if (expr->kind == kind) {
            for (size_t k = 0; k < expr->child_count; k++)
                if (!vg_exprs_add(arena, flat, expr->children[k]))
                    return false;
        } else if (expr->kind != neutral && !vg_exprs_add(arena, flat, expr)) {
            return false;
        }
    }
    return true;
}

struct vg_expr *vg_expr_join(struct vg_arena *arena, enum vg_expr_kind kind, const struct vg_exprs *exprs)
{
    struct vg_exprs flat = {0};
    bool decided = false;
    if (!flatten(arena, kind, exprs, &flat, &decided))
        return NULL;
    if (decided || flat.count == 0)
        return vg_expr_constant(arena, decided == (kind == VG_EXPR_OR));
    if (kind == VG_EXPR_OR && !merge_digests(arena, &flat))
        return NULL;
    if (flat.count == 1)
        return flat.at[0];
    struct vg_expr **children;
    struct vg_expr *expr = new_parent(arena, kind, flat.count, &children);
    if (expr)
        memcpy(children, flat.at, flat.count * sizeof(*children));
    return expr;
}

static struct vg_expr *polarised_predicate(struct vg_arena *arena, struct vg_expr *expr, bool permissive)
{
    if (expr->predicate->permissive == permissive)
        return expr;
    struct vg_predicate *predicate = vg_arena_alloc(arena, sizeof(*predicate));
    if (!predicate)
        return NULL;
    *predicate = *expr->predicate;
    predicate->permissive = permissive;
    return vg_expr_predicate(arena, predicate);
}

struct vg_expr *vg_expr_polarised(struct vg_arena *arena, struct vg_expr *expr, bool permissive)
{
    if (!expr || expr->kind == VG_EXPR_TRUE || expr->kind == VG_EXPR_FALSE)
        return expr;
    if (expr->kind == VG_EXPR_PREDICATE)
        return polarised_predicate(arena, expr, permissive);
    bool below = expr->kind == VG_EXPR_NOT ? !permissive : permissive;
    struct vg_expr *changed = NULL;
    struct vg_expr **children = NULL;
    for (size_t i = 0; i < expr->child_count; i++) {
        struct vg_expr *child = vg_expr_polarised(arena, expr->children[i], below);
        if (!child)
            return NULL;
        if (!changed && child != expr->children[i]) {
            changed = new_parent(arena, expr->kind, expr->child_count, &children);
            if (!changed)
                return NULL;
            for (size_t k = 0; k < i; k++)
                children[k] = expr->children[k];
        }
        if (changed)
            children[i] = child;
    }
    return changed ? changed : expr;
}

size_t vg_expr_size(const struct vg_expr *expr)
{
    size_t size = 1;
    for (size_t i = 0; i < expr->child_count; i++) {
        size_t child = vg_expr_size(expr->children[i]);
        size = child > SIZE_MAX - size ? SIZE_MAX : size + child;
    }
    return size;
}
