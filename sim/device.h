/* The driver's devices and their names. */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "sim.h"

/* The device of that name, through symbolic links, if user mode may open it now with `access`. On success a
 * reference to it is the caller's (sim_object_unref). */
NTSTATUS sim_device_open(const UNICODE_STRING *name, PEPROCESS process, ACCESS_MASK access,
                         PDEVICE_OBJECT *device);

/* After DriverEntry the I/O manager clears DO_DEVICE_INITIALIZING of the devices made in it. */
void sim_devices_initialized(void);

/* Closes every handle that user mode has to a device. */
void sim_close_all(void);

/* Ends the run if a device or symbolic link is left. */
void sim_devices_check_empty(const char *when);

#endif
