#include "process.h"
#include "context.h"
#include "log.h"
#include "name.h"
#include "pool.h"

#define SYSTEM_PROCESS_ID ((HANDLE)4)

PEPROCESS lab_PsInitialSystemProcess;

static struct lab_process *table;
static LAB_SRWLOCK lock;

static void destroy(struct lab_object *object)
{
    lab_heap_free(CONTAINING_RECORD(object, struct lab_process, object));
}

static struct lab_process *known_locked(HANDLE id)
{
    struct lab_process *process;

    for (process = table; process && process->id != id; process = process->next)
        ;
    if (process)
        lab_object_reference(&process->object);
    return process;
}

struct lab_process *lab_process_known(HANDLE id)
{
    struct lab_process *process;

    RtlAcquireSRWLockExclusive(&lock);
    process = known_locked(id);
    RtlReleaseSRWLockExclusive(&lock);
    return process;
}

static struct lab_process *make(HANDLE id, HANDLE handle)
{
    struct lab_process *process = lab_heap_allocate(sizeof(*process));
    PROCESS_BASIC_INFORMATION basic = {0};
    KERNEL_USER_TIMES times = {0};

    if (handle) {
        NtQueryInformationProcess(handle, ProcessBasicInformation, &basic, sizeof(basic), NULL);
        NtQueryInformationProcess(handle, ProcessTimes, &times, sizeof(times), NULL);
        NtQueryInformationProcess(handle, ProcessSessionInformation, &process->session,
                                  sizeof(process->session), NULL);
    }
    process->id = id;
    process->parent_id = (HANDLE)basic.InheritedFromUniqueProcessId;
    process->create_time = times.CreateTime.QuadPart;
    process->exit_status = STATUS_PENDING;
    lab_object_init(&process->object, LAB_KIND_PROCESS, process->body, handle, destroy);
    return process;
}

/* The table's own reference is the object's first one. */
struct lab_process *lab_process_of(HANDLE id)
{
    struct lab_process *process = lab_process_known(id), *made;
    CLIENT_ID client = {.UniqueProcess = id};
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;

    if (process || !id)
        return process;
    InitializeObjectAttributes(&attributes, NULL, 0, NULL, NULL);
    if (!NT_SUCCESS(NtOpenProcess(&handle, PROCESS_ALL_ACCESS, &attributes, &client)))
        return NULL;
    made = make(id, handle);
    RtlAcquireSRWLockExclusive(&lock);
    process = known_locked(id); /* somebody may have been faster */
    if (!process) {
        process = made;
        made = NULL;
        process->next = table;
        table = process;
        lab_object_reference(&process->object);
    }
    RtlReleaseSRWLockExclusive(&lock);
    if (made)
        lab_object_dereference(&made->object);
    return process;
}

void lab_process_forget(struct lab_process *process)
{
    struct lab_process **link;
    BOOLEAN found;

    RtlAcquireSRWLockExclusive(&lock);
    for (link = &table; *link && *link != process; link = &(*link)->next)
        ;
    found = *link != NULL;
    if (found)
        *link = process->next;
    RtlReleaseSRWLockExclusive(&lock);
    if (found)
        lab_object_dereference(&process->object);
}

ULONG lab_process_count(void)
{
    ULONG count = 0;

    RtlAcquireSRWLockExclusive(&lock);
    for (const struct lab_process *process = table; process; process = process->next)
        count += process->announced;
    RtlReleaseSRWLockExclusive(&lock);
    return count;
}

void lab_process_each(void (*visit)(struct lab_process *))
{
    enum { BATCH = 1024 };
    struct lab_process **batch = lab_heap_allocate(BATCH * sizeof(struct lab_process *));
    size_t count = 0;

    RtlAcquireSRWLockExclusive(&lock);
    for (struct lab_process *process = table; process && count < BATCH; process = process->next) {
        if (process->object.handle) {
            lab_object_reference(&process->object);
            batch[count++] = process;
        }
    }
    RtlReleaseSRWLockExclusive(&lock);
    for (size_t i = 0; i < count; i++) {
        visit(batch[i]);
        lab_object_dereference(&batch[i]->object);
    }
    lab_heap_free(batch);
}

