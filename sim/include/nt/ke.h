/* Kernel core: IRQL, locks, dispatcher objects, time. */
#ifndef SIM_NT_KE_H
#define SIM_NT_KE_H

#include "types.h"

#define PASSIVE_LEVEL  0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define HIGH_LEVEL     15

typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;

typedef struct _KLOCK_QUEUE_HANDLE {
    PKSPIN_LOCK Lock;
    KIRQL OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

typedef struct _DISPATCHER_HEADER {
    UCHAR Type;
    UCHAR Reserved[3];
    volatile LONG SignalState;
    LIST_ENTRY WaitListHead;
} DISPATCHER_HEADER;

typedef struct _KEVENT {
    DISPATCHER_HEADER Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KSEMAPHORE {
    DISPATCHER_HEADER Header;
    LONG Limit;
} KSEMAPHORE, *PKSEMAPHORE;

typedef struct _KMUTANT {
    DISPATCHER_HEADER Header;
    PVOID OwnerThread;
} KMUTEX, *PKMUTEX, *PRKMUTEX;

typedef enum _EVENT_TYPE { NotificationEvent, SynchronizationEvent } EVENT_TYPE;
typedef enum _KWAIT_REASON {
    Executive,
    FreePage,
    PageIn,
    PoolAllocation,
    DelayExecution,
    Suspended,
    UserRequest
} KWAIT_REASON;
typedef enum _WAIT_TYPE { WaitAll, WaitAny } WAIT_TYPE;

typedef struct _KWAIT_BLOCK {
    PVOID Spare[8];
} KWAIT_BLOCK, *PKWAIT_BLOCK;

#define IO_NO_INCREMENT       0
#define EVENT_INCREMENT       1
#define LOW_REALTIME_PRIORITY 16
#define THREAD_WAIT_OBJECTS   3
#define MAXIMUM_WAIT_OBJECTS  64

typedef struct _FAST_MUTEX {
    volatile LONG Count;
    PVOID Owner;
    ULONG Contention;
    KEVENT Event;
    ULONG OldIrql;
} FAST_MUTEX, *PFAST_MUTEX, KGUARDED_MUTEX, *PKGUARDED_MUTEX;

typedef struct _ERESOURCE {
    LIST_ENTRY SystemResourcesList;
    PVOID Implementation;
    ULONG_PTR Spare[10];
} ERESOURCE, *PERESOURCE;
static_assert(sizeof(PVOID) != 8 || sizeof(ERESOURCE) == 104, "as on x64 Windows");

typedef struct _EX_RUNDOWN_REF {
    union {
        volatile ULONG_PTR Count;
        volatile PVOID Ptr;
    };
} EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;

KIRQL KeGetCurrentIrql(void);
void KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql);
void KeLowerIrql(KIRQL NewIrql);
void KeEnterCriticalRegion(void);
void KeLeaveCriticalRegion(void);
void KeEnterGuardedRegion(void);
void KeLeaveGuardedRegion(void);
#define FsRtlEnterFileSystem KeEnterCriticalRegion
#define FsRtlExitFileSystem  KeLeaveCriticalRegion
BOOLEAN KeAreApcsDisabled(void);
BOOLEAN KeAreAllApcsDisabled(void);

void KeInitializeSpinLock(PKSPIN_LOCK SpinLock);
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock);
#define KeAcquireSpinLock(lock, irql) (*(irql) = KeAcquireSpinLockRaiseToDpc(lock))
void KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql);
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock);
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock);
void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle);
void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle);

void ExInitializeFastMutex(PFAST_MUTEX FastMutex);
void ExAcquireFastMutex(PFAST_MUTEX FastMutex);
BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex);
void ExReleaseFastMutex(PFAST_MUTEX FastMutex);
void ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex);
void ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex);
void KeInitializeGuardedMutex(PKGUARDED_MUTEX Mutex);
void KeAcquireGuardedMutex(PKGUARDED_MUTEX Mutex);
void KeReleaseGuardedMutex(PKGUARDED_MUTEX Mutex);

