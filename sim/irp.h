/* IRPs, each on a page of its own that is gone once the IRP is completed. */
#ifndef SIM_IRP_H
#define SIM_IRP_H

#include "sim.h"

/* Installs the answer to a touch of a completed IRP. */
void sim_irps_start(void);

/* A zeroed IRP with one stack location, current. `owner` is called once, at completion, under no lock; then
 * the page goes. */
struct sim_irp_owner {
    void (*completed)(struct sim_irp_owner *owner, PIRP irp);
};
PIRP sim_irp_new(struct sim_irp_owner *owner);

/* Keeps the page of a live IRP over a cancellation. Returns false if the owner is completed already. */
void sim_irp_retire(PIRP irp);

#endif
