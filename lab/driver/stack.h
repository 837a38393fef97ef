/* How much of its thread's stack a routine of a driver takes, with what it calls: the kernel's stack is small
 * (12 KiB on x86, 24 KiB on x64), and what is above and below a driver on it needs the rest. */
#ifndef LAB_STACK_H
#define LAB_STACK_H

#include "platform.h"

/* Paints the stack below the calling function; `top` says where. The routine is to be called next. */
void *lab_stack_paint(void);

/* After it has returned: counts what it took, the lab's and Wine's routines that it called included. More
 * than a quarter of the 24 KiB, which is half of the 12 KiB, is a violation. */
void lab_stack_took(const void *top);

/* The most that any routine took, in bytes. */
ULONG lab_stack_most(void);

#endif
