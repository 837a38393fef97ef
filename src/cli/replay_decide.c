#include "replay.h"

#include <stdlib.h>

bool vg_replay_prepare(struct vg_replay *replay)
{
    for (unsigned i = 0; i < vg_log_workers(); i++) {
        struct vg_replay_worker *worker = &replay->workers[i];

        worker->scratch = malloc(vg_policy_scratch_size(&replay->policy));
        worker->audits = malloc((replay->model->rule_count + 1) * sizeof(*worker->audits));
        worker->counts.rules = calloc(replay->model->rule_count + 1, sizeof(*worker->counts.rules));
        if (worker->scratch == NULL || worker->audits == NULL || worker->counts.rules == NULL)
            return false;
        vg_policy_scratch_init(&replay->policy, worker->scratch);
    }
    return true;
}

void vg_replay_free(struct vg_replay *replay)
{
    for (unsigned i = 0; i < VG_LOG_WORKERS_MAX; i++) {
        free(replay->workers[i].scratch);
        free(replay->workers[i].audits);
        free(replay->workers[i].counts.rules);
    }
}

static void count(struct vg_replay_counts *counts, const struct vg_decision *decision, const uint32_t *audits)
{
    counts->verdicts[decision->verdict]++;
    counts->audited += decision->audit_count != 0;
    counts->unknown += decision->unknown_fields != 0;
    if (decision->rule == VG_RULE_NONE)
        counts->defaults++;
    else
        counts->rules[decision->rule]++;
    for (uint32_t i = 0; i < decision->audit_count; i++)
        counts->rules[audits[i]]++;
}

static bool wanted(const struct vg_replay *replay, const struct vg_decision *decision)
{
    if (replay->only == VG_ONLY_ALL)
        return true;
    if (replay->only == VG_ONLY_AUDIT)
        return decision->audit_count != 0;
    return (unsigned)replay->only == (unsigned)decision->verdict;
}

/* What takes opening the file in the driver is told when the rules ask for it, as there. */
static void hold_back(struct vg_replay_worker *worker, struct vg_record *record)
{
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (!vg_field_is_gathered((enum vg_field)field))
            continue;
        worker->held[field] = record->facts[field];
        vg_record_set_state(record, (enum vg_field)field, VG_FACT_PENDING);
    }
}

/* A fact that the rules ask for is in the log or nowhere. */
static void give(const struct vg_replay_worker *worker, struct vg_record *record, enum vg_field field)
{
    record->facts[field] = worker->held[field];
    if (record->facts[field].state == VG_FACT_PENDING)
        vg_record_set_state(record, field, VG_FACT_UNKNOWN);
}

/* As the driver decides. */
static void decide(struct vg_replay_worker *worker, struct vg_record *record, struct vg_decision *decision)
{
    bool looked = false, hashed = false;

    hold_back(worker, record);
    vg_policy_begin(worker->scratch);
    while (vg_policy_decide(record, worker->scratch, decision) == VG_NEED_FACT) {
        looked = looked || vg_field_stage(decision->need) > VG_STAGE_DRIVE;
        hashed = hashed || vg_field_stage(decision->need) == VG_STAGE_HASH;
        give(worker, record, decision->need);
    }
    worker->counts.looked += looked;
    worker->counts.hashed += hashed;
}

bool vg_replay_creation(void *context, unsigned number, const struct vg_log_place *place,
                        struct vg_record_input *input, struct vg_output *output)
{
    struct vg_replay *replay = context;
    struct vg_replay_worker *worker = &replay->workers[number];
    struct vg_decision decision = {0};
    struct vg_replay_start start = {
        .place = place, .record = &input->record, .decision = &decision, .audits = decision.audits};

    decide(worker, &input->record, &decision);
    if (decision.audit_count > VG_AUDITS_MAX) {
        start.audits = worker->audits;
        (void)vg_policy_audits(&input->record, worker->scratch, worker->audits,
                               (uint32_t)replay->model->rule_count);
    }
    count(&worker->counts, &decision, start.audits);
    if (replay->print && wanted(replay, &decision))
        vg_replay_print_record(replay, &start, output);
    return !output->failed;
}

const struct vg_replay_counts *vg_replay_total(struct vg_replay *replay)
{
    struct vg_replay_counts *total = &replay->workers[0].counts;

    for (unsigned i = 1; i < vg_log_workers(); i++) {
        const struct vg_replay_counts *part = &replay->workers[i].counts;

        for (unsigned verdict = 0; verdict < 3; verdict++)
            total->verdicts[verdict] += part->verdicts[verdict];
        total->audited += part->audited;
        total->unknown += part->unknown;
        total->defaults += part->defaults;
        total->looked += part->looked;
        total->hashed += part->hashed;
        for (size_t rule = 0; rule < replay->model->rule_count; rule++)
            total->rules[rule] += part->rules[rule];
    }
    return total;
}
