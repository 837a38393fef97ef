/* The registry: values by key path and name. A key exists once it has a value, and the service's own does
 * always. */
#include "registry.h"

#include <pthread.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "object.h"
#include "violation.h"
#include "world.h"

struct value {
    struct value *next;
    UNICODE_STRING key;
    UNICODE_STRING name;
    ULONG type;
    ULONG size;
    unsigned char *data;
    ULONG flushed_size; /* on the disk */
    unsigned char *flushed;
};

struct key {
    UNICODE_STRING path;
    bool parameters;
};

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct value *values;

static struct value **find(const UNICODE_STRING *key, const UNICODE_STRING *name)
{
    struct value **link = &values;

    while (*link && !(sim_text_equal(&(*link)->key, key) && (!name || sim_text_equal(&(*link)->name, name))))
        link = &(*link)->next;
    return link;
}

static void free_value(struct value *value)
{
    sim_text_free(&value->key);
    sim_text_free(&value->name);
    free(value->data);
    free(value->flushed);
    free(value);
}

void sim_registry_end(void)
{
    while (values) {
        struct value *value = values;
        values = value->next;
        free_value(value);
    }
}

static void set(const UNICODE_STRING *key, const UNICODE_STRING *name, ULONG type, const void *data,
                ULONG size)
{
    struct value **link = find(key, name), *value = *link;

    if (!value) {
        value = sim_alloc(sizeof(*value));
        value->key = sim_text_copy(key);
        value->name = sim_text_copy(name);
        value->next = values;
        values = value;
    }
    free(value->data);
    value->type = type;
    value->size = size;
    value->data = sim_alloc(size + 1u);
    if (size)
        memcpy(value->data, data, size);
}

void sim_set_value(const char *key, const char *name, ULONG type, const void *data, ULONG size)
{
    UNICODE_STRING key_text = sim_text(key), name_text = sim_text(name);

    pthread_mutex_lock(&registry_lock);
    set(&key_text, &name_text, type, data, size);
    pthread_mutex_unlock(&registry_lock);
    sim_text_free(&key_text);
    sim_text_free(&name_text);
}

bool sim_get_value(const char *key, const char *name, ULONG *type, void *data, ULONG *size)
{
    UNICODE_STRING key_text = sim_text(key), name_text = sim_text(name);
    const struct value *value;
    bool found;

    pthread_mutex_lock(&registry_lock);
    value = *find(&key_text, &name_text);
    found = value && value->size <= *size;
    if (found) {
        *type = value->type;
        *size = value->size;
        memcpy(data, value->data, value->size);
    }
    pthread_mutex_unlock(&registry_lock);
    sim_text_free(&key_text);
    sim_text_free(&name_text);
    return found;
}

#define PARAMETERS SIM_SERVICE_KEY "\\Parameters"

void sim_set_parameter_dword(const char *name, ULONG value)
{
    sim_set_value(PARAMETERS, name, REG_DWORD, &value, sizeof(value));
}

void sim_set_parameter_string(const char *name, const char *value)
{
    UNICODE_STRING text = sim_text(value);

    sim_set_value(PARAMETERS, name, REG_SZ, text.Buffer, text.Length + 2u);
    sim_text_free(&text);
}

bool sim_get_parameter_dword(const char *name, ULONG *value)
{
    ULONG type, size = sizeof(*value);

    return sim_get_value(PARAMETERS, name, &type, value, &size) && type == REG_DWORD;
}

bool sim_get_flushed_dword(const char *name, ULONG *number)
{
    UNICODE_STRING key_text = sim_text(PARAMETERS), name_text = sim_text(name);
    const struct value *value;
    bool found;

    pthread_mutex_lock(&registry_lock);
    value = *find(&key_text, &name_text);
    found = value && value->flushed && value->flushed_size == sizeof(*number);
    if (found)
        memcpy(number, value->flushed, sizeof(*number));
    pthread_mutex_unlock(&registry_lock);
    sim_text_free(&key_text);
    sim_text_free(&name_text);
    return found;
}

static void service(const char *routine)
{
    sim_service(routine);
    if (sim_self()->in_notify)
        sim_violation("%s was called in a process callback: the registry is out of bounds there", routine);
}

static void destroy_key(void *body)
{
    sim_text_free(&((struct key *)body)->path);
}

static NTSTATUS open_key(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, bool create,
                         const char *routine)
{
    UNICODE_STRING service_key = sim_text(SIM_SERVICE_KEY);
    struct key *key;
    bool exists;

    service(routine);
    if (attributes->RootDirectory)
        sim_violation("%s was given a root directory, which the sim does not model", routine);
    pthread_mutex_lock(&registry_lock);
    exists = *find(attributes->ObjectName, NULL) || sim_text_equal(attributes->ObjectName, &service_key);
    pthread_mutex_unlock(&registry_lock);
    sim_text_free(&service_key);
    if (sim_fault(routine))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!exists && !create)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    key = sim_object_new(&sim_key_type, sizeof(*key), destroy_key);
    key->path = sim_text_copy(attributes->ObjectName);
    *handle = sim_handle_make(key, access, attributes->Attributes, routine);
    sim_object_unref(key);
    return STATUS_SUCCESS;
}

