/* Those that decide by the same rules about the same starts: Vigil, and what others would use. */
#ifndef VG_BENCH_COMPETITOR_H
#define VG_BENCH_COMPETITOR_H

#include "generated.h"

/* What all of them must agree on. */
struct bench_answer {
    enum vg_verdict verdict;
    uint32_t rule; /* the index of the rule that decided, or VG_RULE_NONE */
};

/* The rules in the forms that competitors take: all have the model, only some policies a list. */
struct bench_policy {
    const struct vg_model *model;
    const struct bench_rules *list; /* NULL when the rules are more than a list of paths and hashes */
};

struct bench_competitor {
    const char *name;       /* one word, for results */
    bool rereads_all_rules; /* takes time for every rule there is: timed with fewer records */
    /* Takes the rules in; what it returns is for the others below. The policy outlives it. Ends the program
     * when it fails. */
    void *(*prepare)(const struct bench_policy *policy);
    void (*decide)(void *state, const struct vg_record *record, struct bench_answer *answer);
    void (*release)(void *state);
};

extern const struct bench_competitor bench_vigil;

/* For lists. */
extern const struct bench_competitor bench_linear;
extern const struct bench_competitor bench_sqlite; /* this and the next with BENCH_HAS_SQLITE */
extern const struct bench_competitor bench_sqlite_santa;
extern const struct bench_competitor bench_lmdb; /* with BENCH_HAS_LMDB */

/* For any rules. */
extern const struct bench_competitor bench_plain;
extern const struct bench_competitor bench_hyperscan; /* with BENCH_HAS_HYPERSCAN */

/* The answer when rule `rule` decides, or none does. */
static inline struct bench_answer bench_answer_of(const struct bench_policy *policy, uint32_t rule)
{
    enum vg_verdict verdict = policy->model->default_verdict;

    if (rule != VG_RULE_NONE)
        verdict = (enum vg_verdict)policy->model->rules[rule].action;
    return (struct bench_answer){verdict, rule};
}

#endif
