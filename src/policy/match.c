#include "match.h"

#include <string.h>

/* The rule that decides as far as plain rules go, and the first plain rule that waits for a fact. */
struct plain {
    uint32_t best;
    uint32_t waiting;
    enum vg_field waiting_for;
};

/* Lays what is behind struct vg_scratch over the scratch; NULL to ask for the size only. */
static size_t place(struct vg_match *match, const struct vg_blob_header *header, uint8_t *scratch)
{
    size_t used = (sizeof(struct vg_scratch) + 7) / 8 * 8;

    match->truths.count = scratch ? &match->scratch->truth_words : NULL;
    used += sizeof(uint64_t) * vg_marks_place(&match->truths, header->tracked_count,
                                              scratch ? (uint64_t *)(void *)(scratch + used) : NULL);
    used += sizeof(uint64_t) * vg_bitset_place(&match->candidates, vg_blob_count(header, VG_BLOB_CONDITIONS),
                                               scratch ? (uint64_t *)(void *)(scratch + used) : NULL);
    used += sizeof(uint64_t) * vg_bitset_place(&match->awaiting, header->tracked_count,
                                               scratch ? (uint64_t *)(void *)(scratch + used) : NULL);
    match->prepared = scratch ? (struct vg_prepared *)(void *)(scratch + used) : NULL;
    used += vg_prepared_size() * vg_blob_count(header, VG_BLOB_FIELDS);
    match->stamps = scratch ? (uint32_t *)(void *)(scratch + used) : NULL;
    used += sizeof(uint32_t) * (size_t)vg_blob_count(header, VG_BLOB_LITERALS);
    match->outcomes = scratch ? (uint32_t *)(void *)(scratch + used) : NULL;
    used += sizeof(uint32_t) * (size_t)header->tried_count;
    return (used + 7) / 8 * 8;
}

size_t vg_policy_scratch_size(const struct vg_policy *policy)
{
    struct vg_match match;

    return place(&match, (const struct vg_blob_header *)(const void *)policy->blob, NULL);
}

static void list_field(struct vg_scratch *scratch, const struct vg_blob_field *field, uint8_t place)
{
    scratch->places[field->field] = place;
    scratch->fields |= vg_field_bit(field->field);
    if (field->searches & VG_SEARCH_DIGESTS)
        scratch->digests |= vg_field_bit(field->field);
}

void vg_policy_scratch_init(const struct vg_policy *policy, void *scratch)
{
    struct vg_match *match = vg_match_in(scratch);

    memset(scratch, 0, vg_policy_scratch_size(policy));
    match->blob = vg_blob_view_of(policy->blob);
    match->scratch = scratch;
    match->scratch->end = (uint8_t *)scratch + place(match, match->blob.header, scratch);
    for (uint32_t i = 0; i < vg_blob_count(match->blob.header, VG_BLOB_FIELDS); i++)
        list_field(match->scratch, &match->blob.FIELDS[i], (uint8_t)i);
    vg_policy_begin(scratch);
}

/* The number tells starts apart in what trials keep; when it has run through all its values, all of that is
 * forgotten. */
static void next_start(struct vg_match *match)
{
    struct vg_scratch *scratch = match->scratch;

    if (++scratch->start <= UINT32_MAX / 2)
        return;
    memset(match->prepared, 0, (size_t)(scratch->end - (uint8_t *)match->prepared));
    scratch->serial = 0;
    scratch->start = 1;
}

void vg_policy_begin(void *scratch)
{
    struct vg_match *match = vg_match_in(scratch);

    vg_marks_clear(&match->truths);
    vg_bitset_clear(&match->candidates);
    vg_bitset_clear(&match->awaiting);
    match->pairs_asked = false;
    match->scratch->taken = 0;
    match->scratch->asked = 0;
    match->scratch->unknown = 0;
    match->scratch->claimed = 0;
    match->scratch->best = match->blob.header->first_true;
    next_start(match);
}

static bool may_be_asked(const struct vg_match *match, uint32_t field)
{
    return vg_field_is_gathered((enum vg_field)field) && !(match->scratch->asked & vg_field_bit(field));
}

static bool is_established(const struct vg_fact *fact)
{
    return fact->state == VG_FACT_KNOWN || fact->state == VG_FACT_ABSENT;
}

