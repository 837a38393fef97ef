#include "context.h"
#include "log.h"
#include "process.h"

static ULONG slot;

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

void lab_context_start(void)
{
    slot = TlsAlloc();
    RtlAddVectoredExceptionHandler(1, (PVOID)emulate_cr8);
}

struct lab_context *lab_context(void)
{
    struct lab_context *context = TlsGetValue(slot);

    if (!context) {
        context = RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*context));
        TlsSetValue(slot, context);
    }
    return context;
}

static void require(const char *routine, KIRQL highest)
{
    KIRQL irql = lab_context()->irql;

    if (irql > highest)
        lab_violation("%s was called at IRQL %u; it is allowed up to %u", routine, irql, highest);
}

void lab_require_passive(const char *routine)
{
    require(routine, PASSIVE_LEVEL);
}

void lab_require_apc(const char *routine)
{
    require(routine, APC_LEVEL);
}

PEPROCESS NTAPI lab_PsGetCurrentProcess(void)
{
    struct lab_context *context = lab_context();

    return context->process ? context->process->object.body : PsGetCurrentProcess();
}

HANDLE NTAPI lab_PsGetCurrentProcessId(void)
{
    struct lab_context *context = lab_context();

    return context->process ? context->process->id : PsGetCurrentProcessId();
}

HANDLE NTAPI lab_PsGetCurrentThreadId(void)
{
    struct lab_context *context = lab_context();

    return context->process ? context->thread_id : PsGetCurrentThreadId();
}

/* The creating thread's part is played by a thread of ours, which nobody ends. */
BOOLEAN NTAPI lab_PsIsThreadTerminating(PETHREAD thread)
{
    (void)thread;
    return FALSE;
}

BOOLEAN NTAPI lab_KeAreAllApcsDisabled(void)
{
    struct lab_context *context = lab_context();

    return context->all_apcs_disabled || context->irql >= APC_LEVEL;
}

KIRQL NTAPI lab_KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock)
{
    struct lab_context *context = lab_context();
    KIRQL before = context->irql;

    KeAcquireSpinLockRaiseToDpc(lock);
    context->irql = DISPATCH_LEVEL;
    return before;
}

VOID NTAPI lab_KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL irql)
{
    struct lab_context *context = lab_context();

    if (context->irql != DISPATCH_LEVEL)
        lab_violation("KeReleaseSpinLock was called at IRQL %u", context->irql);
    context->irql = irql;
    KeReleaseSpinLock(lock, irql);
}

VOID FASTCALL lab_KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle)
{
    handle->LockQueue.Lock = lock;
    handle->OldIrql = lab_KeAcquireSpinLockRaiseToDpc(lock);
}

VOID FASTCALL lab_KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle)
{
    lab_KeReleaseSpinLock((PKSPIN_LOCK)handle->LockQueue.Lock, handle->OldIrql);
}

VOID FASTCALL lab_ExAcquireFastMutex(PFAST_MUTEX mutex)
{
    struct lab_context *context = lab_context();
    KIRQL before = context->irql;

    lab_require_apc("ExAcquireFastMutex");
    ExAcquireFastMutex(mutex);
    context->irql = APC_LEVEL;
    mutex->OldIrql = before;
}

VOID FASTCALL lab_ExReleaseFastMutex(PFAST_MUTEX mutex)
{
    KIRQL before = (KIRQL)mutex->OldIrql;

    ExReleaseFastMutex(mutex);
    lab_context()->irql = before;
}
