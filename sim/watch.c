#include "watch.h"

#include <stdint.h>
#include <string.h>

#include "irql.h"
#include "pool.h"
#include "sim.h"
#include "violation.h"

static size_t deepest;

bool sim_watches_drivers(void)
{
    return SIM_WATCHES_DRIVERS;
}

size_t sim_deepest_stack(void)
{
    return __atomic_load_n(&deepest, __ATOMIC_RELAXED);
}

struct sim_stack sim_stack_enter(const void *frame)
{
    struct sim_stack *stack = &sim_self()->stack, before = *stack;

    if (before.base)
        stack->below += (size_t)(before.base - before.top);
    stack->base = stack->top = frame;
    return before;
}

void sim_stack_leave(struct sim_stack before)
{
    sim_self()->stack = before;
}

#if SIM_WATCHES_DRIVERS

static void measure(struct sim_stack *stack, const char *frame)
{
    size_t used = stack->below + (size_t)(stack->base - frame), before = sim_deepest_stack();

    stack->top = frame;
    while (used > before &&
           !__atomic_compare_exchange_n(&deepest, &before, used, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
    if (used > SIM_STACK_BUDGET) {
        stack->base = NULL; /* the sentence needs some, too */
        sim_violation("the driver's frames take %zu bytes of this thread's stack; %u are its share", used,
                      SIM_STACK_BUDGET);
    }
}

static void check(const void *address, size_t size, const char *frame)
{
    struct sim_thread_state *self = sim_self();

    if (self->stack.base && frame < self->stack.base)
        measure(&self->stack, frame);
    if (self->irql < DISPATCH_LEVEL || !size)
        return;
    if (sim_pool_is_paged(address) || sim_pool_is_paged((const char *)address + size - 1))
        sim_violation("paged pool was touched at DISPATCH_LEVEL: on Windows it may be on disk just then");
}

/* What gcc calls (KASAN, with outline instrumentation): the kernel's interface, not libasan's. */
#define WATCH(name, size)                                                                                    \
    void __asan_##name##_noabort(uintptr_t address);                                                         \
    void __asan_##name##_noabort(uintptr_t address)                                                          \
    {                                                                                                        \
        check((const void *)address, size, __builtin_frame_address(0));                                      \
    }
#define WATCH_N(name)                                                                                        \
    void __asan_##name##_noabort(uintptr_t address, size_t size);                                            \
    void __asan_##name##_noabort(uintptr_t address, size_t size)                                             \
    {                                                                                                        \
        check((const void *)address, size, __builtin_frame_address(0));                                      \
    }

WATCH(load1, 1)
WATCH(load2, 2)
WATCH(load4, 4)
WATCH(load8, 8)
WATCH(load16, 16)
WATCH_N(loadN)
WATCH(store1, 1)
WATCH(store2, 2)
WATCH(store4, 4)
WATCH(store8, 8)
WATCH(store16, 16)
WATCH_N(storeN)

void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
}

/* gcc leaves calls of these as they are; the linker sends a driver's own here (--wrap). */
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void *__wrap_memset(void *to, int value, size_t size);
int __wrap_memcmp(const void *a, const void *b, size_t size);

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
    check(to, size, __builtin_frame_address(0));
    check(from, size, __builtin_frame_address(0));
    return memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    check(to, size, __builtin_frame_address(0));
    check(from, size, __builtin_frame_address(0));
    return memmove(to, from, size);
}

void *__wrap_memset(void *to, int value, size_t size)
{
    check(to, size, __builtin_frame_address(0));
    return memset(to, value, size);
}

int __wrap_memcmp(const void *a, const void *b, size_t size)
{
    check(a, size, __builtin_frame_address(0));
    check(b, size, __builtin_frame_address(0));
    return memcmp(a, b, size);
}

#endif
