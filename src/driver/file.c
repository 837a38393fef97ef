#include "file.h"

#include "bounds.h"
#include "counters.h"
#include "memory.h"
#include "optional.h"
#include "system.h"

#define READ_AT_ONCE (1024u * 1024u)

/* Opens `name` relative to `root` (NULL: from the object manager's root), as the kernel itself: no access
 * check, no share check. An oplock is not waited for. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    open_file(_In_opt_ HANDLE root, _In_ struct vg_span name, _In_ ACCESS_MASK access, _In_ ULONG options,
              _In_ ULONG dont_reparse, _Out_ HANDLE *handle)
{
    UNICODE_STRING string = {.Length = (USHORT)name.size,
                             .MaximumLength = (USHORT)name.size,
                             .Buffer = (PWSTR)(ULONG_PTR)name.bytes};
    OBJECT_ATTRIBUTES attributes;
    HANDLE opened = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (name.size > UNICODE_STRING_MAX_BYTES)
        return STATUS_NAME_TOO_LONG;
    InitializeObjectAttributes(&attributes, &string, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE | dont_reparse,
                               root, NULL);
    status = vg_system_open(access | SYNCHRONIZE, &attributes,
                            FILE_SYNCHRONOUS_IO_NONALERT | FILE_COMPLETE_IF_OPLOCKED | options, &opened);
    if (!NT_SUCCESS(status))
        return status;
    if (status == STATUS_OPLOCK_BREAK_IN_PROGRESS) {
        ZwClose(opened);
        return STATUS_SHARING_VIOLATION;
    }
    *handle = opened;
    return STATUS_SUCCESS;
}

static const struct vg_span no_name = {.bytes = u"", .size = 0};

_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_same(_In_ PFILE_OBJECT a, _In_ PFILE_OBJECT b)
{
    return a->SectionObjectPointer != NULL && a->SectionObjectPointer == b->SectionObjectPointer;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void note_delete_pending(_Inout_ struct vg_file *file)
{
    file->delete_known = true;
    file->delete_pending = true;
}

/* What could be opened anew is not waiting to be deleted as a rule, but it may be since. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void ask_delete_pending(_Inout_ struct vg_file *file)
{
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK io;

    file->delete_known = true;
    file->delete_pending = NT_SUCCESS(ZwQueryInformationFile(file->handle, &io, &standard, sizeof(standard),
                                                             FileStandardInformation)) &&
                           standard.DeletePending != FALSE;
}

/* The object of a fresh handle, and whether it is the given file's. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    adopt(_In_opt_ PFILE_OBJECT given, _Inout_ struct vg_file *file)
{
    PVOID object = NULL;
    NTSTATUS status = ObReferenceObjectByHandle(file->handle, FILE_READ_ATTRIBUTES, vg_file_object_type(),
                                                KernelMode, &object, NULL);

    if (NT_SUCCESS(status)) {
        file->object = object;
        file->same = given != NULL && is_same(given, file->object);
        if (file->same)
            ask_delete_pending(file);
        if (given == NULL || file->same) {
            vg_count(&vg_counters.files_opened);
            return STATUS_SUCCESS;
        }
        status = STATUS_FILE_INVALID; /* another file has taken the name */
    }
    vg_file_close(file);
    return status;
}

/* What came of opening the file anew: `status` is vg_system_open's. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    take(_In_ NTSTATUS status, _In_opt_ PFILE_OBJECT given, _Inout_ struct vg_file *file)
{
    if (status == STATUS_DELETE_PENDING || status == STATUS_FILE_DELETED)
        note_delete_pending(file);
    return NT_SUCCESS(status) ? adopt(given, file) : status;
}

/* `given` is user mode's, and not always the creator's: no request is sent to it. It would wait for the file
 * object's lock, which its owner can hold for ever (a lock of a byte range on a synchronous handle). Closing
 * a handle waits for that lock too where the owner has locked a range. And it may be the section's first file
 * object, closed long ago: then nothing may be asked of it. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool may_open_relative_to(_In_ PFILE_OBJECT given)
{
    return (given->Flags & VG_FO_CLEANUP_COMPLETE) == 0 && !given->LockOperation;
}

_Use_decl_annotations_
NTSTATUS vg_file_open_given(PFILE_OBJECT given, struct vg_file *file)
{
    HANDLE handle = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    memset(file, 0, sizeof(*file));
    if (!may_open_relative_to(given))
        return STATUS_FILE_CLOSED;
    status = ObOpenObjectByPointer(given, OBJ_KERNEL_HANDLE, NULL, FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                                   vg_file_object_type(), KernelMode, &handle);
    if (!NT_SUCCESS(status))
        return status;
    /* The file system parses the name relative to the object; the object itself is asked nothing. Its owner
     * may have closed it since: looked at once more, that is nearly excluded. */
    status = STATUS_FILE_CLOSED;
    if (may_open_relative_to(given))
        status = open_file(handle, no_name, FILE_READ_ATTRIBUTES, FILE_NON_DIRECTORY_FILE, 0, &file->handle);
    ZwClose(handle);
    return take(status, given, file);
}

