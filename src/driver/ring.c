#include "ring.h"

#include "atomic.h"
#include "bounds.h"
#include "memory.h"

#include <vigil/compiler.h>

/* How much is copied under the spin lock at a time, so that a large read does not hold writers up. */
#define COPY_AT_ONCE (64u * 1024u)

/* Positions count bytes since the ring was made and never wrap; a position's place is its remainder by
 * `size`. As every size is a multiple of 8, the first 8 bytes of a record (its size among them) are never
 * split by the end. */
struct vg_ring {
    KSPIN_LOCK lock;
    uint64_t oldest;        /* position of the oldest record */
    uint64_t end;           /* position behind the newest */
    uint64_t next_sequence; /* of the next record */
    uint64_t written;
    uint64_t lost;
    volatile LONG next_place; /* of the record that is overwritten next; read without the lock */
    LIST_ENTRY cursors;
    size_t size;
    uint8_t bytes[];
};

_IRQL_requires_max_(DISPATCH_LEVEL) static void copy_in(_Inout_ struct vg_ring *ring, _In_ uint64_t position,
                                                        _In_reads_bytes_(size) const void *from,
                                                        _In_ uint32_t size)
{
    size_t place = (size_t)(position % ring->size);
    size_t first = (size_t)vg_lesser(ring->size - place, size);

    memcpy(ring->bytes + place, from, first);
    memcpy(ring->bytes, (const uint8_t *)from + first, size - first);
}

_IRQL_requires_max_(DISPATCH_LEVEL) static void copy_out(_In_ const struct vg_ring *ring,
                                                         _In_ uint64_t position,
                                                         _Out_writes_bytes_(size) void *to,
                                                         _In_ uint32_t size)
{
    size_t place = (size_t)(position % ring->size);
    size_t first = (size_t)vg_lesser(ring->size - place, size);

    memcpy(to, ring->bytes + place, first);
    memcpy((uint8_t *)to + first, ring->bytes, size - first);
}

