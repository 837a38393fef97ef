/* What a driver can ask of an open file or its volume. */
#include "fault.h"
#include "irql.h"
#include "object.h"
#include "pool.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

/* Classes that mingw-w64's headers lack; Windows 8 and later. */
#define NORMALIZED_NAME ((FILE_INFORMATION_CLASS)48)
#define FILE_ID         ((FILE_INFORMATION_CLASS)59)

struct file_id_information {
    ULONGLONG serial;
    uint64_t id[2];
};

static uint64_t refused_classes; /* a bit each */

void sim_refuse_file_class(int class, bool refused)
{
    uint64_t bit = (uint64_t)1 << class;

    refused_classes = refused ? refused_classes | bit : refused_classes & ~bit;
}

void sim_check_may_ask(const struct sim_file_object *opened, const char *routine)
{
    if (opened->object.Flags & FO_CLEANUP_COMPLETE)
        sim_violation("%s was sent to a file object whose last handle was closed (FO_CLEANUP_COMPLETE)",
                      routine);
    if (opened->somebody_elses)
        sim_violation("%s was sent to somebody else's file object, whose lock he may hold for ever", routine);
}

/* An open file for a request. */
static struct sim_file_object *file_of(HANDLE handle, const char *routine)
{
    struct sim_file_object *opened = sim_handle_object(handle, &sim_file_type, NULL, routine);

    sim_check_may_ask(opened, routine);
    return opened;
}

static NTSTATUS answer(PIO_STATUS_BLOCK io, void *out, ULONG length, const void *from, ULONG size)
{
    if (length < size)
        return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(out, from, size);
    io->Information = size;
    return STATUS_SUCCESS;
}

/* As much of the name as fits; STATUS_BUFFER_OVERFLOW with the whole length if not all does. What the buffer
 * holds behind it is nobody's word: here separators. */
