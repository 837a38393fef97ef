#include "thread.h"

static DWORD WINAPI enter(LPVOID context)
{
    struct vg_thread *thread = context;

    thread->run(thread->context);
    return 0;
}

bool vg_thread_start(struct vg_thread *thread, void (*run)(void *context), void *context)
{
    thread->run = run;
    thread->context = context;
    thread->handle = CreateThread(NULL, 0, enter, thread, 0, NULL);
    return thread->handle != NULL;
}

void vg_thread_join(struct vg_thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
}

void vg_lock_init(struct vg_lock *lock)
{
    InitializeSRWLock(&lock->lock);
}

void vg_lock_take(struct vg_lock *lock)
{
    AcquireSRWLockExclusive(&lock->lock);
}

void vg_lock_release(struct vg_lock *lock)
{
    ReleaseSRWLockExclusive(&lock->lock);
}

void vg_signal_init(struct vg_signal *condition)
{
    InitializeConditionVariable(&condition->condition);
}

void vg_signal_wait(struct vg_signal *condition, struct vg_lock *lock)
{
    SleepConditionVariableSRW(&condition->condition, &lock->lock, INFINITE, 0);
}

void vg_signal_all(struct vg_signal *condition)
{
    WakeAllConditionVariable(&condition->condition);
}

unsigned vg_processor_count(void)
{
    SYSTEM_INFO info;

    GetSystemInfo(&info);
    return info.dwNumberOfProcessors != 0 ? info.dwNumberOfProcessors : 1;
}

uint64_t vg_milliseconds(void)
{
    return GetTickCount64();
}