_Use_decl_annotations_
NTSTATUS vg_file_open_named(PFILE_OBJECT given, struct vg_span name, struct vg_file *file)
{
    memset(file, 0, sizeof(*file));
    return take(open_file(NULL, name, FILE_READ_ATTRIBUTES, FILE_NON_DIRECTORY_FILE, vg_optional.dont_reparse,
                          &file->handle),
                given, file);
}

_Use_decl_annotations_
NTSTATUS vg_file_open_of_windows(struct vg_file *file)
{
    memset(file, 0, sizeof(*file));
    /* \SystemRoot is a link of the object manager's, which OBJ_DONT_REPARSE would refuse to follow. */
    return take(open_file(NULL, VG_LITERAL_SPAN(u"\\SystemRoot\\System32\\ntdll.dll"), FILE_READ_ATTRIBUTES,
                          FILE_NON_DIRECTORY_FILE, 0, &file->handle),
                NULL, file);
}

_Use_decl_annotations_
void vg_file_close(struct vg_file *file)
{
    if (file->object != NULL)
        ObDereferenceObject(file->object);
    if (file->handle != NULL)
        ZwClose(file->handle);
    file->object = NULL;
    file->handle = NULL;
    file->same = false;
}

_Use_decl_annotations_
NTSTATUS vg_file_open_data(const struct vg_file *file, struct vg_file_data *data)
{
    NTSTATUS status = vg_deadline_check(file->deadline);

    if (!NT_SUCCESS(status))
        return status;
    data->deadline = file->deadline;
    return open_file(file->handle, no_name, FILE_READ_DATA | FILE_READ_ATTRIBUTES, FILE_NON_DIRECTORY_FILE, 0,
                     &data->handle);
}

_Use_decl_annotations_
void vg_file_close_data(struct vg_file_data *data)
{
    ZwClose(data->handle);
    data->handle = NULL;
}

_Use_decl_annotations_
NTSTATUS vg_file_open_volume(struct vg_span name, HANDLE *handle)
{
    /* With FILE_READ_ATTRIBUTES alone this would open the storage device below the file system, which knows
     * nothing of journals (IoGetRelatedDeviceObject's page). */
    return open_file(NULL, name, FILE_READ_DATA | FILE_READ_ATTRIBUTES, 0, 0, handle);
}

_Use_decl_annotations_
NTSTATUS vg_file_size(const struct vg_file_data *data, uint64_t *size)
{
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK io;
    NTSTATUS status =
        ZwQueryInformationFile(data->handle, &io, &standard, sizeof(standard), FileStandardInformation);

    if (!NT_SUCCESS(status))
        return status;
    *size = (uint64_t)standard.EndOfFile.QuadPart;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS vg_file_read(const struct vg_file_data *data, uint64_t offset, void *buffer, uint32_t size,
                      uint32_t *done)
{
    LARGE_INTEGER position = {.QuadPart = (LONGLONG)offset};
    IO_STATUS_BLOCK io = {.Information = 0};
    NTSTATUS status = vg_deadline_check(data->deadline);

    if (NT_SUCCESS(status))
        status = ZwReadFile(data->handle, NULL, NULL, NULL, &io, buffer, size, &position, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (io.Information == 0)
        return STATUS_END_OF_FILE;
    *done = (uint32_t)io.Information;
    return STATUS_SUCCESS;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    read_all(_In_ const struct vg_file_data *data, _Out_writes_bytes_(size) uint8_t *content,
             _In_ size_t size)
{
    size_t filled = 0;

    while (filled < size) {
        uint32_t wanted = (uint32_t)vg_lesser(size - filled, READ_AT_ONCE);
        uint32_t done = 0;
        NTSTATUS status = vg_file_read(data, filled, content + filled, wanted, &done);

        if (!NT_SUCCESS(status))
            return status;
        filled += done;
    }
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
NTSTATUS vg_file_read_whole(struct vg_span name, uint64_t limit, ULONG tag, void **content, size_t *size)
{
    struct vg_file_data data = {.handle = NULL};
    void *read = NULL;
    uint64_t length = 0;
    NTSTATUS status = open_file(NULL, name, FILE_READ_DATA | FILE_READ_ATTRIBUTES, FILE_NON_DIRECTORY_FILE, 0,
                                &data.handle);

    if (!NT_SUCCESS(status))
        return status;
    status = vg_file_size(&data, &length);
    if (NT_SUCCESS(status) && (length == 0 || length > limit))
        status = length == 0 ? STATUS_END_OF_FILE : STATUS_FILE_TOO_LARGE;
    if (!NT_SUCCESS(status))
        goto close;
    read = vg_allocate(VG_PAGED, (size_t)length, tag);
    if (read == NULL) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        goto close;
    }
    status = read_all(&data, read, (size_t)length);
    if (!NT_SUCCESS(status)) {
        vg_free(read, tag);
        goto close;
    }
    *content = read;
    *size = (size_t)length;
close:
    vg_file_close_data(&data);
    return status;
}
