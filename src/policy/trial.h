/* Starts that are made up, decided by a compiled policy as the driver would: for warnings of what a policy
 * would do to a machine. Hosted. */
#ifndef VG_POLICY_TRIAL_H
#define VG_POLICY_TRIAL_H

#include "model.h"

/* Who starts the program: the token it runs with. */
struct vg_trial_user {
    const char *sid;
    const char *name; /* NULL where Windows gives it no name of its own */
    const char *integrity;
    const char *logon;
    const char *session;
};

/* An ordinary user of the machine, at its desktop. */
extern const struct vg_trial_user vg_trial_person;

/* A start that somebody describes. Texts are UTF-8, and may begin with %WINDIR% or %OSDRIVE%. */
struct vg_trial_start {
    const char *image;
    const char *command_line; /* NULL: the image in quotes */
    const char *parent;
    const struct vg_trial_user *user;
    bool is_windows_own; /* its version resource says so */
};

/* What decides, and memory for one start after the other. */
struct vg_trial {
    const struct vg_policy *policy;
    const struct vg_path_variables *variables;
    void *scratch;
    struct vg_arena *arena;
};

struct vg_trial_outcome {
    enum vg_verdict verdict; /* an ask is what it comes to when nobody answers */
    uint32_t rule;           /* or VG_RULE_NONE */
    bool asked_for_hash;     /* a rule would have decided by a hash, had it been one that the policy lists */
};

/* `policy` and `variables` stay the caller's and must outlive the trial. False without memory. End it in any
 * case. */
bool vg_trial_begin(struct vg_trial *trial, const struct vg_policy *policy,
                    const struct vg_path_variables *variables);
void vg_trial_end(struct vg_trial *trial);

/* Decides a start; its file has a hash that no policy lists. False without memory. */
bool vg_trial_decide(struct vg_trial *trial, const struct vg_trial_start *start,
                     struct vg_trial_outcome *outcome);

/* A text with the value of the variable that it begins with. In the trial's arena; NULL without memory. */
const char *vg_trial_expand(struct vg_trial *trial, const char *text);

#endif
