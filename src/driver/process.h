/* The table of processes: what a child's record says of its parent and creator, and what an exit's event says
 * of the start. A process is known by its id and creation time, because ids are used again. Exited processes
 * stay for their children, within bounds. */
#ifndef VG_DRIVER_PROCESS_H
#define VG_DRIVER_PROCESS_H

#include "sid.h"
#include "unicode.h"

#include <vigil/abi.h>

/* A fact kept of a process; its state is never VG_FACT_PENDING. */
struct vg_kept {
    struct vg_string text;
    uint8_t state; /* enum vg_fact_state */
    uint8_t flags; /* enum vg_fact_flags */
};

/* One process. Whoever was given a pointer holds a reference. */
struct vg_process {
    LIST_ENTRY link; /* private to process.c, like the next four */
    LIST_ENTRY exited_link;
    LONG references;
    bool in_table;
    bool exited;
    bool undone; /* it was denied by us, and ran all the same */
    bool denied; /* by us: its exit is the end of a start that was none */
    uint32_t id;
    uint64_t create_time;
    struct vg_guid guid;
    struct vg_kept image;
    struct vg_kept command_line;
    struct vg_sid user;      /* that it started as, or that the driver found it running as */
    uint64_t start_sequence; /* of its event; 0 when it started before the driver */
};

_IRQL_requires_max_(PASSIVE_LEVEL) void vg_processes_start(void);

/* No callback may be registered any more. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_processes_stop(void);

/* Adds the processes that are running now. The callbacks must be registered already, so that nobody is
 * missed; those that exit meanwhile are dealt with. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_processes_add_running(void);

/* A process not yet in the table, about which nothing is known. NULL: no memory. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    struct vg_process *vg_process_new(_In_ uint32_t id, _In_ uint64_t create_time);

/* Puts a process into the table in place of an older one of the same id. The texts of `*image` and
 * `*command_line` are the process's from now on. */
_IRQL_requires_max_(APC_LEVEL) void vg_process_publish(_Inout_ struct vg_process *process,
                                                       _In_ const struct vg_kept *image,
                                                       _In_ const struct vg_kept *command_line);

/* The same for a process whose start was not seen, unless it is in the table by now: then nothing happens,
 * and the text stays the caller's. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_
    bool vg_process_publish_unseen(_Inout_ struct vg_process *process, _In_ const struct vg_kept *image);

/* NULL is ignored. */
_IRQL_requires_max_(APC_LEVEL) void vg_process_release(_In_opt_ struct vg_process *process);

/* The process of that identity; `create_time` 0: the newest of that id. NULL: it is not in the table. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    struct vg_process *vg_process_find(_In_ uint32_t id, _In_ uint64_t create_time);

/* The process that has the id now, or had it last; one that the table lacks is looked at and added. NULL:
 * there is none. Opens files. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    struct vg_process *vg_process_identify(_In_ HANDLE id);

/* The process has exited. True: that is the end of a start that was denied by us, and nothing of it had run.
 */
_IRQL_requires_max_(APC_LEVEL) bool vg_process_exited(_Inout_ struct vg_process *process);

/* A sign that a process does run; if it was denied, another driver undid that, which is counted once. */
_IRQL_requires_max_(DISPATCH_LEVEL) void vg_process_runs(_Inout_ struct vg_process *process);

/* Looks for processes that should have ended long ago because they were denied. Returns how many processes
 * are live. */
_IRQL_requires_max_(APC_LEVEL) uint64_t vg_processes_check(void);

#endif
