#include "log_kind.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The keys of the outermost object that matter, found in one pass. */
#define PARTS(X)                                                                                             \
    X(EVENT, "Event")                                                                                        \
    X(SYSTEM, "System")                                                                                      \
    X(EVENT_DATA, "EventData")                                                                               \
    X(WINLOG, "winlog")                                                                                      \
    X(EVENT_ID, "EventID")                                                                                   \
    X(EVENT_TYPE, "EventType")                                                                               \
    X(CHANNEL, "Channel")                                                                                    \
    X(SOURCE_NAME, "SourceName")                                                                             \
    X(PROVIDER_NAME, "ProviderName")                                                                         \
    X(PROVIDER, "Provider")

enum part {
#define PART_ENUM(identifier, name) PART_##identifier,
    PARTS(PART_ENUM)
#undef PART_ENUM
        PART_COUNT
};

struct parts {
    yyjson_val *at[PART_COUNT]; /* NULL: it is not there */
};

static struct parts find_parts(yyjson_val *root)
{
    static const struct {
        const char *name;
        size_t size;
    } names[PART_COUNT] = {
#define PART_NAME(identifier, name) {name, sizeof(name) - 1},
        PARTS(PART_NAME)
#undef PART_NAME
    };
    struct parts parts = {{0}};
    size_t index;
    size_t count;
    yyjson_val *key;
    yyjson_val *value;

    yyjson_obj_foreach(root, index, count, key, value)
    {
        size_t size = yyjson_get_len(key);

        for (unsigned part = 0; part < PART_COUNT; part++) {
            if (names[part].size == size && memcmp(yyjson_get_str(key), names[part].name, size) == 0)
                parts.at[part] = value;
        }
    }
    return parts;
}

/* The object with the fields: the whole, or where Windows' event log and its shippers put them. */
static yyjson_val *find_fields(yyjson_val *root, const struct parts *parts)
{
    yyjson_val *inner = parts->at[PART_EVENT] != NULL ? yyjson_obj_get(parts->at[PART_EVENT], "EventData")
                                                      : parts->at[PART_EVENT_DATA];

    if (inner == NULL)
        inner = yyjson_obj_get(parts->at[PART_WINLOG], "event_data");
    return inner != NULL ? inner : root;
}

/* An event's number: 1, "1", or an attribute's neighbour {"#text": 1}. -1 for none, -2 for no number. */
static int64_t event_number(yyjson_val *value)
{
    char *end;
    long long number;

    if (yyjson_is_obj(value))
        value = yyjson_obj_get(value, "#text");
    if (value == NULL)
        return -1;
    if (yyjson_is_int(value))
        return yyjson_get_sint(value) >= 0 ? yyjson_get_sint(value) : -2;
    if (!yyjson_is_str(value))
        return -2;
    number = strtoll(yyjson_get_str(value), &end, 10);
    return end != yyjson_get_str(value) && *end == '\0' && number >= 0 ? number : -2;
}

static bool contains(yyjson_val *value, const char *word, bool *given)
{
    const char *text = yyjson_get_str(value);
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
static bool comes_from(const struct parts *parts, yyjson_val *system, const char *log)
{
    static const enum part names[] = {PART_CHANNEL, PART_SOURCE_NAME, PART_PROVIDER_NAME, PART_PROVIDER};
    yyjson_val *provider = yyjson_obj_get(system, "Provider");
    yyjson_val *winlog = parts->at[PART_WINLOG];
    bool given = false;

    if (contains(yyjson_obj_get(yyjson_obj_get(provider, "#attributes"), "Name"), log, &given) ||
        contains(yyjson_obj_get(provider, "@Name"), log, &given) ||
        contains(yyjson_obj_get(provider, "Name"), log, &given) ||
        contains(yyjson_obj_get(system, "Channel"), log, &given) ||
        contains(yyjson_obj_get(winlog, "provider_name"), log, &given) ||
        contains(yyjson_obj_get(winlog, "channel"), log, &given))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (contains(parts->at[names[i]], log, &given))
            return true;
    }
    return !given;
}

static enum vg_log_kind kind_of(const struct parts *parts, yyjson_val *system, yyjson_val *fields)
{
    yyjson_val *type = parts->at[PART_EVENT_TYPE];
    int64_t number = event_number(yyjson_obj_get(system, "EventID"));

    if (number == -1)
        number = event_number(parts->at[PART_EVENT_ID]);
    if (number == -1)
        number = event_number(yyjson_obj_get(parts->at[PART_WINLOG], "event_id"));
    if (number == 1)
        return comes_from(parts, system, "sysmon") ? VG_LOG_SYSMON : VG_LOG_OTHER;
    if (number == 4688)
        return comes_from(parts, system, "security") ? VG_LOG_SECURITY : VG_LOG_OTHER;
    if (number != -1)
        return VG_LOG_OTHER;
    if (yyjson_is_str(type))
        return yyjson_equals_str(type, "ProcessCreate") ? VG_LOG_VIGIL : VG_LOG_OTHER;
    return yyjson_obj_get(fields, "Image") != NULL && yyjson_obj_get(fields, "CommandLine") != NULL
               ? VG_LOG_BARE
               : VG_LOG_OTHER;
}

/* The provider that a log names its event's source by, wherever the log's form has it; NULL for none. */
static yyjson_val *provider_of(const struct parts *parts, yyjson_val *system)
{
    static const enum part names[] = {PART_SOURCE_NAME, PART_PROVIDER_NAME, PART_PROVIDER};
    yyjson_val *provider = yyjson_obj_get(system, "Provider");
    yyjson_val *name = yyjson_obj_get(yyjson_obj_get(provider, "#attributes"), "Name");

    if (name == NULL)
        name = yyjson_obj_get(provider, "@Name");
    if (name == NULL)
        name = yyjson_obj_get(provider, "Name");
    if (name == NULL)
        name = yyjson_obj_get(parts->at[PART_WINLOG], "provider_name");
    for (size_t i = 0; name == NULL && i < sizeof(names) / sizeof(names[0]); i++)
        name = parts->at[names[i]];
    return yyjson_is_str(name) ? name : NULL;
}

struct vg_log_event vg_log_event_of(yyjson_val *root)
{
    struct parts parts = find_parts(root);
    yyjson_val *event = parts.at[PART_EVENT];
    yyjson_val *system = event != NULL ? yyjson_obj_get(event, "System") : parts.at[PART_SYSTEM];
    yyjson_val *fields = find_fields(root, &parts);

    return (struct vg_log_event){
        .kind = kind_of(&parts, system, fields),
        .fields = fields,
        .provider = provider_of(&parts, system),
    };
}
