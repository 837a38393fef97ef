/* Injected failures. */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>

/* Counts one failable call; true when this one is to fail. */
bool sim_fault(const char *routine);
void sim_fault_reset(void);

#endif
