#include "config.h"

#include <vigil/abi.h>

#include "bounds.h"
#include "memory.h"

/* Enough for the longest path of a native file name. */
#define VALUE_SIZE_MAX (sizeof(KEY_VALUE_PARTIAL_INFORMATION) + 64u * 1024u)

struct vg_config vg_config;

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    open_key(_In_ ACCESS_MASK access, _Out_ HANDLE *key)
{
    UNICODE_STRING name = {.Length = (USHORT)vg_config.key.size,
                           .MaximumLength = (USHORT)vg_config.key.size,
                           .Buffer = (PWSTR)vg_config.key.units};
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwOpenKey(key, access, &attributes);
}

/* `*value` is the caller's to free with VG_TAG_CONFIG. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_value(_In_ HANDLE key, _In_ PCUNICODE_STRING name, _Outptr_ KEY_VALUE_PARTIAL_INFORMATION **value)
{
    ULONG needed = 0;
    NTSTATUS status =
        ZwQueryValueKey(key, (PUNICODE_STRING)name, KeyValuePartialInformation, NULL, 0, &needed);
    KEY_VALUE_PARTIAL_INFORMATION *read = NULL;

    if (status != STATUS_BUFFER_TOO_SMALL && status != STATUS_BUFFER_OVERFLOW)
        return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_NOT_FOUND : status;
    needed = (ULONG)vg_greater(needed, sizeof(*read));
    if (needed > VALUE_SIZE_MAX)
        return STATUS_NAME_TOO_LONG;
    read = vg_allocate(VG_PAGED, needed, VG_TAG_CONFIG);
    if (read == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = ZwQueryValueKey(key, (PUNICODE_STRING)name, KeyValuePartialInformation, read, needed, &needed);
    if (!NT_SUCCESS(status)) {
        vg_free(read, VG_TAG_CONFIG);
        return status;
    }
    *value = read;
    return STATUS_SUCCESS;
}

/* `otherwise` for a value that is absent or no number; `unread` for one that could not be read. */
_IRQL_requires_max_(PASSIVE_LEVEL) static uint32_t
    read_number(_In_ HANDLE key, _In_ PCUNICODE_STRING name, _In_ uint32_t otherwise, _In_ uint32_t unread)
{
    KEY_VALUE_PARTIAL_INFORMATION *value = NULL;
    NTSTATUS status = read_value(key, name, &value);
    uint32_t number = otherwise;

    if (!NT_SUCCESS(status))
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? otherwise : unread;
    if (value->Type == REG_DWORD && value->DataLength == sizeof(number))
        memcpy(&number, value->Data, sizeof(number));
    vg_free(value, VG_TAG_CONFIG);
    return number;
}

