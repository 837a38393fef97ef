#include "record_json.h"

#include "message.h"
#include "visible.h"
#include "whole_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)16 << 20)

static bool refuse(struct vg_record_json *reader, const char *name, const char *problem)
{
    reader->name = name;
    reader->problem = problem;
    return false;
}

static bool add_value(struct vg_record_json *reader, enum vg_field field, const json_t *value)
{
    char number[32];
    const char *text = number;
    size_t size;
    const char *problem;

    if (json_is_string(value)) {
        text = json_string_value(value);
        size = json_string_length(value);
    } else if (json_is_integer(value)) {
        size = (size_t)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        text = json_is_true(value) ? "true" : "false";
        size = strlen(text);
    } else {
        return refuse(reader, vg_field_name(field),
                      "it should be a string, a number, true, false, null, or a list of those");
    }
    if (!vg_record_input_add(reader->input, field, text, size, &problem))
        return refuse(reader, vg_field_name(field), problem);
    return true;
}

static bool says_nothing(const json_t *value)
{
    return json_is_string(value) &&
           (json_string_length(value) == 0 || strcmp(json_string_value(value), "-") == 0);
}

/* null: established that there is none. An empty list says the same. */
static bool set_field(struct vg_record_json *reader, enum vg_field field, const json_t *value)
{
    if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
        (reader->kind != VG_LOG_VIGIL && says_nothing(value))) {
        vg_record_set_state(&reader->input->record, field, VG_FACT_ABSENT);
        return true;
    }
    if (!json_is_array(value))
        return add_value(reader, field, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!add_value(reader, field, json_array_get(value, i)))
            return false;
    }
    return true;
}

/* Sysmon's "SHA1=...,MD5=...,SHA256=...,IMPHASH=...". */
static bool set_hashes(struct vg_record_json *reader, const json_t *value)
{
    const char *text = json_string_value(value);
    const char *found = text != NULL ? strstr(text, "SHA256=") : NULL;
    const char *problem;

    if (found == NULL || reader->input->record.facts[VG_FIELD_SHA256].state == VG_FACT_KNOWN)
        return true;
    found += strlen("SHA256=");
    if (!vg_record_input_add(reader->input, VG_FIELD_SHA256, found, strcspn(found, ", "), &problem))
        return refuse(reader, "Hashes", problem);
    return true;
}

/* The names of Vigil's own events for facts that could not be established. */
static bool set_unknown(struct vg_record_json *reader, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);
        enum vg_field field = json_is_string(name)
                                  ? vg_field_find(json_string_value(name), json_string_length(name))
                                  : VG_FIELD_COUNT;

        if (field < VG_FIELD_COUNT)
            vg_record_set_state(&reader->input->record, field, VG_FACT_UNKNOWN);
    }
    return true;
}

/* Process ids of the Security log: "0x1a4". */
static bool set_hexadecimal(struct vg_record_json *reader, enum vg_field field, const json_t *value)
{
    const char *text = json_string_value(value);
    char number[16];
    const char *problem;
    unsigned long parsed;
    char *end;

    if (text == NULL || text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return set_field(reader, field, value);
    parsed = strtoul(text, &end, 16);
    if (*end != '\0' || end == text + 2 || parsed > UINT32_MAX)
        return refuse(reader, vg_field_name(field), "it should be a number, as 0x1a4");
    snprintf(number, sizeof(number), "%lu", parsed);
    if (!vg_record_input_add(reader->input, field, number, strlen(number), &problem))
        return refuse(reader, vg_field_name(field), problem);
    return true;
}

/* Event 4688. Its ProcessId is that of the creator and its User the creator's: neither is what a record's
 * field of that name means. Command lines are recorded only where the audit policy says so. */
static bool set_security_key(struct vg_record_json *reader, const char *key, const json_t *value)
{
    static const struct {
        const char *key;
        enum vg_field field;
    } fields[] = {
        {"NewProcessName", VG_FIELD_IMAGE},
        {"CommandLine", VG_FIELD_COMMAND_LINE},
        {"ParentProcessName", VG_FIELD_PARENT_IMAGE},
        {"NewProcessId", VG_FIELD_PROCESS_ID},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (strcmp(key, fields[i].key) != 0)
            continue;
        if (says_nothing(value) || json_is_null(value))
            vg_record_set_state(&reader->input->record, fields[i].field, VG_FACT_UNKNOWN);
        else if (fields[i].field == VG_FIELD_PROCESS_ID)
            return set_hexadecimal(reader, fields[i].field, value);
        else
            return set_field(reader, fields[i].field, value);
    }
    return true;
}

static bool set_key(struct vg_record_json *reader, const char *key, const json_t *value)
{
    enum vg_field field;

    if (reader->kind == VG_LOG_SECURITY)
        return set_security_key(reader, key, value);
    field = vg_field_find(key, strlen(key));
    if (field < VG_FIELD_COUNT)
        return set_field(reader, field, value);
    if (strcmp(key, "Hashes") == 0)
        return set_hashes(reader, value);
    if (strcmp(key, "UserSid") == 0)
        return set_field(reader, VG_FIELD_USER, value);
    if (strcmp(key, "ParentUserSid") == 0)
        return set_field(reader, VG_FIELD_PARENT_USER, value);
    if (strcmp(key, "UnknownFacts") == 0)
        return set_unknown(reader, value);
    if (reader->unused < VG_RECORD_UNUSED_MAX)
        reader->unused_names[reader->unused] = key;
    reader->unused++;
    return true;
}

static bool read_flat(struct vg_record_json *reader, const json_t *object)
{
    /* jansson's iterator takes no const, and changes nothing. */
    json_t *iterated = (json_t *)(uintptr_t)object;
    const char *key;
    json_t *value;

    json_object_foreach(iterated, key, value)
    {
        if (!set_key(reader, key, value))
            return false;
    }
    return true;
}

/* <Data Name="Image">...</Data> turned into JSON: [{"@Name": "Image", "#text": "..."}] or without the signs.
 */
static bool read_list(struct vg_record_json *reader, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *name = json_object_get(entry, "@Name");
        const json_t *value = json_object_get(entry, "#text");

        name = name != NULL ? name : json_object_get(entry, "Name");
        value = value != NULL ? value : json_object_get(entry, "Value");
        if (json_is_string(name) && value != NULL && !set_key(reader, json_string_value(name), value))
            return false;
    }
    return true;
}

