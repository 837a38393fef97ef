/* Rule by rule, in order: conditions as trees that stop as soon as they can, literals compared and searched
 * for by the C library (memcmp, memmem) in texts that are put in upper case once a start. */
#include "competitor.h"
#include "measure.h"
#include "texts.h"

struct state {
    const struct bench_policy *policy;
    struct vg_arena *arena;
    struct bench_tree tree;
    struct bench_texts texts;
};

static void *prepare(const struct bench_policy *policy)
{
    struct vg_arena *arena = vg_arena_new();
    struct state *state;

    if (arena == NULL)
        bench_fail("out of memory");
    state = bench_take(arena, 1, sizeof(*state));
    state->arena = arena;
    state->policy = policy;
    bench_tree_make(arena, policy->model, &state->tree);
    bench_texts_make(arena, &state->texts);
    return state;
}

static enum bench_truth truth_of(void *context, uint32_t predicate)
{
    struct state *state = context;

    return bench_texts_test(&state->texts, &state->tree.predicates[predicate]);
}

static void decide(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    uint32_t rule = 0;

    bench_texts_begin(&state->texts, record);
    while (rule < state->tree.rule_count &&
           bench_tree_evaluate(&state->tree, state->tree.roots[rule], truth_of, state) != BENCH_TRUE)
        rule++;
    *answer = bench_answer_of(state->policy, rule < state->tree.rule_count ? rule : VG_RULE_NONE);
}

static void release(void *context)
{
    struct state *state = context;

    vg_arena_free(state->arena);
}

const struct bench_competitor bench_plain = {
    .name = "plain", .rereads_all_rules = true, .prepare = prepare, .decide = decide, .release = release};
