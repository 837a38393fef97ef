/* What the system is not ready for while the driver starts, done by a thread of its own a little later: the
 * mark of an unconfirmed boot reaches the disk, and a policy on a late volume is loaded. */
#ifndef VG_DRIVER_BOOT_H
#define VG_DRIVER_BOOT_H

#include "kernel.h"

/* `policy_status` is what came of loading the policy's file in DriverEntry. The thread ends by itself when
 * all is done or after two minutes. Without memory for it the driver does without, and says so. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_boot_start(_In_ NTSTATUS policy_status);

/* Waits for its end. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_boot_stop(void);

#endif