void lab_process_start(void)
{
    struct lab_process *system = make(SYSTEM_PROCESS_ID, NULL);

    table = system;
    lab_PsInitialSystemProcess = (PEPROCESS)(PVOID)system->body;
}

static struct lab_process *from_body(PEPROCESS body, const char *routine)
{
    struct lab_object *object = lab_object_find(body);

    if (object && object->kind == LAB_KIND_PROCESS)
        return CONTAINING_RECORD(object, struct lab_process, object);
    lab_violation("%s was given %p, which is no live process object", routine, (void *)body);
    return NULL;
}

NTSTATUS NTAPI lab_PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process)
{
    struct lab_process *found = lab_process_of(id);

    lab_require_apc("PsLookupProcessByProcessId");
    if (!found)
        return STATUS_INVALID_CID;
    *process = lab_object_lend(&found->object);
    lab_object_dereference(&found->object);
    return STATUS_SUCCESS;
}

HANDLE NTAPI lab_PsGetProcessId(PEPROCESS body)
{
    const struct lab_process *process = from_body(body, "PsGetProcessId");

    return process ? process->id : NULL;
}

HANDLE NTAPI lab_PsGetProcessInheritedFromUniqueProcessId(PEPROCESS body)
{
    const struct lab_process *process = from_body(body, "PsGetProcessInheritedFromUniqueProcessId");

    return process ? process->parent_id : NULL;
}

LONGLONG NTAPI lab_PsGetProcessCreateTimeQuadPart(PEPROCESS body)
{
    const struct lab_process *process = from_body(body, "PsGetProcessCreateTimeQuadPart");

    return process ? process->create_time : 0;
}

NTSTATUS NTAPI lab_PsGetProcessExitStatus(PEPROCESS body)
{
    const struct lab_process *process = from_body(body, "PsGetProcessExitStatus");

    return process ? process->exit_status : STATUS_PENDING;
}

ULONG NTAPI lab_PsGetProcessSessionId(PEPROCESS body)
{
    const struct lab_process *process = from_body(body, "PsGetProcessSessionId");

    return process ? process->session : 0;
}

/* Wine protects no process. */
BOOLEAN NTAPI lab_PsIsProtectedProcess(PEPROCESS body)
{
    from_body(body, "PsIsProtectedProcess");
    return FALSE;
}

static PVOID allocate_name(SIZE_T size)
{
    UNICODE_STRING *name = lab_ExAllocatePoolWithTag(PagedPool, sizeof(*name) + size, 'baLn');

    return name ? name + 1 : NULL;
}

/* One pool block: the UNICODE_STRING and its text, to be freed with ExFreePool. A process without a file has
 * an empty name. */
NTSTATUS NTAPI lab_SeLocateProcessImageName(PEPROCESS body, PUNICODE_STRING *name)
{
    const struct lab_process *process = from_body(body, "SeLocateProcessImageName");
    UNICODE_STRING *win32, device_form = {0};
    struct lab_name resolved;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    lab_require_passive("SeLocateProcessImageName");
    if (!process)
        return status;
    win32 = lab_heap_allocate(0x10000);
    if (process->object.handle &&
        NT_SUCCESS(NtQueryInformationProcess(process->object.handle, ProcessImageFileNameWin32, win32,
                                             0x10000, NULL)) &&
        NT_SUCCESS(lab_name_resolve(win32, &resolved))) {
        status = lab_name_device_form(&resolved, allocate_name, &device_form);
        lab_name_free(&resolved);
    } else {
        device_form.Buffer = allocate_name(0);
        status = device_form.Buffer ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    lab_heap_free(win32);
    if (!NT_SUCCESS(status))
        return status;
    *name = (UNICODE_STRING *)(PVOID)device_form.Buffer - 1;
    **name = device_form;
    return STATUS_SUCCESS;
}
