#include "event_decode.h"

#include <string.h>

/* The bytes of one event, whose header was checked. */
struct source {
    const uint8_t *bytes;
    uint32_t size;  /* of the whole event */
    uint32_t fixed; /* of the fixed structure: values cannot lie in it */
    const char *problem;
};

static bool refuse(struct source *source, const char *problem)
{
    source->problem = problem;
    return false;
}

static uint32_t fixed_size(uint16_t type)
{
    switch (type) {
    case VG_EVENT_START:
        return sizeof(struct vg_event_start);
    case VG_EVENT_EXIT:
        return sizeof(struct vg_event_exit);
    case VG_EVENT_IMAGE:
        return sizeof(struct vg_event_image);
    case VG_EVENT_LOST:
        return sizeof(struct vg_event_lost);
    case VG_EVENT_STATE:
        return sizeof(struct vg_event_state);
    default:
        return 0;
    }
}

/* A variable-length part behind the fixed structure; size 0 is an empty span wherever it points. */
static bool take_span(struct source *source, uint32_t offset, uint32_t size, bool utf16, struct vg_span *span)
{
    *span = (struct vg_span){.bytes = source->bytes, .size = 0};
    if (size == 0)
        return true;
    if (offset < source->fixed || offset > source->size || size > source->size - offset)
        return refuse(source, "a value lies outside the event");
    if (utf16 && (offset % 2 != 0 || size % 2 != 0))
        return refuse(source, "a text is not made of whole UTF-16 units");
    *span = (struct vg_span){.bytes = source->bytes + offset, .size = size};
    return true;
}

static bool is_number(struct vg_span text)
{
    const uint16_t *units = vg_units(text);
    uint32_t count = vg_unit_count(text);

    if (count == 0 || count > 19)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (units[i] < u'0' || units[i] > u'9')
            return false;
    }
    return true;
}

static bool take_known_fact(struct source *source, const struct vg_event_fact *entry,
                            struct vg_record *record)
{
    enum vg_field field = (enum vg_field)entry->field;
    enum vg_kind kind = vg_field_kind(field);
    uint32_t digest_size = vg_field_digest_size(field);
    struct vg_fact *fact = &record->facts[field];
    struct vg_span value;

    if (fact->state != VG_FACT_PENDING && fact->state != VG_FACT_KNOWN)
        return refuse(source, "a fact is both known and not");
    if (!take_span(source, entry->offset, entry->size, digest_size == 0, &value))
        return false;
    if (digest_size != 0 && value.size != digest_size)
        return refuse(source, "a hash has not the length of its kind");
    if (kind == VG_KIND_NUMBER && !is_number(value))
        return refuse(source, "a number is not made of digits");
    if (!vg_record_add(record, field, value))
        return refuse(source, "a fact has too many values");
    fact->flags |= entry->flags;
    return true;
}

static bool take_fact(struct source *source, const struct vg_event_fact *entry, struct vg_record *record)
{
    if (entry->field >= VG_FIELD_COUNT)
        return refuse(source, "a fact is of a field that is not known");
    if (entry->state > VG_FACT_KNOWN)
        return refuse(source, "a fact is in a state that is not known");
    if ((entry->flags & ~VG_FACT_CLAIMED) != 0)
        return refuse(source, "a fact has a flag that is not known");
    if (entry->state == VG_FACT_KNOWN)
        return take_known_fact(source, entry, record);
    if (entry->size != 0)
        return refuse(source, "a fact that is not known has a value");
    if (record->facts[entry->field].state != VG_FACT_PENDING)
        return refuse(source, "a fact is given twice");
    record->facts[entry->field].state = entry->state;
    record->facts[entry->field].flags = entry->flags;
    return true;
}

static bool take_facts(struct source *source, const struct vg_event_header *header, struct vg_record *record)
{
    size_t table = (size_t)header->fact_count * sizeof(struct vg_event_fact);

    if (header->fact_count == 0)
        return true;
    if (header->fact_offset < source->fixed || header->fact_offset > source->size ||
        table > source->size - header->fact_offset)
        return refuse(source, "the table of facts lies outside the event");
    for (uint16_t i = 0; i < header->fact_count; i++) {
        struct vg_event_fact entry;

        memcpy(&entry, source->bytes + header->fact_offset + i * sizeof(entry), sizeof(entry));
        if (!take_fact(source, &entry, record))
            return false;
    }
    return true;
}

static bool take_start(struct source *source, struct vg_event *event)
{
    const struct vg_event_start *start = &event->start;

    if (start->verdict > VG_ASK)
        return refuse(source, "the verdict is not known");
    if (start->unknown_fields >> VG_FIELD_COUNT != 0)
        return refuse(source, "an unknown fact is of a field that is not known");
    return take_span(source, start->rule_name_offset, start->rule_name_size, false, &event->rule_name) &&
           take_span(source, start->audit_name_offset, start->audit_name_size, false, &event->audit_names) &&
           take_span(source, start->open_name_offset, start->open_name_size, true, &event->name);
}

static bool take_details(struct source *source, struct vg_event *event)
{
    switch (event->header.type) {
    case VG_EVENT_START:
        return take_start(source, event);
    case VG_EVENT_IMAGE:
        return take_span(source, event->image.name_offset, event->image.name_size, true, &event->name);
    case VG_EVENT_LOST:
        if (event->lost.last_sequence < event->lost.first_sequence)
            return refuse(source, "a loss ends before it begins");
        return true;
    default:
        return true;
    }
}

static bool check_header(struct source *source, const struct vg_event_header *header, size_t available)
{
    source->fixed = fixed_size(header->type);
    source->size = header->size;
    if (source->fixed == 0)
        return refuse(source, "the type of event is not known");
    if (header->size % 8 != 0 || header->size < source->fixed)
        return refuse(source, "the event's size is not possible");
    if (header->size > available)
        return refuse(source, "the event is cut off");
    return true;
}

bool vg_event_decode(const void *bytes, size_t size, struct vg_event *event, const char **problem)
{
    struct source source = {.bytes = bytes};
    struct vg_event found = {0};

    if (size < sizeof(found.header)) {
        *problem = "the event is cut off";
        return false;
    }
    memcpy(&found.header, bytes, sizeof(found.header));
    if (!check_header(&source, &found.header, size)) {
        *problem = source.problem;
        return false;
    }
    /* Every member of the union begins with the header. */
    memcpy(&found.start, bytes, source.fixed);
    if (!take_details(&source, &found) || !take_facts(&source, &found.header, &found.record)) {
        *problem = source.problem;
        return false;
    }
    *event = found;
    return true;
}