static NTSTATUS answer_name(const struct sim_volume *volume, PIO_STATUS_BLOCK io, void *out, ULONG length,
                            UNICODE_STRING name)
{
    FILE_NAME_INFORMATION *information = out;
    ULONG capacity, room;

    if (length < sizeof(*information))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (volume->rootless_names && name.Length >= 2) {
        name.Buffer++;
        name.Length = (USHORT)(name.Length - 2);
    }
    capacity = length - (ULONG)offsetof(FILE_NAME_INFORMATION, FileName);
    room = min(capacity, (ULONG)name.Length);
    information->FileNameLength = volume->boasts_names ? capacity + 2 : name.Length;
    memcpy(information->FileName, name.Buffer, room);
    for (ULONG i = room / 2; i < capacity / 2; i++)
        information->FileName[i] = '\\';
    io->Information = offsetof(FILE_NAME_INFORMATION, FileName) + room;
    return room == name.Length ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/* The file's, or (only where the volume's normalised names have it) the stream's. */
static UNICODE_STRING normalized_name(const struct sim_volume *volume, const struct sim_file *file)
{
    UNICODE_STRING path = file->path;
    USHORT count = (USHORT)(path.Length / 2);

    for (USHORT i = count; !volume->names_streams && i > 0 && path.Buffer[i - 1] != '\\'; i--) {
        if (path.Buffer[i - 1] == ':')
            path.Length = (USHORT)((i - 1) * 2);
    }
    return sim_text_join(&volume->prefix, &path);
}

static NTSTATUS query_file(const struct sim_file_object *opened, PIO_STATUS_BLOCK io, void *out, ULONG length,
                           FILE_INFORMATION_CLASS class)
{
    const struct sim_file *file = opened->file;
    const struct sim_volume *volume = opened->volume;
    UNICODE_STRING name;
    NTSTATUS status;

    switch ((int)class) {
    case FileBasicInformation:
        return answer(io, out, length, &(FILE_BASIC_INFORMATION){.FileAttributes = FILE_ATTRIBUTE_NORMAL},
                      sizeof(FILE_BASIC_INFORMATION));
    case FileStandardInformation: {
        FILE_STANDARD_INFORMATION standard = {.NumberOfLinks = 1};
        standard.EndOfFile.QuadPart = (LONGLONG)(file->claimed_size ? file->claimed_size : file->size);
        standard.AllocationSize.QuadPart = (standard.EndOfFile.QuadPart + 4095) & ~4095ll;
        standard.DeletePending = (file->flags & (SIM_FILE_DELETE_PENDING | SIM_FILE_DELETED_SINCE)) != 0;
        return answer(io, out, length, &standard, sizeof(standard));
    }
    case FileInternalInformation:
        return answer(io, out, length,
                      &(LARGE_INTEGER){.QuadPart = volume->has_file_id ? (LONGLONG)file->id : 0},
                      sizeof(LARGE_INTEGER));
    case FileNameInformation:
        return answer_name(volume, io, out, length, opened->opened);
    case NORMALIZED_NAME:
        if (sim_windows() < SIM_WINDOWS_8_1)
            return STATUS_INVALID_INFO_CLASS;
        name = normalized_name(volume, file);
        status = answer_name(volume, io, out, length, name);
        sim_text_free(&name);
        return status;
    case FILE_ID:
        if (sim_windows() < SIM_WINDOWS_8_1)
            return STATUS_INVALID_INFO_CLASS;
        if (!volume->has_file_id)
            return STATUS_INVALID_PARAMETER;
        return answer(io, out, length, &(struct file_id_information){volume->serial, {file->id, 0}},
                      sizeof(struct file_id_information));
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS
ZwQueryInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID out, ULONG length,
                       FILE_INFORMATION_CLASS class) /* ntifs: PASSIVE_LEVEL, special kernel APCs enabled */
{
    struct sim_file_object *opened;
    NTSTATUS status;

    sim_file_service("ZwQueryInformationFile");
    opened = file_of(handle, "ZwQueryInformationFile");
    if (!opened->file)
        return STATUS_INVALID_PARAMETER;
    if (sim_fault("ZwQueryInformationFile"))
        return STATUS_INSUFFICIENT_RESOURCES;
    if ((refused_classes >> (unsigned)class & 1) != 0)
        return STATUS_INVALID_PARAMETER;
    io->Information = 0;
    pthread_mutex_lock(&sim_volume_lock);
    status = query_file(opened, io, out, length, class);
    pthread_mutex_unlock(&sim_volume_lock);
    io->Status = status;
    return status;
}

NTSTATUS ZwQueryVolumeInformationFile(HANDLE handle, PIO_STATUS_BLOCK io, PVOID out, ULONG length,
                                      FS_INFORMATION_CLASS class) /* ntifs: PASSIVE_LEVEL */
{
    struct sim_file_object *opened;
    const struct sim_volume *volume;
    NTSTATUS status;

    sim_file_service("ZwQueryVolumeInformationFile");
    opened = file_of(handle, "ZwQueryVolumeInformationFile");
    volume = opened->volume;
    if (sim_fault("ZwQueryVolumeInformationFile")) {
        memset(out, 0xFF, length); /* nothing says what a call that fails leaves there */
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    switch ((int)class) {
    case FileFsDeviceInformation:
        return answer(io, out, length,
                      &(FILE_FS_DEVICE_INFORMATION){volume->device_type,
                                                    volume->characteristics | FILE_DEVICE_IS_MOUNTED},
                      sizeof(FILE_FS_DEVICE_INFORMATION));
    case FileFsVolumeInformation: { /* with a label, which no caller has room for by accident */
        FILE_FS_VOLUME_INFORMATION information = {
            .VolumeSerialNumber = volume->serial, .SupportsObjects = TRUE, .VolumeLabelLength = 12};
        status = answer(io, out, length, &information, sizeof(information));
        return NT_SUCCESS(status) && length < sizeof(information) + 12 ? STATUS_BUFFER_OVERFLOW : status;
    }
    case FileFsAttributeInformation: {
        FILE_FS_ATTRIBUTE_INFORMATION *attribute = out;
        ULONG room;
        if (length < sizeof(*attribute))
            return STATUS_INFO_LENGTH_MISMATCH;
        room = min(length - (ULONG)offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName),
                   (ULONG)volume->file_system.Length);
        attribute->FileSystemAttributes = volume->has_usn ? 0x02000000u : 0u; /* FILE_SUPPORTS_USN_JOURNAL */
        attribute->MaximumComponentNameLength = 255;
        attribute->FileSystemNameLength = volume->file_system.Length;
        memcpy(attribute->FileSystemName, volume->file_system.Buffer, room);
        io->Information = offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName) + room;
        return room == volume->file_system.Length ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
    }
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

/* USN_RECORD_V3 (winioctl.h), up to what matters: ids of 128 bits. */
struct usn_record_v3 {
    ULONG length;
    USHORT major, minor;
    uint64_t id[2], parent[2];
    LONGLONG usn;
    UCHAR rest[36];
};

static NTSTATUS read_usn_v3(const struct sim_file_object *opened, LONGLONG usn, PIO_STATUS_BLOCK io,
                            void *out, ULONG length)
{
    struct usn_record_v3 record = {
        .length = sizeof(record), .major = (USHORT)opened->volume->usn_version, .usn = usn};

    record.id[0] = opened->file->id;
    if (length < sizeof(record))
        return STATUS_BUFFER_TOO_SMALL;
    return answer(io, out, length, &record, sizeof(record));
}

static NTSTATUS read_usn(const struct sim_file_object *opened, PIO_STATUS_BLOCK io, void *out, ULONG length)
{
    USN_RECORD record = {.MajorVersion = 2, .RecordLength = sizeof(record)};

    if (!opened->file)
        return STATUS_INVALID_PARAMETER;
    record.FileReferenceNumber = opened->file->id;
    record.Usn = opened->volume->empty_journal ? 0 : (LONGLONG)opened->file->usn;
    if (opened->volume->usn_version != 2)
        return read_usn_v3(opened, record.Usn, io, out, length);
    if (length < sizeof(record))
        return STATUS_BUFFER_TOO_SMALL;
    return answer(io, out, length, &record, sizeof(record));
}

/* ntifs FSCTL_WRITE_USN_CLOSE_RECORD: a record of its own, so the file's USN moves on; returns the new one.
 */
static NTSTATUS write_usn_close(const struct sim_file_object *opened, PIO_STATUS_BLOCK io, void *out,
                                ULONG length)
{
    if (!opened->file)
        return STATUS_INVALID_PARAMETER;
    if (length < sizeof(USN))
        return STATUS_BUFFER_TOO_SMALL;
    opened->volume->next_usn += 80;
    opened->file->usn = opened->volume->next_usn;
    return answer(io, out, length, &opened->file->usn, sizeof(USN));
}

/* The journal's id is asked of the volume itself. */
static NTSTATUS query_journal(const struct sim_file_object *opened, PIO_STATUS_BLOCK io, void *out,
                              ULONG length)
{
    USN_JOURNAL_DATA journal = {.UsnJournalID = opened->volume->journal_id};

    if (opened->file)
        return STATUS_INVALID_PARAMETER;
    journal.NextUsn = (LONGLONG)opened->volume->next_usn;
    if (length < sizeof(journal))
        return STATUS_BUFFER_TOO_SMALL;
    return answer(io, out, length, &journal, sizeof(journal));
}

NTSTATUS ZwFsControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context,
                         PIO_STATUS_BLOCK io, ULONG code, PVOID in, ULONG in_length, PVOID out,
                         ULONG out_length) /* ntifs: PASSIVE_LEVEL */
{
    struct sim_file_object *opened;
    NTSTATUS status;

    (void)event, (void)apc, (void)apc_context, (void)in, (void)in_length;
    sim_file_service("ZwFsControlFile");
    opened = file_of(handle, "ZwFsControlFile");
    if (!(opened->object.Flags & FO_SYNCHRONOUS_IO))
        sim_violation("ZwFsControlFile was called on a handle that is not for synchronous I/O");
    if (sim_fault("ZwFsControlFile"))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!opened->volume->has_usn || opened->direct)
        return STATUS_INVALID_DEVICE_REQUEST;
    io->Information = 0;
    pthread_mutex_lock(&sim_volume_lock);
    if (code == FSCTL_READ_FILE_USN_DATA)
        status = read_usn(opened, io, out, out_length);
    else if (code == FSCTL_WRITE_USN_CLOSE_RECORD)
        status = write_usn_close(opened, io, out, out_length);
    else if (code == FSCTL_QUERY_USN_JOURNAL)
        status = query_journal(opened, io, out, out_length);
    else
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (opened->volume->usn_room != 0 && code == FSCTL_READ_FILE_USN_DATA)
        io->Information = min(io->Information, opened->volume->usn_room);
    pthread_mutex_unlock(&sim_volume_lock);
    io->Status = status;
    return status;
}

NTSTATUS IoVolumeDeviceToDosName(PVOID device,
                                 PUNICODE_STRING name) /* ntddk: PASSIVE_LEVEL, special APCs enabled */
{
    const struct sim_volume *volume;
    UNICODE_STRING made;

    sim_file_service("IoVolumeDeviceToDosName");
    sim_object_type(device, "IoVolumeDeviceToDosName");
    volume = ((PDEVICE_OBJECT)device)->DeviceExtension;
    if (sim_fault("IoVolumeDeviceToDosName"))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (volume->prefix.Length || sim_is_booting())
        return STATUS_INVALID_DEVICE_REQUEST;
    made = volume->letter.Length ? sim_text_copy(&volume->letter)
                                 : sim_text("\\\\?\\Volume{01234567-89ab-cdef-0123-456789abcdef}");
    name->Length = made.Length;
    name->MaximumLength = (USHORT)(made.Length + 2);
    name->Buffer = sim_pool_give(made.Length + 2u, 0x6E446F49); /* 'IoDn' */
    memcpy(name->Buffer, made.Buffer, made.Length + 2u);
    sim_text_free(&made);
    return STATUS_SUCCESS;
}

PDEVICE_OBJECT IoGetBaseFileSystemDeviceObject(PFILE_OBJECT file) /* ntifs: <= DISPATCH_LEVEL */
{
    sim_object_type(file, "IoGetBaseFileSystemDeviceObject");
    return ((struct sim_file_object *)file)->volume->fs_device;
}

PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT file) /* wdm: <= DISPATCH_LEVEL */
{
    return IoGetBaseFileSystemDeviceObject(file);
}

