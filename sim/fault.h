/* Injected failures. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <ntddk.h>

/* Counts one failable call; true when this one is to fail. */
bool sim_fault(const char *routine);
/* As documented it can fail, though not as a driver calls it as a rule: fails only when the test names it. */
bool sim_fault_by_name(const char *routine);
/* Whether this call is the one that the environment chose by its stack (fault_stack.c). */
bool sim_fault_at_stack(const char *routine);
/* Tells of the driver that is loaded, by its DriverEntry: stacks are told by its frames. */
void sim_fault_driver(const void *entry);
bool sim_fault_of_pool(ULONG tag); /* an allocation: told as "pool VgFi" */
/* Whether this kernel lacks a routine that others have. */
bool sim_fault_hides(const char *name);
void sim_fault_reset(void);

#endif
