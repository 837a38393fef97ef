#include "irql.h"
#include "context.h"
#include "log.h"

#ifndef _WIN64 /* on x86 the headers have Kef... in their place, which in Wine are stubs */
#undef KeAcquireSpinLockAtDpcLevel
#undef KeReleaseSpinLockFromDpcLevel
NTKERNELAPI VOID NTAPI KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK);
NTKERNELAPI VOID NTAPI KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK);
#endif

static KIRQL acquire(PKSPIN_LOCK lock)
{
    struct lab_context *context = lab_context();
    KIRQL before = context->irql;

    KeAcquireSpinLockAtDpcLevel(lock);
    context->irql = DISPATCH_LEVEL;
    return before;
}

static void release(PKSPIN_LOCK lock, KIRQL irql)
{
    struct lab_context *context = lab_context();

    if (context->irql != DISPATCH_LEVEL)
        lab_violation("KeReleaseSpinLock was called at IRQL %u", context->irql);
    context->irql = irql;
    KeReleaseSpinLockFromDpcLevel(lock);
}

BOOLEAN NTAPI lab_KeAreAllApcsDisabled(void)
{
    struct lab_context *context = lab_context();

    return context->all_apcs_disabled || context->irql >= APC_LEVEL;
}

VOID FASTCALL lab_KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    handle->LockQueue.Lock = lock;
    handle->OldIrql = acquire(lock);
}

VOID FASTCALL lab_KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
    release((PKSPIN_LOCK)handle->LockQueue.Lock, handle->OldIrql);
}

VOID FASTCALL lab_ExAcquireFastMutex(PFAST_MUTEX mutex)
{
    struct lab_context *context = lab_context();
    KIRQL before = context->irql;

    lab_require_apc("ExAcquireFastMutex");
    ExAcquireFastMutexUnsafe(mutex);
    context->irql = APC_LEVEL;
    mutex->OldIrql = before;
}

VOID FASTCALL lab_ExReleaseFastMutex(PFAST_MUTEX mutex)
{
    KIRQL before = (KIRQL)mutex->OldIrql;

    ExReleaseFastMutexUnsafe(mutex);
    lab_context()->irql = before;
}

#ifdef _WIN64

/* With mingw's headers as with the WDK's, KeGetCurrentIrql and KeLowerIrql on x64 are moves from and to CR8,
 * which a user-mode process may not do. They are emulated on the context's IRQL. */
static LONG NTAPI emulate_cr8(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;
    const UCHAR *code = (const UCHAR *)context->Rip;
    DWORD64 *registers = &context->Rax;
    unsigned number;

    if (pointers->ExceptionRecord->ExceptionCode != STATUS_PRIVILEGED_INSTRUCTION)
        return EXCEPTION_CONTINUE_SEARCH;
    if ((code[0] & 0xFE) != 0x44 || code[1] != 0x0F || (code[2] != 0x20 && code[2] != 0x22) ||
        (code[3] & 0xF8) != 0xC0)
        return EXCEPTION_CONTINUE_SEARCH;
    number = (code[3] & 7u) | (code[0] & 1u) << 3;
    if (code[2] == 0x20)
        registers[number] = lab_context()->irql;
    else
        lab_context()->irql = (KIRQL)registers[number];
    context->Rip += 4;
    return EXCEPTION_CONTINUE_EXECUTION;
}

void lab_irql_start(void)
{
    RtlAddVectoredExceptionHandler(1, (PVOID)emulate_cr8);
}

KIRQL NTAPI lab_KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
    return acquire(lock);
}

VOID NTAPI lab_KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql)
{
    release(lock, irql);
}

#else

void lab_irql_start(void)
{
}

KIRQL FASTCALL lab_KfAcquireSpinLock(PKSPIN_LOCK lock)
{
    return acquire(lock);
}

VOID FASTCALL lab_KfReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql)
{
    release(lock, irql);
}

KIRQL FASTCALL lab_KfRaiseIrql(KIRQL irql)
{
    struct lab_context *context = lab_context();
    KIRQL before = context->irql;

    if (irql < before)
        lab_violation("KfRaiseIrql(%u) was called at IRQL %u", irql, before);
    context->irql = irql;
    return before;
}

VOID FASTCALL lab_KfLowerIrql(KIRQL irql)
{
    struct lab_context *context = lab_context();

    if (irql > context->irql)
        lab_violation("KfLowerIrql(%u) was called at IRQL %u", irql, context->irql);
    context->irql = irql;
}

KIRQL NTAPI lab_KeGetCurrentIrql(void)
{
    return lab_context()->irql;
}

#endif
