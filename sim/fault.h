/* Injected failures. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <ntddk.h>

/* Counts one failable call; true when this one is to fail. */
bool sim_fault(const char *routine);
/* As documented it can fail, though not as a driver calls it as a rule: fails only when the test names it. */
bool sim_fault_by_name(const char *routine);
bool sim_fault_of_pool(ULONG tag); /* an allocation: told as "pool VgFi" */
/* Whether this kernel lacks a routine that others have. */
bool sim_fault_hides(const char *name);
void sim_fault_reset(void);

#endif
