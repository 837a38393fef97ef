#include "notify.h"
#include "context.h"
#include "file.h"
#include "log.h"
#include "process.h"
#include "slots.h"
#include "stack.h"

#define OPEN_NAME_AVAILABLE                0x1u
#define ADDRESSING_MODE_64BIT              3u
#define END_TIMEOUT                        (-5LL * 10000000)
#define DLLCHARACTERISTICS_FORCE_INTEGRITY 0x0080u

static struct lab_slots process_routines, image_routines;
static LONG starts, exits, denied, unhooked;

/* --- creation and exit
 * ------------------------------------------------------------------------------------------- */

struct creation {
    struct lab_process *process;
    PS_CREATE_NOTIFY_INFO *info; /* NULL: exit */
};

static void call_process_routine(const struct lab_slot *slot, void *argument)
{
    const struct creation *creation = argument;
    struct lab_process *process = creation->process;
    const void *top = lab_stack_paint();

    if (slot->kind == LAB_ROUTINE_LEGACY)
        ((PCREATE_PROCESS_NOTIFY_ROUTINE)slot->routine)(process->parent_id, process->id,
                                                        creation->info != NULL);
    else
        ((PCREATE_PROCESS_NOTIFY_ROUTINE_EX)slot->routine)((PEPROCESS)(PVOID)process->body, process->id,
                                                           creation->info);
    lab_stack_took(top);
}

/* Lets the current thread stand for a thread of `process` while the routines are called. */
static void call_as(struct lab_process *process, HANDLE thread_id, struct creation *creation)
{
    struct lab_context *context = lab_context();

    context->process = process;
    context->thread_id = thread_id;
    lab_slots_each(&process_routines, call_process_routine, creation);
    context->process = NULL;
}

static void report_exit(struct lab_process *process, NTSTATUS exit_status)
{
    struct creation exit = {.process = process};

    RtlAcquireSRWLockExclusive(&process->exiting);
    if (!process->exited) {
        process->exited = TRUE;
        process->exit_status = exit_status;
        InterlockedIncrement(&exits);
        call_as(process, NULL, &exit);
        lab_process_forget(process);
    }
    RtlReleaseSRWLockExclusive(&process->exiting);
}

void lab_notify_exited(HANDLE id, NTSTATUS exit_status)
{
    struct lab_process *process = lab_process_known(id);

    if (!process)
        return;
    if (process->announced)
        report_exit(process, exit_status);
    else
        lab_process_forget(process);
    lab_object_dereference(&process->object);
}

/* A denied process ends before it ran: with the status of its creation, or with that which a routine has
 * ended it with. */
static void end(struct lab_process *process, NTSTATUS status)
{
    LARGE_INTEGER timeout = {.QuadPart = END_TIMEOUT};

    InterlockedIncrement(&denied);
    if (!process->ended)
        NtTerminateProcess(process->object.handle, status);
    NtWaitForSingleObject(process->object.handle, FALSE, &timeout);
    report_exit(process, status);
}

static NTSTATUS ask(struct lab_process *process, const struct lab_created *created,
                    const UNICODE_STRING *image, const UNICODE_STRING *command_line)
{
    struct lab_process *creator = lab_process_of(ULongToHandle(created->creator_process_id));
    struct lab_file *file = NULL;
    PS_CREATE_NOTIFY_INFO info = {.Size = sizeof(info)};
    struct creation creation = {.process = process, .info = &info};

    if (!NT_SUCCESS(lab_file_open(image, &file)))
        lab_log("the image of process %u cannot be opened", created->process_id);
    info.Flags = created->flags & LAB_NO_OPEN_NAME ? 0 : OPEN_NAME_AVAILABLE;
    info.ParentProcessId = ULongToHandle(created->parent_process_id);
    info.CreatingThreadId.UniqueProcess = ULongToHandle(created->creator_process_id);
    info.CreatingThreadId.UniqueThread = ULongToHandle(created->creator_thread_id);
    info.FileObject = file ? &file->file : NULL;
    info.ImageFileName = image;
    info.CommandLine = command_line;
    info.CreationStatus = STATUS_SUCCESS;
    call_as(creator ? creator : process, info.CreatingThreadId.UniqueThread, &creation);
    if (file)
        lab_object_dereference(&file->object);
    if (creator)
        lab_object_dereference(&creator->object);
    return info.CreationStatus;
}

struct lab_answer lab_notify_created(const struct lab_created *created, const UNICODE_STRING *image,
                                     const UNICODE_STRING *command_line)
{
    HANDLE id = ULongToHandle(created->process_id);
    struct lab_process *process = lab_process_known(id);
    struct lab_answer answer = {0};

    if (process && process->announced && created->flags & LAB_IF_UNKNOWN) {
        answer.status = process->creation_status;
        answer.known = TRUE;
        lab_object_dereference(&process->object);
        return answer;
    }
    if (process) { /* its id is used again, so it has ended */
        lab_notify_exited(id, STATUS_UNSUCCESSFUL);
        lab_object_dereference(&process->object);
    }
    process = lab_process_of(id);
    if (!process)
        return answer; /* ended already */
    InterlockedIncrement(&starts);
    if (created->flags & LAB_IF_UNKNOWN)
        InterlockedIncrement(&unhooked);
    process->announced = TRUE;
    process->parent_id = ULongToHandle(created->parent_process_id);
    process->asked = TRUE;
    process->creation_status = ask(process, created, image, command_line);
    process->asked = FALSE;
    answer.status =
        process->creation_status; /* a success for a process that was ended: its creator sees it die */
    if (process->ended)
        end(process, process->ended_with);
    else if (!NT_SUCCESS(answer.status))
        end(process, answer.status);
    lab_object_dereference(&process->object);
    return answer;
}

