#include "event.h"

#include "bounds.h"
#include "counters.h"
#include "image.h"
#include "memory.h"
#include "mode.h"
#include "reader.h"

static struct vg_ring *ring;

/* An event being written: its fixed part, then a table of facts, then what they and others point to. */
struct writer {
    struct vg_event_header *header; /* nonpaged, `capacity` bytes */
    struct vg_event_fact *entry;    /* the next */
    uint32_t capacity;
    uint32_t used;
};

_Use_decl_annotations_
NTSTATUS vg_events_start(size_t ring_size)
{
    return vg_ring_create(ring_size, &ring);
}

_Use_decl_annotations_
void vg_events_stop(void)
{
    vg_ring_destroy(ring);
    ring = NULL;
}

_Use_decl_annotations_
struct vg_ring *vg_events_ring(void)
{
    return ring;
}

_Use_decl_annotations_
uint64_t vg_event_dropped(void)
{
    uint64_t sequence = vg_ring_skip(ring);

    vg_count(&vg_counters.events_dropped);
    vg_readers_wake();
    return sequence;
}

_IRQL_requires_max_(APC_LEVEL) static uint32_t aligned(_In_ uint32_t size, _In_ uint32_t to)
{
    return (size + to - 1) & ~(to - 1);
}

/* Begins an event of `fixed` bytes, to be followed by `facts` entries and `room` bytes of values. */
_IRQL_requires_max_(APC_LEVEL) static bool begin(_Out_ struct writer *writer, _In_ enum vg_event_type type,
                                                 _In_ uint32_t fixed, _In_ uint32_t facts, _In_ uint32_t room)
{
    uint32_t table = facts * (uint32_t)sizeof(struct vg_event_fact);

    vg_ring_expect(ring);
    writer->capacity = aligned(fixed + table + room, 8);
    writer->used = fixed + table;
    writer->header = vg_allocate_zeroed(VG_NON_PAGED, writer->capacity, VG_TAG_EVENT);
    if (writer->header == NULL)
        return false;
    writer->header->size = writer->capacity;
    writer->header->type = (uint16_t)type;
    writer->header->fact_offset = facts == 0 ? 0 : fixed;
    writer->header->fact_count = (uint16_t)facts; /* some values a field */
    writer->entry = (struct vg_event_fact *)(void *)((uint8_t *)writer->header + fixed);
    writer->header->time = vg_system_time();
    return true;
}

/* Writes the event into the ring and frees it. Returns its sequence. */
_IRQL_requires_max_(APC_LEVEL) static uint64_t end(_Inout_ struct writer *writer)
{
    uint64_t sequence = 0;

    if (!vg_ring_write(ring, writer->header)) {
        vg_free(writer->header, VG_TAG_EVENT);
        return vg_event_dropped();
    }
    sequence = writer->header->sequence;
    vg_free(writer->header, VG_TAG_EVENT);
    vg_readers_wake();
    return sequence;
}

/* Room that a value takes, so that the next one begins even. */
_IRQL_requires_max_(APC_LEVEL) static uint32_t room_for(_In_ struct vg_span value)
{
    return aligned(value.size, 2);
}

/* Appends a value and returns its offset. */
_IRQL_requires_max_(APC_LEVEL) static uint32_t
    append(_Inout_ struct writer *writer, _In_ struct vg_span value)
{
    uint32_t offset = writer->used;

    if (value.size != 0)
        memcpy((uint8_t *)writer->header + offset, value.bytes, value.size);
    writer->used += room_for(value);
    return offset;
}

_IRQL_requires_max_(APC_LEVEL) static void append_entry(_Inout_ struct writer *writer,
                                                        _In_ enum vg_field field,
                                                        _In_ const struct vg_fact *fact,
                                                        _In_ struct vg_span value)
{
    struct vg_event_fact *entry = writer->entry++;

    entry->field = (uint16_t)field;
    entry->state = fact->state;
    entry->flags = fact->flags;
    entry->offset = append(writer, value);
    entry->size = value.size;
}

/* A fact with no value still has one entry, for its state. */
_IRQL_requires_max_(APC_LEVEL) static void append_fact(_Inout_ struct writer *writer,
                                                       _In_ enum vg_field field,
                                                       _In_ const struct vg_fact *fact)
{
    static const struct vg_span none = {.bytes = NULL, .size = 0};

    if (fact->count == 0)
        append_entry(writer, field, fact, none);
    for (unsigned i = 0; i < fact->count; i++)
        append_entry(writer, field, fact, fact->values[i]);
}

