#include "record_input.h"

#include "message.h"
#include "visible.h"
#include "whole_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT   ((size_t)16 << 20)
#define NAMED_UNUSED 12

/* What is being read, for complaints; and what was of no use, for the note. */
struct source {
    const char *file;
    struct vg_record_input *input;
    unsigned unused;
    const char *unused_names[NAMED_UNUSED];
};

static bool complain_value(const struct source *source, const char *name, const char *problem)
{
    vg_say_error("%s: %s: %s", source->file, name, problem);
    return false;
}

static bool add_value(struct source *source, enum vg_field field, const json_t *value)
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
        return complain_value(source, vg_field_name(field),
                              "it should be a string, a number, true, false, null, or a list of those");
    }
    if (!vg_record_input_add(source->input, field, text, size, &problem))
        return complain_value(source, vg_field_name(field), problem);
    return true;
}

/* null: established that there is none. An empty list says the same. */
static bool set_field(struct source *source, enum vg_field field, const json_t *value)
{
    if (json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0)) {
        vg_record_set_state(&source->input->record, field, VG_FACT_ABSENT);
        return true;
    }
    if (!json_is_array(value))
        return add_value(source, field, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!add_value(source, field, json_array_get(value, i)))
            return false;
    }
    return true;
}

/* Sysmon's "SHA1=...,MD5=...,SHA256=...,IMPHASH=...". */
static bool set_hashes(struct source *source, const json_t *value)
{
    const char *text = json_string_value(value);
    const char *found = text != NULL ? strstr(text, "SHA256=") : NULL;
    const char *problem;

    if (found == NULL || source->input->record.facts[VG_FIELD_SHA256].state == VG_FACT_KNOWN)
        return true;
    found += strlen("SHA256=");
    if (!vg_record_input_add(source->input, VG_FIELD_SHA256, found, strcspn(found, ", "), &problem))
        return complain_value(source, "Hashes", problem);
    return true;
}

/* The names of Vigil's own events for facts that could not be established. */
static bool set_unknown(struct source *source, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);
        enum vg_field field = json_is_string(name)
                                  ? vg_field_find(json_string_value(name), json_string_length(name))
                                  : VG_FIELD_COUNT;

        if (field < VG_FIELD_COUNT)
            vg_record_set_state(&source->input->record, field, VG_FACT_UNKNOWN);
    }
    return true;
}

static bool set_key(struct source *source, const char *key, const json_t *value)
{
    enum vg_field field = vg_field_find(key, strlen(key));

    if (field < VG_FIELD_COUNT)
        return set_field(source, field, value);
    if (strcmp(key, "Hashes") == 0)
        return set_hashes(source, value);
    if (strcmp(key, "UserSid") == 0)
        return set_field(source, VG_FIELD_USER, value);
    if (strcmp(key, "UnknownFacts") == 0)
        return set_unknown(source, value);
    if (source->unused < NAMED_UNUSED)
        source->unused_names[source->unused] = key;
    source->unused++;
    return true;
}

static bool read_flat(struct source *source, json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        if (!set_key(source, key, value))
            return false;
    }
    return true;
}

/* <Data Name="Image">...</Data> turned into JSON: [{"@Name": "Image", "#text": "..."}] or without the signs.
 */
static bool read_list(struct source *source, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const json_t *name = json_object_get(entry, "@Name");
        const json_t *value = json_object_get(entry, "#text");

        name = name != NULL ? name : json_object_get(entry, "Name");
        value = value != NULL ? value : json_object_get(entry, "Value");
        if (json_is_string(name) && value != NULL && !set_key(source, json_string_value(name), value))
            return false;
    }
    return true;
}

/* The object with the fields: the whole, or where Windows' event log and its shippers put them. */
static json_t *find_fields(json_t *root)
{
    json_t *event = json_object_get(root, "Event");
    json_t *inner = json_object_get(event != NULL ? event : root, "EventData");

    if (inner == NULL)
        inner = json_object_get(json_object_get(root, "winlog"), "event_data");
    return inner != NULL ? inner : root;
}

static void note_unused(const struct source *source)
{
    unsigned named = source->unused < NAMED_UNUSED ? source->unused : NAMED_UNUSED;

    if (source->unused == 0)
        return;
    fprintf(stderr, "vigil: note: %s: %u key%s that no rule can ask about:", source->file, source->unused,
            source->unused == 1 ? "" : "s");
    for (unsigned i = 0; i < named; i++) {
        fputs(i != 0 ? ", " : " ", stderr);
        vg_print_visible(stderr, source->unused_names[i], strlen(source->unused_names[i]));
    }
    fputs(source->unused > named ? ", ...\n" : "\n", stderr);
}

static int read_object(struct source *source, json_t *root)
{
    json_t *fields = find_fields(root);
    json_t *data = json_object_get(fields, "Data");
    bool done;

    if (json_is_array(fields))
        done = read_list(source, fields);
    else if (json_is_array(data))
        done = read_list(source, data);
    else
        done = read_flat(source, fields);
    /* An event of our own has much that is no fact, and nobody who hands it in whole needs to be told. */
    if (done && json_object_get(fields, "EventType") == NULL)
        note_unused(source);
    return done ? VG_EXIT_OK : VG_EXIT_ERROR;
}

int vg_record_input_read_json(const char *file, struct vg_record_input *input)
{
    struct source source = {.file = file, .input = input};
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
        result = read_object(&source, root);
    json_decref(root);
    return result;
}
