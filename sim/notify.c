/* Process and image notifications: the tables, and calling what is in them. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "lend.h"
#include "object.h"
#include "process.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

#define SLOTS 64

enum slot_kind { SLOT_FREE, SLOT_PLAIN, SLOT_EX, SLOT_EX2, SLOT_EARLIER, SLOT_LATER, SLOT_IMAGE };

struct slot {
    enum slot_kind kind;
    PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine;
    PCREATE_PROCESS_NOTIFY_ROUTINE plain_routine;
    PLOAD_IMAGE_NOTIFY_ROUTINE image_routine;
    unsigned calls; /* under way */
    bool leaving;   /* taken out: it is called no more, and goes when its calls have ended */
};

static pthread_mutex_t notify_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slots[SLOTS];
static void (*when_registered)(void);

static struct slot *find_plain_slot(PCREATE_PROCESS_NOTIFY_ROUTINE routine)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (slots[i].kind == SLOT_PLAIN && slots[i].plain_routine == routine)
            return &slots[i];
    }
    return NULL;
}

static struct slot *find_slot(enum slot_kind kind, PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (slots[i].kind == kind && slots[i].routine == routine && !slots[i].leaving)
            return &slots[i];
    }
    return NULL;
}

static NTSTATUS add_slot(struct slot added)
{
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    pthread_mutex_lock(&notify_lock);
    for (unsigned i = 0; i < SLOTS && status; i++) {
        if (slots[i].kind == SLOT_FREE) {
            slots[i] = added;
            status = STATUS_SUCCESS;
        }
    }
    pthread_mutex_unlock(&notify_lock);
    return status;
}

void sim_when_registered(void (*meanwhile)(void))
{
    when_registered = meanwhile;
}

/* A routine for processes, which may be called before it is back in the driver. */
static NTSTATUS add_process_slot(struct slot added)
{
    NTSTATUS status = add_slot(added);

    if (NT_SUCCESS(status) && when_registered)
        when_registered();
    return status;
}

/* Takes a routine out, so that it is called no more, and waits for its calls under way. */
static void remove_slot(struct slot *slot, const char *routine)
{
    uint64_t end = sim_patience() + 600000000ull;

    if (sim_self()->in_notify)
        sim_violation("%s was asked to remove a routine from within a callback: it would wait for itself",
                      routine);
    if (sim_self()->held_count)
        sim_violation("%s was asked to remove a routine while holding a lock", routine);
    pthread_mutex_lock(&notify_lock);
    slot->leaving = true;
    while (slot->calls) {
        pthread_mutex_unlock(&notify_lock);
        if (sim_patience() > end)
            sim_violation("%s waited a minute for a callback to end", routine);
        sched_yield();
        pthread_mutex_lock(&notify_lock);
    }
    *slot = (struct slot){0};
    pthread_mutex_unlock(&notify_lock);
}

/* The lists must not change under whoever walks them: on Windows this may deadlock. */
static void check_no_callback(const char *name)
{
    if (sim_self()->in_notify)
        sim_violation("%s was called from inside a callback", name);
}

static NTSTATUS set_routine(enum slot_kind kind, PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, BOOLEAN remove,
                            const char *name)
{
    struct slot *slot;

    sim_service(name);
    pthread_mutex_lock(&notify_lock);
    slot = find_slot(kind, routine);
    pthread_mutex_unlock(&notify_lock);
    if (remove) {
        if (!slot)
            return STATUS_PROCEDURE_NOT_FOUND;
        remove_slot(slot, name);
        return STATUS_SUCCESS;
    }
    check_no_callback(name);
    if (!sim_has_integrity_bit())
        return STATUS_ACCESS_DENIED;
    if (slot || sim_notify_table_is_full())
        return STATUS_INVALID_PARAMETER;
    if (sim_fault(name))
        return STATUS_INVALID_PARAMETER; /* as for a full table, the one failure that can always happen */
    return add_process_slot((struct slot){.kind = kind, .routine = routine});
}

