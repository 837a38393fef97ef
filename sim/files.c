/* Opening and reading files, as a driver does. */
#include "fault.h"
#include "irql.h"
#include "object.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

#define OBJ_DONT_REPARSE 0x1000u /* Windows 10 1607 */

static NTSTATUS check_open_arguments(ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, ULONG options,
                                     ULONG disposition)
{
    ULONG known = OBJ_VALID_ATTRIBUTES | (sim_windows() >= SIM_WINDOWS_10_2004 ? OBJ_DONT_REPARSE : 0u);

    if (attributes->Length != sizeof(*attributes) || (attributes->Attributes & ~known))
        return STATUS_INVALID_PARAMETER;
    if (attributes->ObjectName->Length & 1)
        return STATUS_OBJECT_NAME_INVALID;
    if ((options & (FILE_SYNCHRONOUS_IO_NONALERT | FILE_SYNCHRONOUS_IO_ALERT)) && !(access & SYNCHRONIZE))
        return STATUS_INVALID_PARAMETER;
    if (disposition != FILE_OPEN)
        sim_violation(
            "a driver under test opened a file with the disposition %u; the sim's files are only opened",
            disposition);
    return STATUS_SUCCESS;
}

/* Whether the file's state lets it be opened. STATUS_OPLOCK_BREAK_IN_PROGRESS is a success. Under
 * sim_volume_lock. */
static NTSTATUS check_open_state(const struct sim_file *file, ULONG options, ULONG io_options,
                                 const char *routine)
{
    if (file->flags & SIM_FILE_DELETE_PENDING)
        return STATUS_DELETE_PENDING;
    if (file->flags & SIM_FILE_ACCESS_DENIED)
        return STATUS_ACCESS_DENIED;
    if ((file->flags & SIM_FILE_SHARE_NONE) && !(io_options & IO_IGNORE_SHARE_ACCESS_CHECK))
        return STATUS_SHARING_VIOLATION;
    if (!(file->flags & SIM_FILE_OPLOCKED))
        return STATUS_SUCCESS;
    if (!(options & FILE_COMPLETE_IF_OPLOCKED))
        sim_violation(
            "%s opened an oplocked file without FILE_COMPLETE_IF_OPLOCKED: it would hang until the oplock's "
            "owner answers",
            routine);
    return STATUS_OPLOCK_BREAK_IN_PROGRESS;
}

struct target {
    struct sim_volume *volume;
    struct sim_file *file; /* NULL: the volume, or its root */
    UNICODE_STRING path;   /* as opened; the caller's to free */
    const struct sim_file_object *related;
};

static NTSTATUS find_by_name(const OBJECT_ATTRIBUTES *attributes, ULONG options, struct target *target)
{
    bool dont_reparse = (attributes->Attributes & OBJ_DONT_REPARSE) != 0;
    bool reparsed, junction = false, root;
    NTSTATUS status = sim_parse_name(attributes->ObjectName, PsGetCurrentProcess(), &target->volume,
                                     &target->path, &reparsed);

    if (!NT_SUCCESS(status))
        return reparsed && dont_reparse ? STATUS_REPARSE_POINT_ENCOUNTERED : status;
    root = target->path.Length <= 2;
    pthread_mutex_lock(&sim_volume_lock);
    target->file = root ? NULL : sim_lookup(&target->volume, &target->path, &junction);
    if (junction && target->file) { /* a junction changes the name that the file object has */
        sim_text_free(&target->path);
        target->path = sim_text_copy(&target->file->path);
    }
    pthread_mutex_unlock(&sim_volume_lock);
    if (dont_reparse && (reparsed || junction))
        status = STATUS_REPARSE_POINT_ENCOUNTERED;
    else if (!root && !target->file)
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    else if (target->path.Length == 2 && (options & FILE_NON_DIRECTORY_FILE))
        status = STATUS_FILE_IS_A_DIRECTORY;
    if (!NT_SUCCESS(status))
        sim_text_free(&target->path);
    return status;
}

static NTSTATUS find_by_handle(const OBJECT_ATTRIBUTES *attributes, struct target *target,
                               const char *routine)
{
    struct sim_file_object *root =
        sim_handle_object(attributes->RootDirectory, &sim_file_type, NULL, routine);

    if (attributes->ObjectName->Length)
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    if (!root->file)
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (root->object.Flags & FO_CLEANUP_COMPLETE)
        sim_violation("%s opened relative to a file object whose last handle is closed (FO_CLEANUP_COMPLETE)",
                      routine);
    target->volume = root->volume;
    target->file = root->file;
    target->path = sim_text("");
    target->related = root;
    return STATUS_SUCCESS;
}

