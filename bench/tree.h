/* The conditions of a model in the form that plain evaluators like: every different predicate once, with what
 * it takes to test it; truth values by Kleene's logic, as docs/policy.md has them. For those that are
 * compared with Vigil; they share nothing with its matcher. */
#ifndef VG_BENCH_TREE_H
#define VG_BENCH_TREE_H

#include "records.h"

#include "../src/policy/model.h"

enum bench_truth {
    BENCH_FALSE,
    BENCH_UNKNOWN,
    BENCH_TRUE,
};

/* How a pattern is tested: most are one literal. */
enum bench_shape {
    BENCH_IS,       /* the value is `literal` */
    BENCH_STARTS,   /* `literal`* */
    BENCH_ENDS,     /* *`literal` */
    BENCH_CONTAINS, /* *`literal`* */
    BENCH_WILD,     /* anything else: all tokens */
    BENCH_REGEX,    /* no pattern: a test as the model has it */
    BENCH_DIGEST,
    BENCH_PAIR, /* FIELDREF */
    BENCH_EXISTS,
    BENCH_ABSENT,
};

struct bench_predicate {
    const struct vg_predicate *is;
    enum bench_shape shape;
    /* Texts of which one is in every value that matches: of a pattern its longest literal, of a regular
     * expression a few, all digests of a list; none if it matches without any. Texts in upper case unless the
     * predicate is cased. */
    uint32_t literal_count;
    const struct vg_span *literals;
};

struct bench_node {
    enum vg_expr_kind kind;
    uint32_t predicate;   /* of PREDICATE: its index */
    uint32_t first_child; /* of the others: into tree->children */
    uint32_t child_count;
};

struct bench_tree {
    struct bench_predicate *predicates;
    uint32_t predicate_count;
    struct bench_node *nodes;
    uint32_t node_count;
    uint32_t *children;
    uint32_t child_count;
    uint32_t *roots; /* a node for each rule */
    uint32_t rule_count;
};

/* Whether trees can have the condition: a test that they do not know is none of theirs. */
bool bench_tree_takes(const struct vg_expr *condition);

/* Ends the program for a condition that is not taken. */
void bench_tree_make(struct vg_arena *arena, const struct vg_model *model, struct bench_tree *tree);

/* The truth of a node, given the truth of predicates; parts that cannot change it are not looked at. */
enum bench_truth bench_tree_evaluate(const struct bench_tree *tree, uint32_t node,
                                     enum bench_truth (*truth_of)(void *context, uint32_t predicate),
                                     void *context);

#endif
