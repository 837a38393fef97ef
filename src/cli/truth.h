/* Whether a policy's conditions hold for a record, asked of the matcher itself: each condition is compiled
 * into a policy of one rule and decided, so that an explanation can never differ from a decision. */
#ifndef VG_CLI_TRUTH_H
#define VG_CLI_TRUTH_H

#include "../policy/model.h"

enum vg_truth {
    VG_FALSE,
    VG_UNKNOWN_TRUTH,
    VG_TRUE,
};

/* A condition with the truth of its parts. `text` says it in words; for AND, OR and NOT it is empty. */
struct vg_judged {
    const struct vg_expr *expression;
    enum vg_truth truth;
    char *text;              /* malloc'ed, or NULL */
    struct vg_judged *parts; /* malloc'ed, child_count of them */
};

/* Judges an expression and all its parts. Facts still PENDING count as unknown. False when memory ran out;
 * free with vg_judged_free in either case. */
bool vg_judge(const struct vg_expr *expression, const struct vg_record *record, struct vg_judged *judged);
void vg_judged_free(struct vg_judged *judged);

/* "true", "false", "unknown". */
const char *vg_truth_word(enum vg_truth truth);

#endif
