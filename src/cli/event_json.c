#include "event_json.h"

#include "digits.h"
#include "event_words.h"
#include "json_write.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    struct vg_json_writer *writer;
    yyjson_mut_val *object;
};

static void put(struct builder *builder, const char *name, yyjson_mut_val *value)
{
    vg_json_put(builder->writer, builder->object, name, value);
}

static void put_null(struct builder *builder, const char *name)
{
    put(builder, name, vg_json_null(builder->writer));
}

static void put_integer(struct builder *builder, const char *name, uint64_t value)
{
    vg_json_put_number(builder->writer, builder->object, name, value);
}

static void put_boolean(struct builder *builder, const char *name, bool value)
{
    vg_json_put_boolean(builder->writer, builder->object, name, value);
}

static void put_text(struct builder *builder, const char *name, const char *text)
{
    vg_json_put_text(builder->writer, builder->object, name, text);
}

static void put_utf16(struct builder *builder, const char *name, struct vg_span text)
{
    put(builder, name, vg_json_utf16(builder->writer, text));
}

/* A name that may not be there. */
static void put_name(struct builder *builder, const char *name, struct vg_span text)
{
    if (text.size != 0)
        put_utf16(builder, name, text);
    else
        put_null(builder, name);
}

static void put_guid(struct builder *builder, const char *name, const struct vg_guid *guid)
{
    static const struct vg_guid zero = {{0}};

    if (memcmp(guid, &zero, sizeof(zero)) == 0)
        put_null(builder, name);
    else
        put_text(builder, name, vg_guid_text(guid).text);
}

static void put_hex32(struct builder *builder, const char *name, uint32_t value)
{
    put(builder, name, vg_json_formatted(builder->writer, "0x%08X", (unsigned)value));
}

/* Known -> the first value, absent -> null; unknown and pending are left out (put_unknown_facts names the
 * unknown). */
static const struct vg_fact *known_fact(struct builder *builder, const struct vg_event *event,
                                        enum vg_field field)
{
    const struct vg_fact *fact = &event->record.facts[field];

    if (fact->state == VG_FACT_KNOWN)
        return fact;
    if (fact->state == VG_FACT_ABSENT)
        put_null(builder, vg_field_name(field));
    return NULL;
}

static void put_fact(struct builder *builder, const struct vg_event *event, enum vg_field field)
{
    const struct vg_fact *fact = known_fact(builder, event, field);

    if (fact != NULL)
        put_utf16(builder, vg_field_name(field), fact->values[0]);
}

static bool is_sid(struct vg_span text)
{
    return text.size >= 8 && memcmp(text.bytes, u"S-1-", 8) == 0;
}

/* The value that people read (a name) if the fact has one, and the SID. */
static void put_name_and_sid(struct builder *builder, const struct vg_event *event, enum vg_field field,
                             const char *sid_name)
{
    const struct vg_fact *fact = known_fact(builder, event, field);
    const struct vg_span *name = NULL;
    const struct vg_span *sid = NULL;

    for (uint8_t i = 0; fact != NULL && i < fact->count; i++) {
        const struct vg_span **place = is_sid(fact->values[i]) ? &sid : &name;

        if (*place == NULL)
            *place = &fact->values[i];
    }
    if (name != NULL)
        put_utf16(builder, vg_field_name(field), *name);
    else if (sid != NULL)
        put_utf16(builder, vg_field_name(field), *sid);
    if (sid_name != NULL && sid != NULL)
        put_utf16(builder, sid_name, *sid);
}

static void put_number_fact(struct builder *builder, const struct vg_event *event, enum vg_field field)
{
    const struct vg_fact *fact = known_fact(builder, event, field);
    uint64_t value = 0;

    if (fact == NULL)
        return;
    for (uint32_t i = 0; i < vg_unit_count(fact->values[0]); i++)
        value = value * 10 + (uint64_t)(vg_units(fact->values[0])[i] - u'0');
    put_integer(builder, vg_field_name(field), value);
}

