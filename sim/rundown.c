/* Run-down protection: bit 0 of the count says that the run-down has begun, the rest counts holders in twos.
 */
#include <sched.h>

#include "irql.h"
#include "violation.h"
#include "world.h"

#define ACTIVE 1u

void ExInitializeRundownProtection(PEX_RUNDOWN_REF run) /* wdm: <= APC_LEVEL */
{
    __atomic_store_n(&run->Count, 0, __ATOMIC_SEQ_CST);
}

void ExReInitializeRundownProtection(PEX_RUNDOWN_REF run) /* wdm: after a run-down has completed */
{
    if (__atomic_load_n(&run->Count, __ATOMIC_SEQ_CST) != ACTIVE)
        sim_violation("ExReInitializeRundownProtection was called before the run-down had completed");
    __atomic_store_n(&run->Count, 0, __ATOMIC_SEQ_CST);
}

BOOLEAN ExAcquireRundownProtection(PEX_RUNDOWN_REF run) /* wdm: <= DISPATCH_LEVEL */
{
    ULONG_PTR count = __atomic_load_n(&run->Count, __ATOMIC_SEQ_CST);

    sim_max_irql(DISPATCH_LEVEL, "ExAcquireRundownProtection");
    do {
        if (count & ACTIVE)
            return FALSE;
    } while (
        !__atomic_compare_exchange_n(&run->Count, &count, count + 2, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    return TRUE;
}

void ExReleaseRundownProtection(PEX_RUNDOWN_REF run) /* wdm: <= DISPATCH_LEVEL */
{
    sim_max_irql(DISPATCH_LEVEL, "ExReleaseRundownProtection");
    if (__atomic_fetch_sub(&run->Count, 2, __ATOMIC_SEQ_CST) < 2)
        sim_violation("ExReleaseRundownProtection was called more often than ExAcquireRundownProtection");
}

void ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF run) /* wdm: <= APC_LEVEL */
{
    uint64_t end = sim_patience() + 600000000ull;

    sim_max_irql(APC_LEVEL, "ExWaitForRundownProtectionRelease");
    if (sim_self()->held_count)
        sim_violation("ExWaitForRundownProtectionRelease was called while holding a lock");
    __atomic_or_fetch(&run->Count, ACTIVE, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&run->Count, __ATOMIC_SEQ_CST) != ACTIVE) {
        if (sim_patience() > end)
            sim_violation("ExWaitForRundownProtectionRelease waited a minute: somebody never released");
        sched_yield();
    }
}

void ExRundownCompleted(PEX_RUNDOWN_REF run) /* wdm: <= APC_LEVEL */
{
    __atomic_store_n(&run->Count, ACTIVE, __ATOMIC_SEQ_CST);
}
