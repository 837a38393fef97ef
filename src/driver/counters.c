#include "counters.h"

#include <vigil/abi.h>

struct vg_counters vg_counters;

_Use_decl_annotations_
void vg_count_decision(uint64_t ns)
{
    LONG64 worst = (LONG64)vg_counted(&vg_counters.decision_worst_ns);

    InterlockedExchangeAdd64(&vg_counters.decision_total_ns, (LONG64)ns);
    while (worst < (LONG64)ns) /* once more after it was set, which finds it set */
        worst = InterlockedCompareExchange64(&vg_counters.decision_worst_ns, (LONG64)ns, worst);
}

_Use_decl_annotations_
void vg_counters_report(struct vg_abi_status *status)
{
    status->starts = vg_counted(&vg_counters.starts);
    status->exits = vg_counted(&vg_counters.exits);
    status->images = vg_counted(&vg_counters.images);
    status->allowed = vg_counted(&vg_counters.allowed);
    status->denied = vg_counted(&vg_counters.denied);
    status->would_deny = vg_counted(&vg_counters.would_deny);
    status->asked = vg_counted(&vg_counters.asked);
    status->audited = vg_counted(&vg_counters.audited);
    status->by_guard = vg_counted(&vg_counters.by_guard);
    status->denied_by_others = vg_counted(&vg_counters.denied_by_others);
    status->undone = vg_counted(&vg_counters.undone);
    status->unknown_facts = vg_counted(&vg_counters.unknown_facts);
    status->files_opened = vg_counted(&vg_counters.files_opened);
    status->files_hashed = vg_counted(&vg_counters.files_hashed);
    status->cache_hits = vg_counted(&vg_counters.cache_hits);
    status->events_dropped = vg_counted(&vg_counters.events_dropped);
    status->decision_worst_ns = vg_counted(&vg_counters.decision_worst_ns);
    status->decision_total_ns = vg_counted(&vg_counters.decision_total_ns);
    status->cut_short = vg_counted(&vg_counters.cut_short);
}
