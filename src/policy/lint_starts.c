#include "lint_starts.h"

#include "arena.h"

#define LISTED_MAX 3u

const char *vg_lint_rule_shown(struct vg_trial *trial, const struct vg_rule *rule)
{
    return vg_arena_format(trial->arena, "'%s'", rule->name);
}

const char *vg_lint_listed(struct vg_trial *trial, const char *const *texts, size_t count)
{
    const char *list = count == 0 ? "" : texts[0];

    for (size_t i = 1; i < count && i < LISTED_MAX && list != NULL; i++)
        list = vg_arena_format(trial->arena, i + 1 == count ? "%s and %s" : "%s, %s", list, texts[i]);
    if (count > LISTED_MAX && list != NULL)
        list = vg_arena_format(trial->arena, "%s and %zu more", list, count - LISTED_MAX);
    return list;
}

static bool try_all(struct vg_trial *trial, const struct vg_model *model, const struct vg_reporter *reporter,
                    struct vg_lint_starts *found)
{
    bool done = vg_lint_lockout(trial, model, reporter, &found->locked_out) &&
                vg_lint_writable(trial, model, reporter) && vg_lint_hashing(trial, model, reporter);

    if (!done)
        reporter->report(reporter->context, VG_ERROR, (struct vg_place){0},
                         "there is no memory to try the policy on what Windows starts", NULL);
    return done;
}

bool vg_lint_starts(const struct vg_model *model, const void *blob, size_t size,
                    const struct vg_path_variables *variables, const struct vg_reporter *reporter,
                    struct vg_lint_starts *found)
{
    struct vg_blob_error error = {0};
    struct vg_policy policy;
    struct vg_trial trial;
    bool done;

    if (!vg_policy_open(&policy, blob, size, &error)) {
        reporter->report(reporter->context, VG_ERROR, (struct vg_place){0},
                         "the compiled policy does not pass its own validation", error.check);
        return false;
    }
    *found = (struct vg_lint_starts){0};
    done = vg_trial_begin(&trial, &policy, variables);
    done = done && try_all(&trial, model, reporter, found);
    vg_trial_end(&trial);
    return done;
}
