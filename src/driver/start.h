/* One start of a process, on its way: notify -> record -> decide -> verdict -> event. */
#ifndef VG_DRIVER_START_H
#define VG_DRIVER_START_H

#include <vigil/abi.h>

#include "deadline.h"
#include "file.h"
#include "hash.h"
#include "policy.h"
#include "process.h"
#include "token.h"
#include "version.h"

/* Lives in paged pool while the callback runs: far too large for the kernel's stack. Kept for the next start
 * (spares.h). */
struct vg_start {
    PEPROCESS process;
    PPS_CREATE_NOTIFY_INFO info; /* the kernel's, for the length of the callback */
    struct vg_deadline deadline; /* begins with the callback */

    /* The facts, and what they point into. */
    struct vg_record record;
    struct vg_kept image;
    struct vg_kept command_line;
    uint16_t numbers[4][VG_DECIMAL_UNITS];
    struct vg_file_hashes hashes;
    struct vg_version version;
    enum vg_image_source image_source;
    struct vg_file file;
    struct vg_disk disk;

    /* Who is involved. `creator` and `parent` may be NULL. */
    struct vg_process *self; /* not in the table before the verdict is given */
    struct vg_process *parent;
    struct vg_process *creator;
    uint32_t parent_id;
    uint32_t creator_id;
    uint32_t creator_thread_id;

    /* The outcome. */
    struct vg_generation *policy; /* NULL: none in force */
    struct vg_decision decision;
    enum vg_reason reason;
    enum vg_guard guard;
    bool enforced;
    NTSTATUS status; /* what CreationStatus was given, or held when another driver had failed it; or why
                      the denial failed (VG_GUARD_FAILED) */
    uint64_t decision_ns;

    /* Last, because their content is left as the start before has left it. */
    struct vg_name_room names;
    struct vg_token_text token;
};

/* Before the first start is told of; after the last one has returned. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_starts_begin(void);
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_starts_stop(void);

/* Decides a start that the kernel reports: puts a failure into info->CreationStatus or leaves it, then
 * records. On the creating thread, in a critical region. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_start_notify(_Inout_ PEPROCESS process, _In_ HANDLE id,
                                                        _Inout_ PPS_CREATE_NOTIFY_INFO info);

#endif
