/* IRPs, each on a page of its own that is gone once the IRP is completed. */
#ifndef SIM_IRP_H
#define SIM_IRP_H

#include "sim.h"

void sim_irps_start(void);

/* Whether an address lies where IRPs do: what is not one now was one. */
bool sim_irp_is_at(const void *address);

/* A zeroed IRP with one stack location, current. `owner` is called once, at completion, and sees to the page.
 */
struct sim_irp_owner {
    void (*completed)(struct sim_irp_owner *owner, PIRP irp);
};
PIRP sim_irp_new(struct sim_irp_owner *owner);

/* Takes the page of a completed IRP away. */
void sim_irp_retire(PIRP irp);

/* Ends the run if an IRP is neither completed nor on its way. */
void sim_irps_check_empty(const char *when);

#endif
