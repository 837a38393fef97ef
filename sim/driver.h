/* The driver under test: loaded, unloading, gone. */
#ifndef SIM_DRIVER_H
#define SIM_DRIVER_H

#include "sim.h"

bool sim_driver_is_unloading(void);
void sim_driver_boot_finished(void);

/* A handle to the device is gone; the last one runs an unload that waited. Takes over the handle's reference.
 */
void sim_driver_handle_closed(PDEVICE_OBJECT device);

/* Ends the run if a system thread or work item is left. */
/* Threads that PsCreateSystemThread has made and that have not ended. */
int sim_threads_running(void);

void sim_threads_check_empty(const char *when);

#endif
