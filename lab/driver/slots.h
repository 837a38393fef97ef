/* A table of registered routines. As on Windows: 64 places; a removal waits until no call of the routine is
 * under way. */
#ifndef LAB_SLOTS_H
#define LAB_SLOTS_H

#include "platform.h"

enum { LAB_SLOTS = 64 };

enum lab_routine_kind { LAB_ROUTINE_LEGACY, LAB_ROUTINE_EX, LAB_ROUTINE_EX2, LAB_ROUTINE_IMAGE };

struct lab_slot {
    PVOID routine; /* NULL: free */
    enum lab_routine_kind kind;
    LONG running;
    BOOLEAN removing;
};

struct lab_slots {
    LAB_SRWLOCK lock;
    LAB_CONDITION left;
    struct lab_slot slots[LAB_SLOTS];
};

/* STATUS_INVALID_PARAMETER: registered already, or no place is left. */
NTSTATUS lab_slots_add(struct lab_slots *table, PVOID routine, enum lab_routine_kind kind);

/* STATUS_PROCEDURE_NOT_FOUND: it is not registered (by this kind of registration). */
NTSTATUS lab_slots_remove(struct lab_slots *table, PVOID routine, enum lab_routine_kind kind);

/* Calls `call` for each routine, in the order of registration. */
void lab_slots_each(struct lab_slots *table, void (*call)(const struct lab_slot *slot, void *argument),
                    void *argument);

ULONG lab_slots_count(struct lab_slots *table);

/* Frees the places of routines that lie in a driver that is gone; how many there were. */
ULONG lab_slots_drop(struct lab_slots *table, const char *base, SIZE_T size);

#endif