/* A device's own name opened without a right that needs the file system leads to the storage stack: no volume
 * is mounted for it (wdm, IoGetRelatedDeviceObject). */
static bool is_direct(ACCESS_MASK access)
{
    return (access &
            ~(ACCESS_MASK)(SYNCHRONIZE | FILE_READ_ATTRIBUTES | READ_CONTROL | WRITE_DAC | WRITE_OWNER)) == 0;
}

static NTSTATUS open_file(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                          PIO_STATUS_BLOCK io, ULONG options, ULONG disposition, ULONG io_options,
                          const char *routine)
{
    struct target target = {0};
    void (*meanwhile)(void) = NULL;
    struct sim_file_object *opened;
    NTSTATUS status = check_open_arguments(access, attributes, options, disposition);

    sim_file_service(routine);
    if (NT_SUCCESS(status) && sim_fault(routine))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status))
        return status;
    status = attributes->RootDirectory ? find_by_handle(attributes, &target, routine)
                                       : find_by_name(attributes, options, &target);
    if (!NT_SUCCESS(status))
        return status;
    pthread_mutex_lock(&sim_volume_lock);
    if (target.file) {
        status = target.file->refusal;
        target.file->refused_opens += !NT_SUCCESS(status);
        if (NT_SUCCESS(status))
            status = check_open_state(target.file, options, io_options, routine);
        target.file->opens += NT_SUCCESS(status);
        meanwhile = target.file->while_opened;
    }
    pthread_mutex_unlock(&sim_volume_lock);
    if (meanwhile)
        meanwhile();
    if (NT_SUCCESS(status)) {
        opened = sim_file_object_new(target.volume, target.file, &target.path);
        opened->options = options;
        opened->direct = !target.file && !target.path.Length && is_direct(access);
        opened->object.ReadAccess = (access & (FILE_READ_DATA | FILE_EXECUTE | GENERIC_READ)) != 0;
        if (options & FILE_SYNCHRONOUS_IO_NONALERT)
            opened->object.Flags |= FO_SYNCHRONOUS_IO;
        if (target.related) {
            sim_text_free(&opened->opened);
            opened->opened = sim_text_copy(&target.related->opened);
        }
        *handle = sim_handle_make(opened, access, attributes->Attributes, routine);
        sim_object_unref(opened);
        io->Status = status;
        io->Information = FILE_OPENED;
    }
    sim_text_free(&target.path);
    return status;
}

/* ntddk: PASSIVE_LEVEL, special kernel APCs enabled; Windows Vista. */
NTSTATUS IoCreateFileEx(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                        PIO_STATUS_BLOCK io, PLARGE_INTEGER allocation, ULONG file_attributes, ULONG share,
                        ULONG disposition, ULONG options, PVOID ea, ULONG ea_length, CREATE_FILE_TYPE type,
                        PVOID parameters, ULONG io_options, PIO_DRIVER_CREATE_CONTEXT context)
{
    (void)allocation, (void)file_attributes, (void)share, (void)ea, (void)ea_length, (void)parameters,
        (void)context;
    if (type != CreateFileTypeNone)
        return STATUS_INVALID_PARAMETER;
    sim_since(SIM_WINDOWS_7, "IoCreateFileEx");
    return open_file(handle, access, attributes, io, options, disposition, io_options, "IoCreateFileEx");
}

/* ntddk: PASSIVE_LEVEL, special kernel APCs enabled; Windows XP. Without a device it is IoCreateFile that
 * knows IO_IGNORE_SHARE_ACCESS_CHECK. */
NTSTATUS IoCreateFileSpecifyDeviceObjectHint(PHANDLE handle, ACCESS_MASK access,
                                             POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                                             PLARGE_INTEGER allocation, ULONG file_attributes, ULONG share,
                                             ULONG disposition, ULONG options, PVOID ea, ULONG ea_length,
                                             CREATE_FILE_TYPE type, PVOID parameters, ULONG io_options,
                                             PVOID device)
{
    (void)allocation, (void)file_attributes, (void)share, (void)ea, (void)ea_length, (void)parameters;
    if (type != CreateFileTypeNone)
        return STATUS_INVALID_PARAMETER;
    if (device)
        sim_violation(
            "IoCreateFileSpecifyDeviceObjectHint was given a device: the sim has no stacks of filters");
    return open_file(handle, access, attributes, io, options, disposition, io_options,
                     "IoCreateFileSpecifyDeviceObjectHint");
}

