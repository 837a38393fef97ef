/* Spin locks, fast and guarded mutexes. A lock is an atomic word in the driver's own structure, so that
 * ThreadSanitizer sees the driver's synchronisation and no more. */
#include "locks.h"

#include <sched.h>

#include "irql.h"
#include "pool.h"
#include "violation.h"
#include "world.h"

static uint64_t patience_end(void)
{
    return sim_patience() + 600000000ull; /* a minute */
}

static void acquire_word(volatile ULONG_PTR *word, const char *routine)
{
    ULONG_PTR me = (ULONG_PTR)sim_self(), expected = 0;
    uint64_t end = 0;

    while (!__atomic_compare_exchange_n(word, &expected, me, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (expected == me)
            sim_violation("%s: this thread holds the lock already (deadlock)", routine);
        expected = 0;
        sched_yield();
        if (!end)
            end = patience_end();
        else if (sim_patience() > end)
            sim_violation("%s waited a minute for a lock (deadlock)", routine);
    }
}

void KeInitializeSpinLock(PKSPIN_LOCK lock) /* wdm: any IRQL; resident storage */
{
    if (sim_pool_is_paged(lock))
        sim_violation("KeInitializeSpinLock was given storage in paged pool");
    *lock = 0;
}

static void spin_acquire(PKSPIN_LOCK lock, const char *routine)
{
    acquire_word(lock, routine);
    sim_hold(lock, SIM_LOCK_SPIN, routine);
}

static void spin_release(PKSPIN_LOCK lock, const char *routine)
{
    sim_release(lock, SIM_LOCK_SPIN, routine);
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK lock) /* wdm: <= DISPATCH_LEVEL */
{
    KIRQL old = sim_self()->irql;

    sim_max_irql(DISPATCH_LEVEL, "KeAcquireSpinLock");
    sim_set_irql(DISPATCH_LEVEL);
    spin_acquire(lock, "KeAcquireSpinLock");
    return old;
}

void KeReleaseSpinLock(PKSPIN_LOCK lock, KIRQL new_irql) /* wdm: DISPATCH_LEVEL */
{
    spin_release(lock, "KeReleaseSpinLock");
    if (sim_self()->irql != DISPATCH_LEVEL || new_irql > DISPATCH_LEVEL)
        sim_violation("KeReleaseSpinLock was called with an IRQL other than the one KeAcquireSpinLock gave");
    sim_set_irql(new_irql);
}

void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK lock) /* wdm: >= DISPATCH_LEVEL */
{
    if (sim_self()->irql < DISPATCH_LEVEL)
        sim_violation("KeAcquireSpinLockAtDpcLevel was called below DISPATCH_LEVEL");
    spin_acquire(lock, "KeAcquireSpinLockAtDpcLevel");
}

void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK lock) /* wdm: >= DISPATCH_LEVEL */
{
    if (sim_self()->irql < DISPATCH_LEVEL)
        sim_violation("KeReleaseSpinLockFromDpcLevel was called below DISPATCH_LEVEL");
    spin_release(lock, "KeReleaseSpinLockFromDpcLevel");
}

void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK lock, PKLOCK_QUEUE_HANDLE handle) /* wdm: <= DISPATCH_LEVEL */
{
    handle->OldIrql = KeAcquireSpinLockRaiseToDpc(lock);
    handle->Lock = lock;
}

void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE handle) /* wdm: DISPATCH_LEVEL */
{
    KeReleaseSpinLock(handle->Lock, handle->OldIrql);
}

void ExInitializeFastMutex(PFAST_MUTEX mutex) /* wdm: <= DISPATCH_LEVEL; resident storage */
{
    sim_max_irql(DISPATCH_LEVEL, "ExInitializeFastMutex");
    if (sim_pool_is_paged(mutex))
        sim_violation("ExInitializeFastMutex was given storage in paged pool");
    *mutex = (FAST_MUTEX){.Count = 1};
}

