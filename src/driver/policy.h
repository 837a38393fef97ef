/* The policy in force. A policy is an immutable generation: published whole, and freed when the last decision
 * by it has ended. An invalid one never replaces a valid one. */
#ifndef VG_DRIVER_POLICY_H
#define VG_DRIVER_POLICY_H

#include "kernel.h"

#include <vigil/abi.h>

/* One policy. Members are read only. */
struct vg_generation {
    struct vg_policy policy;
    struct vg_policy_info info;
    uint64_t number; /* 1 for the first that was in force */
    size_t size;     /* of the blob */
};

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_policy_start(void);

/* No decision may be under way. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_policy_stop(void);

/* The policy in force, held until vg_policy_release; NULL when there is none. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    struct vg_generation *vg_policy_acquire(void);

/* NULL is ignored. */
_IRQL_requires_max_(APC_LEVEL) void vg_policy_release(_In_opt_ struct vg_generation *generation);

/* What a decision by `generation` works in, initialised; NULL when there is no memory. Give it back before
 * releasing the generation. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    void *vg_policy_take_scratch(_Inout_ struct vg_generation *generation);

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_policy_give_scratch(_Inout_ struct vg_generation *generation,
                                                               _In_ void *scratch);

/* Validates a copy of the blob and puts it in force. STATUS_FILE_CORRUPT_ERROR: it was refused, and `*reply`
 * says why. The outcome is kept for vg_policy_status. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_policy_load(_In_reads_bytes_(size) const void *blob, _In_ size_t size,
                   _Out_ struct vg_abi_load_reply *reply);

/* Loads the policy from the file the registry names, unless one has been in force by then, which is newer.
 * STATUS_NOT_FOUND: the registry names none. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS vg_policy_load_file(void);

/* NTSTATUS of the last load. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ NTSTATUS vg_policy_status(void);

/* How many policies have been in force. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint64_t vg_policy_generations(void);

#endif
