/* What a file's content can be known again by: volume, file id, change journal and the file's place in it.
 * Names, sizes and times can all be forged; a journal only moves on when the file changes. */
#ifndef VG_DRIVER_IDENTITY_H
#define VG_DRIVER_IDENTITY_H

#include "file.h"

struct vg_identity {
    uint64_t volume_serial;
    uint64_t journal_id;
    int64_t usn;
    uint8_t file_id[16];
};

/* The identity of an open file's present content. Fails where there is none to rely on: any file system but
 * NTFS and ReFS, a network, a volume without an active journal, a file that user mode can still write through
 * a mapping, a drive that can be taken away: its bytes, journal and all, can be changed elsewhere. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_identity_of(_In_ const struct vg_file *file, _Out_ struct vg_identity *identity);

/* Whether this machine itself reads the file's bytes from a disk. Where a server, a user-mode file system or
 * a file in a place unknown supplies them, it can give one reader other bytes than the next. */
_IRQL_requires_max_(PASSIVE_LEVEL) bool vg_identity_bytes_are_ours(_In_ const struct vg_file *file);

/* Makes the journal begin a new record at the file's next change, also by somebody who has been writing all
 * along. Without it an identity could stay the same over a change. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_identity_close_record(_In_ const struct vg_file *file);

_IRQL_requires_max_(DISPATCH_LEVEL) static inline bool vg_identity_equal(_In_ const struct vg_identity *a,
                                                                         _In_ const struct vg_identity *b)
{
    return a->volume_serial == b->volume_serial && a->journal_id == b->journal_id && a->usn == b->usn &&
           memcmp(a->file_id, b->file_id, sizeof(a->file_id)) == 0;
}

#endif
