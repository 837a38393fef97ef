#include "zwfile.h"
#include "context.h"
#include "handle.h"
#include "name.h"
#include "volume.h"

#define KNOWN_ATTRIBUTES (OBJ_CASE_INSENSITIVE | OBJ_INHERIT)

/* The name Wine can open: \Device\HarddiskVolume3\x and \SystemRoot\x have drive letters; an empty name
 * relative to a handle is that very file. */
static NTSTATUS translate(const OBJECT_ATTRIBUTES *attributes, struct lab_name *name)
{
    static const UNICODE_STRING empty;
    const UNICODE_STRING *object = attributes->ObjectName ? attributes->ObjectName : &empty;

    if (attributes->RootDirectory)
        return object->Length ? STATUS_NOT_SUPPORTED : lab_name_of_handle(attributes->RootDirectory, name);
    return lab_name_resolve(object, name);
}

NTSTATUS NTAPI lab_ZwCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                PIO_STATUS_BLOCK io, PLARGE_INTEGER size, ULONG file_attributes, ULONG share,
                                ULONG disposition, ULONG options, PVOID ea, ULONG ea_length)
{
    OBJECT_ATTRIBUTES plain;
    struct lab_name name = {0};
    NTSTATUS status;

    lab_require_passive("ZwCreateFile");
    lab_handle_require_kernel("ZwCreateFile", attributes->Attributes);
    plain = *attributes;
    plain.Attributes &= KNOWN_ATTRIBUTES;
    status = translate(attributes, &name);
    if (NT_SUCCESS(status)) {
        plain.RootDirectory = NULL;
        plain.ObjectName = &name.given;
    } else if (status != STATUS_OBJECT_PATH_SYNTAX_BAD) {
        return status;
    }
    status = NtCreateFile(handle, access, &plain, io, size, file_attributes, share, disposition,
                          options & ~(ULONG)FILE_COMPLETE_IF_OPLOCKED, ea, ea_length);
    lab_name_free(&name);
    if (NT_SUCCESS(status))
        lab_handle_opened(*handle);
    return status;
}

NTSTATUS NTAPI lab_ZwOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                              PIO_STATUS_BLOCK io, ULONG share, ULONG options)
{
    return lab_ZwCreateFile(handle, access, attributes, io, NULL, 0, share, FILE_OPEN, options, NULL, 0);
}

/* Parameters and flags beyond ZwCreateFile's are ignored: IO_IGNORE_SHARE_ACCESS_CHECK cannot be had from
 * Wine, so a file that somebody holds exclusively cannot be opened here. */
NTSTATUS NTAPI lab_IoCreateFileEx(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                                  PIO_STATUS_BLOCK io, PLARGE_INTEGER size, ULONG file_attributes,
                                  ULONG share, ULONG disposition, ULONG options, PVOID ea, ULONG ea_length,
                                  CREATE_FILE_TYPE type, PVOID parameters, ULONG flags,
                                  PIO_DRIVER_CREATE_CONTEXT context)
{
    UNREFERENCED_PARAMETER(type);
    UNREFERENCED_PARAMETER(parameters);
    UNREFERENCED_PARAMETER(flags);
    UNREFERENCED_PARAMETER(context);
    return lab_ZwCreateFile(handle, access, attributes, io, size, file_attributes, share, disposition,
                            options, ea, ea_length);
}

NTSTATUS NTAPI lab_IoCreateFileSpecifyDeviceObjectHint(PHANDLE handle, ACCESS_MASK access,
                                                       POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                                                       PLARGE_INTEGER size, ULONG file_attributes,
                                                       ULONG share, ULONG disposition, ULONG options,
                                                       PVOID ea, ULONG ea_length, CREATE_FILE_TYPE type,
                                                       PVOID parameters, ULONG flags, PVOID device)
{
    UNREFERENCED_PARAMETER(device);
    return lab_IoCreateFileEx(handle, access, attributes, io, size, file_attributes, share, disposition,
                              options, ea, ea_length, type, parameters, flags, NULL);
}

/* FILE_NAME_INFORMATION: a path on its volume. What does not fit is cut, and the length says how long it is.
 */
static NTSTATUS give_name(const UNICODE_STRING *path, PIO_STATUS_BLOCK io, FILE_NAME_INFORMATION *information,
                          ULONG size)
{
    const ULONG fixed = FIELD_OFFSET(FILE_NAME_INFORMATION, FileName);
    ULONG fits = size - fixed < path->Length ? (size - fixed) & ~1u : path->Length;

    information->FileNameLength = path->Length;
    memcpy(information->FileName, path->Buffer, fits);
    io->Information = fixed + fits;
    io->Status = fits < path->Length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    return io->Status;
}

/* Class 9 gives the name as it was opened, which may have 8.3 parts; class 48 the normalised one. */
static NTSTATUS query_name(HANDLE handle, PIO_STATUS_BLOCK io, PVOID buffer, ULONG size, BOOLEAN normalised)
{
    struct lab_name name;
    UNICODE_STRING given;
    NTSTATUS status;

    if (size < FIELD_OFFSET(FILE_NAME_INFORMATION, FileName))
        return STATUS_INFO_LENGTH_MISMATCH;
    status = lab_name_of_handle(handle, &name);
    if (!NT_SUCCESS(status))
        return status;
    RtlInitUnicodeString(&given, name.given.Buffer + 6);
    status = give_name(normalised ? &name.path : &given, io, buffer, size);
    lab_name_free(&name);
    return status;
}

NTSTATUS NTAPI lab_ZwQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID buffer, ULONG size,
                                          FILE_INFORMATION_CLASS class)
{
    lab_require_passive("ZwQueryInformationFile");
    if (class == FileNameInformation || class == FileNormalizedNameInformation)
        return query_name(handle, io, buffer, size, class == FileNormalizedNameInformation);
    return NtQueryInformationFile(handle, io, buffer, size, class);
}

NTSTATUS NTAPI lab_ZwQueryVolumeInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID buffer, ULONG size,
                                                FS_INFORMATION_CLASS class)
{
    struct lab_name name;

    lab_require_passive("ZwQueryVolumeInformationFile");
    if (class != FileFsDeviceInformation || size < sizeof(FILE_FS_DEVICE_INFORMATION) ||
        !NT_SUCCESS(lab_name_of_handle(handle, &name)))
        return NtQueryVolumeInformationFile(handle, io, buffer, size, class);
    lab_volume_device_information(name.volume, buffer);
    lab_name_free(&name);
    io->Status = STATUS_SUCCESS;
    io->Information = sizeof(FILE_FS_DEVICE_INFORMATION);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI lab_ZwReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                              PIO_STATUS_BLOCK io, PVOID buffer, ULONG length, PLARGE_INTEGER offset,
                              PULONG key)
{
    lab_require_passive("ZwReadFile");
    return NtReadFile(handle, event, routine, context, io, buffer, length, offset, key);
}
