/* Events: what has happened, written into the ring for whoever reads. Never fails a caller: what there is no
 * memory for is counted as dropped, and its missing sequence number tells the readers. */
#ifndef VG_DRIVER_EVENT_H
#define VG_DRIVER_EVENT_H

#include "ring.h"
#include "start.h"

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_events_start(_In_ size_t ring_size);

/* No reader may be left. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_events_stop(void);

/* The ring that events are read from. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ struct vg_ring *vg_events_ring(void);

/* A start, with all its facts. Returns the event's sequence. */
_IRQL_requires_max_(APC_LEVEL) uint64_t vg_event_start(_In_ const struct vg_start *start);

/* What the kernel and the table say of an exit. */
struct vg_exit {
    uint32_t id;
    NTSTATUS status;
    uint64_t create_time;
    bool denied; /* the end of a start that we denied */
};

/* An exit. `process` is the table's; NULL when it is not in there. */
_IRQL_requires_max_(APC_LEVEL) void vg_event_exit(_In_ const struct vg_exit *exit,
                                                  _In_opt_ const struct vg_process *process);

/* An image load. `process` as above, NULL for the kernel's images too. */
_IRQL_requires_max_(APC_LEVEL) void vg_event_image(_In_ uint32_t id, _In_opt_ PCUNICODE_STRING name,
                                                   _In_ const IMAGE_INFO *image,
                                                   _In_opt_ const struct vg_process *process);

/* The policy, mode or options in force now. */
_IRQL_requires_max_(APC_LEVEL) void vg_event_state(void);

/* An event could not be written: counts it and takes its sequence, which is returned. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint64_t vg_event_dropped(void);

#endif
