#include "record_json.h"

#include "json_text.h"
#include "message.h"
#include "record_hashes.h"
#include "visible.h"
#include "whole_file.h"

#include <inttypes.h>
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

static bool add_value(struct vg_record_json *reader, enum vg_field field, yyjson_val *value)
{
    char number[32];
    const char *text = number;
    size_t size;
    const char *problem;

    if (yyjson_is_str(value)) {
        text = yyjson_get_str(value);
        size = yyjson_get_len(value);
    } else if (yyjson_is_int(value)) {
        size = (size_t)snprintf(number, sizeof(number), "%" PRId64, yyjson_get_sint(value));
    } else if (yyjson_is_bool(value)) {
        text = yyjson_is_true(value) ? "true" : "false";
        size = strlen(text);
    } else {
        return refuse(reader, vg_field_name(field),
                      "it should be a string, a number, true, false, null, or a list of those");
    }
    if (!vg_record_input_add(reader->input, field, text, size, &problem))
        return refuse(reader, vg_field_name(field), problem);
    return true;
}

static bool says_nothing(yyjson_val *value)
{
    return yyjson_equals_str(value, "") || yyjson_equals_str(value, "-");
}

/* null: established that there is none. An empty list says the same. */
static bool set_field(struct vg_record_json *reader, enum vg_field field, yyjson_val *value)
{
    size_t index;
    size_t count;
    yyjson_val *entry;

    if (yyjson_is_null(value) || (yyjson_is_arr(value) && yyjson_arr_size(value) == 0) ||
        (reader->kind != VG_LOG_VIGIL && says_nothing(value))) {
        vg_record_set_state(&reader->input->record, field, VG_FACT_ABSENT);
        return true;
    }
    if (!yyjson_is_arr(value))
        return add_value(reader, field, value);
    yyjson_arr_foreach(value, index, count, entry)
    {
        if (!add_value(reader, field, entry))
            return false;
    }
    return true;
}

static bool set_hashes(struct vg_record_json *reader, yyjson_val *value)
{
    const char *text = yyjson_is_null(value) ? "" : yyjson_get_str(value);
    const char *problem;

    if (text == NULL || vg_record_hashes_read(reader->input, text, &problem))
        return true;
    return refuse(reader, "Hashes", problem);
}

/* The names of Vigil's own events for facts that could not be established. */
static bool set_unknown(struct vg_record_json *reader, yyjson_val *names)
{
    size_t index;
    size_t count;
    yyjson_val *name;

    yyjson_arr_foreach(names, index, count, name)
    {
        enum vg_field field =
            yyjson_is_str(name) ? vg_field_find(yyjson_get_str(name), yyjson_get_len(name)) : VG_FIELD_COUNT;

        if (field < VG_FIELD_COUNT)
            vg_record_set_state(&reader->input->record, field, VG_FACT_UNKNOWN);
    }
    return true;
}

/* Process ids of the Security log: "0x1a4". */
static bool set_hexadecimal(struct vg_record_json *reader, enum vg_field field, yyjson_val *value)
{
    const char *text = yyjson_get_str(value);
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
static bool set_security_key(struct vg_record_json *reader, yyjson_val *key, yyjson_val *value)
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
        if (!yyjson_equals_str(key, fields[i].key))
            continue;
        if (says_nothing(value) || yyjson_is_null(value))
            vg_record_set_state(&reader->input->record, fields[i].field, VG_FACT_UNKNOWN);
        else if (fields[i].field == VG_FIELD_PROCESS_ID)
            return set_hexadecimal(reader, fields[i].field, value);
        else
            return set_field(reader, fields[i].field, value);
    }
    return true;
}

static bool set_key(struct vg_record_json *reader, yyjson_val *key, yyjson_val *value)
{
    enum vg_field field;

    if (reader->kind == VG_LOG_SECURITY)
        return set_security_key(reader, key, value);
    field = vg_field_find(yyjson_get_str(key), yyjson_get_len(key));
    if (field < VG_FIELD_COUNT)
        return set_field(reader, field, value);
    if (yyjson_equals_str(key, "Hashes"))
        return set_hashes(reader, value);
    if (yyjson_equals_str(key, "UserSid"))
        return set_field(reader, VG_FIELD_USER, value);
    if (yyjson_equals_str(key, "ParentUserSid"))
        return set_field(reader, VG_FIELD_PARENT_USER, value);
    if (yyjson_equals_str(key, "UnknownFacts"))
        return set_unknown(reader, value);
    if (reader->unused < VG_RECORD_UNUSED_MAX)
        reader->unused_names[reader->unused] = yyjson_get_str(key);
    reader->unused++;
    return true;
}

