/* The event ring: variable-length records with sequence numbers, any number of readers, each with its own
 * cursor. A reader that falls behind is told exactly which records it will never see. Writers never wait for
 * readers. */
#ifndef VG_DRIVER_RING_H
#define VG_DRIVER_RING_H

#include "kernel.h"

#include <vigil/abi.h>

struct vg_ring;

/* Where one reader stands. Private to ring.c; zero it before vg_ring_attach. */
struct vg_ring_cursor {
    LIST_ENTRY link;
    uint64_t next;     /* sequence of the next record to deliver */
    uint64_t position; /* of that record, if the ring still has it */
    bool attached;
};

/* A ring of `size` bytes, a multiple of 8. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_ring_create(_In_ size_t size, _Out_ struct vg_ring **ring);

/* All cursors must have been detached. NULL is ignored. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_ring_destroy(_In_opt_ struct vg_ring *ring);

/* Appends a copy of `event` (in nonpaged memory), overwriting the oldest records as needed, and gives it the
 * next sequence number, stored in `event->sequence` as well. False, with nothing done: the event is larger
 * than the ring. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
    bool vg_ring_write(_Inout_ struct vg_ring *ring, _Inout_ struct vg_event_header *event);

/* An event is about to be written: asks the processor for the oldest record, which it will overwrite once the
 * ring is full, and which has nearly always left the cache. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_ring_expect(_Inout_ struct vg_ring *ring);

/* Takes a sequence number for an event that could not be written; readers see it as lost. Returns it. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint64_t vg_ring_skip(_Inout_ struct vg_ring *ring);

/* A cursor counts as a reader from here on, beginning at the oldest record. Attaching twice does nothing. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_ring_attach(_Inout_ struct vg_ring *ring,
                                                        _Inout_ struct vg_ring_cursor *cursor);

_IRQL_requires_max_(DISPATCH_LEVEL) void vg_ring_detach(_Inout_ struct vg_ring *ring,
                                                        _Inout_ struct vg_ring_cursor *cursor);

/* Moves an attached cursor to the oldest record, or behind the newest. Records passed over are not lost ones.
 */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_ring_seek(_Inout_ struct vg_ring *ring,
                                                      _Inout_ struct vg_ring_cursor *cursor,
                                                      _In_ enum vg_abi_seek_to to);

/* Whether vg_ring_read would have something for the (attached) cursor. */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_ring_has_more(_Inout_ struct vg_ring *ring,
                                                          _Inout_ struct vg_ring_cursor *cursor);

/* Copies as many whole events as fit into `buffer` (nonpaged, aligned to 8) and moves the cursor past them.
 * Only one thread may read with a cursor at a time. STATUS_SUCCESS: `*used` > 0 bytes were copied.
 * STATUS_NO_MORE_ENTRIES: there is nothing to read; `*used` is 0.
 * STATUS_BUFFER_TOO_SMALL: not even the next event fits; nothing is consumed; `*used` is 0. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_ring_read(_Inout_ struct vg_ring *ring, _Inout_ struct vg_ring_cursor *cursor,
                 _Out_writes_bytes_to_(capacity, *used) void *buffer, _In_ uint32_t capacity,
                 _Out_ uint32_t *used);

/* Records written, and records overwritten before an attached cursor had read them (added up over cursors).
 */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_ring_counts(_Inout_ struct vg_ring *ring, _Out_ uint64_t *written,
                                                        _Out_ uint64_t *lost);

#endif