static volatile ULONG_PTR *mutex_word(PFAST_MUTEX mutex)
{
    if (mutex->Count != 1)
        sim_violation("a fast or guarded mutex was used before it was initialized");
    return (volatile ULONG_PTR *)&mutex->Owner;
}

void ExAcquireFastMutex(PFAST_MUTEX mutex) /* wdm: <= APC_LEVEL; raises to APC_LEVEL */
{
    KIRQL old = sim_self()->irql;

    sim_max_irql(APC_LEVEL, "ExAcquireFastMutex");
    acquire_word(mutex_word(mutex), "ExAcquireFastMutex");
    mutex->OldIrql = old;
    sim_set_irql(APC_LEVEL);
    sim_hold(mutex, SIM_LOCK_FAST_MUTEX, "ExAcquireFastMutex");
}

BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX mutex) /* wdm: <= APC_LEVEL */
{
    ULONG_PTR expected = 0;

    sim_max_irql(APC_LEVEL, "ExTryToAcquireFastMutex");
    if (!__atomic_compare_exchange_n(mutex_word(mutex), &expected, (ULONG_PTR)sim_self(), 0, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return FALSE;
    mutex->OldIrql = sim_self()->irql;
    sim_set_irql(APC_LEVEL);
    sim_hold(mutex, SIM_LOCK_FAST_MUTEX, "ExTryToAcquireFastMutex");
    return TRUE;
}

void ExReleaseFastMutex(PFAST_MUTEX mutex) /* wdm: APC_LEVEL */
{
    KIRQL old = (KIRQL)mutex->OldIrql;

    sim_release(mutex, SIM_LOCK_FAST_MUTEX, "ExReleaseFastMutex");
    if (sim_self()->irql != APC_LEVEL)
        sim_violation("ExReleaseFastMutex was called at another IRQL than APC_LEVEL");
    __atomic_store_n(mutex_word(mutex), 0, __ATOMIC_RELEASE);
    sim_set_irql(old);
}

void ExAcquireFastMutexUnsafe(PFAST_MUTEX mutex) /* wdm: APCs off already */
{
    sim_max_irql(APC_LEVEL, "ExAcquireFastMutexUnsafe");
    if (!KeAreApcsDisabled())
        sim_violation("ExAcquireFastMutexUnsafe was called with APCs enabled");
    acquire_word(mutex_word(mutex), "ExAcquireFastMutexUnsafe");
    sim_hold(mutex, SIM_LOCK_FAST_MUTEX, "ExAcquireFastMutexUnsafe");
}

void ExReleaseFastMutexUnsafe(PFAST_MUTEX mutex) /* wdm */
{
    sim_release(mutex, SIM_LOCK_FAST_MUTEX, "ExReleaseFastMutexUnsafe");
    __atomic_store_n(mutex_word(mutex), 0, __ATOMIC_RELEASE);
}

void KeInitializeGuardedMutex(PKGUARDED_MUTEX mutex) /* wdm: <= APC_LEVEL */
{
    ExInitializeFastMutex(mutex);
}

void KeAcquireGuardedMutex(PKGUARDED_MUTEX mutex) /* wdm: <= APC_LEVEL; enters a guarded region */
{
    KeEnterGuardedRegion();
    acquire_word(mutex_word(mutex), "KeAcquireGuardedMutex");
    sim_hold(mutex, SIM_LOCK_GUARDED_MUTEX, "KeAcquireGuardedMutex");
}

void KeReleaseGuardedMutex(PKGUARDED_MUTEX mutex) /* wdm: <= APC_LEVEL */
{
    sim_release(mutex, SIM_LOCK_GUARDED_MUTEX, "KeReleaseGuardedMutex");
    __atomic_store_n(mutex_word(mutex), 0, __ATOMIC_RELEASE);
    KeLeaveGuardedRegion();
}