/* The memory that digests are looked for in is asked for first, and arrives while the texts are looked at. */
static void expect_digests(const struct vg_match *match, const struct vg_record *record, uint64_t fields)
{
    for (; fields; fields &= fields - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(fields));
        const struct vg_fact *fact = &record->facts[field->field];

        if (fact->state == VG_FACT_KNOWN)
            vg_match_expect(match, field, fact);
    }
}

/* Takes every fact that was not taken yet; returns those that are pending. */
static uint64_t take_facts(struct vg_match *match, const struct vg_record *record)
{
    uint64_t before = match->scratch->taken;
    uint64_t pending = 0;

    expect_digests(match, record, match->scratch->digests & ~before);
    for (uint64_t left = match->scratch->fields & ~before; left; left &= left - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(left));
        const struct vg_fact *fact = &record->facts[field->field];
        uint64_t bit = vg_field_bit(field->field);

        if (fact->state == VG_FACT_PENDING && may_be_asked(match, field->field)) {
            pending |= bit;
            continue;
        }
        match->scratch->taken |= bit;
        if (!is_established(fact)) {
            match->scratch->unknown |= bit;
            continue;
        }
        if (fact->flags & VG_FACT_CLAIMED)
            match->scratch->claimed |= bit;
        vg_match_scan(match, field, fact);
    }
    if (match->blob.header->pair_count)
        vg_match_pairs(match, record, match->scratch->taken & ~before);
    return pending;
}

/* Of the facts that one rule waits for, the one that takes less reading comes first. */
static bool waits_before(const struct vg_blob_field *field, const struct plain *plain)
{
    if (field->first_rule != plain->waiting || plain->waiting == VG_BLOB_NONE)
        return field->first_rule < plain->waiting;
    return vg_field_stage((enum vg_field)field->field) < vg_field_stage(plain->waiting_for);
}

static struct plain settle_plain(const struct vg_match *match, uint64_t pending)
{
    struct plain plain = {.best = match->scratch->best, .waiting = VG_BLOB_NONE};
    uint64_t open = match->scratch->unknown | match->scratch->claimed;

    for (uint64_t left = pending; left; left &= left - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(left));

        if (waits_before(field, &plain)) {
            plain.waiting = field->first_rule;
            plain.waiting_for = (enum vg_field)field->field;
        }
    }
    if (!(match->blob.header->flags & VG_BLOB_UNKNOWN_MATCHES))
        return plain;
    for (; open; open &= open - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(open));
        bool claimed = match->scratch->claimed & vg_field_bit(field->field);

        plain.best = vg_lower(plain.best, claimed ? field->first_claimed_rule : field->first_unknown_rule);
    }
    return plain;
}

/* Unknown facts that plain rules before the deciding one rest on, or the deciding one itself when it was no
 * true predicate that decided it. */
static uint64_t unknown_to_plain(const struct vg_match *match, uint32_t decided)
{
    uint64_t open = match->scratch->unknown | match->scratch->claimed;
    uint64_t fields = 0;
    uint32_t before = decided == match->scratch->best || decided == VG_BLOB_NONE ? decided : decided + 1;

    for (; open; open &= open - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(open));
        uint64_t bit = vg_field_bit(field->field);

        if ((match->scratch->claimed & bit ? field->first_strict_rule : field->first_rule) < before)
            fields |= bit;
    }
    return fields;
}

static uint32_t rule_action(const struct vg_match *match, uint32_t rule)
{
    return vg_blob_action_of(&match->blob, rule);
}

static void decide_by(const struct vg_match *match, uint32_t rule, struct vg_decision *decision)
{
    decision->rule = rule;
    decision->verdict = rule == VG_RULE_NONE ? (enum vg_verdict)match->blob.header->default_verdict
                                             : (enum vg_verdict)rule_action(match, rule);
}

static void record_audit(const struct vg_match *match, uint32_t rule, struct vg_decision *decision)
{
    if (decision->audit_count < match->audit_room)
        match->audits[decision->audit_count] = rule;
    decision->audit_count++;
}

enum verdict_of_condition {
    CONDITION_FAILS,
    CONDITION_HOLDS,
    CONDITION_WAITS,
};

