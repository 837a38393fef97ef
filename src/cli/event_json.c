#include "event_json.h"

#include "digits.h"
#include "event_words.h"

#include <stdlib.h>
#include <string.h>

/* jansson takes NULL for a value as a failure of the setter, so that out of memory anywhere ends in one flag.
 */
struct builder {
    json_t *object;
    bool failed;
};

static void put(struct builder *builder, const char *name, json_t *value)
{
    if (json_object_set_new_nocheck(builder->object, name, value) != 0)
        builder->failed = true;
}

static void put_integer(struct builder *builder, const char *name, uint64_t value)
{
    put(builder, name, json_integer(value <= INT64_MAX ? (json_int_t)value : INT64_MAX));
}

static void put_text(struct builder *builder, const char *name, const char *text)
{
    put(builder, name, json_string_nocheck(text));
}

/* UTF-16 of any kind: vg_utf8_from_utf16 makes well-formed UTF-8 of it. */
static json_t *utf16_json(struct vg_span text)
{
    size_t size = vg_utf8_from_utf16(text, NULL, 0);
    char *utf8 = malloc(size + 1);
    json_t *value;

    if (utf8 == NULL)
        return NULL;
    vg_utf8_from_utf16(text, utf8, size);
    value = json_stringn_nocheck(utf8, size);
    free(utf8);
    return value;
}

/* What calls itself UTF-8; bytes that are not become U+FFFD one by one. */
static json_t *utf8_json(const char *text, size_t size)
{
    char *repaired;
    size_t length = 0;
    json_t *value = json_stringn(text, size);

    if (value != NULL)
        return value;
    repaired = malloc(3 * size + 1);
    if (repaired == NULL)
        return NULL;
    for (size_t at = 0; at < size;) {
        size_t count;
        size_t good = 0;

        if (vg_utf16_from_utf8(text + at, size - at, NULL, 0, &count, &good))
            good = size - at;
        memcpy(repaired + length, text + at, good);
        length += good;
        at += good;
        if (at < size) {
            memcpy(repaired + length, "\xEF\xBF\xBD", 3);
            length += 3;
            at++;
        }
    }
    value = json_stringn_nocheck(repaired, length);
    free(repaired);
    return value;
}

static void put_guid(struct builder *builder, const char *name, const struct vg_guid *guid)
{
    static const struct vg_guid zero = {{0}};

    if (memcmp(guid, &zero, sizeof(zero)) == 0)
        put(builder, name, json_null());
    else
        put_text(builder, name, vg_guid_text(guid).text);
}

static void put_hex32(struct builder *builder, const char *name, uint32_t value)
{
    put(builder, name, json_sprintf("0x%08X", (unsigned)value));
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
        put(builder, vg_field_name(field), json_null());
    return NULL;
}

static void put_fact(struct builder *builder, const struct vg_event *event, enum vg_field field)
{
    const struct vg_fact *fact = known_fact(builder, event, field);

    if (fact != NULL)
        put(builder, vg_field_name(field), utf16_json(fact->values[0]));
}