/* ntddk: PASSIVE_LEVEL. 0xC0000022 without FORCE_INTEGRITY; STATUS_INVALID_PARAMETER when registered or full.
 */
NTSTATUS PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, BOOLEAN remove)
{
    sim_since(SIM_WINDOWS_7, "PsSetCreateProcessNotifyRoutineEx");
    return set_routine(SLOT_EX, routine, remove, "PsSetCreateProcessNotifyRoutineEx");
}

NTSTATUS sim_PsSetCreateProcessNotifyRoutineEx2(ULONG type, PVOID information,
                                                BOOLEAN remove) /* ntddk: as Ex */
{
    if (type != 0)
        return STATUS_INVALID_PARAMETER;
    return set_routine(SLOT_EX2, (PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(uintptr_t)information, remove,
                       "PsSetCreateProcessNotifyRoutineEx2");
}

/* ntddk: PASSIVE_LEVEL. STATUS_INVALID_PARAMETER when registered or full (8 on old systems). No integrity bit
 * is asked for. */
NTSTATUS PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove)
{
    struct slot *slot;

    sim_service("PsSetCreateProcessNotifyRoutine");
    pthread_mutex_lock(&notify_lock);
    slot = find_plain_slot(routine);
    pthread_mutex_unlock(&notify_lock);
    if (remove) {
        if (!slot)
            return STATUS_PROCEDURE_NOT_FOUND;
        remove_slot(slot, "PsSetCreateProcessNotifyRoutine");
        return STATUS_SUCCESS;
    }
    if (slot || sim_notify_table_is_full() || sim_fault("PsSetCreateProcessNotifyRoutine"))
        return STATUS_INVALID_PARAMETER;
    return add_process_slot((struct slot){.kind = SLOT_PLAIN, .plain_routine = routine});
}

static struct slot *find_image_slot(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
    struct slot *found = NULL;

    pthread_mutex_lock(&notify_lock);
    for (unsigned i = 0; i < SLOTS; i++) {
        if (slots[i].kind == SLOT_IMAGE && slots[i].image_routine == routine && !slots[i].leaving)
            found = &slots[i];
    }
    pthread_mutex_unlock(&notify_lock);
    return found;
}

NTSTATUS PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) /* ntddk: PASSIVE_LEVEL */
{
    sim_service("PsSetLoadImageNotifyRoutine");
    check_no_callback("PsSetLoadImageNotifyRoutine");
    if (sim_fault("PsSetLoadImageNotifyRoutine"))
        return STATUS_INSUFFICIENT_RESOURCES;
    return add_slot((struct slot){.kind = SLOT_IMAGE, .image_routine = routine});
}

NTSTATUS PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine) /* ntddk: PASSIVE_LEVEL */
{
    struct slot *slot;

    sim_service("PsRemoveLoadImageNotifyRoutine");
    slot = find_image_slot(routine);
    if (!slot)
        return STATUS_PROCEDURE_NOT_FOUND;
    remove_slot(slot, "PsRemoveLoadImageNotifyRoutine");
    return STATUS_SUCCESS;
}

void sim_add_other_routine(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine, bool earlier)
{
    add_slot((struct slot){.kind = earlier ? SLOT_EARLIER : SLOT_LATER, .routine = routine});
}

unsigned sim_registered_routines(void)
{
    unsigned count = 0;

    pthread_mutex_lock(&notify_lock);
    for (unsigned i = 0; i < SLOTS; i++)
        count += slots[i].kind == SLOT_PLAIN || slots[i].kind == SLOT_EX || slots[i].kind == SLOT_EX2 ||
                 slots[i].kind == SLOT_IMAGE;
    pthread_mutex_unlock(&notify_lock);
    return count;
}

void sim_notify_end(void)
{
    memset(slots, 0, sizeof(slots));
    when_registered = NULL;
}