/* The object with the fields: the whole, or where Windows' event log and its shippers put them. */
static const json_t *find_fields(const json_t *root)
{
    const json_t *event = json_object_get(root, "Event");
    const json_t *inner = json_object_get(event != NULL ? event : root, "EventData");

    if (inner == NULL)
        inner = json_object_get(json_object_get(root, "winlog"), "event_data");
    return inner != NULL ? inner : root;
}

/* An event's number: 1, "1", or an attribute's neighbour {"#text": 1}. -1 for none, -2 for no number. */
static json_int_t event_number(const json_t *value)
{
    char *end;
    long long number;

    if (json_is_object(value))
        value = json_object_get(value, "#text");
    if (value == NULL)
        return -1;
    if (json_is_integer(value))
        return json_integer_value(value) >= 0 ? json_integer_value(value) : -2;
    if (!json_is_string(value))
        return -2;
    number = strtoll(json_string_value(value), &end, 10);
    return end != json_string_value(value) && *end == '\0' && number >= 0 ? number : -2;
}

static bool contains(const json_t *value, const char *word, bool *given)
{
    const char *text = json_string_value(value);
    size_t length = strlen(word);

    if (text == NULL)
        return false;
    *given = true;
    for (; *text != '\0'; text++) {
        size_t i = 0;

        while (i < length && (text[i] | 0x20) == word[i])
            i++;
        if (i == length)
            return true;
    }
    return false;
}

/* Whether the event comes from the log of that name, or does not say where it comes from. */
static bool comes_from(const json_t *root, const json_t *system, const json_t *winlog, const char *log)
{
    static const char *const names[] = {"Channel", "SourceName", "ProviderName", "Provider"};
    const json_t *provider = json_object_get(system, "Provider");
    const json_t *attributes = json_object_get(provider, "#attributes");
    bool given = false;

    if (contains(json_object_get(attributes, "Name"), log, &given) ||
        contains(json_object_get(provider, "@Name"), log, &given) ||
        contains(json_object_get(provider, "Name"), log, &given) ||
        contains(json_object_get(system, "Channel"), log, &given) ||
        contains(json_object_get(winlog, "provider_name"), log, &given) ||
        contains(json_object_get(winlog, "channel"), log, &given))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (contains(json_object_get(root, names[i]), log, &given))
            return true;
    }
    return !given;
}

enum vg_log_kind vg_log_kind(const json_t *root)
{
    const json_t *event = json_object_get(root, "Event");
    const json_t *system = json_object_get(event != NULL ? event : root, "System");
    const json_t *winlog = json_object_get(root, "winlog");
    const json_t *type = json_object_get(root, "EventType");
    const json_t *fields = find_fields(root);
    json_int_t number = event_number(json_object_get(system, "EventID"));

