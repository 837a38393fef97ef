/* How long a start may wait while its file is read: a slow server, or a large file, holds its creator no
 * longer. Asked between reads, so one read more can pass. */
#ifndef VG_DRIVER_DEADLINE_H
#define VG_DRIVER_DEADLINE_H

#include "clock.h"

#include <vigil/abi.h>

/* One start's time for all that is read of its file. Zero-initialised but for the clock. */
struct vg_deadline {
    struct vg_clock begun;
    enum vg_cut_short cut; /* once it is not VG_CUT_NONE it stays */
};

/* After vg_config_start; whose gather_time_ms it is. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_deadlines_start(void);

/* STATUS_IO_TIMEOUT, and deadline->cut: no more is to be read. On the creating thread. NULL: never. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_deadline_check(_Inout_opt_ struct vg_deadline *deadline);

#endif
