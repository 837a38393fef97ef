#include "name.h"
#include "routines.h"
#include "volume.h"

#define NAME_BYTES_MAX 0xFFFE

PVOID lab_heap_allocate(SIZE_T size)
{
    return RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
}

void lab_heap_free(PVOID memory)
{
    if (memory)
        RtlFreeHeap(GetProcessHeap(), 0, memory);
}

static BOOLEAN skip(UNICODE_STRING *name, const WCHAR *prefix)
{
    UNICODE_STRING wanted;

    RtlInitUnicodeString(&wanted, prefix);
    if (!RtlPrefixUnicodeString(&wanted, name, TRUE))
        return FALSE;
    name->Buffer += wanted.Length / sizeof(WCHAR);
    name->Length = (USHORT)(name->Length - wanted.Length);
    return TRUE;
}

/* The drive letter and the rest from the backslash on. */
static WCHAR split(const UNICODE_STRING *name, UNICODE_STRING *rest, const WCHAR **prefix)
{
    WCHAR letter = lab_volume_letter(name, rest);

    *prefix = L"";
    if (letter)
        return letter;
    *rest = *name;
    if (skip(rest, L"\\SystemRoot")) {
        *prefix = L"\\windows";
        return L'C';
    }
    if (!skip(rest, L"\\??\\") && !skip(rest, L"\\DosDevices\\") && !skip(rest, L"\\GLOBAL??\\"))
        skip(rest, L"\\\\?\\");
    if (skip(rest, L"unix"))
        return L'Z';
    if (rest->Length < 2 * sizeof(WCHAR) || rest->Buffer[1] != L':')
        return 0;
    letter = rest->Buffer[0];
    rest->Buffer += 2;
    rest->Length = (USHORT)(rest->Length - 2 * sizeof(WCHAR));
    return letter >= L'a' ? (WCHAR)(letter - L'a' + L'A') : letter;
}

/* Wine resolves each component, 8.3 names included, to the name on the host's disk; the part after
 * "dosdevices/c:" is the normalised path. NULL when the file does not exist. */
static WCHAR *spelled_on_disk(const WCHAR *dos_name, ULONG *bytes)
{
    /* Wine's own export: the host's name of a file, from the process heap */
    char *(__cdecl * get_host_name)(PCWSTR) =
        (char *(__cdecl *)(PCWSTR))lab_wine_routine("kernel32.dll", "wine_get_unix_file_name");
    char *host = get_host_name(dos_name);
    char *path = host ? strstr(host, "/dosdevices/") : NULL;
    WCHAR *wide = NULL;
    ULONG length;

    if (path && (path = strchr(path + sizeof("/dosdevices/") - 1, '/')) != NULL) {
        length = (ULONG)strlen(path);
        wide = lab_heap_allocate((length + 1) * sizeof(WCHAR));
        RtlUTF8ToUnicodeN(wide, length * sizeof(WCHAR), bytes, path, length);
        for (WCHAR *at = wide; *at; at++) {
            if (*at == L'/')
                *at = L'\\';
        }
    }
    lab_heap_free(host);
    return wide;
}

static UNICODE_STRING copy_name(const WCHAR *text)
{
    size_t bytes = (wcslen(text) + 1) * sizeof(WCHAR);
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, memcpy(lab_heap_allocate(bytes), text, bytes));
    return name;
}

NTSTATUS lab_name_resolve(const UNICODE_STRING *name, struct lab_name *resolved)
{
    UNICODE_STRING rest;
    const WCHAR *prefix;
    WCHAR letter = split(name, &rest, &prefix), *buffer, *spelled, *path;
    ULONG bytes = 0;

    if (!letter || wcslen(prefix) * 2 + rest.Length + 16u > NAME_BYTES_MAX)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    buffer = lab_heap_allocate(NAME_BYTES_MAX + 2);
    wcscpy(buffer, L"\\??\\A:");
    buffer[4] = letter;
    path = buffer + 6;
    wcscpy(path, prefix);
    memcpy(path + wcslen(path), rest.Buffer, rest.Length);
    resolved->given = copy_name(buffer);
    spelled = spelled_on_disk(buffer + 4, &bytes);
    if (spelled && bytes + 16u < NAME_BYTES_MAX)
        wcscpy(path, spelled);
    lab_heap_free(spelled);
    resolved->volume = lab_volume_of(letter);
    resolved->open = copy_name(buffer);
    RtlInitUnicodeString(&resolved->path, resolved->open.Buffer + 6);
    lab_heap_free(buffer);
    return STATUS_SUCCESS;
}

void lab_name_free(struct lab_name *name)
{
    lab_heap_free(name->given.Buffer);
    lab_heap_free(name->open.Buffer);
    RtlZeroMemory(name, sizeof(*name));
}

NTSTATUS lab_name_device_form(const struct lab_name *name, PVOID (*allocate)(SIZE_T),
                              UNICODE_STRING *device_form)
{
    const UNICODE_STRING *volume = &name->volume->name;
    ULONG bytes = volume->Length + name->path.Length;
    WCHAR *buffer;

    if (bytes + sizeof(WCHAR) > NAME_BYTES_MAX)
        return STATUS_NAME_TOO_LONG;
    buffer = allocate(bytes + sizeof(WCHAR));
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(buffer, volume->Buffer, volume->Length);
    memcpy((char *)buffer + volume->Length, name->path.Buffer, name->path.Length);
    buffer[bytes / sizeof(WCHAR)] = 0;
    device_form->Buffer = buffer;
    device_form->Length = (USHORT)bytes;
    device_form->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

NTSTATUS lab_name_of_handle(HANDLE handle, struct lab_name *resolved)
{
    OBJECT_NAME_INFORMATION *information = lab_heap_allocate(NAME_BYTES_MAX + sizeof(*information));
    ULONG needed;
    NTSTATUS status = NtQueryObject(handle, (OBJECT_INFORMATION_CLASS)1, information,
                                    NAME_BYTES_MAX + sizeof(*information), &needed);

    if (NT_SUCCESS(status))
        status = lab_name_resolve(&information->Name, resolved);
    lab_heap_free(information);
    return status;
}