    if (number == -1)
        number = event_number(json_object_get(root, "EventID"));
    if (number == -1)
        number = event_number(json_object_get(winlog, "event_id"));
    if (number == 1)
        return comes_from(root, system, winlog, "sysmon") ? VG_LOG_SYSMON : VG_LOG_OTHER;
    if (number == 4688)
        return comes_from(root, system, winlog, "security") ? VG_LOG_SECURITY : VG_LOG_OTHER;
    if (number != -1)
        return VG_LOG_OTHER;
    if (json_is_string(type))
        return strcmp(json_string_value(type), "ProcessCreate") == 0 ? VG_LOG_VIGIL : VG_LOG_OTHER;
    return json_object_get(fields, "Image") != NULL && json_object_get(fields, "CommandLine") != NULL
               ? VG_LOG_BARE
               : VG_LOG_OTHER;
}

/* The provider that a log names its event's source by, wherever the log's form has it; NULL for none. */
static const json_t *provider_of(const json_t *root)
{
    static const char *const names[] = {"SourceName", "ProviderName", "Provider"};
    const json_t *event = json_object_get(root, "Event");
    const json_t *system = json_object_get(event != NULL ? event : root, "System");
    const json_t *provider = json_object_get(system, "Provider");
    const json_t *name = json_object_get(json_object_get(provider, "#attributes"), "Name");

    if (name == NULL)
        name = json_object_get(provider, "@Name");
    if (name == NULL)
        name = json_object_get(provider, "Name");
    if (name == NULL)
        name = json_object_get(json_object_get(root, "winlog"), "provider_name");
    for (size_t i = 0; name == NULL && i < sizeof(names) / sizeof(names[0]); i++)
        name = json_object_get(root, names[i]);
    return json_is_string(name) ? name : NULL;
}

/* Below the fields there is none: Provider_Name is how Sigma names the one of the event's head. */
static bool read_provider(struct vg_record_json *reader, const json_t *root)
{
    const json_t *name = provider_of(root);

    return name == NULL || reader->input->record.facts[VG_FIELD_PROVIDER_NAME].state != VG_FACT_PENDING ||
           set_field(reader, VG_FIELD_PROVIDER_NAME, name);
}

static bool read_fields(struct vg_record_json *reader, const json_t *root)
{
    const json_t *fields = find_fields(root);
    const json_t *data = json_object_get(fields, "Data");

    if (json_is_array(fields))
        return read_list(reader, fields);
    if (json_is_array(data))
        return read_list(reader, data);
    return read_flat(reader, fields);
}

bool vg_record_json_read(struct vg_record_json *reader, const json_t *root)
{
    reader->kind = vg_log_kind(root);
    return read_fields(reader, root) && read_provider(reader, root);
}

static void note_unused(const char *file, const struct vg_record_json *reader)
{
    unsigned named = reader->unused < VG_RECORD_UNUSED_MAX ? reader->unused : VG_RECORD_UNUSED_MAX;

    if (reader->unused == 0)
        return;
    fprintf(stderr, "vigil: note: %s: %u key%s that no rule can ask about:", file, reader->unused,
            reader->unused == 1 ? "" : "s");
    for (unsigned i = 0; i < named; i++) {
        fputs(i != 0 ? ", " : " ", stderr);
        vg_print_visible(stderr, reader->unused_names[i], strlen(reader->unused_names[i]));
    }
    fputs(reader->unused > named ? ", ...\n" : "\n", stderr);
}

static int read_object(const char *file, struct vg_record_input *input, const json_t *root)
{
    struct vg_record_json reader = {.input = input};

    if (!vg_record_json_read(&reader, root)) {
        vg_say_error("%s: %s: %s", file, reader.name, reader.problem);
        return VG_EXIT_ERROR;
    }
    /* An event of our own has much that is no fact, and nobody who hands it in whole needs to be told. */
    if (json_object_get(find_fields(root), "EventType") == NULL)
        note_unused(file, &reader);
    return VG_EXIT_OK;
}

int vg_record_input_read_json(const char *file, struct vg_record_input *input)
{
    json_error_t error;
    uint8_t *bytes;
    size_t size;
    json_t *root;
    int result = VG_EXIT_ERROR;

    if (!vg_read_whole_file(file, FILE_LIMIT, &bytes, &size))
        return VG_EXIT_ERROR;
    root = json_loadb((const char *)bytes, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    free(bytes);
    if (root == NULL)
        vg_say_error("%s:%d:%d: this is not JSON: %s", file, error.line, error.column, error.text);
    else if (!json_is_object(root))
        vg_say_error("%s: a record is one JSON object, {\"Image\": \"C:\\\\...\", ...}", file);
    else
        result = read_object(file, input, root);
    json_decref(root);
    return result;
}