_IRQL_requires_max_(APC_LEVEL) static void measure_fact(_In_ const struct vg_fact *fact,
                                                        _Inout_ uint32_t *facts, _Inout_ uint32_t *room)
{
    *facts += fact->count == 0 ? 1 : fact->count;
    for (unsigned i = 0; i < fact->count; i++)
        *room += room_for(fact->values[i]);
}

_IRQL_requires_max_(APC_LEVEL) static struct vg_fact fact_of(_In_ const struct vg_kept *kept)
{
    struct vg_fact fact = {.state = kept->state, .flags = kept->flags};

    if (kept->state == VG_FACT_KNOWN) {
        fact.values[0] = vg_string_span(&kept->text);
        fact.count = 1;
    }
    return fact;
}

_IRQL_requires_max_(APC_LEVEL) static unsigned named_audits(_In_ const struct vg_decision *decision)
{
    return (unsigned)vg_lesser(decision->audit_count, VG_AUDITS_MAX);
}

/* Of the rule that decided; empty when none did. */
_IRQL_requires_max_(APC_LEVEL) static struct vg_span rule_name(_In_ const struct vg_start *start)
{
    static const struct vg_span none = {.bytes = NULL, .size = 0};

    return start->decision.rule == VG_RULE_NONE
               ? none
               : vg_policy_rule_name(&start->policy->policy, start->decision.rule);
}

_IRQL_requires_max_(APC_LEVEL) static uint32_t measure_audit_names(_In_ const struct vg_start *start)
{
    uint32_t room = 0;

    for (unsigned i = 0; i < named_audits(&start->decision); i++)
        room += vg_policy_rule_name(&start->policy->policy, start->decision.audits[i]).size + 1;
    return aligned(room, 2);
}

_IRQL_requires_max_(APC_LEVEL) static void append_audit_names(_Inout_ struct writer *writer,
                                                              _In_ const struct vg_start *start,
                                                              _Inout_ struct vg_event_start *event)
{
    static const struct vg_span newline = {.bytes = "\n", .size = 1};
    struct vg_span name = {0};

    event->audit_name_offset = writer->used;
    for (unsigned i = 0; i < named_audits(&start->decision); i++) {
        uint8_t *to = (uint8_t *)event + event->audit_name_offset + event->audit_name_size;

        name = vg_policy_rule_name(&start->policy->policy, start->decision.audits[i]);
        event->audit_rules[i] = start->decision.audits[i];
        if (i != 0) {
            memcpy(to++, newline.bytes, newline.size);
            event->audit_name_size += newline.size;
        }
        memcpy(to, name.bytes, name.size);
        event->audit_name_size += name.size;
    }
    writer->used += aligned(event->audit_name_size, 2);
}

_IRQL_requires_max_(APC_LEVEL) static void fill_start(_Inout_ struct vg_event_start *event,
                                                      _In_ const struct vg_start *start)
{
    event->process_guid = start->self->guid;
    if (start->parent != NULL)
        event->parent_guid = start->parent->guid;
    if (start->creator != NULL)
        event->creator_guid = start->creator->guid;
    event->process_id = start->self->id;
    event->parent_process_id = start->parent_id;
    event->creator_process_id = start->creator_id;
    event->creator_thread_id = start->creator_thread_id;
    event->create_time = start->self->create_time;
    event->verdict = (uint8_t)start->decision.verdict;
    event->enforced = start->enforced;
    event->reason = (uint8_t)start->reason;
    event->guard = (uint8_t)start->guard;
    event->image_source = (uint8_t)start->image_source;
    event->open_name_exact = (start->info->Flags & VG_NOTIFY_OPEN_NAME_AVAILABLE) != 0;
    event->cut_short = (uint8_t)start->deadline.cut;
    event->status = (uint32_t)start->status;
    event->rule = start->decision.rule;
    event->unknown_fields = start->decision.unknown_fields;
    event->decision_ns = start->decision_ns;
    event->policy_generation = start->policy == NULL ? 0 : start->policy->number;
    event->audit_count = start->decision.audit_count;
}