static void put_reparented(struct builder *builder, const struct vg_event *event)
{
    const struct vg_fact *fact = known_fact(builder, event, VG_FIELD_REPARENTED);

    if (fact != NULL)
        put_boolean(builder, vg_field_name(VG_FIELD_REPARENTED),
                    fact->values[0].size == 8 && memcmp(fact->values[0].bytes, u"true", 8) == 0);
}

static void put_tampered(struct builder *builder, const struct vg_event *event)
{
    const struct vg_fact *fact = &event->record.facts[VG_FIELD_TAMPERED];
    yyjson_mut_val *array;

    if (fact->state != VG_FACT_KNOWN && fact->state != VG_FACT_ABSENT)
        return;
    array = vg_json_array(builder->writer);
    for (uint8_t i = 0; i < fact->count; i++)
        vg_json_add(builder->writer, array, vg_json_utf16(builder->writer, fact->values[i]));
    put(builder, vg_field_name(VG_FIELD_TAMPERED), array);
}

static void put_digest(struct builder *builder, const struct vg_event *event, enum vg_field field)
{
    const struct vg_fact *fact = known_fact(builder, event, field);
    char digits[2 * VG_DIGEST_SIZE_MAX + 1];

    if (fact == NULL)
        return;
    vg_digits(fact->values[0].bytes, fact->values[0].size, digits);
    put_text(builder, vg_field_name(field), digits);
}

/* As Sysmon writes them, in its order; zeros are for an image that imports nothing. */
static void put_sysmon_hashes(struct builder *builder, const struct vg_event *event)
{
    static const enum vg_field order[] = {VG_FIELD_SHA1, VG_FIELD_MD5, VG_FIELD_SHA256, VG_FIELD_IMPHASH};
    char text[4 * (2 * VG_DIGEST_SIZE_MAX + sizeof("IMPHASH=,"))];
    char *at = text;

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        static const uint8_t zeros[VG_DIGEST_SIZE_MAX];
        const struct vg_fact *fact = &event->record.facts[order[i]];

        if (fact->state != VG_FACT_KNOWN && (at == text || fact->state != VG_FACT_ABSENT))
            continue;
        at += sprintf(at, "%s%s=", at != text ? "," : "", vg_field_name(order[i]));
        vg_digits(fact->state == VG_FACT_KNOWN ? fact->values[0].bytes : zeros,
                  vg_field_digest_size(order[i]), at);
        for (; *at != '\0'; at++)
            *at = *at >= 'a' ? (char)(*at - 'a' + 'A') : *at;
    }
    if (at != text)
        put_text(builder, "Hashes", text);
}

static void put_hashes(struct builder *builder, const struct vg_event *event)
{
    static const enum vg_field fields[] = {VG_FIELD_SHA256, VG_FIELD_SHA1, VG_FIELD_MD5, VG_FIELD_IMPHASH,
                                           VG_FIELD_AUTHENTIHASH};

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        put_digest(builder, event, fields[i]);
    put_sysmon_hashes(builder, event);
}

/* `which`: a bit per field. */
static void put_field_names(struct builder *builder, const char *name, uint64_t which)
{
    yyjson_mut_val *array = vg_json_array(builder->writer);

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((which >> field & 1) != 0)
            vg_json_add(builder->writer, array,
                        vg_json_utf8(builder->writer, vg_field_name((enum vg_field)field)));
    }
    put(builder, name, array);
}

/* The fields whose facts are in this state. */
static uint64_t fields_in(const struct vg_event *event, enum vg_fact_state state)
{
    uint64_t fields = 0;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (event->record.facts[field].state == state)
            fields |= (uint64_t)1 << field;
    }
    return fields;
}

static void put_unknown_facts(struct builder *builder, const struct vg_event *event)
{
    uint64_t claimed = 0;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((event->record.facts[field].flags & VG_FACT_CLAIMED) != 0)
            claimed |= (uint64_t)1 << field;
    }
    put_field_names(builder, "UnknownFacts", fields_in(event, VG_FACT_UNKNOWN));
    put_field_names(builder, "RestedOnUnknown", event->start.unknown_fields);
    if (claimed != 0)
        put_field_names(builder, "ClaimedFacts", claimed);
}

