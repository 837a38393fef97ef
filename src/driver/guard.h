/* Guards: starts that are never failed, so that nobody locks themselves out. */
#ifndef VG_DRIVER_GUARD_H
#define VG_DRIVER_GUARD_H

#include "start.h"

/* Which guard keeps a start from being failed although its policy's verdict says so; VG_GUARD_NONE: none. */
_IRQL_requires_max_(PASSIVE_LEVEL) enum vg_guard vg_guard_of(_In_ const struct vg_start *start);

#endif
