#include "slots.h"
#include "context.h"
#include "log.h"

static struct lab_slot *find(struct lab_slots *table, PVOID routine)
{
    for (size_t i = 0; i < LAB_SLOTS; i++) {
        if (table->slots[i].routine == routine)
            return &table->slots[i];
    }
    return NULL;
}

NTSTATUS lab_slots_add(struct lab_slots *table, PVOID routine, enum lab_routine_kind kind)
{
    struct lab_slot *slot = NULL;

    RtlAcquireSRWLockExclusive(&table->lock);
    if (!find(table, routine))
        slot = find(table, NULL);
    if (slot) {
        slot->routine = routine;
        slot->kind = kind;
        slot->removing = FALSE;
    }
    RtlReleaseSRWLockExclusive(&table->lock);
    return slot ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

NTSTATUS lab_slots_remove(struct lab_slots *table, PVOID routine, enum lab_routine_kind kind)
{
    struct lab_slot *slot;

    RtlAcquireSRWLockExclusive(&table->lock);
    slot = find(table, routine);
    if (!slot || slot->kind != kind || slot->removing) {
        RtlReleaseSRWLockExclusive(&table->lock);
        return STATUS_PROCEDURE_NOT_FOUND;
    }
    if (lab_context()->slot == slot) {
        RtlReleaseSRWLockExclusive(&table->lock);
        lab_violation("a routine was removed from within itself: Windows would wait for ever");
        return STATUS_POSSIBLE_DEADLOCK;
    }
    slot->removing = TRUE;
    while (slot->running)
        RtlSleepConditionVariableSRW(&table->left, &table->lock, NULL, 0);
    slot->routine = NULL;
    RtlReleaseSRWLockExclusive(&table->lock);
    return STATUS_SUCCESS;
}

static BOOLEAN enter(struct lab_slots *table, struct lab_slot *slot)
{
    BOOLEAN entered;

    RtlAcquireSRWLockExclusive(&table->lock);
    entered = slot->routine && !slot->removing;
    slot->running += entered;
    RtlReleaseSRWLockExclusive(&table->lock);
    return entered;
}

static void leave(struct lab_slots *table, struct lab_slot *slot)
{
    RtlAcquireSRWLockExclusive(&table->lock);
    if (--slot->running == 0 && slot->removing)
        RtlWakeAllConditionVariable(&table->left);
    RtlReleaseSRWLockExclusive(&table->lock);
}

void lab_slots_each(struct lab_slots *table, void (*call)(const struct lab_slot *, void *), void *argument)
{
    struct lab_context *context = lab_context();
    const struct lab_slot *outer = context->slot;

    for (size_t i = 0; i < LAB_SLOTS; i++) {
        struct lab_slot *slot = &table->slots[i];

        if (!enter(table, slot))
            continue;
        context->slot = slot;
        KeEnterCriticalRegion();
        call(slot, argument);
        KeLeaveCriticalRegion();
        context->slot = outer;
        leave(table, slot);
        if (context->irql != PASSIVE_LEVEL) {
            lab_violation("a routine returned at IRQL %u", context->irql);
            context->irql = PASSIVE_LEVEL;
        }
    }
}

ULONG lab_slots_count(struct lab_slots *table)
{
    ULONG count = 0;

    for (size_t i = 0; i < LAB_SLOTS; i++)
        count += table->slots[i].routine != NULL;
    return count;
}

ULONG lab_slots_drop(struct lab_slots *table, const char *base, SIZE_T size)
{
    ULONG dropped = 0;

    RtlAcquireSRWLockExclusive(&table->lock);
    for (size_t i = 0; i < LAB_SLOTS; i++) {
        const char *routine = table->slots[i].routine;

        if (routine && routine >= base && routine < base + size) {
            table->slots[i].routine = NULL;
            dropped++;
        }
    }
    RtlReleaseSRWLockExclusive(&table->lock);
    return dropped;
}
