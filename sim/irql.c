/* IRQL and APC state, one a thread. */
#include "irql.h"
#include "paging.h"
#include "violation.h"
#include "world.h"

static _Thread_local struct sim_thread_state state;

static const char *const lock_names[] = {"a spin lock", "a fast mutex", "a guarded mutex", "an ERESOURCE",
                                         "the cancel spin lock"};
static const char *const irql_names[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};

static const char *irql_name(KIRQL irql)
{
    return irql <= DISPATCH_LEVEL ? irql_names[irql] : "above DISPATCH_LEVEL";
}

struct sim_thread_state *sim_self(void)
{
    return &state;
}

void sim_as_other_thread(void (*what)(void *), void *argument)
{
    struct sim_thread_state before = state;

    if (state.irql != PASSIVE_LEVEL || state.held_count)
        sim_violation("the test lets another thread run above PASSIVE_LEVEL or with a lock held");
    state = (struct sim_thread_state){0};
    what(argument);
    state = before;
}

void sim_set_irql(KIRQL irql)
{
    state.irql = irql;
    sim_paging_set_irql(irql);
}

void sim_max_irql(KIRQL max, const char *routine)
{
    if (state.irql > max)
        sim_violation("%s was called at %s; it may be called at %s at most", routine, irql_name(state.irql),
                      irql_name(max));
}

void sim_service(const char *routine)
{
    for (unsigned i = 0; i < state.held_count; i++) {
        if (state.held[i].kind != SIM_LOCK_RESOURCE)
            sim_violation("%s was called while holding %s", routine, lock_names[state.held[i].kind]);
    }
    sim_max_irql(PASSIVE_LEVEL, routine);
}

void sim_file_service(const char *routine)
{
    sim_service(routine);
    if (state.held_count) /* an ERESOURCE, which a service itself would allow */
        sim_violation("%s was called while holding %s: whoever waits for it waits for a disk", routine,
                      lock_names[state.held[0].kind]);
    if (state.guarded)
        sim_violation("%s was called with special kernel APCs off: the I/O would never complete", routine);
}

void sim_paged_code(const char *function)
{
    sim_max_irql(APC_LEVEL, function);
}

void sim_hold(void *lock, enum sim_lock_kind kind, const char *routine)
{
    if (state.held_count == SIM_HELD_MAX)
        sim_violation("%s: one thread holds more than %d locks", routine, SIM_HELD_MAX);
    state.held[state.held_count++] = (struct sim_held){lock, kind};
}

void sim_release(void *lock, enum sim_lock_kind kind, const char *routine)
{
    for (unsigned i = state.held_count; i-- > 0;) {
        if (state.held[i].lock == lock && state.held[i].kind == kind) {
            memmove(&state.held[i], &state.held[i + 1], (state.held_count - i - 1) * sizeof(state.held[0]));
            state.held_count--;
            return;
        }
    }
    sim_violation("%s: the thread does not hold this lock", routine);
}

bool sim_holds(const void *lock)
{
    for (unsigned i = 0; i < state.held_count; i++) {
        if (state.held[i].lock == lock)
            return true;
    }
    return false;
}

struct sim_guard sim_enter_driver(void)
{
    state.in_kernel++;
    return (struct sim_guard){state.irql, state.critical, state.guarded, state.held_count,
                              sim_stack_enter(__builtin_frame_address(0))};
}

void sim_leave_driver(struct sim_guard before, const char *what)
{
    if (state.held_count > before.held_count)
        sim_violation("%s returned holding %s", what, lock_names[state.held[state.held_count - 1].kind]);
    if (state.irql != before.irql)
        sim_violation("%s was entered at %s and returned at %s", what, irql_name(before.irql),
                      irql_name(state.irql));
    if (state.critical != before.critical)
        sim_violation("%s changed the critical region count from %d to %d", what, before.critical,
                      state.critical);
    if (state.guarded != before.guarded)
        sim_violation("%s changed the guarded region count from %d to %d", what, before.guarded,
                      state.guarded);
    sim_stack_leave(before.stack);
    state.in_kernel--;
}

KIRQL KeGetCurrentIrql(void)
{
    return state.irql;
}

void KeRaiseIrql(KIRQL new_irql, PKIRQL old_irql) /* wdm: NewIrql must be >= the current IRQL */
{
    if (new_irql < state.irql)
        sim_violation("KeRaiseIrql was asked to lower the IRQL from %s to %s", irql_name(state.irql),
                      irql_name(new_irql));
    *old_irql = state.irql;
    sim_set_irql(new_irql);
}

void KeLowerIrql(KIRQL new_irql) /* wdm: NewIrql must be <= the current IRQL */
{
    if (new_irql > state.irql)
        sim_violation("KeLowerIrql was asked to raise the IRQL from %s to %s", irql_name(state.irql),
                      irql_name(new_irql));
    sim_set_irql(new_irql);
}

void KeEnterCriticalRegion(void) /* ntddk: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "KeEnterCriticalRegion");
    state.critical++;
}

void KeLeaveCriticalRegion(void) /* ntddk: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "KeLeaveCriticalRegion");
    if (state.critical-- <= 0)
        sim_violation("KeLeaveCriticalRegion was called outside a critical region");
}

void KeEnterGuardedRegion(void) /* ntddk: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "KeEnterGuardedRegion");
    state.guarded++;
}

void KeLeaveGuardedRegion(void) /* ntddk: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "KeLeaveGuardedRegion");
    if (state.guarded-- <= 0)
        sim_violation("KeLeaveGuardedRegion was called outside a guarded region");
}

BOOLEAN KeAreApcsDisabled(void) /* ntddk */
{
    return state.critical || state.guarded || state.irql >= APC_LEVEL;
}

BOOLEAN KeAreAllApcsDisabled(void) /* ntddk: Windows Server 2003 */
{
    sim_since(SIM_WINDOWS_SERVER_2003, "KeAreAllApcsDisabled");
    return state.guarded || state.irql >= APC_LEVEL;
}
