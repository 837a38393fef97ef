#include "stack.h"
#include "log.h"

enum { OWN = 256, WATCHED = 8192, ALLOWED = 6144 };
#define PAINT 0x5A

static LONG most;

/* Downwards, because a thread's stack grows a page at a time. */
__attribute__((noinline)) void *lab_stack_paint(void)
{
    volatile UCHAR *top = (volatile UCHAR *)__builtin_frame_address(0) - OWN;

    for (size_t i = 1; i <= WATCHED; i++)
        *(top - i) = PAINT;
    return (PVOID)top;
}

void lab_stack_took(const void *top)
{
    const volatile UCHAR *painted = top;
    LONG taken = OWN + WATCHED, before = most;

    for (size_t i = WATCHED; i && *(painted - i) == PAINT; i--)
        taken--;
    while (taken > before) {
        LONG seen = InterlockedCompareExchange(&most, taken, before);

        if (seen == before) {
            if (taken > ALLOWED)
                lab_violation("a routine took %d bytes of stack", (int)taken);
            return;
        }
        before = seen;
    }
}

ULONG lab_stack_most(void)
{
    return (ULONG)most;
}
