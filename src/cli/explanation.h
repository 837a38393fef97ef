/* What `vigil explain` found out, and its two forms. */
#ifndef VG_CLI_EXPLANATION_H
#define VG_CLI_EXPLANATION_H

#include "truth.h"

#include <vigil/policy.h>

struct vg_explanation {
    const struct vg_model *model;
    const struct vg_record *record;
    struct vg_policy_info info;
    struct vg_decision decision;
    uint64_t needed;                /* bit per field: facts that the decision asked for */
    uint64_t from_file;             /* those of them that were taken from --file */
    bool everything;                /* show also the parts that do not matter */
    const struct vg_judged *judged; /* of `rule`, or NULL when there is none to show */
    uint32_t rule;                  /* whose conditions are shown: the deciding one, or the one asked about */
};

void vg_explanation_print(const struct vg_explanation *explanation);

/* Returns false when it could not be written. */
bool vg_explanation_print_json(const struct vg_explanation *explanation);

#endif
