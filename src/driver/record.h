/* A start's facts: from what the kernel hands over, the table of processes, the token and the file. */
#ifndef VG_DRIVER_RECORD_H
#define VG_DRIVER_RECORD_H

#include "start.h"

/* Gathers all facts of the cheap stage. A fact that cannot be had is unknown; only lack of memory for the
 * command line fails, because a rule must not be decided without it. The others are gathered all the same. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_record_gather(_Inout_ struct vg_start *start);

/* Establishes a fact of a later stage, known or unknown, and those that came to light beside it. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_record_establish(_Inout_ struct vg_start *start,
                                                            _In_ enum vg_field field);

/* Gives back everything that was gathered, but the texts that the table of processes has taken over. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_record_drop(_Inout_ struct vg_start *start);

#endif
