/* Cancel-safe IRP queues. */
#ifndef LAB_IRPQUEUE_H
#define LAB_IRPQUEUE_H

#include "platform.h"

NTSTATUS NTAPI lab_IoCsqInitialize(PIO_CSQ csq, PIO_CSQ_INSERT_IRP insert, PIO_CSQ_REMOVE_IRP remove,
                                   PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
                                   PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete);
VOID NTAPI lab_IoCsqInsertIrp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context);
PIRP NTAPI lab_IoCsqRemoveNextIrp(PIO_CSQ csq, PVOID peek_context);
PIRP NTAPI lab_IoCsqRemoveIrp(PIO_CSQ csq, PIO_CSQ_IRP_CONTEXT context);

#endif
