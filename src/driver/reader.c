#include "reader.h"

#include "atomic.h"
#include "bounds.h"
#include "event.h"
#include "memory.h"

/* Handles open at once. */
#define READERS_MAX 128u

struct vg_reader {
    LIST_ENTRY link;      /* in `readers` */
    LONG references;      /* the handle's, and the thread's while it serves the reader */
    uint64_t rounds[2];   /* last round of each kind that visited it */
    KSPIN_LOCK lock;      /* of the members below; never held together with another */
    IO_CSQ queue;         /* reads pended, oldest first */
    LIST_ENTRY pended;    /* what `queue` consists of */
    bool serving;         /* one thread at a time serves the queue and moves the cursor */
    bool more;            /* it must look again before it leaves */
    volatile LONG closed; /* cleaned up: nothing may be pended any more */
    struct vg_ring_cursor cursor;
};

/* Why all readers are visited. */
enum round_kind {
    ROUND_SERVE,
    ROUND_QUIESCE,
};

static KSPIN_LOCK readers_lock;
static uint64_t last_round;
static LIST_ENTRY readers;
static uint32_t reader_count;
static volatile LONG pended_reads; /* of all readers */
static volatile LONG quiesced;
static volatile LONG stopping;
static KEVENT wake;
static HANDLE thread;

/* ---- the queue's callbacks ---- */

_IRQL_requires_max_(DISPATCH_LEVEL) static struct vg_reader *reader_of(_In_ PIO_CSQ queue)
{
    return CONTAINING_RECORD(queue, struct vg_reader, queue);
}

_Function_class_(IO_CSQ_INSERT_IRP) _IRQL_requires_(DISPATCH_LEVEL) static VOID NTAPI
    csq_insert(_In_ PIO_CSQ queue, _Inout_ PIRP irp)
{
    InsertTailList(&reader_of(queue)->pended, &irp->Tail.Overlay.ListEntry);
    InterlockedIncrement(&pended_reads);
}

_Function_class_(IO_CSQ_REMOVE_IRP) _IRQL_requires_(DISPATCH_LEVEL) static VOID NTAPI
    csq_remove(_In_ PIO_CSQ queue, _Inout_ PIRP irp)
{
    UNREFERENCED_PARAMETER(queue);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
    InterlockedDecrement(&pended_reads);
}

