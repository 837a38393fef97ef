#include "competitor.h"
#include "measure.h"

#include <stdlib.h>

struct state {
    struct vg_policy policy;
    void *blob;
    void *scratch;
};

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    (void)context;
    (void)place;
    (void)hint;
    if (severity == VG_ERROR)
        bench_fail("%s", message);
}

static void *prepare(const struct bench_policy *policy)
{
    const struct vg_reporter reporter = {.report = tell};
    struct state *state = calloc(1, sizeof(*state));
    size_t size;

    if (state == NULL || !vg_model_compile(policy->model, &reporter, &state->blob, &size) ||
        !vg_policy_open(&state->policy, state->blob, size, NULL))
        bench_fail("the policy cannot be compiled");
    state->scratch = malloc(vg_policy_scratch_size(&state->policy));
    if (state->scratch == NULL)
        bench_fail("out of memory");
    vg_policy_scratch_init(&state->policy, state->scratch);
    return state;
}

static void decide(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    struct vg_decision decision;

    vg_policy_begin(state->scratch);
    (void)vg_policy_decide(record, state->scratch, &decision); /* no fact is pending */
    answer->verdict = decision.verdict;
    answer->rule = decision.rule;
}

static void release(void *context)
{
    struct state *state = context;

    free(state->blob);
    free(state->scratch);
    free(state);
}

const struct bench_competitor bench_vigil = {
    .name = "vigil", .prepare = prepare, .decide = decide, .release = release};
