/* Cancel-safe queues, as the WDK's csq.h describes them and its sample library does it. */
#include "irql.h"
#include "violation.h"
#include "world.h"

#define CSQ_CONTEXT 1u
#define CSQ         2u
#define CSQ_EX      3u

static NTSTATUS initialize(PIO_CSQ csq, ULONG type, PIO_CSQ_REMOVE_IRP remove, PIO_CSQ_PEEK_NEXT_IRP peek,
                           PIO_CSQ_ACQUIRE_LOCK acquire, PIO_CSQ_RELEASE_LOCK release,
                           PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
    csq->Type = type;
    csq->CsqRemoveIrp = remove;
    csq->CsqPeekNextIrp = peek;
    csq->CsqAcquireLock = acquire;
    csq->CsqReleaseLock = release;
    csq->CsqCompleteCanceledIrp = complete;
    csq->ReservePointer = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
                         PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                         PIO_CSQ_RELEASE_LOCK release,
                         PIO_CSQ_COMPLETE_CANCELED_IRP complete) /* wdm: any IRQL */
{
    csq->CsqInsertIrp = insert;
    return initialize(csq, CSQ, remove, peek, acquire, release, complete);
}

NTSTATUS IoCsqInitializeEx(PIO_CSQ csq, PIO_CSQ_INSERT_IRP_EX insert, PIO_CSQ_REMOVE_IRP remove,
                           PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                           PIO_CSQ_RELEASE_LOCK release,
                           PIO_CSQ_COMPLETE_CANCELED_IRP complete) /* wdm: any IRQL */
{
    csq->CsqInsertIrp = (PIO_CSQ_INSERT_IRP)(void *)insert;
    return initialize(csq, CSQ_EX, remove, peek, acquire, release, complete);
}

/* The queue of an IRP's DriverContext[3], which a queued IRP belongs to. */
static PIO_CSQ csq_of(PIRP irp, PIO_CSQ_IRP_CONTEXT *context)
{
    PIO_CSQ csq = irp->Tail.Overlay.DriverContext[3];

    *context = NULL;
    if (csq->Type == CSQ_CONTEXT) {
        *context = (PIO_CSQ_IRP_CONTEXT)(void *)csq;
        csq = (*context)->Csq;
    }
    if (csq->Type != CSQ && csq->Type != CSQ_EX)
        sim_violation("DriverContext[3] of a queued IRP, which belongs to the queue, was changed");
    return csq;
}

static void cancel_routine(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_CSQ_IRP_CONTEXT context;
    PIO_CSQ csq;
    KIRQL irql;

    (void)device;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    csq = csq_of(irp, &context);
    csq->CsqAcquireLock(csq, &irql);
    csq->CsqRemoveIrp(csq, irp);
    if (context)
        context->Irp = NULL;
    irp->Tail.Overlay.DriverContext[3] = NULL;
    csq->CsqReleaseLock(csq, irql);
    csq->CsqCompleteCanceledIrp(csq, irp);
}

NTSTATUS IoCsqInsertIrpEx(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context,
                          PVOID insert_context) /* wdm: <= DISPATCH_LEVEL */
{
    NTSTATUS status = STATUS_SUCCESS;
    bool cancelled;
    KIRQL irql;

    sim_max_irql(DISPATCH_LEVEL, "IoCsqInsertIrp");
    irp->Tail.Overlay.DriverContext[3] = context ? (void *)context : (void *)csq;
    if (context)
        *context = (IO_CSQ_IRP_CONTEXT){CSQ_CONTEXT, irp, csq};
    csq->CsqAcquireLock(csq, &irql);
    IoMarkIrpPending(irp);
    if (csq->Type == CSQ_EX)
        status = ((PIO_CSQ_INSERT_IRP_EX)(void *)csq->CsqInsertIrp)(csq, irp, insert_context);
    else
        csq->CsqInsertIrp(csq, irp);
    if (!NT_SUCCESS(status)) {
        irp->Tail.Overlay.DriverContext[3] = NULL;
        csq->CsqReleaseLock(csq, irql);
        return status;
    }
    IoSetCancelRoutine(irp, cancel_routine);
    cancelled = __atomic_load_n(&irp->Cancel, __ATOMIC_SEQ_CST) && IoSetCancelRoutine(irp, NULL);
    if (cancelled) {
        csq->CsqRemoveIrp(csq, irp);
        irp->Tail.Overlay.DriverContext[3] = NULL;
        if (context)
            context->Irp = NULL;
    }
    csq->CsqReleaseLock(csq, irql);
    if (cancelled)
        csq->CsqCompleteCanceledIrp(csq, irp);
    return status;
}

void IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context) /* wdm: <= DISPATCH_LEVEL */
{
    IoCsqInsertIrpEx(csq, irp, context, NULL);
}

static void (*when_dequeued)(void);

void sim_when_dequeued(void (*meanwhile)(void))
{
    __atomic_store_n(&when_dequeued, meanwhile, __ATOMIC_SEQ_CST);
}

PIRP IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context) /* wdm: <= DISPATCH_LEVEL */
{
    PIO_CSQ_IRP_CONTEXT context;
    void (*meanwhile)(void) = NULL;
    PIRP irp;
    KIRQL irql;

    sim_max_irql(DISPATCH_LEVEL, "IoCsqRemoveNextIrp");
    csq->CsqAcquireLock(csq, &irql);
    irp = csq->CsqPeekNextIrp(csq, NULL, peek_context);
    while (irp && !IoSetCancelRoutine(irp, NULL))
        irp = csq->CsqPeekNextIrp(csq, irp, peek_context); /* its cancel routine is about to take it */
    if (irp) {
        csq->CsqRemoveIrp(csq, irp);
        csq_of(irp, &context);
        if (context)
            context->Irp = NULL;
        irp->Tail.Overlay.DriverContext[3] = NULL;
        meanwhile = __atomic_exchange_n(&when_dequeued, NULL, __ATOMIC_SEQ_CST);
    }
    csq->CsqReleaseLock(csq, irql);
    if (meanwhile)
        meanwhile();
    return irp;
}

PIRP IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context) /* wdm: <= DISPATCH_LEVEL */
{
    PIRP irp;
    KIRQL irql;

    csq->CsqAcquireLock(csq, &irql);
    irp = context->Irp;
    if (irp && IoSetCancelRoutine(irp, NULL)) {
        csq->CsqRemoveIrp(csq, irp);
        context->Irp = NULL;
        irp->Tail.Overlay.DriverContext[3] = NULL;
    } else {
        irp = NULL;
    }
    csq->CsqReleaseLock(csq, irql);
    return irp;
}
