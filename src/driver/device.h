/* The device: who may open it, and its requests. */
#ifndef VG_DRIVER_DEVICE_H
#define VG_DRIVER_DEVICE_H

#include "kernel.h"

/* Makes the device, for SYSTEM and administrators alone, and its link; sets the driver's dispatch routines.
 * In DriverEntry: nobody can open it before that has returned. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_device_start(_Inout_ PDRIVER_OBJECT driver);

/* No handle may be open. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_device_stop(void);

#endif
