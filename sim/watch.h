/* Watching what a driver does itself: gcc calls in before each access to memory that a driver makes through a
 * pointer (vg_watch_driver in CMakeLists.txt says which code is built so; without gcc, and under a sanitizer,
 * none is). At DISPATCH_LEVEL the access may not be to paged pool; and the frames above it, up to where the
 * kernel called the driver, may not take more than the driver's share of the stack. */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include <stdbool.h>
#include <stddef.h>

/* The share: of the 24 KiB that a thread has on x64 the callers of a callback and what it calls need the
 * rest. */
#define SIM_STACK_BUDGET 8192u

/* Where the driver's part of the calling thread's stack begins. A call into the driver from within a call
 * into the driver adds to what is used already. */
struct sim_stack {
    const char *base; /* NULL: the driver is not on this thread's stack */
    const char *top;  /* the lowest frame seen last */
    size_t below;     /* what the calls into the driver below this one use */
};
struct sim_stack sim_stack_enter(const void *frame);
void sim_stack_leave(struct sim_stack before);

#endif
