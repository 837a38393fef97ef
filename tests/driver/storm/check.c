/* What records say, against what was started and what the reference evaluator decides. */
#include "storm.h"

#include "../../policy/reference.h"

#include <stdlib.h>

#define SEQUENCES (1u << 22) /* records of one life at most */

/* One record of this life. */
struct met {
    uint32_t sum; /* what it was, so that all readers are seen to get the same; 0: nobody has met it */
    struct storm_exit exit; /* what named it as the record of its start */
};

static struct met *records;
static struct storm_tally tally;

void storm_check_life(unsigned life)
{
    (void)life;
    free(records);
    records = calloc(SEQUENCES, sizeof(*records)); /* pages that are not touched cost nothing */
    assert_non_null(records);
    tally = (struct storm_tally){0};
}

void storm_check_forget(void)
{
    free(records);
    records = NULL;
}

struct storm_tally storm_tally(void)
{
    return tally;
}

static void count(uint64_t *counter)
{
    __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

/* FNV-1a by words; never 0. */
static uint32_t sum_of(const struct vg_event_header *event)
{
    const uint64_t *words = (const void *)event;
    uint64_t sum = 0xCBF29CE484222325u;

    for (uint32_t i = 0; i < event->size / 8; i++)
        sum = (sum ^ words[i]) * 0x100000001B3u;
    return (uint32_t)(sum ^ sum >> 32) | 1;
}

/* ---- facts ---- */

static struct vg_span value_of(const struct vg_event_header *event, const struct vg_event_fact *entry)
{
    storm_expect(entry->offset <= event->size && entry->size <= event->size - entry->offset,
                 "a fact lies outside its record");
    return (struct vg_span){(const unsigned char *)event + entry->offset, entry->size};
}

/* The record as the driver decided on it. */
static void read_facts(const struct vg_event_header *event, struct vg_record *record)
{
    const struct vg_event_fact *entries = (const void *)((const char *)event + event->fact_offset);

    memset(record, 0, sizeof(*record));
    for (unsigned i = 0; i < event->fact_count; i++) {
        enum vg_field field = (enum vg_field)entries[i].field;

        storm_expect(field < VG_FIELD_COUNT, "a record has the field %u", field);
        if (entries[i].state != VG_FACT_KNOWN)
            vg_record_set_state(record, field, (enum vg_fact_state)entries[i].state);
        else if (!vg_record_add(record, field, value_of(event, &entries[i])))
            storm_fail("a fact has too many values");
        record->facts[field].flags = entries[i].flags;
    }
}

static void text_of(const struct vg_record *record, enum vg_field field, char text[512])
{
    const struct vg_fact *fact = &record->facts[field];

    text[0] = 0;
    if (fact->state == VG_FACT_KNOWN)
        text[vg_utf8_from_utf16(fact->values[0], text, 511)] = 0;
}

static uint64_t number_in(const struct vg_record *record)
{
    char text[512];
    const char *at;

    text_of(record, VG_FIELD_COMMAND_LINE, text);
    at = strstr(text, "storm=");
    return at ? strtoull(at + 6, NULL, 10) : UINT64_MAX;
}

/* That the facts are this start's and no other's. */
static void check_names(const struct vg_record *record, const struct storm_start *start, uint64_t number)
{
    char text[512];

    text_of(record, VG_FIELD_IMAGE, text);
    storm_expect(!strcmp(text, start->image), "start %llu: Image is '%s', it was '%s'",
                 (unsigned long long)number, text, start->image);
    text_of(record, VG_FIELD_PARENT_IMAGE, text);
    storm_expect(!text[0] || !start->parent_image || !strcmp(text, start->parent_image),
                 "start %llu: ParentImage is '%s', it was '%s'", (unsigned long long)number, text,
                 start->parent_image ? start->parent_image : "");
}

/* ---- verdicts ---- */

static void check_decision(const struct vg_event_start *event, const struct vg_record *record,
                           const struct storm_policy *policy, uint64_t number)
{
    struct vg_decision expected;

    reference_decide(policy->model, record, &expected);
    storm_expect(event->reason == (expected.rule == VG_RULE_NONE ? VG_REASON_DEFAULT : VG_REASON_RULE),
                 "start %llu: the reason is %u", (unsigned long long)number, event->reason);
    storm_expect(event->verdict == expected.verdict && event->rule == expected.rule,
                 "start %llu, policy %llu: verdict %u by rule %u, the reference says %u by rule %u",
                 (unsigned long long)number, (unsigned long long)event->policy_generation, event->verdict,
                 event->rule, expected.verdict, expected.rule);
    storm_expect(event->audit_count == expected.audit_count,
                 "start %llu: %u audit rules, the reference says %u", (unsigned long long)number,
                 event->audit_count, expected.audit_count);
    storm_expect(event->unknown_fields == expected.unknown_fields,
                 "start %llu: rests on the unknown fields 0x%llx, the reference says 0x%llx",
                 (unsigned long long)number, (unsigned long long)event->unknown_fields,
                 (unsigned long long)expected.unknown_fields);
    storm_expect(event->enforced == (event->verdict == VG_DENY && event->guard == VG_GUARD_NONE),
                 "start %llu: verdict %u, guard %u, enforced %u", (unsigned long long)number, event->verdict,
                 event->guard, event->enforced);
    storm_expect(event->status == (event->enforced ? policy->deny_status : 0), "start %llu: status 0x%08X",
                 (unsigned long long)number, event->status);
}

static void check_start(unsigned life, const struct vg_event_start *event)
{
    struct vg_record record;
    struct storm_start *start;
    uint64_t number;

    read_facts(&event->header, &record);
    number = number_in(&record);
    start = storm_start_of(number);
    storm_expect(start != NULL, "a record of a start that nobody made (%llu)", (unsigned long long)number);
    storm_expect(!start->seen, "start %llu is recorded twice", (unsigned long long)number);
    storm_expect(event->policy_generation >= 1 && event->policy_generation <= storm_newest_generation(),
                 "start %llu was decided by policy %llu, which does not exist", (unsigned long long)number,
                 (unsigned long long)event->policy_generation);
    check_names(&record, start, number);
    check_decision(event, &record, storm_policy_of(life, event->policy_generation), number);
    start->seen = true;
    start->life = life;
    start->sequence = event->header.sequence;
    start->generation = event->policy_generation;
    start->status = event->status;
    start->process_id = event->process_id;
    start->enforced = event->enforced;
    start->guard = event->guard;
    start->verdict_fails = event->verdict == VG_DENY;
    count(&tally.starts);
    if (event->enforced)
        count(&tally.enforced);
}

/* The record of its start may not have been met yet: another reader may be on its way there. */
static void check_exit(const struct vg_event_exit *event)
{
    struct storm_exit *exit = &records[event->start_sequence].exit;

    count(&tally.exits);
    storm_expect(event->start_sequence < event->header.sequence, "an exit precedes its start");
    if (event->start_sequence == 0)
        return; /* it started before the driver */
    storm_expect(__atomic_add_fetch(&exit->count, 1, __ATOMIC_SEQ_CST) == 1, "process %u has two exits",
                 event->process_id);
    exit->process_id = event->process_id;
    exit->denied = event->denied;
}

struct storm_exit storm_exit_of(uint64_t start_sequence)
{
    return records[start_sequence].exit;
}

static void check_state(unsigned life, const struct vg_event_state *event)
{
    const struct storm_policy *policy = storm_policy_of(life, event->policy_generation);

    count(&tally.states);
    storm_expect(event->policy_generation >= 1 && event->policy_generation <= storm_newest_generation(),
                 "a record of policy %llu, which does not exist",
                 (unsigned long long)event->policy_generation);
    storm_expect(!memcmp(event->policy_identity, policy->identity, sizeof(policy->identity)),
                 "policy %llu is not the one that was sent", (unsigned long long)event->policy_generation);
}

void storm_check_record(unsigned life, const struct vg_event_header *event)
{
    uint32_t sum = sum_of(event), before = 0;

    storm_expect(event->sequence != 0 && event->sequence < SEQUENCES, "a record has the sequence %llu",
                 (unsigned long long)event->sequence);
    if (!__atomic_compare_exchange_n(&records[event->sequence].sum, &before, sum, 0, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
        storm_expect(before == sum, "two readers were given two different records %llu",
                     (unsigned long long)event->sequence);
        return;
    }
    switch (event->type) {
    case VG_EVENT_START:
        check_start(life, (const void *)event);
        break;
    case VG_EVENT_EXIT:
        check_exit((const void *)event);
        break;
    case VG_EVENT_IMAGE:
        count(&tally.images);
        break;
    case VG_EVENT_STATE:
        check_state(life, (const void *)event);
        break;
    default:
        storm_fail("a record has the type %u", event->type);
    }
}