/* An absent, empty or malformed value leaves `*string` as it is. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_string(_In_ HANDLE key, _In_ PCUNICODE_STRING name, _Inout_ struct vg_string *string)
{
    KEY_VALUE_PARTIAL_INFORMATION *value = NULL;
    NTSTATUS status = read_value(key, name, &value);
    struct vg_span text = {0};

    if (status == STATUS_INSUFFICIENT_RESOURCES)
        return status;
    if (!NT_SUCCESS(status))
        return STATUS_SUCCESS;
    text.bytes = value->Data;
    text.size = value->DataLength & ~1u;
    while (text.size >= 2 && vg_units(text)[text.size / 2 - 1] == 0)
        text.size -= 2;
    if (value->Type == REG_SZ && text.size != 0)
        status = vg_string_copy(string, text);
    vg_free(value, VG_TAG_CONFIG);
    return status;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static uint32_t
    within(_In_ uint32_t number, _In_ uint32_t least, _In_ uint32_t most)
{
    return (uint32_t)vg_lesser(vg_greater(number, least), most);
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS read_values(_In_ HANDLE key)
{
    static const UNICODE_STRING policy_path = VG_CONSTANT_STRING(VG_VALUE_POLICY_PATH);
    static const UNICODE_STRING tool_path = VG_CONSTANT_STRING(VG_VALUE_TOOL_PATH);
    static const UNICODE_STRING boot_pending = VG_CONSTANT_STRING(VG_VALUE_BOOT_PENDING);
    static const UNICODE_STRING watch_images = VG_CONSTANT_STRING(VG_VALUE_WATCH_IMAGES);
    static const UNICODE_STRING ring_size = VG_CONSTANT_STRING(VG_VALUE_RING_SIZE);
    static const UNICODE_STRING gather_time = VG_CONSTANT_STRING(VG_VALUE_GATHER_TIME);
    static const UNICODE_STRING allow_unload = VG_CONSTANT_STRING(VG_VALUE_ALLOW_UNLOAD);
    uint32_t size = read_number(key, &ring_size, VG_RING_SIZE_DEFAULT, VG_RING_SIZE_DEFAULT);
    uint32_t time = read_number(key, &gather_time, VG_GATHER_TIME_DEFAULT, VG_GATHER_TIME_DEFAULT);
    NTSTATUS status = STATUS_SUCCESS;

    vg_config.ring_size = within(size, VG_RING_SIZE_MIN, VG_RING_SIZE_MAX) & ~7u;
    vg_config.gather_time_ms = within(time, VG_GATHER_TIME_MIN, VG_GATHER_TIME_MAX);
    /* A mark that may be there counts: who needs it could not start Windows without. */
    vg_config.boot_pending = read_number(key, &boot_pending, 0, 1) != 0;
    vg_config.watch_images = read_number(key, &watch_images, 0, 0) != 0;
    vg_config.allow_unload = read_number(key, &allow_unload, 1, 1) != 0;
    status = read_string(key, &policy_path, &vg_config.policy_path);
    if (NT_SUCCESS(status))
        status = read_string(key, &tool_path, &vg_config.tool_path);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_config_start(PCUNICODE_STRING registry_path)
{
    HANDLE key = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    memset(&vg_config, 0, sizeof(vg_config));
    vg_config.ring_size = VG_RING_SIZE_DEFAULT;
    vg_config.gather_time_ms = VG_GATHER_TIME_DEFAULT;
    vg_config.allow_unload = true;
    status = vg_string_join(&vg_config.key, vg_unicode_span(registry_path), VG_LITERAL_SPAN(u"\\Parameters"));
    if (!NT_SUCCESS(status))
        return status;
    if (vg_config.key.size > UNICODE_STRING_MAX_BYTES) {
        vg_config_stop();
        return STATUS_NAME_TOO_LONG;
    }
    status = open_key(KEY_QUERY_VALUE, &key);
    if (!NT_SUCCESS(
            status)) { /* no key: every value has its default; one that cannot be opened may have a mark */
        vg_config.boot_pending = status != STATUS_OBJECT_NAME_NOT_FOUND;
        return STATUS_SUCCESS;
    }
    status = read_values(key);
    ZwClose(key);
    if (!NT_SUCCESS(status))
        vg_config_stop();
    return status;
}

_Use_decl_annotations_
void vg_config_stop(void)
{
    vg_string_free(&vg_config.tool_path);
    vg_string_free(&vg_config.policy_path);
    vg_string_free(&vg_config.key);
}

_Use_decl_annotations_
NTSTATUS vg_config_set_boot_pending(bool pending)
{
    UNICODE_STRING name = VG_CONSTANT_STRING(VG_VALUE_BOOT_PENDING);
    ULONG value = pending ? 1 : 0;
    HANDLE key = NULL;
    NTSTATUS status = open_key(KEY_SET_VALUE, &key);

    if (status == STATUS_OBJECT_NAME_NOT_FOUND && !pending)
        return STATUS_SUCCESS; /* no key, so there is no mark to take back */
    if (!NT_SUCCESS(status))
        return status;
    status = ZwSetValueKey(key, &name, 0, REG_DWORD, &value, sizeof(value));
    if (NT_SUCCESS(status))
        (void)ZwFlushKey(key); /* early in boot this succeeds and writes nothing: see vg_config_flush */
    ZwClose(key);
    return status;
}

_Use_decl_annotations_
void vg_config_flush(void)
{
    HANDLE key = NULL;

    if (!NT_SUCCESS(open_key(KEY_QUERY_VALUE, &key)))
        return;
    (void)ZwFlushKey(key);
    ZwClose(key);
}