NTSTATUS ZwOpenKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) /* wdm: PASSIVE_LEVEL */
{
    return open_key(handle, access, attributes, false, "ZwOpenKey");
}

NTSTATUS ZwCreateKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, ULONG title,
                     PUNICODE_STRING class, ULONG options, PULONG disposition) /* wdm: PASSIVE_LEVEL */
{
    (void)title, (void)class, (void)options;
    if (disposition)
        *disposition = 2; /* REG_OPENED_EXISTING_KEY */
    return open_key(handle, access, attributes, true, "ZwCreateKey");
}

/* wdm: PASSIVE_LEVEL. STATUS_BUFFER_TOO_SMALL: not even the header fits; STATUS_BUFFER_OVERFLOW: not all
 * data. */
NTSTATUS ZwQueryValueKey(HANDLE handle, PUNICODE_STRING name, KEY_VALUE_INFORMATION_CLASS class,
                         PVOID information, ULONG length, PULONG needed)
{
    const ULONG head = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
    KEY_VALUE_PARTIAL_INFORMATION *out = information;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    const struct value *value;
    ACCESS_MASK access;
    struct key *key;

    service("ZwQueryValueKey");
    key = sim_handle_object(handle, &sim_key_type, &access, "ZwQueryValueKey");
    if (class != KeyValuePartialInformation)
        sim_violation("ZwQueryValueKey was given a class that the sim does not model");
    if (!(access & KEY_QUERY_VALUE))
        return STATUS_ACCESS_DENIED;
    if (sim_fault("ZwQueryValueKey"))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&registry_lock);
    value = *find(&key->path, name);
    if (value) {
        *needed = head + value->size;
        status = length < head ? STATUS_BUFFER_TOO_SMALL : STATUS_BUFFER_OVERFLOW;
        if (length >= head) {
            ULONG room = min(length - head, value->size);
            out->TitleIndex = 0;
            out->Type = value->type;
            out->DataLength = value->size;
            memcpy(out->Data, value->data, room);
            if (room == value->size)
                status = STATUS_SUCCESS;
        }
    }
    pthread_mutex_unlock(&registry_lock);
    return status;
}

NTSTATUS ZwSetValueKey(HANDLE handle, PUNICODE_STRING name, ULONG title, ULONG type, PVOID data,
                       ULONG size) /* wdm: PASSIVE_LEVEL */
{
    ACCESS_MASK access;
    struct key *key;

    (void)title;
    service("ZwSetValueKey");
    key = sim_handle_object(handle, &sim_key_type, &access, "ZwSetValueKey");
    if (!(access & KEY_SET_VALUE))
        return STATUS_ACCESS_DENIED;
    if (sim_fault("ZwSetValueKey"))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&registry_lock);
    set(&key->path, name, type, data, size);
    pthread_mutex_unlock(&registry_lock);
    return STATUS_SUCCESS;
}

NTSTATUS ZwDeleteValueKey(HANDLE handle, PUNICODE_STRING name) /* wdm: PASSIVE_LEVEL */
{
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct value **link;
    struct key *key;

    service("ZwDeleteValueKey");
    key = sim_handle_object(handle, &sim_key_type, NULL, "ZwDeleteValueKey");
    pthread_mutex_lock(&registry_lock);
    link = find(&key->path, name);
    if (*link) {
        struct value *value = *link;
        *link = value->next;
        free_value(value);
        status = STATUS_SUCCESS;
    }
    pthread_mutex_unlock(&registry_lock);
    return status;
}

static void flush(const UNICODE_STRING *key)
{
    for (struct value *value = values; value; value = value->next) {
        if (!sim_text_equal(&value->key, key))
            continue;
        free(value->flushed);
        value->flushed = sim_alloc(value->size + 1u);
        value->flushed_size = value->size;
        memcpy(value->flushed, value->data, value->size);
    }
}

/* wdm: PASSIVE_LEVEL. Until smss.exe has let the registry write, it succeeds and does nothing. */
NTSTATUS ZwFlushKey(HANDLE handle)
{
    struct key *key;

    service("ZwFlushKey");
    key = sim_handle_object(handle, &sim_key_type, NULL, "ZwFlushKey");
    if (sim_fault("ZwFlushKey"))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&registry_lock);
    if (!sim_is_booting())
        flush(&key->path);
    pthread_mutex_unlock(&registry_lock);
    return STATUS_SUCCESS;
}