_Function_class_(IO_CSQ_PEEK_NEXT_IRP) _IRQL_requires_(DISPATCH_LEVEL) _Ret_maybenull_ static PIRP NTAPI
    csq_peek(_In_ PIO_CSQ queue, _In_opt_ PIRP irp, _In_opt_ PVOID context)
{
    struct vg_reader *reader = reader_of(queue);
    LIST_ENTRY *next = irp == NULL ? reader->pended.Flink : irp->Tail.Overlay.ListEntry.Flink;

    UNREFERENCED_PARAMETER(context);
    return next == &reader->pended ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

_Function_class_(IO_CSQ_ACQUIRE_LOCK) _IRQL_requires_max_(DISPATCH_LEVEL) static VOID NTAPI
    csq_acquire(_In_ PIO_CSQ queue, _Out_ PKIRQL irql)
{
    KeAcquireSpinLock(&reader_of(queue)->lock, irql);
}

_Function_class_(IO_CSQ_RELEASE_LOCK) _IRQL_requires_(DISPATCH_LEVEL) static VOID NTAPI
    csq_release(_In_ PIO_CSQ queue, _In_ KIRQL irql)
{
    KeReleaseSpinLock(&reader_of(queue)->lock, irql);
}

_IRQL_requires_max_(DISPATCH_LEVEL) static void complete(_Inout_ PIRP irp, _In_ NTSTATUS status,
                                                         _In_ uint32_t information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

_Function_class_(IO_CSQ_COMPLETE_CANCELED_IRP) _IRQL_requires_max_(DISPATCH_LEVEL) static VOID NTAPI
    csq_cancelled(_In_ PIO_CSQ queue, _Inout_ PIRP irp)
{
    UNREFERENCED_PARAMETER(queue);
    complete(irp, STATUS_CANCELLED, 0);
}

/* ---- serving ---- */

_IRQL_requires_max_(APC_LEVEL) static void end_pended(_Inout_ struct vg_reader *reader)
{
    PIRP irp = NULL;

    while ((irp = IoCsqRemoveNextIrp(&reader->queue, NULL)) != NULL)
        complete(irp, STATUS_CANCELLED, 0);
}

/* Marks the request pending; it may be completed any moment from here on. */
_IRQL_requires_max_(APC_LEVEL) static void pend(_Inout_ struct vg_reader *reader, _Inout_ PIRP irp)
{
    IoCsqInsertIrp(&reader->queue, irp, NULL);
    if (vg_is_set(&quiesced) || vg_is_set(&reader->closed))
        end_pended(reader); /* whoever ended the others may have passed before this one was in the queue */
}

_IRQL_requires_max_(APC_LEVEL) static void serve_one(_Inout_ struct vg_reader *reader, _Inout_ PIRP irp)
{
    uint32_t length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
    uint32_t used = 0;
    NTSTATUS status = vg_ring_read(vg_events_ring(), &reader->cursor, irp->AssociatedIrp.SystemBuffer,
                                   (uint32_t)vg_lesser(length, VG_READ_SIZE_MAX), &used);

    if (status == STATUS_NO_MORE_ENTRIES)
        pend(reader, irp); /* a seek has taken the events away */
    else
        complete(irp, status, used);
}

/* Becomes the one that serves the reader, or tells the one that does to look again. */
_IRQL_requires_max_(APC_LEVEL) static bool begin_serving(_Inout_ struct vg_reader *reader)
{
    bool begun = false;
    KIRQL irql;

    KeAcquireSpinLock(&reader->lock, &irql);
    begun = !reader->serving;
    reader->serving = true;
    reader->more = !begun;
    KeReleaseSpinLock(&reader->lock, irql);
    return begun;
}

/* False: somebody wants it looked at again. */
_IRQL_requires_max_(APC_LEVEL) static bool end_serving(_Inout_ struct vg_reader *reader)
{
    bool ended = false;
    KIRQL irql;

    KeAcquireSpinLock(&reader->lock, &irql);
    ended = !reader->more;
    reader->serving = !ended;
    reader->more = false;
    KeReleaseSpinLock(&reader->lock, irql);
    return ended;
}

/* Completes pended reads as long as the ring has something for them, in the order they came. */
_IRQL_requires_max_(APC_LEVEL) static void serve(_Inout_ struct vg_reader *reader)
{
    struct vg_ring *ring = vg_events_ring();
    PIRP irp = NULL;

    if (!begin_serving(reader))
        return;
    do {
        while (vg_ring_has_more(ring, &reader->cursor)) {
            irp = IoCsqRemoveNextIrp(&reader->queue, NULL);
            if (irp == NULL)
                break;
            serve_one(reader, irp);
        }
    } while (!end_serving(reader));
}

_IRQL_requires_max_(APC_LEVEL) static void release(_In_ struct vg_reader *reader)
{
    if (InterlockedDecrement(&reader->references) == 0)
        vg_free(reader, VG_TAG_READER);
}

/* A reader that this round has not visited, referenced; NULL when it has visited all. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    static struct vg_reader *next_of_round(_In_ enum round_kind kind, _In_ uint64_t round)
{
    struct vg_reader *found = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&readers_lock, &irql);
    for (LIST_ENTRY *link = readers.Flink; link != &readers && found == NULL; link = link->Flink) {
        struct vg_reader *reader = CONTAINING_RECORD(link, struct vg_reader, link);

        if (reader->rounds[kind] < round) {
            reader->rounds[kind] = round;
            InterlockedIncrement(&reader->references);
            found = reader;
        }
    }
    KeReleaseSpinLock(&readers_lock, irql);
    return found;
}

_IRQL_requires_max_(APC_LEVEL) static uint64_t new_round(void)
{
    uint64_t round = 0;
    KIRQL irql;

    KeAcquireSpinLock(&readers_lock, &irql);
    round = ++last_round;
    KeReleaseSpinLock(&readers_lock, irql);
    return round;
}

/* Visits every reader without a lock held. What a later round of the same kind has visited need not be
 * visited again. */
_IRQL_requires_max_(APC_LEVEL) static void for_each(_In_ enum round_kind kind,
                                                    _In_ void (*visit)(struct vg_reader *))
{
    uint64_t round = new_round();
    struct vg_reader *reader = NULL;

    while ((reader = next_of_round(kind, round)) != NULL) {
        visit(reader);
        release(reader);
    }
}

/* The thread keeps the work of completing reads away from the threads that create processes. */
_Function_class_(KSTART_ROUTINE) _IRQL_requires_max_(PASSIVE_LEVEL) static VOID NTAPI
    serve_readers(_In_opt_ PVOID context)
{
    UNREFERENCED_PARAMETER(context);
    for (;;) {
        (void)KeWaitForSingleObject(&wake, Executive, KernelMode, FALSE, NULL);
        if (vg_is_set(&stopping))
            break;
        for_each(ROUND_SERVE, serve);
    }
    (void)PsTerminateSystemThread(STATUS_SUCCESS);
}

_Use_decl_annotations_
NTSTATUS vg_readers_start(void)
{
    OBJECT_ATTRIBUTES attributes;

    KeInitializeSpinLock(&readers_lock);
    InitializeListHead(&readers);
    reader_count = 0;
    last_round = 0;
    pended_reads = 0;
    quiesced = 0;
    stopping = 0;
    KeInitializeEvent(&wake, SynchronizationEvent, FALSE);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    return PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL, serve_readers, NULL);
}

_IRQL_requires_max_(DISPATCH_LEVEL) static void wake_thread(void)
{
    (void)KeSetEvent(&wake, IO_NO_INCREMENT, FALSE);
}

_Use_decl_annotations_
void vg_readers_stop(void)
{
    InterlockedExchange(&stopping, 1);
    wake_thread();
    (void)ZwWaitForSingleObject(thread, FALSE, NULL);
    ZwClose(thread);
    thread = NULL;
}

_Use_decl_annotations_
void vg_readers_wake(void)
{
    /* Whoever pends a read looks into the ring afterwards. So a read that is not counted here yet, with every
     * access before this one seen, finds the event itself. */
    if (vg_is_set(&pended_reads))
        wake_thread();
}

_Use_decl_annotations_
uint32_t vg_readers_count(void)
{
    uint32_t count = 0;
    KIRQL irql;

    KeAcquireSpinLock(&readers_lock, &irql);
    count = reader_count;
    KeReleaseSpinLock(&readers_lock, irql);
    return count;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool enlist(_Inout_ struct vg_reader *reader)
{
    bool enlisted = false;
    KIRQL irql;

    KeAcquireSpinLock(&readers_lock, &irql);
    if (reader_count < READERS_MAX) {
        InsertTailList(&readers, &reader->link);
        reader_count++;
        enlisted = true;
    }
    KeReleaseSpinLock(&readers_lock, irql);
    return enlisted;
}

_Use_decl_annotations_
NTSTATUS vg_reader_open(struct vg_reader **reader)
{
    struct vg_reader *made = vg_allocate_zeroed(VG_NON_PAGED, sizeof(*made), VG_TAG_READER);
    NTSTATUS status = STATUS_SUCCESS;

    if (made == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    made->references = 1;
    KeInitializeSpinLock(&made->lock);
    InitializeListHead(&made->pended);
    status = IoCsqInitialize(&made->queue, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release,
                             csq_cancelled);
    if (NT_SUCCESS(status) && !enlist(made))
        status = STATUS_TOO_MANY_OPENED_FILES;
    if (!NT_SUCCESS(status)) {
        vg_free(made, VG_TAG_READER);
        return status;
    }
    *reader = made;
    return STATUS_SUCCESS;
}

_Use_decl_annotations_
void vg_reader_cleanup(struct vg_reader *reader)
{
    InterlockedExchange(&reader->closed, 1);
    end_pended(reader);
}

_Use_decl_annotations_
void vg_reader_close(struct vg_reader *reader)
{
    KIRQL irql;

    KeAcquireSpinLock(&readers_lock, &irql);
    RemoveEntryList(&reader->link);
    reader_count--;
    KeReleaseSpinLock(&readers_lock, irql);
    vg_ring_detach(vg_events_ring(), &reader->cursor);
    release(reader);
}

_Use_decl_annotations_
NTSTATUS vg_reader_read(struct vg_reader *reader, PIRP irp)
{
    if (IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length < sizeof(struct vg_event_lost))
        return STATUS_BUFFER_TOO_SMALL; /* not even the shortest event fits */
    if (vg_is_set(&quiesced))
        return STATUS_DEVICE_NOT_READY;
    vg_ring_attach(vg_events_ring(), &reader->cursor);
    pend(reader, irp);
    serve(reader);
    return STATUS_PENDING;
}

_Use_decl_annotations_
void vg_reader_seek(struct vg_reader *reader, enum vg_abi_seek_to to)
{
    struct vg_ring *ring = vg_events_ring();

    vg_ring_attach(ring, &reader->cursor);
    vg_ring_seek(ring, &reader->cursor, to);
    serve(reader);
}

_Use_decl_annotations_
void vg_readers_quiesce(void)
{
    InterlockedExchange(&quiesced, 1);
    for_each(ROUND_QUIESCE, end_pended);
}

_Use_decl_annotations_
void vg_readers_resume(void)
{
    InterlockedExchange(&quiesced, 0);
}

_Use_decl_annotations_
bool vg_readers_quiesced(void)
{
    return vg_is_set(&quiesced);
}
