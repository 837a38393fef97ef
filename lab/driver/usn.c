/* The USN journal. Wine has none; its answers come from the host file: the USN is the time of the inode's
 * last change, which no program can set, and which grows with every write. */
#include "context.h"
#include "name.h"
#include "volume.h"
#include "zwfile.h"

#define DRIVE_FIXED_VALUE 3u

/* ntifs.h */
struct usn_journal_data {
    ULONGLONG journal_id;
    LONGLONG first, next, lowest_valid, max;
    ULONGLONG maximum_size, allocation_delta;
};

struct usn_record {
    ULONG record_length;
    USHORT major, minor;
    ULONGLONG file_reference, parent_reference;
    LONGLONG usn;
    LARGE_INTEGER time;
    ULONG reason, source, security_id, file_attributes;
    USHORT name_length, name_offset;
    WCHAR name[2]; /* the lab gives none */
};

static NTSTATUS query(HANDLE handle, LONGLONG *usn, ULONGLONG *file_id)
{
    FILE_BASIC_INFORMATION basic;
    FILE_INTERNAL_INFORMATION internal;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(handle, &io, &basic, sizeof(basic), FileBasicInformation);

    if (NT_SUCCESS(status))
        status = NtQueryInformationFile(handle, &io, &internal, sizeof(internal), FileInternalInformation);
    if (NT_SUCCESS(status)) {
        *usn = basic.ChangeTime.QuadPart;
        *file_id = (ULONGLONG)internal.IndexNumber.QuadPart;
    }
    return status;
}

static NTSTATUS answer(PIO_STATUS_BLOCK io, PVOID output, ULONG output_size, const void *data, ULONG size)
{
    if (output_size < size)
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(output, data, size);
    io->Information = size;
    return io->Status = STATUS_SUCCESS;
}

static BOOLEAN has_journal(HANDLE handle)
{
    struct lab_name name;
    BOOLEAN fixed = FALSE;

    if (NT_SUCCESS(lab_name_of_handle(handle, &name))) {
        fixed = name.volume->drive_type == DRIVE_FIXED_VALUE;
        lab_name_free(&name);
    }
    return fixed;
}

NTSTATUS NTAPI lab_ZwFsControlFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE routine, PVOID context,
                                   PIO_STATUS_BLOCK io, ULONG code, PVOID input, ULONG input_size,
                                   PVOID output, ULONG output_size)
{
    struct usn_journal_data journal = {
        .journal_id = 0x01D9000000000001ull, .max = INT64_MAX, .next = INT64_MAX};
    struct usn_record record = {.record_length = sizeof(record), .major = 2, .name_offset = 60};
    NTSTATUS status;

    lab_require_passive("ZwFsControlFile");
    if (code != FSCTL_QUERY_USN_JOURNAL && code != FSCTL_READ_FILE_USN_DATA &&
        code != FSCTL_WRITE_USN_CLOSE_RECORD)
        return NtFsControlFile(handle, event, routine, context, io, code, input, input_size, output,
                               output_size);
    if (!has_journal(handle)) /* FAT, network file systems */
        return STATUS_INVALID_DEVICE_REQUEST;
    if (code == FSCTL_QUERY_USN_JOURNAL)
        return answer(io, output, output_size, &journal, sizeof(journal));
    status = query(handle, &record.usn, &record.file_reference);
    if (!NT_SUCCESS(status))
        return status;
    if (code == FSCTL_WRITE_USN_CLOSE_RECORD)
        return answer(io, output, output_size, &record.usn, sizeof(record.usn));
    return answer(io, output, output_size, &record, sizeof(record));
}
