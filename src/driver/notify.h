/* The process callback: the kernel's word that a process starts or has exited. notify.c for the routines of
 * Windows Vista SP1 and later, legacy/notify.c (vigil-xp.sys) for the one before them. */
#ifndef VG_DRIVER_NOTIFY_H
#define VG_DRIVER_NOTIFY_H

#include "kernel.h"

/* Registers the callback with PsSetCreateProcessNotifyRoutineEx2 where there is one, else with ...Ex;
 * vigil-xp.sys with PsSetCreateProcessNotifyRoutine. A failure is said in words to the debugger and kept for
 * vg_notify_status. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_notify_start(void);

/* Takes the callback back and waits for those that run. Never from a callback. Does nothing when none is
 * registered. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_notify_stop(void);

/* registered_with of struct vg_abi_status. `*status` is the registration's. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t vg_notify_status(_Out_ NTSTATUS *status);

/* Whether the callback is told file and command line. The old one is told ids alone: what it does not name
 * need not be absent. */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_notify_tells_names(void);

/* Denies the start that the callback reports, with `status` in CreationStatus; vigil-xp.sys ends the process
 * with it when the callback is over. A failure: there is no way to deny it, and the process will run. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_notify_deny(_In_ PEPROCESS process, _Inout_ PPS_CREATE_NOTIFY_INFO info, _In_ NTSTATUS status);

#endif