/* The only fact that exits and image loads carry. */
static void put_process_image(struct builder *builder, const struct vg_event *event)
{
    put_fact(builder, event, VG_FIELD_IMAGE);
    if (event->record.facts[VG_FIELD_IMAGE].state == VG_FACT_UNKNOWN)
        put_field_names(builder, "UnknownFacts", (uint64_t)1 << VG_FIELD_IMAGE);
}

static void put_audit_rules(struct builder *builder, const struct vg_event *event)
{
    const char *names = event->audit_names.bytes;
    size_t left = event->audit_names.size;
    yyjson_mut_val *array = vg_json_array(builder->writer);

    while (left != 0) {
        const char *end = memchr(names, '\n', left);
        size_t length = end != NULL ? (size_t)(end - names) : left;

        vg_json_add(builder->writer, array, vg_json_repaired(builder->writer, names, length));
        names += end != NULL ? length + 1 : length;
        left -= end != NULL ? length + 1 : length;
    }
    put(builder, "AuditRules", array);
    put_integer(builder, "AuditCount", event->start.audit_count);
}

static void put_verdict(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_start *start = &event->start;
    bool rule = start->rule != VG_RULE_NONE;

    put_text(builder, "Verdict", vg_verdict_word(start->verdict));
    put_boolean(builder, "Enforced", start->enforced != 0);
    put_text(builder, "Reason", vg_reason_word(start->reason));
    put_text(builder, "Guard", start->guard != VG_GUARD_NONE ? vg_guard_word(start->guard) : NULL);
    if (rule) {
        put(builder, "RuleName",
            vg_json_repaired(builder->writer, event->rule_name.bytes, event->rule_name.size));
        put_integer(builder, "RuleIndex", start->rule);
    } else {
        put_null(builder, "RuleName");
        put_null(builder, "RuleIndex");
    }
    put_audit_rules(builder, event);
    put_hex32(builder, "Status", start->status);
}

static void put_start(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_start *start = &event->start;

    put_guid(builder, "ProcessGuid", &start->process_guid);
    put_integer(builder, "ProcessId", start->process_id);
    put_fact(builder, event, VG_FIELD_IMAGE);
    put_fact(builder, event, VG_FIELD_COMMAND_LINE);
    put_guid(builder, "ParentProcessGuid", &start->parent_guid);
    put_integer(builder, "ParentProcessId", start->parent_process_id);
    put_fact(builder, event, VG_FIELD_PARENT_IMAGE);
    put_fact(builder, event, VG_FIELD_PARENT_COMMAND_LINE);
    put_guid(builder, "CreatorProcessGuid", &start->creator_guid);
    put_integer(builder, "CreatorProcessId", start->creator_process_id);
    put_integer(builder, "CreatorThreadId", start->creator_thread_id);
    put_fact(builder, event, VG_FIELD_CREATOR_IMAGE);
    put_reparented(builder, event);
    put_tampered(builder, event);
    put_name_and_sid(builder, event, VG_FIELD_USER, "UserSid");
    put_name_and_sid(builder, event, VG_FIELD_PARENT_USER, "ParentUserSid");
    put_name_and_sid(builder, event, VG_FIELD_INTEGRITY_LEVEL, NULL);
    put_number_fact(builder, event, VG_FIELD_TERMINAL_SESSION_ID);
    put_fact(builder, event, VG_FIELD_LOGON_ID);
    put_fact(builder, event, VG_FIELD_SUBSYSTEM);
    put_fact(builder, event, VG_FIELD_DRIVE);
    put_fact(builder, event, VG_FIELD_ORIGINAL_FILE_NAME);
    put_fact(builder, event, VG_FIELD_DESCRIPTION);
    put_fact(builder, event, VG_FIELD_PRODUCT);
    put_fact(builder, event, VG_FIELD_COMPANY);
    put_fact(builder, event, VG_FIELD_FILE_VERSION);
    put_hashes(builder, event);
    put_text(builder, "CreateTime", vg_utc_time(start->create_time).text);
    put_verdict(builder, event);
    put_unknown_facts(builder, event);
    if (start->cut_short != VG_CUT_NONE)
        put_text(builder, "CutShort", vg_cut_short_word(start->cut_short));
    put_text(builder, "ImageSource", vg_image_source_word(start->image_source));
    put_name(builder, "OpenName", event->name);
    put_boolean(builder, "OpenNameExact", start->open_name_exact != 0);
    put_integer(builder, "DecisionNs", start->decision_ns);
    put_integer(builder, "PolicyGeneration", start->policy_generation);
}

