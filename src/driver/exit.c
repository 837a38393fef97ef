#include "exit.h"

#include "counters.h"
#include "event.h"
#include "process.h"

_Use_decl_annotations_
void vg_exit_notify(PEPROCESS process, HANDLE process_id)
{
    uint32_t id = (uint32_t)(ULONG_PTR)process_id;
    uint64_t create_time = (uint64_t)PsGetProcessCreateTimeQuadPart(process);
    struct vg_process *known = vg_process_find(id, create_time);
    struct vg_exit exit = {.id = id, .status = PsGetProcessExitStatus(process), .create_time = create_time};

    vg_count(&vg_counters.exits);
    if (known != NULL)
        exit.denied = vg_process_exited(known);
    vg_event_exit(&exit, known);
    vg_process_release(known);
}
