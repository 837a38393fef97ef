#include "identity.h"

#include "drive.h"
#include "name.h"
#include "optional.h"
#include "tamper.h"

/* Windows' own file systems on local disks; the first two have a change journal. */
static const struct vg_span local_file_systems[] = {
    {.bytes = u"\\FileSystem\\Ntfs", .size = 32},    {.bytes = u"\\FileSystem\\ReFS", .size = 32},
    {.bytes = u"\\FileSystem\\fastfat", .size = 38}, {.bytes = u"\\FileSystem\\exfat", .size = 34},
    {.bytes = u"\\FileSystem\\cdfs", .size = 32},    {.bytes = u"\\FileSystem\\udfs", .size = 32},
};
#define WITH_JOURNAL 2u
#define ALL          (sizeof(local_file_systems) / sizeof(local_file_systems[0]))

/* A user-mode file system can call itself NTFS and answer as it likes. The driver object's name it cannot
 * choose: it comes from a service's key below HKLM\SYSTEM. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_on_one_of_the_first(_In_ PFILE_OBJECT object,
                                                                      _In_ size_t count)
{
    PDEVICE_OBJECT device = IoGetBaseFileSystemDeviceObject(object);

    if (device == NULL || device->DriverObject == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (vg_text_equal_folded(vg_unicode_span(&device->DriverObject->DriverName), local_file_systems[i]))
            return true;
    }
    return false;
}

_Use_decl_annotations_
bool vg_identity_bytes_are_ours(const struct vg_file *file)
{
    return file->object != NULL && is_on_one_of_the_first(file->object, ALL) && !vg_drive_is_served(file);
}

/* Into an identity that is all zeros: a file index fills half of an id. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_ids(_In_ HANDLE handle, _Inout_ struct vg_identity *identity)
{
    struct vg_file_id_information id;
    FILE_INTERNAL_INFORMATION internal = {.IndexNumber = {.QuadPart = 0}};
    FILE_FS_VOLUME_INFORMATION volume = {.VolumeSerialNumber = 0};
    IO_STATUS_BLOCK io;
    NTSTATUS status = STATUS_SUCCESS;

    if (vg_optional.has_file_id_information &&
        NT_SUCCESS(ZwQueryInformationFile(handle, &io, &id, sizeof(id), VG_FILE_ID_INFORMATION_CLASS))) {
        identity->volume_serial = id.volume_serial;
        memcpy(identity->file_id, id.file_id, sizeof(identity->file_id));
        return STATUS_SUCCESS;
    }
    status = ZwQueryInformationFile(handle, &io, &internal, sizeof(internal), VG_FILE_INTERNAL_INFORMATION);
    if (NT_SUCCESS(status)) {
        memcpy(identity->file_id, &internal.IndexNumber, sizeof(internal.IndexNumber));
        status = ZwQueryVolumeInformationFile(handle, &io, &volume, sizeof(volume), FileFsVolumeInformation);
        if (status == STATUS_BUFFER_OVERFLOW) /* the label need not fit */
            status = STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status))
        identity->volume_serial = volume.VolumeSerialNumber;
    return status;
}

/* The file's place in the journal, from a record of which so many bytes were read. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    usn_of(_In_ const struct vg_usn_record *record, _In_ ULONG_PTR size, _Out_ int64_t *usn)
{
    if (size < sizeof(*record))
        return STATUS_INVALID_BUFFER_SIZE;
    if (record->major_version != 2 && record->major_version != 3)
        return STATUS_NOT_SUPPORTED;
    *usn = record->major_version == 2 ? record->v2.usn : record->v3.usn;
    return *usn == 0 ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS; /* 0: the journal knows nothing of the file */
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_usn(_In_ HANDLE handle, _Out_ int64_t *usn)
{
    union {
        struct vg_usn_record record;
        uint8_t room[sizeof(struct vg_usn_record) + 64 +
                     255 * sizeof(WCHAR)]; /* the record ends with the file's name */
    } answer;
    IO_STATUS_BLOCK io;
    NTSTATUS status = ZwFsControlFile(handle, NULL, NULL, NULL, &io, VG_FSCTL_READ_FILE_USN_DATA, NULL, 0,
                                      &answer, sizeof(answer));

    return NT_SUCCESS(status) ? usn_of(&answer.record, io.Information, usn) : status;
}

/* The journal's id is asked of the volume, as documented. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_journal(_In_ const struct vg_file *file, _Out_ uint64_t *id)
{
    struct vg_usn_journal journal;
    struct vg_string volume = {0};
    HANDLE handle = NULL;
    IO_STATUS_BLOCK io;
    NTSTATUS status = vg_name_of_object(file->object->DeviceObject, &volume);

    if (NT_SUCCESS(status))
        status = vg_file_open_volume(vg_string_span(&volume), &handle);
    vg_string_free(&volume);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwFsControlFile(handle, NULL, NULL, NULL, &io, VG_FSCTL_QUERY_USN_JOURNAL, NULL, 0, &journal,
                             sizeof(journal));
    ZwClose(handle);
    if (NT_SUCCESS(status) && io.Information < sizeof(journal))
        status = STATUS_INVALID_BUFFER_SIZE;
    if (NT_SUCCESS(status))
        *id = journal.journal_id;
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_identity_of(const struct vg_file *file, struct vg_identity *identity)
{
    struct vg_identity found = {0};
    NTSTATUS status = STATUS_SUCCESS;

    if (!file->same || !is_on_one_of_the_first(file->object, WITH_JOURNAL) ||
        vg_tamper_is_writable(file->object) || !vg_drive_stays(file))
        return STATUS_NOT_SUPPORTED;
    status = read_ids(file->handle, &found);
    if (NT_SUCCESS(status))
        status = read_journal(file, &found.journal_id);
    if (NT_SUCCESS(status))
        status = read_usn(file->handle, &found.usn);
    if (NT_SUCCESS(status))
        *identity = found;
    return status;
}

_Use_decl_annotations_
NTSTATUS vg_identity_close_record(const struct vg_file *file)
{
    int64_t usn = 0;
    IO_STATUS_BLOCK io;

    return ZwFsControlFile(file->handle, NULL, NULL, NULL, &io, VG_FSCTL_WRITE_USN_CLOSE_RECORD, NULL, 0,
                           &usn, sizeof(usn));
}