static void put_exit(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_exit *end = &event->exit;

    put_guid(builder, "ProcessGuid", &end->process_guid);
    put_integer(builder, "ProcessId", end->process_id);
    put_process_image(builder, event);
    put(builder, "ExitStatus", yyjson_mut_sint(builder->writer->doc, end->exit_status));
    put_hex32(builder, "ExitStatusHex", (uint32_t)end->exit_status);
    put(builder, "RunTime", yyjson_mut_real(builder->writer->doc, (double)end->run_time / 1e7));
    put_text(builder, "CreateTime", vg_utc_time(end->create_time).text);
    put_boolean(builder, "Denied", end->denied != 0);
    if (end->start_sequence != 0)
        put_integer(builder, "StartSequence", end->start_sequence);
    else
        put_null(builder, "StartSequence");
}

static void put_image(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_image *image = &event->image;

    put_guid(builder, "ProcessGuid", &image->process_guid);
    put_integer(builder, "ProcessId", image->process_id);
    put_process_image(builder, event);
    put_name(builder, "ImageLoaded", event->name);
    put_boolean(builder, "Kernel", image->kernel != 0);
    put(builder, "ImageBase", vg_json_formatted(builder->writer, "0x%llX", (unsigned long long)image->base));
    put_integer(builder, "ImageSize", image->image_size);
    put_integer(builder, "SignatureLevel", image->signature_level);
    put_integer(builder, "SignatureType", image->signature_type);
    put_hex32(builder, "Properties", image->properties);
}

static void put_lost(struct builder *builder, const struct vg_event *event)
{
    put_integer(builder, "FirstSequence", event->lost.first_sequence);
    put_integer(builder, "LastSequence", event->lost.last_sequence);
    put_integer(builder, "Count", event->lost.last_sequence - event->lost.first_sequence + 1);
}

static void put_state(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_state *state = &event->state;
    static const uint8_t zero[VG_POLICY_IDENTITY_SIZE];
    char hex[2 * VG_POLICY_IDENTITY_SIZE + 1];

    vg_digits(state->policy_identity, VG_POLICY_IDENTITY_SIZE, hex);
    put_text(builder, "PolicyIdentity", memcmp(state->policy_identity, zero, sizeof(zero)) != 0 ? hex : NULL);
    put_integer(builder, "PolicyGeneration", state->policy_generation);
    put_text(builder, "Enforcement", vg_enforcement_word(state->enforcement));
    put_integer(builder, "RuleCount", state->rule_count);
    put_boolean(builder, "WatchImages", (state->options & VG_OPTION_WATCH_IMAGES) != 0);
    put_boolean(builder, "HashAll", (state->options & VG_OPTION_HASH_ALL) != 0);
}

bool vg_event_write_json(FILE *stream, const struct vg_event *event)
{
    static const struct {
        const char *name;
        void (*put)(struct builder *builder, const struct vg_event *event);
    } types[] = {
        [VG_EVENT_START] = {"ProcessCreate", put_start}, [VG_EVENT_EXIT] = {"ProcessTerminate", put_exit},
        [VG_EVENT_IMAGE] = {"ImageLoad", put_image},     [VG_EVENT_LOST] = {"Lost", put_lost},
        [VG_EVENT_STATE] = {"State", put_state},
    };
    struct vg_json_writer writer;
    struct builder builder = {.writer = &writer};

    vg_json_begin(&writer);
    builder.object = vg_json_object(&writer);
    put_text(&builder, "EventType", types[event->header.type].name);
    put_integer(&builder, "Sequence", event->header.sequence);
    put_text(&builder, "UtcTime", vg_utc_time(event->header.time).text);
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): vg_event_decode lets no other type through */
    types[event->header.type].put(&builder, event);
    return vg_json_write(&writer, builder.object, stream);
}
