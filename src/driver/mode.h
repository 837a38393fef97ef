/* Whether verdicts are enforced: the policy's mode, the administrator's override, safe mode, and whether this
 * boot and the last one were found healthy. Also the options. Any thread. */
#ifndef VG_DRIVER_MODE_H
#define VG_DRIVER_MODE_H

#include "kernel.h"

#include <vigil/abi.h>

/* Takes over what the registry says about the last boot. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_mode_start(void);

/* Marks this boot in the registry as not confirmed yet, once the driver is sure to stay. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_mode_begin_boot(void);

/* Sees to it that this mark is on the disk, which the first attempt cannot (vg_config_flush). False: there is
 * none that matters any more. */
_IRQL_requires_max_(PASSIVE_LEVEL) bool vg_mode_keep_boot_mark(void);

/* `info` describes the policy in force; NULL when there is none. */
_IRQL_requires_max_(DISPATCH_LEVEL) enum vg_abi_enforcement
    vg_mode_enforcement(_In_opt_ const struct vg_policy_info *info);

_IRQL_requires_max_(DISPATCH_LEVEL) enum vg_abi_mode_override vg_mode_override(void);

_IRQL_requires_max_(DISPATCH_LEVEL) void vg_mode_set_override(_In_ enum vg_abi_mode_override override_mode);

_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_mode_boot_confirmed(void);

/* This boot is healthy: the next one will enforce, and so does this one, unless the last was not confirmed.
 * In safe mode nothing happens: it proves nothing about a normal boot. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_mode_confirm_boot(void);

/* Options set by hand, enum vg_abi_option_flags. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t vg_mode_options(void);

/* Options in force: those set by hand, and the policy's wishes. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t vg_mode_options_with(_In_opt_ const struct vg_policy_info *info);

_IRQL_requires_max_(DISPATCH_LEVEL) void vg_mode_set_options(_In_ uint32_t mask, _In_ uint32_t flags);

#endif
