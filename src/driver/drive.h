/* On what kind of drive a file lies. */
#ifndef VG_DRIVER_DRIVE_H
#define VG_DRIVER_DRIVE_H

#include "file.h"

/* fixed, removable, network, cdrom or ram, as GetDriveType tells them apart, except that a disk on USB or
 * FireWire is removable although it reports itself as fixed. Static text; size 0 when it could not be
 * established. PASSIVE_LEVEL, special APCs enabled. */
_IRQL_requires_max_(PASSIVE_LEVEL) struct vg_span vg_drive_of(_In_ const struct vg_file *file);

#endif