static bool read_flat(struct vg_record_json *reader, yyjson_val *object)
{
    size_t index;
    size_t count;
    yyjson_val *key;
    yyjson_val *value;

    yyjson_obj_foreach(object, index, count, key, value)
    {
        if (!set_key(reader, key, value))
            return false;
    }
    return true;
}

/* <Data Name="Image">...</Data> turned into JSON: [{"@Name": "Image", "#text": "..."}] or without the signs.
 */
static bool read_list(struct vg_record_json *reader, yyjson_val *list)
{
    size_t index;
    size_t count;
    yyjson_val *entry;

    yyjson_arr_foreach(list, index, count, entry)
    {
        yyjson_val *name = yyjson_obj_get(entry, "@Name");
        yyjson_val *value = yyjson_obj_get(entry, "#text");

        name = name != NULL ? name : yyjson_obj_get(entry, "Name");
        value = value != NULL ? value : yyjson_obj_get(entry, "Value");
        if (yyjson_is_str(name) && value != NULL && !set_key(reader, name, value))
            return false;
    }
    return true;
}

static bool read_fields(struct vg_record_json *reader, const struct vg_log_event *event)
{
    yyjson_val *data = yyjson_obj_get(event->fields, "Data");

    if (yyjson_is_arr(event->fields))
        return read_list(reader, event->fields);
    if (yyjson_is_arr(data))
        return read_list(reader, data);
    return read_flat(reader, event->fields);
}

/* Below the fields there is none: Provider_Name is how Sigma names the one of the event's head. */
static bool read_provider(struct vg_record_json *reader, yyjson_val *name)
{
    return name == NULL || reader->input->record.facts[VG_FIELD_PROVIDER_NAME].state != VG_FACT_PENDING ||
           set_field(reader, VG_FIELD_PROVIDER_NAME, name);
}

bool vg_record_json_read(struct vg_record_json *reader, const struct vg_log_event *event)
{
    reader->kind = event->kind;
    return read_fields(reader, event) && read_provider(reader, event->provider);
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

static int read_object(const char *file, struct vg_record_input *input, yyjson_val *root)
{
    struct vg_record_json reader = {.input = input};
    struct vg_log_event event = vg_log_event_of(root);

    if (!vg_record_json_read(&reader, &event)) {
        vg_say_error("%s: %s: %s", file, reader.name, reader.problem);
        return VG_EXIT_ERROR;
    }
    /* An event of our own has much that is no fact, and nobody who hands it in whole needs to be told. */
    if (yyjson_obj_get(event.fields, "EventType") == NULL)
        note_unused(file, &reader);
    return VG_EXIT_OK;
}

static void say_not_json(const char *file, const struct vg_json *json, const char *text, size_t size)
{
    size_t line = 0;
    size_t column = 0;

    yyjson_locate_pos(text, size, json->position, &line, &column, NULL);
    vg_say_error("%s:%zu:%zu: this is not JSON: %s", file, line, column, json->problem);
}

int vg_record_input_read_json(const char *file, struct vg_record_input *input)
{
    struct vg_json json = {0};
    uint8_t *bytes;
    size_t size;
    yyjson_val *root;
    int result = VG_EXIT_ERROR;

    if (!vg_read_whole_file(file, FILE_LIMIT, &bytes, &size))
        return VG_EXIT_ERROR;
    root = vg_json_read(&json, (const char *)bytes, size);
    if (root == NULL)
        say_not_json(file, &json, (const char *)bytes, size);
    else if (!yyjson_is_obj(root))
        vg_say_error("%s: a record is one JSON object, {\"Image\": \"C:\\\\...\", ...}", file);
    else
        result = read_object(file, input, root);
    vg_json_free(&json);
    free(bytes);
    return result;
}
