#include "name.h"

#include "memory.h"
#include "optional.h"

/* A name is at most UNICODE_STRING_MAX_BYTES long. */
#define NAME_SIZE_MAX (65536u + 64u)

_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span
    unit_span(_In_reads_(count) const uint16_t *units, _In_ uint32_t count)
{
    return (struct vg_span){.bytes = units, .size = count * 2};
}

_Use_decl_annotations_
NTSTATUS vg_name_of_object(PVOID object, struct vg_string *name)
{
    ULONG size = VG_NAME_ROOM_SIZE;
    NTSTATUS status = STATUS_SUCCESS;

    for (;;) {
        POBJECT_NAME_INFORMATION information = vg_allocate(VG_PAGED, size, VG_TAG_FILE);
        ULONG needed = 0;

        if (information == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = ObQueryNameString(object, information, size, &needed);
        if (NT_SUCCESS(status))
            status = information->Name.Length == 0
                         ? STATUS_NOT_FOUND
                         : vg_string_copy(name, vg_unicode_span(&information->Name));
        vg_free(information, VG_TAG_FILE);
        if ((status != STATUS_INFO_LENGTH_MISMATCH && status != STATUS_BUFFER_OVERFLOW &&
             status != STATUS_BUFFER_TOO_SMALL) ||
            size == NAME_SIZE_MAX)
            return status;
        size = NAME_SIZE_MAX;
    }
}

/* Memory for a name's query: the file's own room, if it is enough and free. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    static void *take_room(_In_ const struct vg_file *file, _In_ ULONG size)
{
    struct vg_name_room *names = file->names;

    for (unsigned i = 0; names != NULL && size <= VG_NAME_ROOM_SIZE && i < 2; i++) {
        if (!names->taken[i]) {
            names->taken[i] = true;
            return names->bytes[i];
        }
    }
    return vg_allocate(VG_PAGED, size, VG_TAG_FILE);
}

/* NULL is ignored. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void give_room(_In_ const struct vg_file *file, _In_opt_ void *room)
{
    struct vg_name_room *names = file->names;

    for (unsigned i = 0; names != NULL && i < 2; i++) {
        if (room == names->bytes[i]) {
            names->taken[i] = false;
            return;
        }
    }
    vg_free(room, VG_TAG_FILE);
}

/* The file system's name for an open file, from its volume's root. `*information` is the caller's to give
 * back (give_room). */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    query_name(_In_ const struct vg_file *file, _In_ FILE_INFORMATION_CLASS class,
               _Outptr_ FILE_NAME_INFORMATION **information)
{
    ULONG size = VG_NAME_ROOM_SIZE;

    for (;;) {
        FILE_NAME_INFORMATION *read = take_room(file, size);
        IO_STATUS_BLOCK io;
        NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

        if (read == NULL)
            return status;
        status = ZwQueryInformationFile(file->handle, &io, read, size, class);
        if (NT_SUCCESS(status) &&
            read->FileNameLength <= size - FIELD_OFFSET(FILE_NAME_INFORMATION, FileName)) {
            *information = read;
            return STATUS_SUCCESS;
        }
        give_room(file, read);
        if (NT_SUCCESS(status))
            return STATUS_INVALID_BUFFER_SIZE;
        if (status != STATUS_BUFFER_OVERFLOW || size == NAME_SIZE_MAX)
            return status;
        size = NAME_SIZE_MAX;
    }
}

/* Whether an object-manager path continues at `offset` with a component of its own. */
_IRQL_requires_max_(DISPATCH_LEVEL) static bool ends_component(_In_ struct vg_span path, _In_ uint32_t offset)
{
    return path.size == offset || vg_units(path)[offset / 2] == '\\';
}

/* The network name in what follows `\Device\Mup` or comes from a redirector: `\server\share\x`, maybe behind
 * components of the redirector's own such as `\;LanmanRedirector` and `\;Z:00000000000a1b2c`. */
_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span without_redirector(_In_ struct vg_span path)
{
    while (vg_text_starts_with_folded(path, VG_LITERAL_SPAN(u"\\;"))) {
        do
            path = vg_span_after(path, sizeof(uint16_t));
        while (path.size != 0 && vg_units(path)[0] != '\\');
    }
    return path;
}

/* `C:` for a volume with a letter. STATUS_NOT_FOUND for one without. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    drive_letter(_In_ PDEVICE_OBJECT device, _Out_writes_(2) uint16_t letter[2])
{
    UNICODE_STRING dos = {0};
    NTSTATUS status = IoVolumeDeviceToDosName(device, &dos);

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    if (dos.Length == 2 * sizeof(WCHAR) && dos.Buffer[1] == ':') {
        letter[0] = vg_upcase((uint16_t)dos.Buffer[0]);
        letter[1] = ':';
        status = STATUS_SUCCESS;
    }
    ExFreePool(dos.Buffer);
    return status;
}

/* The provider of UNC names and the redirectors behind it, under whichever of these types they show
 * themselves. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_network(_In_ PFILE_OBJECT object)
{
    PDEVICE_OBJECT device = object->DeviceObject;

    return (device->Characteristics & FILE_REMOTE_DEVICE) != 0 ||
           device->DeviceType == VG_DEVICE_MULTI_UNC_PROVIDER ||
           device->DeviceType == FILE_DEVICE_NETWORK_FILE_SYSTEM ||
           device->DeviceType == VG_DEVICE_NETWORK_REDIRECTOR;
}

/* `path` counts from the root of the volume that `object` lies on. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    on_volume(_In_ PFILE_OBJECT object, _In_ struct vg_span path, _Out_ struct vg_string *name)
{
    struct vg_string device = {0};
    uint16_t letter[2];
    NTSTATUS status = STATUS_SUCCESS;

    if (is_network(object))
        return vg_string_join(name, VG_LITERAL_SPAN(u"\\"), without_redirector(path));
    status = drive_letter(object->DeviceObject, letter);
    if (NT_SUCCESS(status))
        return vg_string_join(name, unit_span(letter, 2), path);
    if (status == STATUS_INSUFFICIENT_RESOURCES)
        return status; /* it may have a letter: a name by its device would slip past the rules that use it */
    status = vg_name_of_object(object->DeviceObject, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = vg_string_join(name, vg_string_span(&device), path);
    vg_string_free(&device);
    return status;
}

/* Cuts the stream off a path: returns `:x.exe` of `\a\b.txt:x.exe:$DATA`, nothing of `\a\b.txt::$DATA`. What
 * it returns follows `*path` in memory. */
_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span cut_stream(_Inout_ struct vg_span *path)
{
    static const struct vg_span type = {.bytes = u":$DATA", .size = 12};
    const uint16_t *units = vg_units(*path);
    uint32_t colon = vg_unit_count(*path);
    struct vg_span stream = {0};

    for (uint32_t i = colon; i > 0 && units[i - 1] != '\\'; i--) {
        if (units[i - 1] == ':')
            colon = i - 1;
    }
    stream = vg_span_after(*path, colon * 2);
    path->size = colon * 2;
    if (stream.size > type.size && vg_text_equal_folded(vg_span_after(stream, stream.size - type.size), type))
        stream.size -= type.size;
    if (stream.size == sizeof(uint16_t)) /* the file's own data, by its empty name */
        stream.size = 0;
    return stream;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span
    name_span(_In_ const FILE_NAME_INFORMATION *information)
{
    return (struct vg_span){.bytes = information->FileName, .size = information->FileNameLength & ~1u};
}

/* No page says that a normalised name ends in the stream that is open; the other name does. `*whole` holds
 * what `*path` points to when it is done. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    add_stream(_In_ const struct vg_file *file, _Inout_ struct vg_span *path, _Inout_ struct vg_string *whole)
{
    FILE_NAME_INFORMATION *information = NULL;
    struct vg_span opened = {0};
    struct vg_span stream = {0};
    NTSTATUS status = query_name(file, VG_FILE_NAME_INFORMATION, &information);

    if (!NT_SUCCESS(status))
        return status;
    opened = name_span(information);
    stream = cut_stream(&opened);
    if (stream.size != 0)
        status = vg_string_join(whole, *path, stream);
    give_room(file, information);
    if (NT_SUCCESS(status) && stream.size != 0)
        *path = vg_string_span(whole);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_name_of_file(const struct vg_file *file, struct vg_string *name, enum vg_image_source *source)
{
    FILE_NAME_INFORMATION *information = NULL;
    enum vg_image_source found = VG_IMAGE_NORMALIZED;
    struct vg_string whole = {0};
    struct vg_span path = {0};
    struct vg_span stream = {0};
    NTSTATUS status = STATUS_NOT_SUPPORTED;

    if (vg_optional.has_normalized_names)
        status = query_name(file, VG_FILE_NORMALIZED_NAME_INFORMATION, &information);
    if (!NT_SUCCESS(status)) {
        found = VG_IMAGE_FILE_NAME;
        status = query_name(file, VG_FILE_NAME_INFORMATION, &information);
    }
    if (!NT_SUCCESS(status))
        return status;
    path = name_span(information);
    stream = cut_stream(&path);
    path.size += stream.size;
    if (found == VG_IMAGE_NORMALIZED && stream.size == 0)
        status = add_stream(file, &path, &whole);
    if (NT_SUCCESS(status))
        status = on_volume(file->object, path, name);
    vg_string_free(&whole);
    give_room(file, information);
    if (NT_SUCCESS(status))
        *source = found;
    return status;
}

/* What follows the name of the volume's device in `path`. STATUS_NOT_FOUND: it does not begin with that name.
 */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    path_on_device(_In_ struct vg_span path, _In_ PFILE_OBJECT volume, _Out_ struct vg_span *rest)
{
    struct vg_string device = {0};
    NTSTATUS status = vg_name_of_object(volume->DeviceObject, &device);

    if (!NT_SUCCESS(status))
        return status;
    status = STATUS_NOT_FOUND;
    if (vg_text_starts_with_folded(path, vg_string_span(&device)) && ends_component(path, device.size)) {
        *rest = vg_span_after(path, device.size);
        status = STATUS_SUCCESS;
    }
    vg_string_free(&device);
    return status;
}

/* What follows the device in a name of the network: that of the provider of UNC names, or, before Windows
 * Vista, of a redirector. */
_IRQL_requires_max_(DISPATCH_LEVEL) static bool path_on_network(_In_ struct vg_span path,
                                                                _Inout_ struct vg_span *rest)
{
    static const struct vg_span devices[] = {
        {.bytes = u"\\Device\\Mup", .size = 22},
        {.bytes = u"\\Device\\LanmanRedirector", .size = 48},
        {.bytes = u"\\Device\\WebDavRedirector", .size = 48},
    };

    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (vg_text_starts_with_folded(path, devices[i]) && ends_component(path, devices[i].size)) {
            *rest = vg_span_after(path, devices[i].size);
            return true;
        }
    }
    return false;
}

_Use_decl_annotations_
bool vg_name_is_remote(struct vg_span path)
{
    struct vg_span rest = {0};

    return path_on_network(path, &rest);
}

_Use_decl_annotations_
NTSTATUS vg_name_of_path(struct vg_span path, PFILE_OBJECT volume, struct vg_string *name)
{
    struct vg_span rest = {0};
    NTSTATUS status = STATUS_NOT_FOUND;

    if (path_on_network(path, &rest))
        return vg_string_join(name, VG_LITERAL_SPAN(u"\\"), without_redirector(rest));
    if (volume != NULL && volume->DeviceObject != NULL)
        status = path_on_device(path, volume, &rest);
    if (NT_SUCCESS(status))
        return on_volume(volume, rest, name);
    return status == STATUS_INSUFFICIENT_RESOURCES ? status : vg_string_copy(name, path);
}

/* `\Device\HarddiskVolume3` of a path below it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span device_of(_In_ struct vg_span path)
{
    const uint16_t *units = vg_units(path);
    uint32_t separators = 0;
    uint32_t i = 0;

    for (; i < vg_unit_count(path); i++) {
        if (units[i] == '\\' && ++separators == 3)
            break;
    }
    return unit_span(units, i);
}

_Use_decl_annotations_
NTSTATUS vg_name_on_its_volume(struct vg_span path, struct vg_string *name)
{
    struct vg_file volume;
    NTSTATUS status = STATUS_SUCCESS;

    if (vg_name_is_remote(path))
        return vg_name_of_path(path, NULL, name);
    status = vg_file_open_named(NULL, device_of(path), &volume);
    if (status == STATUS_INSUFFICIENT_RESOURCES)
        return status;
    status = vg_name_of_path(path, volume.object, name);
    vg_file_close(&volume);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_name_by_path(struct vg_file *file, struct vg_span path, struct vg_string *name)
{
    enum vg_image_source source = VG_IMAGE_NONE;
    struct vg_string found = {0};
    struct vg_string said = {0};
    NTSTATUS status = vg_name_of_file(file, &found, &source);

    if (NT_SUCCESS(status) && vg_optional.dont_reparse != 0) {
        *name = found;
        return status;
    }
    if (NT_SUCCESS(status))
        status = vg_name_of_path(path, file->object, &said);
    if (NT_SUCCESS(status) && !vg_text_equal_folded(vg_string_span(&said), vg_string_span(&found))) {
        vg_file_close(file);
        vg_string_free(&said);
        status = vg_name_on_its_volume(path, &said);
    }
    if (NT_SUCCESS(status))
        *name = said;
    vg_string_free(&found);
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_name_of_open_name(struct vg_span path, struct vg_string *name)
{
    static const struct vg_span unc = {.bytes = u"\\??\\UNC\\", .size = 16};
    static const struct vg_span dos = {.bytes = u"\\??\\", .size = 8};

    if (vg_text_starts_with_folded(path, unc))
        return vg_string_join(name, VG_LITERAL_SPAN(u"\\\\"), vg_span_after(path, unc.size));
    if (vg_text_starts_with_folded(path, dos))
        return vg_string_copy(name, vg_span_after(path, dos.size));
    return vg_string_copy(name, path);
}
