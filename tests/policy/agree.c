#include "agree.h"
#include "reference.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ignore_report(void *context, enum vg_severity severity, struct vg_place place,
                          const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    (void)message;
    (void)hint;
}

bool subject_open(struct subject *subject, const struct vg_model *model)
{
    static const struct vg_reporter reporter = {ignore_report, NULL};
    struct vg_blob_error error;

    memset(subject, 0, sizeof(*subject));
    subject->model = model;
    if (!vg_model_compile(model, &reporter, &subject->blob, &subject->size) ||
        !vg_policy_open(&subject->policy, subject->blob, subject->size, &error))
        return false;
    subject->scratch = malloc(vg_policy_scratch_size(&subject->policy));
    if (!subject->scratch)
        abort();
    vg_policy_scratch_init(&subject->policy, subject->scratch);
    return true;
}

void subject_close(struct subject *subject)
{
    free(subject->scratch);
    free(subject->blob);
}

/* The first that differs stays. */
static void differ(struct agreement *agreement, const char *format, ...)
{
    va_list arguments;

    if (agreement->wrong[0])
        return;
    va_start(arguments, format);
    vsnprintf(agreement->wrong, sizeof(agreement->wrong), format, arguments);
    va_end(arguments);
}

static void compare(struct agreement *agreement, const char *what, const struct vg_decision *expected,
                    const struct vg_decision *actual)
{
    if (expected->verdict != actual->verdict || expected->rule != actual->rule)
        differ(agreement, "%s: rule %d where the reference says %d", what, (int)actual->rule,
               (int)expected->rule);
    if (expected->audit_count != actual->audit_count ||
        memcmp(expected->audits, actual->audits, sizeof(actual->audits)) != 0)
        differ(agreement, "%s: %u audit rules, or others, where the reference says %u", what,
               actual->audit_count, expected->audit_count);
}

static void compare_unknown(struct agreement *agreement, const char *what, const struct vg_decision *expected,
                            const struct vg_decision *actual)
{
    if (expected->unknown_fields != actual->unknown_fields)
        differ(agreement, "%s: unknown fields %llx where the reference says %llx", what,
               (unsigned long long)actual->unknown_fields, (unsigned long long)expected->unknown_fields);
}

static bool is_told_with(enum vg_field field, enum vg_field need, unsigned telling)
{
    return field == need || ((telling & TELL_TOGETHER) && vg_field_stage(field) == vg_field_stage(need));
}

/* Tells what is asked for; `told` is what the reference is to know of it. */
static void tell(struct vg_record *record, struct vg_record *told, const struct vg_record *gathered,
                 enum vg_field need, unsigned telling)
{
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        enum vg_field field = (enum vg_field)i;

        if (record->facts[field].state != VG_FACT_PENDING || !is_told_with(field, need, telling))
            continue;
        record->facts[field] = gathered->facts[field];
        told->facts[field] = gathered->facts[field];
        if (gathered->facts[field].state != VG_FACT_PENDING)
            continue;
        if ((telling & TELL_UNKNOWN) || field != need)
            vg_record_set_state(record, field, VG_FACT_UNKNOWN);
        vg_record_set_state(told, field, VG_FACT_UNKNOWN);
    }
}

/* In stages, as a driver does, with every question checked. */
static void decide_in_stages(struct subject *subject, struct vg_record *record, struct vg_record *told,
                             const struct vg_record *gathered, unsigned telling, struct agreement *agreement)
{
    vg_policy_begin(subject->scratch);
    while (vg_policy_decide(record, subject->scratch, &agreement->decision) == VG_NEED_FACT) {
        enum vg_field need = agreement->decision.need;

        if (need >= VG_FIELD_COUNT || agreement->asked >> need & 1) {
            differ(agreement, "field %u is asked for, or again", (unsigned)need);
            return;
        }
        if (!reference_may_ask(subject->model, told, need))
            differ(agreement, "%s is asked for without need", vg_field_name(need));
        agreement->asked |= (uint64_t)1 << need;
        tell(record, told, gathered, need, telling);
    }
}

/* Naming all audit rules afterwards says what the decision said. */
static void name_audits(struct subject *subject, const struct vg_record *record, struct agreement *agreement)
{
    uint32_t named[VG_AUDITS_MAX] = {0};
    uint32_t count = vg_policy_audits(record, subject->scratch, named, VG_AUDITS_MAX);

    if (count != agreement->decision.audit_count ||
        memcmp(named, agreement->decision.audits, sizeof(named)) != 0)
        differ(agreement, "%u audit rules named of %u", count, agreement->decision.audit_count);
}

/* What was left pending must not matter, whatever it is. */
static void guess_the_rest(const struct subject *subject, const struct vg_record *told,
                           struct agreement *agreement)
{
    static const uint16_t other[16] = {1}; /* a digest, or a text */

    for (unsigned guess = 0; guess < 3; guess++) {
        struct vg_record whole = *told;
        struct vg_decision expected;

        for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
            enum vg_field field = (enum vg_field)i;

            if (whole.facts[field].state != VG_FACT_PENDING || !vg_field_is_gathered(field))
                continue;
            if (guess == 0)
                vg_record_set(&whole, field, (struct vg_span){other, sizeof(other)});
            else
                vg_record_set_state(&whole, field, guess == 1 ? VG_FACT_ABSENT : VG_FACT_UNKNOWN);
        }
        reference_decide(subject->model, &whole, &expected);
        compare(agreement, "of a guess", &expected, &agreement->decision);
    }
}

/* With every fact there from the start the answer is the same, and comes at once. Unknown fields may be
 * others: in stages a condition may be left unknown that one more fact would make false. */
static void decide_at_once(struct subject *subject, const struct vg_record *gathered,
                           struct agreement *agreement)
{
    struct vg_record whole = *gathered;
    struct vg_decision expected;
    struct vg_decision actual;

    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        if (whole.facts[i].state == VG_FACT_PENDING && vg_field_is_gathered((enum vg_field)i))
            vg_record_set_state(&whole, (enum vg_field)i, VG_FACT_UNKNOWN);
    }
    vg_policy_begin(subject->scratch);
    if (vg_policy_decide(&whole, subject->scratch, &actual) != VG_DECIDED)
        differ(agreement, "%s is asked for, which is there", vg_field_name(actual.need));
    reference_decide(subject->model, &whole, &expected);
    compare(agreement, "at once", &expected, &actual);
    compare_unknown(agreement, "at once", &expected, &actual);
    compare(agreement, "in stages, not at once", &actual, &agreement->decision);
}

void subject_try(struct subject *subject, const struct vg_record *record, const struct vg_record *gathered,
                 unsigned telling, struct agreement *agreement)
{
    struct vg_record staged = *record;
    struct vg_record told = *record;
    struct vg_decision expected;

    memset(agreement, 0, sizeof(*agreement));
    decide_in_stages(subject, &staged, &told, gathered, telling, agreement);
    if (agreement->wrong[0])
        return;
    name_audits(subject, &staged, agreement);
    reference_decide(subject->model, &told, &expected);
    compare(agreement, "in stages", &expected, &agreement->decision);
    compare_unknown(agreement, "in stages", &expected, &agreement->decision);
    guess_the_rest(subject, &told, agreement);
    decide_at_once(subject, gathered, agreement);
}
