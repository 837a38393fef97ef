/* What `vigil replay` knows while it runs, and its summary. */
#ifndef VG_CLI_REPLAY_H
#define VG_CLI_REPLAY_H

#include "log_run.h"

#include "../policy/model.h"

#include <vigil/policy.h>

enum vg_replay_only {
    VG_ONLY_ALLOW = VG_ALLOW,
    VG_ONLY_DENY = VG_DENY,
    VG_ONLY_ASK = VG_ASK,
    VG_ONLY_AUDIT, /* at least one audit rule matched */
    VG_ONLY_ALL,
};

struct vg_replay_counts {
    uint64_t verdicts[3]; /* by enum vg_verdict */
    uint64_t audited;
    uint64_t unknown;  /* decisions that rest on a fact that is not known */
    uint64_t defaults; /* that no rule made */
    uint64_t looked;   /* starts of which the file would have been opened for what it says, or is */
    uint64_t hashed;   /* those of which it would have been read whole */
    uint64_t *rules;   /* by rule: how often it decided, or matched if it is an audit rule */
};

/* One a worker: nothing is shared while they decide. */
struct vg_replay_worker {
    void *scratch;
    uint32_t *audits;                    /* room for all of them */
    struct vg_fact held[VG_FIELD_COUNT]; /* what the log says of the file, until the rules ask for it */
    struct vg_replay_counts counts;
};

struct vg_replay {
    const char *policy_file;
    const struct vg_model *model;
    struct vg_policy policy;
    bool json;
    bool print; /* a line for every record that `only` lets through */
    enum vg_replay_only only;
    struct vg_replay_worker workers[VG_LOG_WORKERS_MAX];
};

/* replay_decide.c. False without memory; free in any case. */
bool vg_replay_prepare(struct vg_replay *replay);
void vg_replay_free(struct vg_replay *replay);
bool vg_replay_creation(void *context, unsigned worker, const struct vg_log_place *place,
                        struct vg_record_input *input, struct vg_output *output);

/* The counts of all workers, in those of the first. */
const struct vg_replay_counts *vg_replay_total(struct vg_replay *replay);

/* A start that was decided. */
struct vg_replay_start {
    const struct vg_log_place *place;
    const struct vg_record *record;
    const struct vg_decision *decision;
    const uint32_t *audits; /* all that decision->audit_count counts */
};

/* replay_print.c */
void vg_replay_print_record(const struct vg_replay *replay, const struct vg_replay_start *start,
                            struct vg_output *output);
void vg_replay_print_summary(const struct vg_replay *replay, const struct vg_replay_counts *counts,
                             const struct vg_log_result *result, size_t files, struct vg_output *output);

#endif