PDEVICE_OBJECT IoGetAttachedDeviceReference(PDEVICE_OBJECT device) /* wdm: <= DISPATCH_LEVEL */
{
    sim_max_irql(DISPATCH_LEVEL, "IoGetAttachedDeviceReference");
    sim_object_ref_for_driver(device, "IoGetAttachedDeviceReference");
    return device;
}

PTXN_PARAMETER_BLOCK IoGetTransactionParameterBlock(PFILE_OBJECT file) /* ntddk */
{
    struct sim_file_object *opened = (struct sim_file_object *)file;

    sim_object_type(file, "IoGetTransactionParameterBlock");
    return opened->transacted ? &opened->transaction : NULL;
}

/* ntifs: PASSIVE_LEVEL. The name, NUL-terminated, behind the structure; STATUS_INFO_LENGTH_MISMATCH with the
 * size needed. */
NTSTATUS ObQueryNameString(PVOID object, POBJECT_NAME_INFORMATION information, ULONG length, PULONG needed)
{
    POBJECT_TYPE type = sim_object_type(object, "ObQueryNameString");
    UNICODE_STRING name;
    ULONG size;

    sim_file_service("ObQueryNameString");
    if (sim_fault("ObQueryNameString"))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (type == &sim_file_type) {
        const struct sim_file_object *opened = object;
        sim_check_may_ask(opened, "ObQueryNameString"); /* it asks the file system */
        name = sim_text_join(&opened->volume->device_name, &opened->opened);
    } else if (type == &sim_device_type && ((PDEVICE_OBJECT)object)->DriverObject->DriverName.Length) {
        const struct sim_volume *volume = ((PDEVICE_OBJECT)object)->DeviceExtension;
        name = object == volume->device ? sim_text_copy(&volume->device_name) : sim_text("");
    } else {
        name = sim_text("");
    }
    size = (ULONG)sizeof(*information) + (name.Length ? name.Length + 2u : 0u);
    *needed = size;
    if (length < size) {
        sim_text_free(&name);
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    information->Name = (UNICODE_STRING){0};
    if (name.Length) {
        information->Name.Length = name.Length;
        information->Name.MaximumLength = (USHORT)(name.Length + 2);
        information->Name.Buffer = (PWSTR)(void *)(information + 1);
        memcpy(information->Name.Buffer, name.Buffer, name.Length + 2u);
    }
    sim_text_free(&name);
    return STATUS_SUCCESS;
}
