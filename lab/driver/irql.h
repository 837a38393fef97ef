/* The interrupt request level of the current thread, which is the lab's to keep: Wine has none. On x64 the
 * level is read and lowered by instructions (CR8), on x86 by routines of hal.dll. */
#ifndef LAB_IRQL_H
#define LAB_IRQL_H

#include "platform.h"

void lab_irql_start(void); /* once */

/* The replacements. */
BOOLEAN NTAPI lab_KeAreAllApcsDisabled(void);
VOID FASTCALL lab_KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle);
VOID FASTCALL lab_KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle);
VOID FASTCALL lab_ExAcquireFastMutex(PFAST_MUTEX mutex);
VOID FASTCALL lab_ExReleaseFastMutex(PFAST_MUTEX mutex);
#ifdef _WIN64
KIRQL NTAPI lab_KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock);
VOID NTAPI lab_KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql);
#else
KIRQL FASTCALL lab_KfAcquireSpinLock(PKSPIN_LOCK lock);
VOID FASTCALL lab_KfReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql);
KIRQL FASTCALL lab_KfRaiseIrql(KIRQL irql);
VOID FASTCALL lab_KfLowerIrql(KIRQL irql);
KIRQL NTAPI lab_KeGetCurrentIrql(void);
#endif

#endif
