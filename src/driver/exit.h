/* The end of a process. */
#ifndef VG_DRIVER_EXIT_H
#define VG_DRIVER_EXIT_H

#include "kernel.h"

/* Records an exit that the kernel reports, or the end of a start that was denied: the kernel tears the
 * process down through the same call. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_exit_notify(_In_ PEPROCESS process, _In_ HANDLE id);

#endif
