#include "fault.h"

#include <string.h>

#include "irql.h"
#include "sim.h"
#include "violation.h"

static unsigned fail_at;
static unsigned calls;
static const char *fired;
static const char *broken; /* a routine that always fails */

#define HIDDEN_MAX 8
static const char *hidden[HIDDEN_MAX];

bool sim_fault_by_name(const char *routine)
{
    const char *always = __atomic_load_n(&broken, __ATOMIC_SEQ_CST);

    return always && !strcmp(always, routine);
}

static bool is_nth(const char *routine)
{
    unsigned call;

    if (sim_self()->system_thread) /* it runs beside what a test counts, at its own pace */
        return false;
    call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if (call != __atomic_load_n(&fail_at, __ATOMIC_SEQ_CST))
        return false;
    __atomic_store_n(&fired, routine, __ATOMIC_SEQ_CST);
    return true;
}

bool sim_fault(const char *routine)
{
    return sim_fault_by_name(routine) || sim_fault_at_stack(routine) || is_nth(routine);
}

bool sim_fault_of_pool(ULONG tag)
{
    static char name[] = "pool tag!";
    char exact[] = "pool tag!";

    memcpy(exact + strlen("pool "), &tag, sizeof(tag));
    if (sim_fault_by_name(exact) || sim_fault_at_stack(exact))
        return true;
    if (!is_nth(name))
        return false;
    memcpy(name + strlen("pool "), &tag, sizeof(tag));
    return true;
}

void sim_fail_nth(unsigned n)
{
    __atomic_store_n(&fail_at, n, __ATOMIC_SEQ_CST);
    __atomic_store_n(&calls, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&fired, NULL, __ATOMIC_SEQ_CST);
}

unsigned sim_fail_calls(void)
{
    return __atomic_load_n(&calls, __ATOMIC_SEQ_CST);
}

const char *sim_fail_fired(void)
{
    return __atomic_load_n(&fired, __ATOMIC_SEQ_CST);
}

void sim_fail_routine(const char *routine)
{
    __atomic_store_n(&broken, routine, __ATOMIC_SEQ_CST);
}

void sim_hide_routine(const char *name)
{
    unsigned i = 0;

    while (i < HIDDEN_MAX && hidden[i])
        i++;
    if (i == HIDDEN_MAX)
        sim_violation("the test hides more than %u routines", HIDDEN_MAX);
    hidden[i] = name;
}

bool sim_fault_hides(const char *name)
{
    for (unsigned i = 0; i < HIDDEN_MAX && hidden[i]; i++) {
        if (!strcmp(hidden[i], name))
            return true;
    }
    return false;
}

void sim_fault_reset(void)
{
    memset(hidden, 0, sizeof(hidden));
    sim_fail_routine(NULL);
    sim_fail_nth(0);
}