_Use_decl_annotations_
uint64_t vg_event_start(const struct vg_start *start)
{
    static const struct vg_span none = {.bytes = NULL, .size = 0};
    PCUNICODE_STRING name = start->info->ImageFileName;
    struct vg_span open_name = name == NULL ? none : vg_unicode_span(name);
    struct vg_span rule = rule_name(start);
    struct vg_event_start *event = NULL;
    struct writer writer;
    uint32_t facts = 0;
    uint32_t room = room_for(open_name) + room_for(rule) + measure_audit_names(start);

    for (unsigned i = 0; i < VG_FIELD_COUNT; i++)
        measure_fact(&start->record.facts[i], &facts, &room);
    if (!begin(&writer, VG_EVENT_START, sizeof(*event), facts, room))
        return vg_event_dropped();
    event = CONTAINING_RECORD(writer.header, struct vg_event_start, header);
    fill_start(event, start);
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++)
        append_fact(&writer, (enum vg_field)i, &start->record.facts[i]);
    event->rule_name_offset = append(&writer, rule);
    event->rule_name_size = rule.size;
    append_audit_names(&writer, start, event);
    event->open_name_offset = append(&writer, open_name);
    event->open_name_size = open_name.size;
    return end(&writer);
}

_Use_decl_annotations_
void vg_event_exit(const struct vg_exit *exit, const struct vg_process *process)
{
    struct vg_fact image = {.state = VG_FACT_UNKNOWN};
    struct vg_event_exit *event = NULL;
    struct writer writer;
    uint32_t facts = 0;
    uint32_t room = 0;

    if (process != NULL)
        image = fact_of(&process->image);
    measure_fact(&image, &facts, &room);
    if (!begin(&writer, VG_EVENT_EXIT, sizeof(*event), facts, room)) {
        (void)vg_event_dropped();
        return;
    }
    event = CONTAINING_RECORD(writer.header, struct vg_event_exit, header);
    event->process_id = exit->id;
    event->exit_status = exit->status;
    event->create_time = exit->create_time;
    event->denied = exit->denied;
    event->run_time = event->header.time - vg_lesser(event->header.time, exit->create_time);
    if (process != NULL) {
        event->process_guid = process->guid;
        event->start_sequence = process->start_sequence;
    }
    append_fact(&writer, VG_FIELD_IMAGE, &image);
    (void)end(&writer);
}

_Use_decl_annotations_
void vg_event_image(uint32_t id, PCUNICODE_STRING name, const IMAGE_INFO *image,
                    const struct vg_process *process)
{
    static const struct vg_span none = {.bytes = NULL, .size = 0};
    struct vg_fact process_image = {.state = VG_FACT_UNKNOWN};
    struct vg_span image_name = name == NULL ? none : vg_unicode_span(name);
    struct vg_event_image *event = NULL;
    struct writer writer;
    uint32_t facts = 0;
    uint32_t room = room_for(image_name);

    if (id == 0)
        process_image.state = VG_FACT_ABSENT;
    if (process != NULL)
        process_image = fact_of(&process->image);
    measure_fact(&process_image, &facts, &room);
    if (!begin(&writer, VG_EVENT_IMAGE, sizeof(*event), facts, room)) {
        (void)vg_event_dropped();
        return;
    }
    event = CONTAINING_RECORD(writer.header, struct vg_event_image, header);
    if (process != NULL)
        event->process_guid = process->guid;
    event->process_id = id;
    event->properties = image->Properties;
    event->base = (uint64_t)(ULONG_PTR)image->ImageBase;
    event->image_size = image->ImageSize;
    event->kernel = image->SystemModeImage != 0;
    vg_image_signature(image, &event->signature_level, &event->signature_type);
    append_fact(&writer, VG_FIELD_IMAGE, &process_image);
    event->name_offset = append(&writer, image_name);
    event->name_size = image_name.size;
    (void)end(&writer);
}

_Use_decl_annotations_
void vg_event_state(void)
{
    struct vg_generation *policy = vg_policy_acquire();
    const struct vg_policy_info *info = policy == NULL ? NULL : &policy->info;
    struct vg_event_state *event = NULL;
    struct writer writer;

    if (!begin(&writer, VG_EVENT_STATE, sizeof(*event), 0, 0)) {
        vg_policy_release(policy);
        (void)vg_event_dropped();
        return;
    }
    event = CONTAINING_RECORD(writer.header, struct vg_event_state, header);
    if (policy != NULL) {
        memcpy(event->policy_identity, info->identity, sizeof(event->policy_identity));
        event->policy_generation = policy->number;
        event->rule_count = info->rule_count;
    }
    event->enforcement = vg_mode_enforcement(info);
    event->options = vg_mode_options_with(info);
    vg_policy_release(policy);
    (void)end(&writer);
}