static json_t *values_json(const struct vg_fact *fact)
{
    json_t *array = json_array();

    for (uint8_t i = 0; i < fact->count; i++) {
        if (json_array_append_new(array, utf16_json(fact->values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
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
        put(builder, vg_field_name(field), utf16_json(*name));
    else if (sid != NULL)
        put(builder, vg_field_name(field), utf16_json(*sid));
    if (sid_name != NULL && sid != NULL)
        put(builder, sid_name, utf16_json(*sid));
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
        put(builder, vg_field_name(VG_FIELD_REPARENTED),
            json_boolean(fact->values[0].size == 8 && memcmp(fact->values[0].bytes, u"true", 8) == 0));
}

static void put_tampered(struct builder *builder, const struct vg_event *event)
{
    const struct vg_fact *fact = &event->record.facts[VG_FIELD_TAMPERED];

    if (fact->state == VG_FACT_KNOWN)
        put(builder, vg_field_name(VG_FIELD_TAMPERED), values_json(fact));
    else if (fact->state == VG_FACT_ABSENT)
        put(builder, vg_field_name(VG_FIELD_TAMPERED), json_array());
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
    json_t *array = json_array();

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((which >> field & 1) != 0 &&
            json_array_append_new(array, json_string(vg_field_name((enum vg_field)field))) != 0)
            builder->failed = true;
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
    json_t *array = json_array();

    while (left != 0) {
        const char *end = memchr(names, '\n', left);
        size_t length = end != NULL ? (size_t)(end - names) : left;

        if (json_array_append_new(array, utf8_json(names, length)) != 0)
            builder->failed = true;
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
    put(builder, "Enforced", json_boolean(start->enforced != 0));
    put_text(builder, "Reason", vg_reason_word(start->reason));
    put(builder, "Guard",
        start->guard != VG_GUARD_NONE ? json_string(vg_guard_word(start->guard)) : json_null());
    put(builder, "RuleName", rule ? utf8_json(event->rule_name.bytes, event->rule_name.size) : json_null());
    put(builder, "RuleIndex", rule ? json_integer((json_int_t)start->rule) : json_null());
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
    put(builder, "OpenName", event->name.size != 0 ? utf16_json(event->name) : json_null());
    put(builder, "OpenNameExact", json_boolean(start->open_name_exact != 0));
    put_integer(builder, "DecisionNs", start->decision_ns);
    put_integer(builder, "PolicyGeneration", start->policy_generation);
}

static void put_exit(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_exit *end = &event->exit;

    put_guid(builder, "ProcessGuid", &end->process_guid);
    put_integer(builder, "ProcessId", end->process_id);
    put_process_image(builder, event);
    put(builder, "ExitStatus", json_integer(end->exit_status));
    put_hex32(builder, "ExitStatusHex", (uint32_t)end->exit_status);
    put(builder, "RunTime", json_real((double)end->run_time / 1e7));
    put_text(builder, "CreateTime", vg_utc_time(end->create_time).text);
    put(builder, "Denied", json_boolean(end->denied != 0));
    put(builder, "StartSequence",
        end->start_sequence != 0 ? json_integer((json_int_t)(end->start_sequence & INT64_MAX)) : json_null());
}

static void put_image(struct builder *builder, const struct vg_event *event)
{
    const struct vg_event_image *image = &event->image;

    put_guid(builder, "ProcessGuid", &image->process_guid);
    put_integer(builder, "ProcessId", image->process_id);
    put_process_image(builder, event);
    put(builder, "ImageLoaded", event->name.size != 0 ? utf16_json(event->name) : json_null());
    put(builder, "Kernel", json_boolean(image->kernel != 0));
    put(builder, "ImageBase", json_sprintf("0x%llX", (unsigned long long)image->base));
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
    put(builder, "PolicyIdentity",
        memcmp(state->policy_identity, zero, sizeof(zero)) != 0 ? json_string(hex) : json_null());
    put_integer(builder, "PolicyGeneration", state->policy_generation);
    put_text(builder, "Enforcement", vg_enforcement_word(state->enforcement));
    put_integer(builder, "RuleCount", state->rule_count);
    put(builder, "WatchImages", json_boolean((state->options & VG_OPTION_WATCH_IMAGES) != 0));
    put(builder, "HashAll", json_boolean((state->options & VG_OPTION_HASH_ALL) != 0));
}

json_t *vg_event_json(const struct vg_event *event)
{
    static const struct {
        const char *name;
        void (*put)(struct builder *builder, const struct vg_event *event);
    } types[] = {
        [VG_EVENT_START] = {"ProcessCreate", put_start}, [VG_EVENT_EXIT] = {"ProcessTerminate", put_exit},
        [VG_EVENT_IMAGE] = {"ImageLoad", put_image},     [VG_EVENT_LOST] = {"Lost", put_lost},
        [VG_EVENT_STATE] = {"State", put_state},
    };
    struct builder builder = {.object = json_object()};

    if (builder.object == NULL)
        return NULL;
    put_text(&builder, "EventType", types[event->header.type].name);
    put_integer(&builder, "Sequence", event->header.sequence);
    put_text(&builder, "UtcTime", vg_utc_time(event->header.time).text);
    types[event->header.type].put(&builder, event);
    if (builder.failed) {
        json_decref(builder.object);
        return NULL;
    }
    return builder.object;
}

bool vg_event_write_json(FILE *stream, const struct vg_event *event)
{
    json_t *object = vg_event_json(event);
    bool done = object != NULL && json_dumpf(object, stream, JSON_COMPACT | JSON_REAL_PRECISION(15)) == 0 &&
                fputc('\n', stream) != EOF;

    json_decref(object);
    return done;
}
