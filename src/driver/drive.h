/* On what kind of drive a file lies. All of it asks of an open file that has been given a place for what is
 * found out (file->disk). */
#ifndef VG_DRIVER_DRIVE_H
#define VG_DRIVER_DRIVE_H

#include "file.h"

/* fixed, removable, network, cdrom or ram, as GetDriveType tells them apart, except that a disk on USB or
 * FireWire and a memory card are removable although they may report themselves as fixed. Static text; size 0
 * when it could not be established. PASSIVE_LEVEL, special APCs enabled. */
_IRQL_requires_max_(PASSIVE_LEVEL) struct vg_span vg_drive_of(_In_ const struct vg_file *file);

/* Whether others may supply the drive's bytes: it is a file on another one (an attached VHD or ISO, which may
 * lie on a network) or another machine's (iSCSI). Not so of the one that Windows runs from, whatever it is:
 * who supplies that supplies Windows. True also when that could not be found out. */
_IRQL_requires_max_(PASSIVE_LEVEL) bool vg_drive_is_served(_In_ const struct vg_file *file);

/* Whether nobody can take the drive away, change it elsewhere and bring it back while Windows runs. */
_IRQL_requires_max_(PASSIVE_LEVEL) bool vg_drive_stays(_In_ const struct vg_file *file);

#endif