void sim_notify_check_empty(const char *when)
{
    if (sim_registered_routines())
        sim_violation("%u notification routine(s) are still registered %s", sim_registered_routines(), when);
}

static bool take_call(struct slot *slot, enum slot_kind kind, struct slot *copy)
{
    bool is_kind;

    pthread_mutex_lock(&notify_lock);
    is_kind = slot->kind == kind && !slot->leaving;
    if (is_kind) {
        slot->calls++;
        *copy = *slot;
    }
    pthread_mutex_unlock(&notify_lock);
    return is_kind;
}

static void end_call(struct slot *slot)
{
    pthread_mutex_lock(&notify_lock);
    slot->calls--;
    pthread_mutex_unlock(&notify_lock);
}

static void call_kind(enum slot_kind kind, PEPROCESS process, PPS_CREATE_NOTIFY_INFO info)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        struct sim_guard guard;
        struct slot copy;
        if (!take_call(&slots[i], kind, &copy))
            continue;
        guard = sim_enter_driver();
        if (kind == SLOT_PLAIN)
            copy.plain_routine(process->parent_id, process->id, info != NULL);
        else
            copy.routine(process, process->id, info);
        sim_leave_driver(guard, "the process callback");
        if (info && info->CreationStatus == STATUS_PENDING)
            sim_violation("the process callback left STATUS_PENDING in CreationStatus");
        end_call(&slots[i]);
    }
}

void sim_notify_process(PEPROCESS process, PPS_CREATE_NOTIFY_INFO info, PEPROCESS context)
{
    struct sim_thread_state *self = sim_self();
    PEPROCESS before = self->process;

    self->process = context;
    self->critical++;
    self->in_notify++;
    call_kind(SLOT_EARLIER, process, info);
    call_kind(SLOT_PLAIN, process, info);
    if (!process->subsystem)
        call_kind(SLOT_EX, process, info);
    call_kind(SLOT_EX2, process, info);
    call_kind(SLOT_LATER, process, info);
    self->in_notify--;
    self->critical--;
    self->process = before;
}

static void call_image_routines(UNICODE_STRING *name, HANDLE id, PIMAGE_INFO info)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        struct sim_guard guard;
        struct slot copy;
        if (!take_call(&slots[i], SLOT_IMAGE, &copy))
            continue;
        guard = sim_enter_driver();
        copy.image_routine(name, id, info);
        sim_leave_driver(guard, "the image callback");
        end_call(&slots[i]);
    }
}

void sim_load_image(const struct sim_image_options *options)
{
    struct sim_thread_state *self = sim_self();
    UNICODE_STRING name = sim_text(options->name ? options->name : "");
    PEPROCESS before = self->process;
    IMAGE_INFO_EX extended = {.Size = sizeof(extended)};

    extended.ImageInfo.Properties = 3; /* IMAGE_ADDRESSING_MODE_32BIT */
    extended.ImageInfo.SystemModeImage = options->process == NULL;
    extended.ImageInfo.ExtendedInfoPresent = 1;
    if (sim_windows() < SIM_WINDOWS_8_1)
        extended.ImageInfo.Properties |= 0xFFFFF000u; /* what is reserved there is nobody's word */
    else
        extended.ImageInfo.Properties |= (options->signature_level & 15u) << 12; /* ImageSignatureLevel */
    extended.ImageInfo.ImageBase = options->base;
    extended.ImageInfo.ImageSize = options->size;
    sim_lend(&name);
    self->process = options->process ? options->process : PsInitialSystemProcess;
    self->critical++;
    self->guarded += options->no_apcs;
    self->in_notify++;
    call_image_routines(options->name ? &name : NULL, options->process ? options->process->id : NULL,
                        &extended.ImageInfo);
    self->in_notify--;
    self->guarded -= options->no_apcs;
    self->critical--;
    self->process = before;
    sim_take_back(&name);
}