NTSTATUS ExInitializeResourceLite(PERESOURCE Resource);
NTSTATUS ExDeleteResourceLite(PERESOURCE Resource);
BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait);
BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait);
void ExReleaseResourceLite(PERESOURCE Resource);
void ExConvertExclusiveToSharedLite(PERESOURCE Resource);
BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource);
ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource);
PVOID ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource);
PVOID ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource);
void ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource);

void ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
void ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef);
BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef);
void ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef);
void ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef);
void ExRundownCompleted(PEX_RUNDOWN_REF RunRef);

void KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State);
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait);
LONG KeResetEvent(PRKEVENT Event);
void KeClearEvent(PRKEVENT Event);
LONG KeReadStateEvent(PRKEVENT Event);
void KeInitializeSemaphore(PKSEMAPHORE Semaphore, LONG Count, LONG Limit);
LONG KeReleaseSemaphore(PKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait);
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                               BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType, KWAIT_REASON WaitReason,
                                  KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                  PKWAIT_BLOCK WaitBlockArray);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval);

LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency);
void KeQuerySystemTime(PLARGE_INTEGER CurrentTime);
ULONGLONG KeQueryInterruptTime(void);
void KeQueryTickCount(PLARGE_INTEGER CurrentCount);
ULONG KeQueryTimeIncrement(void);
PKTHREAD KeGetCurrentThread(void);
#define PsGetCurrentThread() ((PETHREAD)KeGetCurrentThread())
void KeBugCheckEx(ULONG Code, ULONG_PTR P1, ULONG_PTR P2, ULONG_PTR P3, ULONG_PTR P4) DECLSPEC_NORETURN;
void KeBugCheck(ULONG Code) DECLSPEC_NORETURN;
#define KeMemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define MemoryBarrier()   KeMemoryBarrier()
#define YieldProcessor()  __builtin_ia32_pause()

/* Interlocked operations are full barriers. */
#define SIM_INTERLOCKED(suffix, type)                                                                        \
    FORCEINLINE type InterlockedIncrement##suffix(type volatile *p)                                          \
    {                                                                                                        \
        return __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    FORCEINLINE type InterlockedDecrement##suffix(type volatile *p)                                          \
    {                                                                                                        \
        return __atomic_sub_fetch(p, 1, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    FORCEINLINE type InterlockedExchange##suffix(type volatile *p, type v)                                   \
    {                                                                                                        \
        return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);                                                  \
    }                                                                                                        \
    FORCEINLINE type InterlockedExchangeAdd##suffix(type volatile *p, type v)                                \
    {                                                                                                        \
        return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    FORCEINLINE type InterlockedAdd##suffix(type volatile *p, type v)                                        \
    {                                                                                                        \
        return __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    FORCEINLINE type InterlockedOr##suffix(type volatile *p, type v)                                         \
    {                                                                                                        \
        return __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST);                                                    \
    }                                                                                                        \
    FORCEINLINE type InterlockedAnd##suffix(type volatile *p, type v)                                        \
    {                                                                                                        \
        return __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST);                                                   \
    }                                                                                                        \
    FORCEINLINE type InterlockedCompareExchange##suffix(type volatile *p, type v, type comparand)            \
    {                                                                                                        \
        __atomic_compare_exchange_n(p, &comparand, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                \
        return comparand;                                                                                    \
    }
SIM_INTERLOCKED(, LONG)
SIM_INTERLOCKED(64, LONG64)
#undef SIM_INTERLOCKED
FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *p, PVOID v)
{
    return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}
FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *p, PVOID v, PVOID comparand)
{
    __atomic_compare_exchange_n(p, &comparand, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return comparand;
}
#define ReadAcquire(p)            __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadAcquire64(p)          __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadNoFence(p)            __atomic_load_n(p, __ATOMIC_RELAXED)
#define ReadNoFence64(p)          __atomic_load_n(p, __ATOMIC_RELAXED)
#define ReadPointerAcquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ReadULongAcquire(p)       __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define WriteRelease(p, v)        __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WriteRelease64(p, v)      __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define WriteNoFence(p, v)        __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define WriteNoFence64(p, v)      __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define WritePointerRelease(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

#endif
