/* Volumes that are known to stay: on a disk inside the machine, which nobody else supplies. Asking a disk is
 * a request down its whole stack; a start on a volume that is known here saves it.
 *
 * A volume is known by its device object, which is kept meanwhile (ObReferenceObject), so that no other can
 * come to lie in its place; one that is removed stays behind as delete-pending (IoDeleteDevice's page) until
 * another takes its place here. That keeps its driver in memory: only the volume manager's are remembered,
 * which Windows never unloads. (Before Vista it has another name, and nothing is remembered.) */
#ifndef VG_DRIVER_VOLUMES_H
#define VG_DRIVER_VOLUMES_H

#include "kernel.h"

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_volumes_start(void);

/* Forgets them all. Nobody may ask any more. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_volumes_stop(void);

/* Whether the volume is known to stay. */
_IRQL_requires_max_(APC_LEVEL) bool vg_volumes_has(_In_ PDEVICE_OBJECT volume);

/* The caller knows it to stay. Forgets the one that has been known longest when there are too many, and does
 * nothing about a device that is not the volume manager's. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_volumes_add(_In_ PDEVICE_OBJECT volume);

#endif