/* What the value of a rule's condition comes to under the policy's word on unknown facts. */
static enum verdict_of_condition judge(const struct vg_match *match, uint32_t rule, uint16_t value,
                                       enum vg_field *need)
{
    unsigned ask = 0;
    bool holds;
    bool fixed;

    if (vg_match_takes_unknown(match, rule)) {
        holds = !(value & VG_MAY_BE_FALSE);
        fixed = holds || (value & VG_IS_FALSE);
        ask = value >> VG_ASK_FALSE_SHIFT;
    } else {
        holds = (value & VG_IS_TRUE) != 0;
        fixed = holds || !(value & VG_MAY_BE_TRUE);
        ask = value >> VG_ASK_TRUE_SHIFT;
    }
    if (!fixed) {
        *need = (enum vg_field)(ask & VG_ASK_MASK);
        return CONDITION_WAITS;
    }
    return holds ? CONDITION_HOLDS : CONDITION_FAILS;
}

/* Runs the candidates before `limit` in order. Returns true when that settled the outcome: a condition
 * decided, or waits for decision->need. */
static bool settle_conditions(struct vg_match *match, uint64_t pending, uint32_t limit,
                              struct vg_decision *decision, enum vg_outcome *outcome)
{
    struct vg_candidates candidates;

    vg_candidates_open(&candidates, match, pending);
    for (;;) {
        uint32_t index = vg_candidates_next(&candidates, match, decision->unknown_fields);
        const struct vg_blob_condition *condition;
        enum verdict_of_condition verdict;
        uint16_t value;

        if (index == VG_BLOB_NONE || match->blob.CONDITIONS[index].rule >= limit)
            return false;
        condition = &match->blob.CONDITIONS[index];
        if (vg_match_rules_out(match, condition))
            continue;
        value = vg_match_condition(match, condition, pending);
        verdict = judge(match, condition->rule, value, &decision->need);
        if (verdict == CONDITION_WAITS) {
            *outcome = VG_NEED_FACT;
            return true;
        }
        if (!(value & (VG_IS_TRUE | VG_IS_FALSE)))
            decision->unknown_fields |= vg_match_unknown_to(match, condition);
        if (verdict == CONDITION_FAILS)
            continue;
        if (rule_action(match, condition->rule) == VG_BLOB_AUDIT) {
            record_audit(match, condition->rule, decision);
            continue;
        }
        decide_by(match, condition->rule, decision);
        *outcome = VG_DECIDED;
        return true;
    }
}

static enum vg_outcome settle(struct vg_match *match, uint64_t pending, struct vg_decision *decision)
{
    struct plain plain = settle_plain(match, pending);
    enum vg_outcome outcome;

    if (settle_conditions(match, pending, vg_lower(plain.best, plain.waiting), decision, &outcome)) {
        if (outcome == VG_DECIDED)
            decision->unknown_fields |= unknown_to_plain(match, decision->rule);
        return outcome;
    }
    if (plain.waiting < plain.best) {
        decision->need = plain.waiting_for;
        return VG_NEED_FACT;
    }
    decide_by(match, plain.best, decision);
    decision->unknown_fields |= unknown_to_plain(match, plain.best);
    return VG_DECIDED;
}

VG_NOINLINE enum vg_outcome vg_policy_decide(const struct vg_record *record, void *scratch,
                                             struct vg_decision *decision)
{
    struct vg_match *match = vg_match_in(scratch);
    enum vg_outcome outcome;
    uint64_t pending;

    match->record = record;
    memset(decision, 0, sizeof(*decision));
    match->audits = decision->audits;
    match->audit_room = VG_AUDITS_MAX;
    decision->rule = VG_RULE_NONE;
    pending = take_facts(match, record);
    outcome = settle(match, pending, decision);
    if (outcome == VG_NEED_FACT)
        match->scratch->asked |= vg_field_bit((uint32_t)decision->need);
    return outcome;
}

VG_NOINLINE uint32_t vg_policy_audits(const struct vg_record *record, void *scratch, uint32_t *rules,
                                      uint32_t room)
{
    struct vg_decision decision = {.rule = VG_RULE_NONE};
    struct vg_match *match = vg_match_in(scratch);

    match->record = record;
    match->audits = rules;
    match->audit_room = room;
    (void)settle(match, take_facts(match, record), &decision);
    return decision.audit_count;
}
