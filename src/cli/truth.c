#include "truth.h"

#include "predicate_text.h"

#include <vigil/policy.h>

#include <stdlib.h>

static void ignore_report(void *context, enum vg_severity severity, struct vg_place place,
                          const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    (void)message;
    (void)hint;
}

/* Whether the only rule of `policy` decides this record. A fact that is asked for stays as it is: asked
 * again, the matcher takes what is pending for unknown. */
static bool decides(const struct vg_policy *policy, const struct vg_record *record, bool *decided_by_rule)
{
    struct vg_decision decision = {0};
    void *scratch = malloc(vg_policy_scratch_size(policy));
    unsigned asked = 0;

    if (scratch == NULL)
        return false;
    vg_policy_scratch_init(policy, scratch);
    vg_policy_begin(scratch);
    while (vg_policy_decide(record, scratch, &decision) == VG_NEED_FACT && asked < VG_FIELD_COUNT)
        asked++;
    *decided_by_rule = decision.rule == 0;
    free(scratch);
    return true;
}

/* Whether `condition` is true (and neither false nor unknown) for the record. */
static bool holds(const struct vg_expr *condition, const struct vg_record *record, bool *result)
{
    static const struct vg_reporter silent = {.report = ignore_report};
    struct vg_rule rule = {.action = VG_ACTION_ALLOW, .name = "probe", .condition = condition};
    struct vg_model model = {
        .mode = VG_MODE_ENFORCE,
        .default_verdict = VG_DENY,
        .ask_otherwise = VG_DENY,
        .deny_status = 0xC0000022,
        .rules = &rule,
        .rule_count = 1,
    };
    struct vg_policy policy;
    void *blob = NULL;
    size_t size = 0;
    bool done;

    if (!vg_model_compile(&model, &silent, &blob, &size))
        return false;
    done = vg_policy_open(&policy, blob, size, NULL) && decides(&policy, record, result);
    free(blob);
    return done;
}

static bool judge_predicate(const struct vg_expr *expression, const struct vg_record *record,
                            struct vg_judged *judged)
{
    struct vg_expr *const child = (struct vg_expr *)(uintptr_t)expression;
    const struct vg_expr negated = {.kind = VG_EXPR_NOT, .children = &child, .child_count = 1};
    bool positive = false;
    bool negative = false;

    judged->text = vg_predicate_text(expression->predicate);
    if (judged->text == NULL || !holds(expression, record, &positive) || !holds(&negated, record, &negative))
        return false;
    judged->truth = positive ? VG_TRUE : negative ? VG_FALSE : VG_UNKNOWN_TRUTH;
    return true;
}

/* Kleene's conjunction is the least of the truths, disjunction the greatest. */
static void combine(struct vg_judged *judged)
{
    bool conjunction = judged->expression->kind == VG_EXPR_AND;

    judged->truth = conjunction ? VG_TRUE : VG_FALSE;
    for (size_t i = 0; i < judged->expression->child_count; i++) {
        enum vg_truth part = judged->parts[i].truth;

        if (conjunction ? part < judged->truth : part > judged->truth)
            judged->truth = part;
    }
}

/* Recursion is as deep as the expression, whose depth the reader bounds. */
bool vg_judge(const struct vg_expr *expression, const struct vg_record *record, struct vg_judged *judged)
{
    *judged = (struct vg_judged){.expression = expression, .truth = VG_UNKNOWN_TRUTH};
    if (expression->kind == VG_EXPR_PREDICATE)
        return judge_predicate(expression, record, judged);
    if (expression->kind == VG_EXPR_TRUE || expression->kind == VG_EXPR_FALSE) {
        judged->truth = expression->kind == VG_EXPR_TRUE ? VG_TRUE : VG_FALSE;
        return true;
    }
    judged->parts = calloc(expression->child_count + 1, sizeof(*judged->parts));
    if (judged->parts == NULL)
        return false;
    for (size_t i = 0; i < expression->child_count; i++) {
        if (!vg_judge(expression->children[i], record, &judged->parts[i]))
            return false;
    }
    if (expression->kind == VG_EXPR_NOT)
        judged->truth = (enum vg_truth)(VG_TRUE - judged->parts[0].truth);
    else
        combine(judged);
    return true;
}

void vg_judged_free(struct vg_judged *judged)
{
    for (size_t i = 0; judged->parts != NULL && i < judged->expression->child_count; i++)
        vg_judged_free(&judged->parts[i]);
    free(judged->parts);
    free(judged->text);
}

const char *vg_truth_word(enum vg_truth truth)
{
    static const char *const words[] = {
        [VG_FALSE] = "false", [VG_UNKNOWN_TRUTH] = "unknown", [VG_TRUE] = "true"};

    return words[truth];
}
