#include "worker.h"
#include "log.h"

static LAB_SRWLOCK lock;
static LAB_CONDITION arrived;
static struct lab_work *first, **last = &first;
static ULONG idle, queued;

static ULONG NTAPI serve(PVOID argument)
{
    UNREFERENCED_PARAMETER(argument);
    for (;;) {
        struct lab_work *work;

        RtlAcquireSRWLockExclusive(&lock);
        idle++;
        while (!first)
            RtlSleepConditionVariableSRW(&arrived, &lock, NULL, 0);
        idle--;
        queued--;
        work = first;
        first = work->next;
        if (!first)
            last = &first;
        RtlReleaseSRWLockExclusive(&lock);
        work->run(work);
    }
    return 0;
}

void lab_thread_start(ULONG(NTAPI *routine)(PVOID), PVOID argument)
{
    HANDLE thread = NULL;
    NTSTATUS status = RtlCreateUserThread(NtCurrentProcess(), NULL, FALSE, 0, 0, 0, (PVOID)routine, argument,
                                          &thread, NULL);

    if (NT_SUCCESS(status))
        NtClose(thread);
    else
        lab_log("no thread: %08x", (unsigned)status);
}

void lab_work_queue(struct lab_work *work)
{
    BOOLEAN more;

    work->next = NULL;
    RtlAcquireSRWLockExclusive(&lock);
    *last = work;
    last = &work->next;
    queued++;
    more = queued > idle;
    RtlReleaseSRWLockExclusive(&lock);
    if (more)
        lab_thread_start(serve, NULL);
    RtlWakeConditionVariable(&arrived);
}
