/* Models built by hand, for tests that say what they mean. All of it lives in the builder. */
#ifndef VG_TESTS_POLICY_BUILD_H
#define VG_TESTS_POLICY_BUILD_H

#include "../../src/policy/model.h"
#include "../../src/regex/compile.h"

#define BUILD_MAX     512u
#define BUILD_REGEXES 16u

struct build {
    struct vg_model model;
    struct vg_rule rules[BUILD_MAX];
    struct vg_predicate predicates[BUILD_MAX];
    struct vg_token tokens[BUILD_MAX];
    struct vg_expr exprs[BUILD_MAX];
    struct vg_expr *children[BUILD_MAX];
    uint16_t text[BUILD_MAX * 16];
    size_t predicate_count;
    size_t token_count;
    size_t expr_count;
    size_t child_count;
    size_t text_count;
    struct vg_regex regexes[BUILD_REGEXES];
    size_t regex_count;
};

enum build_flags {
    CASED = 1,
    PERMISSIVE = 2,
};

/* An empty policy: enforce, default allow. What was built before goes, so that `build` is all zeroes the
 * first time. */
void build_start(struct build *build);

/* Leaves. In a pattern * and ? are wildcards and everything else stands for itself. */
struct vg_expr *build_pattern(struct build *build, enum vg_field field, const uint16_t *pattern,
                              unsigned flags);
struct vg_expr *build_under(struct build *build, enum vg_field field, const uint16_t *folder, unsigned flags);
struct vg_expr *build_test(struct build *build, enum vg_field field, enum vg_test test, unsigned flags);
/* AT_LEAST or AT_MOST. */
struct vg_expr *build_number(struct build *build, enum vg_field field, enum vg_test test,
                             const uint16_t *digits);
struct vg_expr *build_fieldref(struct build *build, enum vg_field field, enum vg_field other,
                               enum vg_compare compare, unsigned flags);
struct vg_expr *build_regex(struct build *build, enum vg_field field, const uint16_t *pattern,
                            unsigned regex_flags, unsigned flags);
struct vg_expr *build_digests(struct build *build, enum vg_field field, const void *digests, size_t count,
                              unsigned flags);

struct vg_expr *build_not(struct build *build, struct vg_expr *operand);
struct vg_expr *build_join(struct build *build, enum vg_expr_kind kind, struct vg_expr *left,
                           struct vg_expr *right);
struct vg_expr *build_constant(struct build *build, bool value);

/* Appends a rule; returns its index. */
uint32_t build_rule(struct build *build, enum vg_action action, struct vg_expr *condition);

#endif
