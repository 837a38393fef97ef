/* The registry. */
#ifndef SIM_REGISTRY_H
#define SIM_REGISTRY_H

void sim_registry_end(void);

#endif
