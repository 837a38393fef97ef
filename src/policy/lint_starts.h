/* Warnings of what a compiled policy would do to starts that matter: those of Windows itself, and those of
 * programs that ordinary users put somewhere. Hosted. */
#ifndef VG_POLICY_LINT_STARTS_H
#define VG_POLICY_LINT_STARTS_H

#include "trial.h"

/* What was found, for who has to do more than to tell it. */
struct vg_lint_starts {
    unsigned locked_out; /* starts that Windows needs to come up, or people to log on, and that are denied
                          * without a rule having asked for their hash */
};

/* Tries a policy (`model`, and what it was compiled to) on both kinds of starts and tells what it finds to
 * `reporter`, as warnings. False after an error: no memory, or a blob that does not pass its validation. */
bool vg_lint_starts(const struct vg_model *model, const void *blob, size_t size,
                    const struct vg_path_variables *variables, const struct vg_reporter *reporter,
                    struct vg_lint_starts *found);

/* Its parts: locking Windows out; programs of ordinary users let in; a hash of every file wanted. */
bool vg_lint_lockout(struct vg_trial *trial, const struct vg_model *model, const struct vg_reporter *reporter,
                     unsigned *locked_out);
bool vg_lint_writable(struct vg_trial *trial, const struct vg_model *model,
                      const struct vg_reporter *reporter);
bool vg_lint_hashing(struct vg_trial *trial, const struct vg_model *model,
                     const struct vg_reporter *reporter);

/* The name of a rule, quoted for a message; in the trial's arena. */
const char *vg_lint_rule_shown(struct vg_trial *trial, const struct vg_rule *rule);

/* Up to three texts as a list: "a, b, c and 4 more". In the trial's arena. */
const char *vg_lint_listed(struct vg_trial *trial, const char *const *texts, size_t count);

#endif
