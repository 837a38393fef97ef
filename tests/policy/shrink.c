#include "shrink.h"

#include "../../src/policy/print.h"

#include <stdlib.h>
#include <string.h>

static bool disagrees(const struct disagreement *disagreement, struct agreement *agreement)
{
    struct subject subject;
    bool opened = subject_open(&subject, &disagreement->model);

    agreement->wrong[0] = '\0';
    if (opened)
        subject_try(&subject, &disagreement->record, &disagreement->gathered, disagreement->telling,
                    agreement);
    subject_close(&subject);
    return opened && agreement->wrong[0] != '\0';
}

static bool still_disagrees(const struct disagreement *disagreement)
{
    struct agreement agreement;

    return disagrees(disagreement, &agreement);
}

/* From the last to the first, so that a rule keeps its place while those before it are tried. */
static bool drop_rules(struct disagreement *disagreement)
{
    struct vg_model *model = &disagreement->model;
    struct vg_rule *rules = (struct vg_rule *)(uintptr_t)model->rules;
    bool dropped = false;

    for (size_t i = model->rule_count; i-- > 0;) {
        struct vg_rule kept = rules[i];

        model->rule_count--;
        memmove(&rules[i], &rules[i + 1], (model->rule_count - i) * sizeof(*rules));
        if (still_disagrees(disagreement)) {
            dropped = true;
            continue;
        }
        memmove(&rules[i + 1], &rules[i], (model->rule_count - i) * sizeof(*rules));
        rules[i] = kept;
        model->rule_count++;
    }
    return dropped;
}

/* Puts a child in its parent's place, or leaves one out, anywhere in the expression. */
static bool shorten(const struct disagreement *disagreement, struct vg_expr *expr)
{
    struct vg_expr **children = (struct vg_expr **)(uintptr_t)expr->children;
    const struct vg_expr whole = *expr;

    for (size_t i = 0; i < whole.child_count; i++) {
        struct vg_expr *child = children[i];

        *expr = *child;
        if (still_disagrees(disagreement))
            return true;
        *expr = whole;
        if (expr->kind != VG_EXPR_NOT) {
            children[i] = children[--expr->child_count];
            if (still_disagrees(disagreement))
                return true;
            *expr = whole;
            children[i] = child;
        }
        if (shorten(disagreement, child))
            return true;
    }
    return false;
}

static bool shorten_any(const struct disagreement *disagreement)
{
    for (size_t i = 0; i < disagreement->model.rule_count; i++) {
        if (shorten(disagreement, (struct vg_expr *)(uintptr_t)disagreement->model.rules[i].condition))
            return true;
    }
    return false;
}

static void drop_facts(struct disagreement *disagreement)
{
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        const struct vg_fact told = disagreement->record.facts[i];
        const struct vg_fact gathered = disagreement->gathered.facts[i];

        vg_record_set_state(&disagreement->record, (enum vg_field)i, VG_FACT_ABSENT);
        vg_record_set_state(&disagreement->gathered, (enum vg_field)i, VG_FACT_ABSENT);
        if (still_disagrees(disagreement))
            continue;
        disagreement->record.facts[i] = told;
        disagreement->gathered.facts[i] = gathered;
    }
}

static void print_fact(const struct disagreement *disagreement, enum vg_field field, FILE *out)
{
    static const char *const states[] = {"pending", "unknown", "absent", "known"};
    const struct vg_fact *fact = &disagreement->gathered.facts[field];

    if (fact->state == VG_FACT_ABSENT && disagreement->record.facts[field].state == VG_FACT_ABSENT)
        return;
    fprintf(out, "%s: %s%s%s", vg_field_name(field), states[fact->state],
            fact->flags & VG_FACT_CLAIMED ? ", claimed" : "",
            disagreement->record.facts[field].state == VG_FACT_PENDING ? ", in stages" : "");
    for (unsigned i = 0; i < fact->count; i++) {
        char text[4096];
        size_t size = vg_utf8_from_utf16(fact->values[i], text, sizeof(text));

        if (vg_field_digest_size(field) != 0)
            fprintf(out, " %02x..%02x", ((const uint8_t *)fact->values[i].bytes)[0],
                    ((const uint8_t *)fact->values[i].bytes)[fact->values[i].size - 1]);
        else
            fprintf(out, " '%.*s'", (int)(size < sizeof(text) ? size : sizeof(text)), text);
    }
    fputc('\n', out);
}

void shrink_and_print(struct disagreement *disagreement, FILE *out)
{
    struct agreement agreement;

    if (!still_disagrees(disagreement)) {
        fputs("not when the record is the first that the policy is asked about\n", out);
        return;
    }
    while (drop_rules(disagreement) || shorten_any(disagreement))
        ;
    drop_facts(disagreement);
    (void)disagrees(disagreement, &agreement);
    fprintf(out, "%s, of this policy and record, told %u:\n", agreement.wrong, disagreement->telling);
    vg_model_print(&disagreement->model, NULL, out);
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++)
        print_fact(disagreement, (enum vg_field)i, out);
}