_Use_decl_annotations_
NTSTATUS vg_ring_create(size_t size, struct vg_ring **ring)
{
    struct vg_ring *made = vg_allocate(VG_NON_PAGED, sizeof(*made) + size, VG_TAG_RING);

    if (made == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(made, 0, sizeof(*made));
    KeInitializeSpinLock(&made->lock);
    InitializeListHead(&made->cursors);
    made->next_sequence = 1;
    made->size = size;
    *ring = made;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
void vg_ring_destroy(struct vg_ring *ring)
{
    vg_free(ring, VG_TAG_RING);
}

_Requires_lock_held_(ring->lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void overwrite_oldest(_Inout_ struct vg_ring *ring)
{
    struct vg_event_header header;
    LIST_ENTRY *link = NULL;

    copy_out(ring, ring->oldest, &header, sizeof(header));
    ring->oldest += header.size;
    for (link = ring->cursors.Flink; link != &ring->cursors; link = link->Flink) {
        if (CONTAINING_RECORD(link, struct vg_ring_cursor, link)->next <= header.sequence)
            ring->lost++;
    }
}

_Use_decl_annotations_
bool vg_ring_write(struct vg_ring *ring, struct vg_event_header *event)
{
    KIRQL irql;

    if (event->size > ring->size)
        return false;
    KeAcquireSpinLock(&ring->lock, &irql);
    while (ring->end + event->size - ring->oldest > ring->size)
        overwrite_oldest(ring);
    event->sequence = ring->next_sequence++;
    copy_in(ring, ring->end, event, event->size);
    ring->end += event->size;
    ring->written++;
    WriteNoFence(&ring->next_place, (LONG)(ring->oldest % ring->size));
    KeReleaseSpinLock(&ring->lock, irql);
    return true;
}

/* Whoever writes meanwhile makes the place a wrong guess, no more. */
_Use_decl_annotations_
void vg_ring_expect(struct vg_ring *ring)
{
    VG_PREFETCH(ring->bytes + vg_read(&ring->next_place));
}

_Use_decl_annotations_
uint64_t vg_ring_skip(struct vg_ring *ring)
{
    uint64_t sequence = 0;
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    sequence = ring->next_sequence++;
    KeReleaseSpinLock(&ring->lock, irql);
    return sequence;
}

_Requires_lock_held_(ring->lock)
    _IRQL_requires_(DISPATCH_LEVEL) static void move_to_oldest(_Inout_ struct vg_ring *ring,
                                                               _Inout_ struct vg_ring_cursor *cursor)
{
    struct vg_event_header header;

    cursor->position = ring->oldest;
    cursor->next = ring->next_sequence;
    if (ring->oldest != ring->end) {
        copy_out(ring, ring->oldest, &header, sizeof(header));
        cursor->next = header.sequence;
    }
}

_Use_decl_annotations_
void vg_ring_attach(struct vg_ring *ring, struct vg_ring_cursor *cursor)
{
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    if (!cursor->attached) {
        move_to_oldest(ring, cursor);
        InsertTailList(&ring->cursors, &cursor->link);
        cursor->attached = true;
    }
    KeReleaseSpinLock(&ring->lock, irql);
}

_Use_decl_annotations_
void vg_ring_detach(struct vg_ring *ring, struct vg_ring_cursor *cursor)
{
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    if (cursor->attached) {
        RemoveEntryList(&cursor->link);
        cursor->attached = false;
    }
    KeReleaseSpinLock(&ring->lock, irql);
}

_Use_decl_annotations_
void vg_ring_seek(struct vg_ring *ring, struct vg_ring_cursor *cursor, enum vg_abi_seek_to to)
{
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    if (to == VG_SEEK_END) {
        cursor->position = ring->end;
        cursor->next = ring->next_sequence;
    } else {
        move_to_oldest(ring, cursor);
    }
    KeReleaseSpinLock(&ring->lock, irql);
}

_Use_decl_annotations_
bool vg_ring_has_more(struct vg_ring *ring, struct vg_ring_cursor *cursor)
{
    bool more = false;
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    more = cursor->next < ring->next_sequence;
    KeReleaseSpinLock(&ring->lock, irql);
    return more;
}

_IRQL_requires_max_(DISPATCH_LEVEL) static void write_lost(_Out_writes_bytes_(sizeof(struct vg_event_lost))
                                                               uint8_t *to,
                                                           _In_ uint64_t first, _In_ uint64_t last)
{
    struct vg_event_lost lost = {
        .header = {.size = sizeof(lost), .type = VG_EVENT_LOST, .time = vg_system_time()},
        .first_sequence = first,
        .last_sequence = last,
    };

    memcpy(to, &lost, sizeof(lost));
}

/* The next event for the cursor, if it fits: a record, or the report of a gap before it. Returns its size; 0
 * when there is none; more than `capacity` when it does not fit. */
_Requires_lock_held_(ring->lock) _IRQL_requires_(DISPATCH_LEVEL) static uint32_t
    read_next(_Inout_ struct vg_ring *ring, _Inout_ struct vg_ring_cursor *cursor,
              _Out_writes_bytes_(capacity) uint8_t *to, _In_ uint32_t capacity)
{
    struct vg_event_header header = {.size = 0, .sequence = ring->next_sequence};

    if (cursor->next == ring->next_sequence)
        return 0;
    cursor->position = vg_greater(cursor->position, ring->oldest);
    if (cursor->position != ring->end)
        copy_out(ring, cursor->position, &header, sizeof(header));
    if (header.sequence > cursor->next) {
        if (capacity >= sizeof(struct vg_event_lost)) {
            write_lost(to, cursor->next, header.sequence - 1);
            cursor->next = header.sequence;
        }
        return sizeof(struct vg_event_lost);
    }
    if (capacity >= header.size) {
        copy_out(ring, cursor->position, to, header.size);
        cursor->position += header.size;
        cursor->next = header.sequence + 1;
    }
    return header.size;
}

_Use_decl_annotations_
NTSTATUS vg_ring_read(struct vg_ring *ring, struct vg_ring_cursor *cursor, void *buffer, uint32_t capacity,
                      uint32_t *used)
{
    uint32_t filled = 0;
    uint32_t size = 0;
    bool more = true;

    while (more) {
        uint32_t pause = filled + COPY_AT_ONCE;
        KIRQL irql;

        KeAcquireSpinLock(&ring->lock, &irql);
        do {
            size = read_next(ring, cursor, (uint8_t *)buffer + filled, capacity - filled);
            more = size != 0 && size <= capacity - filled;
            filled += more ? size : 0;
        } while (more && filled < pause);
        KeReleaseSpinLock(&ring->lock, irql);
    }
    *used = filled;
    if (filled != 0)
        return STATUS_SUCCESS;
    return size == 0 ? STATUS_NO_MORE_ENTRIES : STATUS_BUFFER_TOO_SMALL;
}

_Use_decl_annotations_
void vg_ring_counts(struct vg_ring *ring, uint64_t *written, uint64_t *lost)
{
    KIRQL irql;

    KeAcquireSpinLock(&ring->lock, &irql);
    *written = ring->written;
    *lost = ring->lost;
    KeReleaseSpinLock(&ring->lock, irql);
}
