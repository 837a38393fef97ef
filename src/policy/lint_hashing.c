/* Policies that have the file of every start hashed, whatever starts. */
#include "arena.h"
#include "critical_starts.h"
#include "lint_starts.h"

/* Whether the condition waits for a hash whatever the other facts are. */
static bool rests_on_hash(const struct vg_expr *expr)
{
    bool every = expr->kind == VG_EXPR_AND;

    if (expr->kind == VG_EXPR_PREDICATE)
        return vg_field_stage(expr->predicate->field) == VG_STAGE_HASH;
    for (size_t i = 0; i < expr->child_count; i++)
        if (rests_on_hash(expr->children[i]) != every)
            return !every;
    return every && expr->child_count != 0;
}

/* Whether Windows' own programs, which no policy means, are hashed one and all. */
static bool hashes_everything(struct vg_trial *trial, bool *everything)
{
    *everything = true;
    for (size_t i = 0; i < VG_CRITICAL_STARTS && *everything; i++) {
        struct vg_trial_outcome outcome;

        if (!vg_trial_decide(trial, &vg_critical_starts[i], &outcome))
            return false;
        *everything = outcome.asked_for_hash;
    }
    return true;
}

bool vg_lint_hashing(struct vg_trial *trial, const struct vg_model *model, const struct vg_reporter *reporter)
{
    const struct vg_rule *first = NULL;
    bool everything;
    size_t count = 0;

    for (size_t i = 0; i < model->rule_count; i++) {
        if (!rests_on_hash(model->rules[i].condition))
            continue;
        first = first == NULL ? &model->rules[i] : first;
        count++;
    }
    if (first == NULL || model->record_hashes)
        return true;
    if (!hashes_everything(trial, &everything))
        return false;
    if (everything)
        reporter->report(
            reporter->context, VG_NOTE, first->place,
            vg_arena_format(trial->arena,
                            "every program's file is hashed, Windows' own too: %s %s on nothing but the hash",
                            count == 1 ? "this rule"
                                       : vg_arena_format(trial->arena, "this and %zu more rules", count - 1),
                            count == 1 ? "rests" : "rest"),
            "put a cheaper condition beside it, or rules before it that decide most starts");
    return !vg_arena_failed(trial->arena);
}
