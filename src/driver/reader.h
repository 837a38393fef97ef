/* Open handles as readers of the ring: their pended reads, one thread that completes them, and the quiesce
 * before a stop. */
#ifndef VG_DRIVER_READER_H
#define VG_DRIVER_READER_H

#include "kernel.h"

#include <vigil/abi.h>

struct vg_reader;

/* Starts the thread that completes pended reads. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_readers_start(void);

/* Ends it. No handle may be open. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_readers_stop(void);

/* There is something new in the ring. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_readers_wake(void);

/* How many handles are open. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t vg_readers_count(void);

/* A reader for a new handle. STATUS_TOO_MANY_OPENED_FILES beyond the bound. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_reader_open(_Out_ struct vg_reader **reader);

/* Ends the reader's pended reads: its last handle is closed (IRP_MJ_CLEANUP). */
_IRQL_requires_max_(APC_LEVEL) void vg_reader_cleanup(_Inout_ struct vg_reader *reader);

/* Frees it: its last request has ended (IRP_MJ_CLOSE). */
_IRQL_requires_max_(APC_LEVEL) void vg_reader_close(_In_ struct vg_reader *reader);

/* Serves a read, now or later: always returns STATUS_PENDING, or a status with which the caller completes the
 * request. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_reader_read(_Inout_ struct vg_reader *reader, _Inout_ PIRP irp);

/* Moves where the handle reads on, for reads that are pended too. */
_IRQL_requires_max_(APC_LEVEL) void vg_reader_seek(_Inout_ struct vg_reader *reader,
                                                   _In_ enum vg_abi_seek_to to);

/* Ends all pended reads with STATUS_CANCELLED; until vg_readers_resume new ones fail with
 * STATUS_DEVICE_NOT_READY. */
_IRQL_requires_max_(APC_LEVEL) void vg_readers_quiesce(void);

_IRQL_requires_max_(APC_LEVEL) void vg_readers_resume(void);

_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_readers_quiesced(void);

#endif
