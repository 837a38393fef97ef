/* What a policy would do to the programs without which Windows does not start, or nobody can log on. */
#include <string.h>

#include "arena.h"
#include "critical_starts.h"
#include "lint_starts.h"

struct denials {
    struct vg_trial_outcome outcomes[VG_CRITICAL_STARTS];
    unsigned certain; /* no rule asked for the hash */
    unsigned by_default;
};

static bool is_denied(const struct denials *denials, size_t i)
{
    return denials->outcomes[i].verdict == VG_DENY;
}

static bool try_all(struct vg_trial *trial, struct denials *denials)
{
    memset(denials, 0, sizeof(*denials));
    for (size_t i = 0; i < VG_CRITICAL_STARTS; i++) {
        if (!vg_trial_decide(trial, &vg_critical_starts[i], &denials->outcomes[i]))
            return false;
        denials->certain += is_denied(denials, i) && !denials->outcomes[i].asked_for_hash;
        denials->by_default += is_denied(denials, i) && denials->outcomes[i].rule == VG_RULE_NONE;
    }
    return true;
}

static const char *file_name(const char *path)
{
    return strrchr(path, '\\') + 1;
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The programs that a rule (or, for VG_RULE_NONE, the default) denies, each once. */
static size_t names_of(const struct denials *denials, uint32_t rule, const char **names, bool *asked_for_hash)
{
    size_t count = 0;

    *asked_for_hash = false;
    for (size_t i = 0; i < VG_CRITICAL_STARTS; i++) {
        const char *name = file_name(vg_critical_starts[i].image);

        if (!is_denied(denials, i) || denials->outcomes[i].rule != rule)
            continue;
        *asked_for_hash = *asked_for_hash || denials->outcomes[i].asked_for_hash;
        if (!is_listed(names, count, name))
            names[count++] = name;
    }
    return count;
}

static const char *hint_with(bool asked_for_hash, const char *hint, const char *hint_for_hash)
{
    return asked_for_hash ? hint_for_hash : hint;
}

/* Nothing of Windows is allowed: one word about that, not one about each program. */
static void tell_no_windows(const struct denials *denials, const struct vg_model *model,
                            const struct vg_reporter *reporter)
{
    bool hash = false;

    for (size_t i = 0; i < VG_CRITICAL_STARTS; i++)
        hash = hash || denials->outcomes[i].asked_for_hash;
    reporter->report(
        reporter->context, VG_WARNING,
        (struct vg_place){.file = model->rule_count ? model->rules[0].place.file : NULL},
        "the default denies what no rule allows, and no rule allows Windows itself: it would not start",
        hint_with(hash, "add a rule such as `- allow: Windows` with `when: { Image|under: '%WINDIR%' }`",
                  "unless the hashes listed are those of Windows' own programs, which cannot be told "
                  "here; `Image|under: '%WINDIR%'` allows them all"));
}

static void tell_denials(struct vg_trial *trial, const struct denials *denials, const struct vg_model *model,
                         const struct vg_reporter *reporter, uint32_t rule)
{
    const char *names[VG_CRITICAL_STARTS];
    bool hash;
    const char *list = vg_lint_listed(trial, names, names_of(denials, rule, names, &hash));
    struct vg_place place = {.file = model->rule_count ? model->rules[0].place.file : NULL};
    const char *who = "the default";

    if (rule != VG_RULE_NONE) {
        place = model->rules[rule].place;
        who = vg_arena_format(trial->arena, "the rule %s", vg_lint_rule_shown(trial, &model->rules[rule]));
    }
    reporter->report(
        reporter->context, VG_WARNING, place,
        vg_arena_format(trial->arena, "%s denies %s: Windows does not start, or nobody can log on, without",
                        who, list),
        hint_with(
            hash, "except them, or let a rule allow them before it",
            "unless a rule allows them by a hash, which cannot be told here; except them, or let a rule "
            "allow them before it"));
}

bool vg_lint_lockout(struct vg_trial *trial, const struct vg_model *model, const struct vg_reporter *reporter,
                     unsigned *locked_out)
{
    struct denials denials;

    if (!try_all(trial, &denials))
        return false;
    *locked_out = denials.certain;
    if (denials.by_default == VG_CRITICAL_STARTS) {
        tell_no_windows(&denials, model, reporter);
        return true;
    }
    for (size_t i = 0; i < VG_CRITICAL_STARTS; i++) {
        bool told = false;

        for (size_t k = 0; k < i && !told; k++)
            told = is_denied(&denials, k) && denials.outcomes[k].rule == denials.outcomes[i].rule;
        if (is_denied(&denials, i) && !told)
            tell_denials(trial, &denials, model, reporter, denials.outcomes[i].rule);
    }
    return !vg_arena_failed(trial->arena);
}
