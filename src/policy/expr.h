/* Conditions as trees, built bottom-up and lightly simplified: nested ANDs and ORs are one, constants
 * disappear, a double negation is none, the hash lists of one OR are one list. The order of what remains is
 * the order it was written in. */
#ifndef VG_POLICY_EXPR_H
#define VG_POLICY_EXPR_H

#include "model.h"

/* Expressions being collected for an AND or OR. Starts zeroed; the memory is the arena's. */
struct vg_exprs {
    struct vg_expr **at;
    size_t count;
    size_t capacity;
};

/* Every function below takes NULL for an operand that could not be built, and returns NULL then, or when
 * there is no memory. */

struct vg_expr *vg_expr_constant(struct vg_arena *arena, bool value);
struct vg_expr *vg_expr_predicate(struct vg_arena *arena, const struct vg_predicate *predicate);
struct vg_expr *vg_expr_not(struct vg_arena *arena, struct vg_expr *operand);

/* Returns false when there is no memory or `expr` is NULL: the collection is then of no use any more. */
bool vg_exprs_add(struct vg_arena *arena, struct vg_exprs *exprs, struct vg_expr *expr);

/* AND or OR of what was collected. */
struct vg_expr *vg_expr_join(struct vg_arena *arena, enum vg_expr_kind kind, const struct vg_exprs *exprs);

/* The same condition with every predicate marked permissive that leads towards running the program, given
 * that the whole does (an allow rule) or does not (all others). Shares what needs no change. */
struct vg_expr *vg_expr_polarised(struct vg_arena *arena, struct vg_expr *expr, bool permissive);

/* How many nodes the tree has, counting shared parts as often as they are used; SIZE_MAX at most. */
size_t vg_expr_size(const struct vg_expr *expr);

#endif
