/* Dispatcher objects: events, semaphores, threads, and waiting for them. One lock for all. */
#include "locks.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "irql.h"
#include "object.h"
#include "pool.h"
#include "violation.h"
#include "world.h"

#define PATIENCE_SECONDS 60

static pthread_mutex_t dispatcher = PTHREAD_MUTEX_INITIALIZER;

/* A thread that waits; woken when one of the objects changes. */
struct waiter {
    struct waiter *next;
    PVOID *objects;
    ULONG count;
    bool all;              /* must have happened */
    bool of_system_thread; /* one of the driver's own */
    uint64_t due;          /* by sim_uptime() */
    pthread_cond_t changed;
};
static struct waiter *waiters;

/* Under the lock. */
static void wake_waiters(const DISPATCHER_HEADER *header)
{
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next) {
        for (ULONG i = 0; i < waiter->count; i++) {
            if (waiter->objects[i] == header)
                pthread_cond_signal(&waiter->changed);
        }
    }
}

void sim_signal(DISPATCHER_HEADER *header, LONG state)
{
    pthread_mutex_lock(&dispatcher);
    header->SignalState = state;
    wake_waiters(header);
    pthread_mutex_unlock(&dispatcher);
}

void KeInitializeEvent(PRKEVENT event, EVENT_TYPE type, BOOLEAN state) /* wdm: any IRQL; resident storage */
{
    if (sim_pool_is_paged(event))
        sim_violation("KeInitializeEvent was given storage in paged pool");
    *event = (KEVENT){.Header = {.Type = (UCHAR)type, .SignalState = state}};
}

LONG KeSetEvent(PRKEVENT event, KPRIORITY increment,
                BOOLEAN wait) /* wdm: <= DISPATCH_LEVEL if Wait is FALSE */
{
    LONG previous;

    (void)increment;
    sim_max_irql(DISPATCH_LEVEL, "KeSetEvent");
    if (wait)
        sim_violation("KeSetEvent was called with Wait TRUE, which the sim does not model");
    pthread_mutex_lock(&dispatcher);
    previous = event->Header.SignalState;
    event->Header.SignalState = 1;
    if (previous <= 0)
        wake_waiters(&event->Header);
    pthread_mutex_unlock(&dispatcher);
    return previous;
}

LONG KeResetEvent(PRKEVENT event) /* wdm: <= DISPATCH_LEVEL */
{
    LONG previous;

    sim_max_irql(DISPATCH_LEVEL, "KeResetEvent");
    pthread_mutex_lock(&dispatcher);
    previous = event->Header.SignalState;
    event->Header.SignalState = 0;
    pthread_mutex_unlock(&dispatcher);
    return previous;
}

void KeClearEvent(PRKEVENT event) /* wdm: <= DISPATCH_LEVEL */
{
    KeResetEvent(event);
}

LONG KeReadStateEvent(PRKEVENT event) /* wdm: <= DISPATCH_LEVEL */
{
    LONG state;

    sim_max_irql(DISPATCH_LEVEL, "KeReadStateEvent");
    pthread_mutex_lock(&dispatcher);
    state = event->Header.SignalState;
    pthread_mutex_unlock(&dispatcher);
    return state;
}

void KeInitializeSemaphore(PKSEMAPHORE semaphore, LONG count, LONG limit) /* wdm: any IRQL */
{
    if (count < 0 || limit <= 0 || count > limit)
        sim_violation("KeInitializeSemaphore was given the count %d and the limit %d", count, limit);
    *semaphore = (KSEMAPHORE){.Header = {.Type = SIM_SEMAPHORE, .SignalState = count}, .Limit = limit};
}

LONG KeReleaseSemaphore(PKSEMAPHORE semaphore, KPRIORITY increment, LONG adjustment, BOOLEAN wait) /* wdm */
{
    LONG previous;

    (void)increment;
    sim_max_irql(DISPATCH_LEVEL, "KeReleaseSemaphore");
    pthread_mutex_lock(&dispatcher);
    previous = semaphore->Header.SignalState;
    if (wait || adjustment <= 0 || previous + adjustment > semaphore->Limit)
        sim_violation("KeReleaseSemaphore was asked for a count beyond the limit, or to wait");
    semaphore->Header.SignalState += adjustment;
    wake_waiters(&semaphore->Header);
    pthread_mutex_unlock(&dispatcher);
    return previous;
}

