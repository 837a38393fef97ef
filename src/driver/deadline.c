#include "deadline.h"

#include "config.h"
#include "counters.h"
#include "reader.h"

/* What a start still gets when its creator is being ended or the driver stopped. Not nothing: else a program
 * would be past every rule on hashes whose creator has its own thread ended meanwhile. */
#define HURRIED_MS 500u

/* The same and what every start gets, in ticks. */
static uint64_t hurried;
static uint64_t time_up;

_Use_decl_annotations_
void vg_deadlines_start(void)
{
    hurried = vg_clock_ticks_of(HURRIED_MS);
    time_up = vg_clock_ticks_of(vg_config.gather_time_ms);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static enum vg_cut_short look(_In_ const struct vg_deadline *deadline)
{
    uint64_t elapsed = vg_clock_start().ticks - deadline->begun.ticks;

    if (elapsed >= time_up)
        return VG_CUT_TIME;
    if (elapsed < hurried)
        return VG_CUT_NONE;
    if (PsIsThreadTerminating(PsGetCurrentThread()))
        return VG_CUT_CREATOR;
    return vg_readers_quiesced() ? VG_CUT_STOPPING : VG_CUT_NONE;
}

_Use_decl_annotations_
NTSTATUS vg_deadline_check(struct vg_deadline *deadline)
{
    if (deadline == NULL)
        return STATUS_SUCCESS;
    if (deadline->cut == VG_CUT_NONE) {
        deadline->cut = look(deadline);
        if (deadline->cut != VG_CUT_NONE)
            vg_count(&vg_counters.cut_short);
    }
    return deadline->cut == VG_CUT_NONE ? STATUS_SUCCESS : STATUS_IO_TIMEOUT;
}
