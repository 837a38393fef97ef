#include "context.h"
#include "log.h"
#include "process.h"

static ULONG slot;

void lab_context_start(void)
{
    slot = TlsAlloc();
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
