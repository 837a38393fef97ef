/* Cancel-safe IRP queues, after the WDK's description of IoCsqXxx: the queue is the driver's, the lock is
 * taken around it here, and an IRP is owned by whoever clears its cancel routine. Wine's versions do nothing.
 */
#include "irpqueue.h"

enum { CONTEXT_PLACE = 3 }; /* Tail.Overlay.DriverContext[3] is the library's (csq.h) */

static PIO_CSQ csq_of(const PVOID stored, PIO_CSQ_IRP_CONTEXT *context)
{
    *context = NULL;
    if (*(const ULONG *)stored == IO_TYPE_CSQ_IRP_CONTEXT) {
        *context = stored;
        return (*context)->Csq;
    }
    return stored;
}

static VOID NTAPI cancel(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_CSQ_IRP_CONTEXT context;
    PIO_CSQ csq = csq_of(irp->Tail.Overlay.DriverContext[CONTEXT_PLACE], &context);
    KIRQL irql;

    UNREFERENCED_PARAMETER(device);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    csq->CsqAcquireLock(csq, &irql);
    csq->CsqRemoveIrp(csq, irp);
    if (context)
        context->Irp = NULL;
    csq->CsqReleaseLock(csq, irql);
    csq->CsqCompleteCanceledIrp(csq, irp);
}

NTSTATUS NTAPI lab_IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
                                   PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                                   PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
    csq->Type = IO_TYPE_CSQ;
    csq->CsqInsertIrp = insert;
    csq->CsqRemoveIrp = remove;
    csq->CsqPeekNextIrp = peek;
    csq->CsqAcquireLock = acquire;
    csq->CsqReleaseLock = release;
    csq->CsqCompleteCanceledIrp = complete;
    csq->ReservePointer = NULL;
    return STATUS_SUCCESS;
}

VOID NTAPI lab_IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
    BOOLEAN cancelled;
    KIRQL irql;

    csq->CsqAcquireLock(csq, &irql);
    if (context) {
        context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
        context->Irp = irp;
        context->Csq = csq;
        irp->Tail.Overlay.DriverContext[CONTEXT_PLACE] = context;
    } else {
        irp->Tail.Overlay.DriverContext[CONTEXT_PLACE] = csq;
    }
    IoMarkIrpPending(irp);
    csq->CsqInsertIrp(csq, irp);
    (void)IoSetCancelRoutine(irp, cancel);
    cancelled = irp->Cancel && IoSetCancelRoutine(irp, NULL);
    if (cancelled) {
        csq->CsqRemoveIrp(csq, irp);
        if (context)
            context->Irp = NULL;
    }
    csq->CsqReleaseLock(csq, irql);
    if (cancelled)
        csq->CsqCompleteCanceledIrp(csq, irp);
}

/* Under the lock: takes the IRP, unless its cancel routine runs already. */
static BOOLEAN take(PIO_CSQ csq, PIRP irp)
{
    PIO_CSQ_IRP_CONTEXT context;

    if (!IoSetCancelRoutine(irp, NULL))
        return FALSE;
    csq_of(irp->Tail.Overlay.DriverContext[CONTEXT_PLACE], &context);
    if (context)
        context->Irp = NULL;
    irp->Tail.Overlay.DriverContext[CONTEXT_PLACE] = NULL;
    csq->CsqRemoveIrp(csq, irp);
    return TRUE;
}

PIRP NTAPI lab_IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context)
{
    PIRP irp = NULL;
    KIRQL irql;

    csq->CsqAcquireLock(csq, &irql);
    while ((irp = csq->CsqPeekNextIrp(csq, irp, peek_context)) != NULL && !take(csq, irp))
        ;
    csq->CsqReleaseLock(csq, irql);
    return irp;
}

PIRP NTAPI lab_IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context)
{
    PIRP irp;
    KIRQL irql;

    csq->CsqAcquireLock(csq, &irql);
    irp = context->Irp;
    if (irp && !take(csq, irp))
        irp = NULL;
    csq->CsqReleaseLock(csq, irql);
    return irp;
}
