/* The words of rules: the literals of which each predicate cannot match without one, digests among them, and
 * for each rule a set of words of which one is there whenever the rule matches. */
#ifndef VG_BENCH_WORDS_H
#define VG_BENCH_WORDS_H

#include "tree.h"

struct bench_word {
    enum vg_field field;
    struct vg_span text; /* in upper case; the bytes of a digest */
    bool is_ascii;
    uint32_t first_rule; /* the rules to evaluate when it is found: from here in words->rules, */
    uint32_t rules_end;  /* to here */
};

struct bench_words {
    struct bench_word *at; /* those of a field stand together, from first[field] to first[field + 1] */
    size_t count;
    size_t first[VG_FIELD_COUNT + 1];
    uint32_t **of_predicate; /* as many as the predicate has literals */
    uint32_t *rules;
    uint64_t *always; /* bit per rule: evaluated whatever is found */
    size_t row;       /* words of 64 bits in it */
};

void bench_words_make(struct vg_arena *arena, const struct bench_tree *tree, struct bench_words *words);

/* The word that a whole value of a field is; NULL if it is none. */
const struct bench_word *bench_words_find(const struct bench_words *words, enum vg_field field,
                                          struct vg_span value);

#endif
