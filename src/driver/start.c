#include "start.h"

#include "counters.h"
#include "event.h"
#include "guard.h"
#include "mode.h"
#include "notify.h"
#include "record.h"
#include "spares.h"

/* What starts work in. */
static struct vg_spares starts;

_Use_decl_annotations_
void vg_starts_begin(void)
{
    vg_spares_start(&starts, sizeof(struct vg_start), VG_TAG_START);
}

_Use_decl_annotations_
void vg_starts_stop(void)
{
    vg_spares_stop(&starts);
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ _Ret_maybenull_
    static struct vg_start *new_start(_In_ PEPROCESS process, _In_ HANDLE id,
                                      _In_ PPS_CREATE_NOTIFY_INFO info)
{
    bool used = false;
    struct vg_start *start = vg_spares_take(&starts, &used);

    if (start == NULL)
        return NULL;
    memset(start, 0, FIELD_OFFSET(struct vg_start, names.bytes));
    start->self = vg_process_new((uint32_t)(ULONG_PTR)id, (uint64_t)PsGetProcessCreateTimeQuadPart(process));
    if (start->self == NULL) {
        vg_spares_give(&starts, start);
        return NULL;
    }
    start->process = process;
    start->info = info;
    start->decision.rule = VG_RULE_NONE;
    start->status = STATUS_SUCCESS;
    return start;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void free_start(_In_ struct vg_start *start)
{
    vg_policy_release(start->policy);
    vg_record_drop(start);
    vg_process_release(start->self);
    vg_spares_give(&starts, start);
}

/* Runs the policy over the record, gathering what it asks for. Each fact is asked for once at most, so this
 * ends. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void decide_by_policy(_Inout_ struct vg_start *start)
{
    void *scratch = vg_policy_take_scratch(start->policy);

    if (scratch == NULL) {
        start->reason = VG_REASON_FAILURE;
        return;
    }
    vg_policy_begin(scratch);
    while (vg_policy_decide(&start->record, scratch, &start->decision) == VG_NEED_FACT)
        vg_record_establish(start, start->decision.need);
    vg_policy_give_scratch(start->policy, scratch);
    start->reason = start->decision.rule == VG_RULE_NONE ? VG_REASON_DEFAULT : VG_REASON_RULE;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void decide(_Inout_ struct vg_start *start)
{
    bool gathered = false;

    start->policy = vg_policy_acquire();
    gathered = NT_SUCCESS(vg_record_gather(start));
    if (!NT_SUCCESS(start->info->CreationStatus)) {
        start->reason = VG_REASON_EARLIER_DRIVER;
        start->decision.verdict = VG_DENY;
        start->status = start->info->CreationStatus;
        return;
    }
    if (!gathered) {
        start->reason = VG_REASON_FAILURE;
        return;
    }
    start->reason = VG_REASON_NO_POLICY;
    if (start->policy != NULL)
        decide_by_policy(start);
}

/* What the verdict comes to, if it were enforced. Nobody can be asked yet, so a question has its answer in
 * the policy. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool verdict_fails_start(_In_ const struct vg_start *start)
{
    if (start->reason != VG_REASON_RULE && start->reason != VG_REASON_DEFAULT)
        return false;
    if (start->decision.verdict == VG_ASK)
        return start->policy->info.ask_otherwise == VG_DENY;
    return start->decision.verdict == VG_DENY;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void give_verdict(_Inout_ struct vg_start *start)
{
    NTSTATUS failed = STATUS_SUCCESS;

    if (!verdict_fails_start(start))
        return;
    start->guard = vg_guard_of(start);
    if (start->guard != VG_GUARD_NONE)
        return;
    start->status = (NTSTATUS)start->policy->info.deny_status;
    failed = vg_notify_deny(start->process, start->info, start->status);
    if (!NT_SUCCESS(failed)) {
        start->status = failed;
        start->guard = VG_GUARD_FAILED;
        return;
    }
    start->enforced = true;
    start->self->denied = true;
}

/* Every start is allowed, denied, or denied by somebody else. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void count(_In_ const struct vg_start *start)
{
    if (start->enforced)
        vg_count(&vg_counters.denied);
    else if (start->reason == VG_REASON_EARLIER_DRIVER)
        vg_count(&vg_counters.denied_by_others);
    else
        vg_count(&vg_counters.allowed);
    if (start->guard == VG_GUARD_FAILED)
        vg_count(&vg_counters.undone);
    else if (start->guard >= VG_GUARD_SAFE_MODE)
        vg_count(&vg_counters.would_deny);
    else if (start->guard != VG_GUARD_NONE)
        vg_count(&vg_counters.by_guard);
    if (start->decision.verdict == VG_ASK)
        vg_count(&vg_counters.asked);
    if (start->decision.audit_count != 0)
        vg_count(&vg_counters.audited);
    if (start->decision.unknown_fields != 0)
        vg_count(&vg_counters.unknown_facts);
    vg_count_decision(start->decision_ns);
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void record(_Inout_ struct vg_start *start)
{
    const struct vg_policy_info *info = start->policy == NULL ? NULL : &start->policy->info;

    if ((vg_mode_options_with(info) & VG_OPTION_HASH_ALL) != 0 && start->reason != VG_REASON_FAILURE)
        vg_record_establish(start, VG_FIELD_SHA256);
    start->self->start_sequence = vg_event_start(start);
    vg_process_publish(start->self, &start->image, &start->command_line);
}

_Use_decl_annotations_
void vg_start_notify(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    struct vg_clock clock = vg_clock_start();
    struct vg_start *start = new_start(process, id, info);

    vg_count(&vg_counters.starts);
    if (start == NULL) {
        /* A start that the system needs must not fail because we lack memory. The gap in the sequence says
         * that there was one. */
        vg_count(NT_SUCCESS(info->CreationStatus) ? &vg_counters.allowed : &vg_counters.denied_by_others);
        (void)vg_event_dropped();
        return;
    }
    start->deadline.begun = clock;
    decide(start);
    give_verdict(start);
    start->decision_ns = vg_clock_elapsed_ns(clock);
    count(start);
    record(start);
    free_start(start);
}