static bool take(DISPATCHER_HEADER *header)
{
    if (header->SignalState <= 0)
        return false;
    if (header->Type == SIM_SYNCHRONIZATION_EVENT || header->Type == SIM_SEMAPHORE)
        header->SignalState--;
    return true;
}

/* When a wait is over, by the clock of the sim, which tests move on. */
static uint64_t wait_due(const LARGE_INTEGER *timeout)
{
    int64_t length = timeout->QuadPart < 0 ? -timeout->QuadPart : timeout->QuadPart - (int64_t)sim_now();

    return sim_uptime() + (uint64_t)(length > 0 ? length : 0);
}

/* So many 100 ns from now as a time of CLOCK_REALTIME, which pthread_cond_timedwait takes. */
static struct timespec after(int64_t length)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    if (length > 0) {
        end.tv_sec += length / 10000000;
        end.tv_nsec += (long)(length % 10000000) * 100;
        if (end.tv_nsec >= 1000000000) {
            end.tv_sec++;
            end.tv_nsec -= 1000000000;
        }
    }
    return end;
}

static void add_waiter(struct waiter *waiter)
{
    pthread_cond_init(&waiter->changed, NULL);
    waiter->next = waiters;
    waiters = waiter;
}

static void remove_waiter(struct waiter *waiter)
{
    struct waiter **link = &waiters;

    while (*link != waiter)
        link = &(*link)->next;
    *link = waiter->next;
    pthread_cond_destroy(&waiter->changed);
}

void sim_waits_check_empty(const char *when)
{
    pthread_mutex_lock(&dispatcher);
    if (waiters)
        sim_violation("a thread still waits in the driver %s", when);
    pthread_mutex_unlock(&dispatcher);
}

static ULONG ready_objects(const struct waiter *waiter)
{
    ULONG ready = 0;

    for (ULONG i = 0; i < waiter->count; i++)
        ready += ((DISPATCHER_HEADER *)waiter->objects[i])->SignalState > 0;
    return ready;
}

static bool is_over(const struct waiter *waiter)
{
    return ready_objects(waiter) >= (waiter->all ? waiter->count : 1);
}

/* Whether each of the driver's threads waits for what has not happened yet. */
static bool system_threads_wait(void)
{
    int waiting = 0;
    bool idle;

    pthread_mutex_lock(&dispatcher);
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next)
        waiting += waiter->of_system_thread && !is_over(waiter) && sim_uptime() < waiter->due;
    idle = waiting == sim_threads_running();
    pthread_mutex_unlock(&dispatcher);
    return idle;
}

static void await_system_threads(void)
{
    struct timespec end = after((int64_t)PATIENCE_SECONDS * 10000000);
    struct timespec now = {0};

    while (!system_threads_wait()) {
        usleep(100);
        clock_gettime(CLOCK_REALTIME, &now);
        if (now.tv_sec > end.tv_sec)
            sim_violation("for %d seconds a thread of the driver has neither waited nor ended",
                          PATIENCE_SECONDS);
    }
}

void sim_let_pass_ms(unsigned milliseconds)
{
    await_system_threads();
    sim_advance_ms(milliseconds);
    pthread_mutex_lock(&dispatcher);
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next)
        pthread_cond_signal(&waiter->changed);
    pthread_mutex_unlock(&dispatcher);
    await_system_threads();
}