NTSTATUS IoCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                      PLARGE_INTEGER allocation, ULONG file_attributes, ULONG share, ULONG disposition,
                      ULONG options, PVOID ea, ULONG ea_length, CREATE_FILE_TYPE type, PVOID parameters,
                      ULONG io_options) /* wdm */
{
    (void)allocation, (void)file_attributes, (void)share, (void)ea, (void)ea_length, (void)parameters;
    if (type != CreateFileTypeNone)
        return STATUS_INVALID_PARAMETER;
    return open_file(handle, access, attributes, io, options, disposition, io_options, "IoCreateFile");
}

NTSTATUS ZwCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                      PLARGE_INTEGER allocation, ULONG file_attributes, ULONG share, ULONG disposition,
                      ULONG options, PVOID ea,
                      ULONG ea_length) /* wdm: PASSIVE_LEVEL, special kernel APCs enabled */
{
    (void)allocation, (void)file_attributes, (void)share, (void)ea, (void)ea_length;
    return open_file(handle, access, attributes, io, options, disposition, 0, "ZwCreateFile");
}

NTSTATUS ZwOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, PIO_STATUS_BLOCK io,
                    ULONG share, ULONG options) /* wdm: PASSIVE_LEVEL, special kernel APCs enabled */
{
    (void)share;
    return open_file(handle, access, attributes, io, options, FILE_OPEN, 0, "ZwOpenFile");
}

/* ntifs: PASSIVE_LEVEL, special kernel APCs enabled. */
NTSTATUS ZwReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID apc_context, PIO_STATUS_BLOCK io,
                    PVOID buffer, ULONG length, PLARGE_INTEGER offset, PULONG key)
{
    ACCESS_MASK access;
    struct sim_file_object *opened;
    NTSTATUS status = STATUS_SUCCESS;
    void (*meanwhile)(void);
    uint64_t at;

    (void)event, (void)apc, (void)apc_context, (void)key;
    sim_file_service("ZwReadFile");
    opened = sim_handle_object(handle, &sim_file_type, &access, "ZwReadFile");
    sim_check_may_ask(opened, "ZwReadFile");
    if (!(opened->object.Flags & FO_SYNCHRONOUS_IO))
        sim_violation(
            "ZwReadFile was called on a handle that is not for synchronous I/O: it may return before the "
            "data is there");
    if (!opened->file)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!(access & (FILE_READ_DATA | FILE_EXECUTE | GENERIC_READ)))
        return STATUS_ACCESS_DENIED;
    if (sim_fault("ZwReadFile"))
        return STATUS_DEVICE_DATA_ERROR;
    pthread_mutex_lock(&sim_volume_lock);
    meanwhile = opened->file->while_read;
    pthread_mutex_unlock(&sim_volume_lock);
    if (meanwhile)
        meanwhile();
    at = offset ? (uint64_t)offset->QuadPart : (uint64_t)opened->object.CurrentByteOffset.QuadPart;
    pthread_mutex_lock(&sim_volume_lock);
    if ((opened->file->flags & SIM_FILE_READ_FAILS) && at + length > opened->file->size / 2) {
        status = STATUS_DEVICE_DATA_ERROR;
    } else if (at >= opened->file->size) {
        status = STATUS_END_OF_FILE;
    } else {
        bool nothing = (opened->file->flags & SIM_FILE_READS_NOTHING) != 0;
        size_t count = nothing ? 0 : (size_t)min((uint64_t)length, opened->file->size - at);
        memcpy(buffer, opened->file->content + at, count);
        opened->file->bytes_read += (unsigned)count;
        opened->object.CurrentByteOffset.QuadPart = (LONGLONG)(at + count);
        io->Information = count;
    }
    pthread_mutex_unlock(&sim_volume_lock);
    if (!NT_SUCCESS(status))
        io->Information = 0;
    io->Status = status;
    return status;
}

/* ntifs: PASSIVE_LEVEL. Of a file with FO_CLEANUP_COMPLETE a handle can be made; no request may be sent to
 * it. */
NTSTATUS ObOpenObjectByPointer(PVOID object, ULONG attributes, PACCESS_STATE state, ACCESS_MASK access,
                               POBJECT_TYPE type, KPROCESSOR_MODE mode, PHANDLE handle)
{
    (void)state, (void)mode;
    sim_service("ObOpenObjectByPointer");
    if (type && type != sim_object_type(object, "ObOpenObjectByPointer"))
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (sim_fault("ObOpenObjectByPointer"))
        return STATUS_INSUFFICIENT_RESOURCES;
    *handle = sim_handle_make(object, access, attributes, "ObOpenObjectByPointer");
    return STATUS_SUCCESS;
}