/* --- images
 * ------------------------------------------------------------------------------------------------------ */

struct load {
    HANDLE id;
    UNICODE_STRING *name;
    IMAGE_INFO_EX info;
};

static void call_image_routine(const struct lab_slot *slot, void *argument)
{
    struct load *load = argument;
    const void *top = lab_stack_paint();

    ((PLOAD_IMAGE_NOTIFY_ROUTINE)slot->routine)(load->name, load->id, &load->info.ImageInfo);
    lab_stack_took(top);
}

void lab_notify_loaded(HANDLE id, const UNICODE_STRING *image, PVOID base, SIZE_T size)
{
    struct lab_context *context = lab_context();
    struct lab_process *process = lab_process_known(id);
    struct load load = {.id = id, .info = {.Size = sizeof(load.info)}};
    struct lab_file *file = NULL;
    UNICODE_STRING name = *image;

    if (!lab_slots_count(&image_routines))
        goto out;
    load.info.ImageInfo.Properties = ADDRESSING_MODE_64BIT;
    load.info.ImageInfo.SystemModeImage = id == NULL;
    load.info.ImageInfo.ImageBase = base;
    load.info.ImageInfo.ImageSize = size;
    if (NT_SUCCESS(lab_file_open(image, &file))) {
        lab_name_device_form(&file->name, lab_heap_allocate, &name);
        load.info.FileObject = &file->file;
        load.info.ImageInfo.ExtendedInfoPresent = TRUE;
    }
    load.name = &name;
    context->process = process;
    lab_slots_each(&image_routines, call_image_routine, &load);
    context->process = NULL;
    if (file) {
        lab_heap_free(name.Buffer);
        lab_object_dereference(&file->object);
    }
out:
    if (process)
        lab_object_dereference(&process->object);
}

/* --- registration
 * ------------------------------------------------------------------------------------------------ */

/* "STATUS_ACCESS_DENIED: the image that contains the callback routine pointer did not have
 * IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY set in its image header" (ntddk.h). */
static NTSTATUS set_checked(PVOID routine, enum lab_routine_kind kind, BOOLEAN remove)
{
    PVOID base = NULL;
    const IMAGE_NT_HEADERS *headers = RtlPcToFileHeader(routine, &base) ? RtlImageNtHeader(base) : NULL;

    lab_require_passive("PsSetCreateProcessNotifyRoutineEx");
    if (!headers || !(headers->OptionalHeader.DllCharacteristics & DLLCHARACTERISTICS_FORCE_INTEGRITY))
        return STATUS_ACCESS_DENIED;
    return remove ? lab_slots_remove(&process_routines, routine, kind)
                  : lab_slots_add(&process_routines, routine, kind);
}

NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine, BOOLEAN remove)
{
    return remove ? lab_slots_remove(&process_routines, (PVOID)routine, LAB_ROUTINE_LEGACY)
                  : lab_slots_add(&process_routines, (PVOID)routine, LAB_ROUTINE_LEGACY);
}

NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine,
                                                     BOOLEAN remove)
{
    return set_checked((PVOID)routine, LAB_ROUTINE_EX, remove);
}

NTSTATUS NTAPI lab_PsSetCreateProcessNotifyRoutineEx2(ULONG type, PVOID routine, BOOLEAN remove)
{
    return type ? STATUS_INVALID_PARAMETER : set_checked(routine, LAB_ROUTINE_EX2, remove);
}

NTSTATUS NTAPI lab_PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
    NTSTATUS status = lab_slots_add(&image_routines, (PVOID)routine, LAB_ROUTINE_IMAGE);

    /* the image routines' own word for a full table (ntddk.h) */
    return status == STATUS_INVALID_PARAMETER ? STATUS_INSUFFICIENT_RESOURCES : status;
}

NTSTATUS NTAPI lab_PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
    return lab_slots_remove(&image_routines, (PVOID)routine, LAB_ROUTINE_IMAGE);
}

void lab_notify_check_unloaded(const char *driver, const char *base, SIZE_T size)
{
    ULONG left = lab_slots_drop(&process_routines, base, size) + lab_slots_drop(&image_routines, base, size);

    if (left)
        lab_violation("%s was unloaded with %u routines registered", driver, (unsigned)left);
}

void lab_notify_status(struct lab_status *status)
{
    status->registered = lab_slots_count(&process_routines);
    status->images = lab_slots_count(&image_routines);
    status->processes = lab_process_count();
    status->starts = (ULONG)starts;
    status->exits = (ULONG)exits;
    status->denied = (ULONG)denied;
    status->stack = lab_stack_most();
    status->unhooked = (ULONG)unhooked;
}
