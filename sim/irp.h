/* IRPs, each on a page of its own that is gone once the IRP is completed. */
#ifndef SIM_IRP_H
#define SIM_IRP_H

#include "sim.h"

/* Installs the answer to a touch of a completed IRP. */
void sim_irps_start(void);

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
