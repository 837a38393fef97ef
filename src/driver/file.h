/* The one module that opens, identifies, names and reads files. A file's facts are those of the very file
 * that was mapped, or they are unknown. PASSIVE_LEVEL with special APCs enabled throughout (the caller makes
 * sure). */
#ifndef VG_DRIVER_FILE_H
#define VG_DRIVER_FILE_H

#include "deadline.h"
#include "unicode.h"

/* Room to ask for names in, so that the pool is not asked: for two that are needed at once. Zero-initialised
 * but for `bytes`. */
#define VG_NAME_ROOM_SIZE 1024u
struct vg_name_room {
    bool taken[2];
    uint64_t bytes[2][VG_NAME_ROOM_SIZE / sizeof(uint64_t)];
};

/* What is known of the disk under a file. Zero-initialised: nothing. */
struct vg_disk {
    bool stays; /* it is one of those that are known to (volumes.h) */
    bool asked;
    ULONG bus; /* if asked: STORAGE_BUS_TYPE; 0: it does not say */
};

/* An opened executable. Zero-initialised it is one that is not open. */
struct vg_file {
    HANDLE handle;       /* FILE_READ_ATTRIBUTES; a kernel handle; NULL when it could not be opened */
    PFILE_OBJECT object; /* of the handle, referenced */
    bool same;           /* shown to be the file that is mapped: equal SectionObjectPointers */
    bool delete_known;   /* `delete_pending` has been established */
    bool delete_pending;
    struct vg_deadline *deadline; /* of reading its data; NULL: none. Kept by who opens it */
    struct vg_disk *disk; /* under the volume it lies on. Kept by who opens it and asks for it (drive.h) */
    struct vg_name_room *names; /* to ask for its names in; NULL: pool. Kept by who opens it */
};

/* Opens the file of the kernel's file object `given` a second time, relative to it. On failure `*file` is not
 * open, but may know whether the file is delete-pending. STATUS_FILE_CLOSED: it is a file object
 * of which no handle may be made. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_open_given(_In_ PFILE_OBJECT given, _Out_ struct vg_file *file);

/* Opens a file by its name below \Device. With `given` it is only opened if it is the same file
 * (STATUS_FILE_INVALID: another one has that name now); without, `file->same` stays false. On failure as
 * above. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_open_named(_In_opt_ PFILE_OBJECT given, _In_ struct vg_span name, _Out_ struct vg_file *file);

/* Opens a file that every Windows has on the volume that it runs from. On failure as above. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_open_of_windows(_Out_ struct vg_file *file);

/* Closes what is open. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_file_close(_Inout_ struct vg_file *file);

/* A file's data, opened for reading. */
struct vg_file_data {
    HANDLE handle;
    struct vg_deadline *deadline;
};

/* Opens a file that is open already a second time, for reading its data. A file whose reading would have to
 * wait for an oplock is refused with STATUS_SHARING_VIOLATION; when its deadline is past, with
 * STATUS_IO_TIMEOUT. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_open_data(_In_ const struct vg_file *file, _Out_ struct vg_file_data *data);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_file_close_data(_Inout_ struct vg_file_data *data);

/* Opens a volume by its device's name, to ask it questions. `*handle` is the caller's to close. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_open_volume(_In_ struct vg_span name, _Out_ HANDLE *handle);

/* Size in bytes. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_size(_In_ const struct vg_file_data *data, _Out_ uint64_t *size);

/* Reads at least one and up to `size` bytes at `offset`. At the end of the file: STATUS_END_OF_FILE. When the
 * deadline is past: STATUS_IO_TIMEOUT. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_read(_In_ const struct vg_file_data *data, _In_ uint64_t offset,
                 _Out_writes_bytes_to_(size, *done) void *buffer, _In_ uint32_t size, _Out_ uint32_t *done);

/* Reads a file of at most `limit` bytes whole, by its native name, into paged pool with `tag`, the caller's
 * to free. STATUS_FILE_TOO_LARGE beyond the limit, STATUS_END_OF_FILE for an empty file. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_file_read_whole(_In_ struct vg_span name, _In_ uint64_t limit, _In_ ULONG tag, _Out_ void **content,
                       _Out_ size_t *size);

#endif