static NTSTATUS wait_any(ULONG count, PVOID *objects, bool all, const LARGE_INTEGER *timeout,
                         const char *routine)
{
    struct timespec end = after((int64_t)PATIENCE_SECONDS * 10000000);
    uint64_t due = timeout ? wait_due(timeout) : UINT64_MAX;
    struct waiter self = {
        .objects = objects,
        .count = count,
        .all = all,
        .of_system_thread = sim_self()->system_thread != NULL,
        .due = due,
    };
    const LARGE_INTEGER no_time = {.QuadPart = 0};
    NTSTATUS status = STATUS_TIMEOUT;
    bool over = false;

    pthread_mutex_lock(&dispatcher);
    add_waiter(&self);
    for (;;) {
        bool ready = is_over(&self);
        for (ULONG i = 0; ready && i < count; i++) {
            if (take(objects[i])) {
                status = all ? STATUS_SUCCESS : (NTSTATUS)i;
                over = true;
                if (!all)
                    break;
            }
        }
        if (over || (timeout && timeout->QuadPart == 0))
            break;
        if (timeout)
            end = after((int64_t)(due - sim_uptime()));
        if (pthread_cond_timedwait(&self.changed, &dispatcher, &end) || sim_uptime() >= due) {
            if (!timeout && sim_self()->system_thread) { /* a thread may wait for work as long as it likes */
                end = after((int64_t)PATIENCE_SECONDS * 10000000);
                continue;
            }
            if (!timeout)
                sim_violation("%s has waited %d seconds without a time-out: nobody sets it", routine,
                              PATIENCE_SECONDS);
            timeout = &no_time; /* look once more, then give up */
        }
    }
    remove_waiter(&self);
    pthread_mutex_unlock(&dispatcher);
    return status;
}

static void check_wait(const LARGE_INTEGER *timeout, const char *routine)
{
    if (timeout && timeout->QuadPart == 0) {
        sim_max_irql(DISPATCH_LEVEL, routine);
        return;
    }
    if (sim_self()->held_count)
        sim_violation("%s would wait while holding a lock", routine);
    sim_max_irql(APC_LEVEL, routine);
}

NTSTATUS
KeWaitForSingleObject(PVOID object, KWAIT_REASON reason, KPROCESSOR_MODE mode, BOOLEAN alertable,
                      PLARGE_INTEGER timeout) /* wdm: <= APC_LEVEL; DISPATCH_LEVEL with a zero Timeout */
{
    (void)reason, (void)mode, (void)alertable;
    check_wait(timeout, "KeWaitForSingleObject");
    return wait_any(1, &object, false, timeout, "KeWaitForSingleObject");
}

NTSTATUS ZwWaitForSingleObject(HANDLE handle, BOOLEAN alertable,
                               PLARGE_INTEGER timeout) /* ntifs: PASSIVE_LEVEL */
{
    PVOID object;

    (void)alertable;
    sim_service("ZwWaitForSingleObject");
    object = sim_handle_object(handle, NULL, NULL, "ZwWaitForSingleObject");
    if (sim_object_type(object, "ZwWaitForSingleObject") == &sim_thread_type &&
        object == sim_self()->system_thread)
        sim_violation("a thread waits for its own end");
    check_wait(timeout, "ZwWaitForSingleObject");
    return wait_any(1, &object, false, timeout, "ZwWaitForSingleObject");
}

NTSTATUS
KeWaitForMultipleObjects(ULONG count, PVOID objects[], WAIT_TYPE type, KWAIT_REASON reason,
                         KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER timeout,
                         PKWAIT_BLOCK blocks) /* wdm: more than THREAD_WAIT_OBJECTS need WaitBlockArray */
{
    (void)reason, (void)mode, (void)alertable;
    check_wait(timeout, "KeWaitForMultipleObjects");
    if (count > MAXIMUM_WAIT_OBJECTS || (count > THREAD_WAIT_OBJECTS && !blocks))
        sim_violation("KeWaitForMultipleObjects was given %u objects%s", count,
                      blocks ? "" : " and no wait blocks");
    return wait_any(count, objects, type == WaitAll, timeout, "KeWaitForMultipleObjects");
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable,
                                PLARGE_INTEGER interval) /* wdm: <= APC_LEVEL */
{
    struct timespec length = {0};

    (void)mode, (void)alertable;
    check_wait(NULL, "KeDelayExecutionThread");
    if (interval->QuadPart < 0) {
        length.tv_sec = -interval->QuadPart / 10000000;
        length.tv_nsec = (long)(-interval->QuadPart % 10000000) * 100;
    }
    nanosleep(&length, NULL);
    return STATUS_SUCCESS;
}
