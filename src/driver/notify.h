/* The process callback: the kernel's word that a process starts or has exited. */
#ifndef VG_DRIVER_NOTIFY_H
#define VG_DRIVER_NOTIFY_H

#include "kernel.h"

/* Registers the callback with PsSetCreateProcessNotifyRoutineEx2 where there is one, else with ...Ex. A
 * failure is said in words to the debugger and kept for vg_notify_status. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_notify_start(void);

/* Takes the callback back and waits for those that run. Never from a callback. Does nothing when none is
 * registered. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_notify_stop(void);

/* 2: registered with Ex2, 1: with Ex, 0: not. `*status` is the registration's. */
uint32_t vg_notify_status(_Out_ NTSTATUS *status);

#endif
