/* Processes: their lives, and what a driver asks of them. */
#include "process.h"

#include <pthread.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "lend.h"
#include "locks.h"
#include "object.h"
#include "pool.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

PEPROCESS PsInitialSystemProcess;
static PEPROCESS services, explorer;
static PEPROCESS processes;
static PEPROCESS by_id[1024]; /* the kernel finds a process by its id at once, however many there are */
static ULONG next_id;
static ULONG next_thread_id;
static pthread_mutex_t process_lock = PTHREAD_MUTEX_INITIALIZER;

static void destroy_process(void *body)
{
    PEPROCESS process = body;

    sim_text_free(&process->path);
    sim_text_free(&process->name);
    if (process->token)
        sim_object_unref(process->token);
}

static PEPROCESS *bucket_of(HANDLE id)
{
    return &by_id[(uintptr_t)id / 4 % (sizeof(by_id) / sizeof(by_id[0]))];
}

static PEPROCESS find_id(HANDLE id)
{
    PEPROCESS process = *bucket_of(id);

    while (process && process->id != id)
        process = process->next_in_bucket;
    return process;
}

static void link_process(PEPROCESS process)
{
    PEPROCESS *bucket = bucket_of(process->id);

    process->next_in_bucket = *bucket;
    *bucket = process;
    process->next = processes;
    process->link = &processes;
    if (processes)
        processes->link = &process->next;
    processes = process;
}

static void unlink_process(PEPROCESS process)
{
    PEPROCESS *at = bucket_of(process->id);

    while (*at && *at != process)
        at = &(*at)->next_in_bucket;
    if (!*at)
        sim_violation("the test ends a process that has ended already");
    *at = process->next_in_bucket;
    *process->link = process->next;
    if (process->next)
        process->next->link = process->link;
}

/* A process in the table, with the table's reference. Takes over the token: whoever finds the process finds
 * one. */
static PEPROCESS add_process(ULONG id, PEPROCESS parent, const UNICODE_STRING *path,
                             struct sim_token_object *token)
{
    PEPROCESS process = sim_object_new(&sim_process_type, sizeof(*process), destroy_process);
    UNICODE_STRING name = *path;

    while (name.Length && name.Buffer[name.Length / 2 - 1] != '\\')
        name.Length = (USHORT)(name.Length - 2);
    name.Buffer += name.Length / 2;
    name.Length = (USHORT)(path->Length - name.Length);
    process->header.Type = SIM_THREAD;
    process->token = token;
    process->path = sim_text_copy(path);
    process->name = sim_text_copy(&name);
    process->parent_id = parent ? parent->id : NULL;
    process->create_time = (LONGLONG)sim_now();
    process->exit_status = STATUS_PENDING;
    pthread_mutex_lock(&process_lock);
    while (!id || find_id((HANDLE)(uintptr_t)id))
        id = next_id += 4;
    process->id = (HANDLE)(uintptr_t)id;
    link_process(process);
    pthread_mutex_unlock(&process_lock);
    return process;
}

static void remove_process(PEPROCESS process)
{
    pthread_mutex_lock(&process_lock);
    unlink_process(process);
    pthread_mutex_unlock(&process_lock);
    sim_signal(&process->header, 1);
    sim_object_unref(process);
}

static PEPROCESS make(ULONG id, PEPROCESS parent, const char *path, const struct sim_token *token)
{
    UNICODE_STRING text = sim_text(path);
    PEPROCESS process = add_process(id, parent, &text, sim_token_new(token));

    sim_text_free(&text);
    return process;
}

void sim_processes_start(void)
{
    const struct sim_token system = {
        .user = "S-1-5-18", .integrity = SECURITY_MANDATORY_SYSTEM_RID, .administrator = true};
    const struct sim_token user = {.session = 1};

    next_id = 600;
    PsInitialSystemProcess = make(4, NULL, "", &system);
    sim_text_free(&PsInitialSystemProcess->name);
    PsInitialSystemProcess->name = sim_text("System");
    sim_add_file("C:\\Windows\\System32\\services.exe", "MZ services", 11);
    sim_add_file("C:\\Windows\\explorer.exe", "MZ explorer", 11);
    services = make(500, PsInitialSystemProcess, "\\Device\\HarddiskVolume2\\Windows\\System32\\services.exe",
                    &system);
    explorer = make(600, services, "\\Device\\HarddiskVolume2\\Windows\\explorer.exe", &user);
}

void sim_processes_end(void)
{
    sim_notify_end();
    while (processes)
        remove_process(processes);
    PsInitialSystemProcess = services = explorer = NULL;
}

void sim_hold_process(PEPROCESS process)
{
    sim_object_ref(process);
}

void sim_release_process(PEPROCESS process)
{
    sim_object_unref(process);
}

PEPROCESS sim_system_process(void)
{
    return PsInitialSystemProcess;
}

PEPROCESS sim_services_process(void)
{
    return services;
}

PEPROCESS sim_explorer_process(void)
{
    return explorer;
}

void sim_enter_process(PEPROCESS process)
{
    sim_self()->process = process;
    sim_self()->thread_id = 0;
}

const struct sim_token_object *sim_process_token(PEPROCESS process)
{
    return (process ? process : explorer)->token;
}

void sim_for_each_process(void (*visit)(PEPROCESS process, void *context), void *context)
{
    pthread_mutex_lock(&process_lock);
    for (PEPROCESS process = processes; process; process = process->next)
        visit(process, context);
    pthread_mutex_unlock(&process_lock);
}

static void exit_main(void *argument)
{
    sim_notify_process(argument, NULL, argument);
}

/* The exit notification, on a thread of the process itself. */
static void notify_exit(PEPROCESS process)
{
    sim_as_other_thread(exit_main, process);
}

void sim_exit_process(PEPROCESS process, NTSTATUS exit_status)
{
    __atomic_store_n(&process->exit_status, exit_status, __ATOMIC_SEQ_CST);
    notify_exit(process);
    remove_process(process);
}

/* The open file of a new process's image: the bytes are the image's, the name is the creator's. */
static struct sim_file_object *open_image(const struct sim_process_options *options, PEPROCESS creator,
                                          const char *open_name)
{
    struct sim_file *file = sim_find_file(options->image);
    UNICODE_STRING name = sim_text(open_name), below;
    struct sim_file_object *opened;
    struct sim_volume *volume;
    bool reparsed;

    if (!file)
        file = sim_add_file(options->image, options->image, strlen(options->image));
    if (NT_SUCCESS(sim_parse_name(&name, creator, &volume, &below, &reparsed))) {
        opened = sim_file_object_new(file->volume, file, &below);
        sim_text_free(&below);
    } else {
        opened = sim_file_object_new(file->volume, file, &file->path);
    }
    sim_text_free(&name);
    opened->somebody_elses = true;
    opened->object.Flags |= FO_SYNCHRONOUS_IO;
    if (options->file_locked)
        opened->object.LockOperation = TRUE;
    if (options->file_closed)
        opened->object.Flags |= FO_CLEANUP_COMPLETE;
    if (options->no_sections)
        opened->object.SectionObjectPointer = NULL;
    if (options->transacted) {
        opened->transacted = true;
        opened->transaction.Length = sizeof(opened->transaction);
        opened->object.SectionObjectPointer = &opened->transacted_sections;
    }
    return opened;
}

static UNICODE_STRING native_path(const struct sim_file_object *opened)
{
    UNICODE_STRING root = sim_text_join(&opened->volume->device_name, &opened->volume->prefix);
    UNICODE_STRING path = sim_text_join(&root, &opened->file->path);

    sim_text_free(&root);
    return path;
}

/* What the creator called the image; malloc'ed. */
static char *default_open_name(const char *image)
{
    size_t size = strlen(image) + 16;
    char *name = sim_alloc(size);
    const char *head =
        image[0] == '\\' && image[1] == '\\' ? "\\??\\UNC" : (image[0] == '\\' ? "" : "\\??\\");

    strcpy(name, head);
    strcat(name, image[0] == '\\' && image[1] == '\\' ? image + 1 : image);
    return name;
}

static ULONG current_thread_id(void)
{
    struct sim_thread_state *self = sim_self();

    if (!self->thread_id)
        self->thread_id = 4 * (1000 + __atomic_add_fetch(&next_thread_id, 1, __ATOMIC_SEQ_CST));
    return self->thread_id;
}

/* The strings of one creation. */
struct creation {
    UNICODE_STRING open_name;
    UNICODE_STRING command_line;
    PS_CREATE_NOTIFY_INFO info;
};

static void describe(struct creation *creation, const struct sim_process_options *options,
                     struct sim_file_object *opened, const char *open_name, PEPROCESS creator,
                     PEPROCESS parent)
{
    char *quoted = sim_alloc(options->image ? strlen(options->image) + 3 : 3);

    strcat(strcat(strcat(quoted, "\""), options->image ? options->image : ""), "\"");
    creation->command_line = sim_text(options->command_line ? options->command_line : quoted);
    free(quoted);
    creation->open_name =
        options->no_open_name && opened ? sim_text_copy(&opened->file->path) : sim_text(open_name);
    sim_lend(&creation->command_line);
    sim_lend(&creation->open_name);
    creation->info = (PS_CREATE_NOTIFY_INFO){.Size = sizeof(creation->info), .ParentProcessId = parent->id};
    creation->info.Flags =
        (options->no_open_name || options->no_file ? 0u : 1u) | (options->subsystem ? 2u : 0u);
    creation->info.CreatingThreadId = (CLIENT_ID){creator->id, (HANDLE)(uintptr_t)current_thread_id()};
    creation->info.FileObject = opened && !options->no_file ? &opened->object : NULL;
    creation->info.ImageFileName = options->no_file ? NULL : &creation->open_name;
    creation->info.CommandLine = options->no_command_line ? NULL : &creation->command_line;
}

static struct sim_token_object *token_of_new_process(const struct sim_process_options *options,
                                                     PEPROCESS parent)
{
    if (options->token)
        return sim_token_new(options->token);
    sim_object_ref(parent->token);
    return parent->token;
}

NTSTATUS sim_start_process(const struct sim_process_options *options, PEPROCESS *made)
{
    PEPROCESS creator = options->creator ? options->creator : explorer;
    PEPROCESS parent = options->parent ? options->parent : creator;
    char *open_name = options->open_name ? strdup(options->open_name)
                                         : default_open_name(options->image ? options->image : "");
    struct sim_file_object *opened = options->image ? open_image(options, creator, open_name) : NULL;
    UNICODE_STRING path =
        options->kernel_name ? sim_text(options->kernel_name) : (opened ? native_path(opened) : sim_text(""));
    PEPROCESS process =
        add_process(options->process_id, parent, &path, token_of_new_process(options, parent));
    struct creation creation;
    NTSTATUS status;

    sim_text_free(&path);
    process->is_protected = options->protected_process;
    process->subsystem = options->subsystem;
    describe(&creation, options, opened, open_name, creator, parent);
    if (options->meanwhile)
        options->meanwhile();
    process->is_starting = true;
    sim_self()->guarded += options->no_apcs;
    sim_notify_process(process, &creation.info, creator);
    sim_self()->guarded -= options->no_apcs;
    process->is_starting = false;
    status = creation.info.CreationStatus;
    sim_self()->terminating = false;
    if (NT_SUCCESS(status) && process->is_ended)
        status = process->ended_with;
    sim_take_back(&creation.open_name);
    sim_take_back(&creation.command_line);
    if (opened)
        sim_object_unref(opened);
    free(open_name);
    if (NT_SUCCESS(status)) {
        if (made)
            *made = process;
        return status;
    }
    __atomic_store_n(&process->exit_status, status, __ATOMIC_SEQ_CST);
    notify_exit(process);
    remove_process(process);
    return status;
}

NTSTATUS PsLookupProcessByProcessId(HANDLE id, PEPROCESS *found) /* ntifs: <= APC_LEVEL */
{
    PEPROCESS process;

    sim_max_irql(APC_LEVEL, "PsLookupProcessByProcessId");
    if (sim_fault_by_name("PsLookupProcessByProcessId"))
        return STATUS_INVALID_CID;
    pthread_mutex_lock(&process_lock);
    process = find_id(id);
    if (process)
        sim_object_ref_for_driver(process, "PsLookupProcessByProcessId");
    pthread_mutex_unlock(&process_lock);
    if (!process)
        return STATUS_INVALID_CID;
    *found = process;
    return STATUS_SUCCESS;
}

static PEPROCESS checked(PEPROCESS process, const char *routine)
{
    if (sim_object_type(process, routine) != &sim_process_type)
        sim_violation("%s was given something that is no process", routine);
    return process;
}

HANDLE PsGetProcessId(PEPROCESS process) /* ntddk: any IRQL */
{
    return checked(process, "PsGetProcessId")->id;
}

LONGLONG PsGetProcessCreateTimeQuadPart(PEPROCESS process) /* ntddk: any IRQL */
{
    return checked(process, "PsGetProcessCreateTimeQuadPart")->create_time;
}

NTSTATUS PsGetProcessExitStatus(PEPROCESS process) /* ntddk */
{
    return __atomic_load_n(&checked(process, "PsGetProcessExitStatus")->exit_status, __ATOMIC_SEQ_CST);
}

HANDLE PsGetProcessInheritedFromUniqueProcessId(PEPROCESS process)
{
    return checked(process, "PsGetProcessInheritedFromUniqueProcessId")->parent_id;
}

ULONG PsGetProcessSessionId(PEPROCESS process)
{
    return checked(process, "PsGetProcessSessionId")->token->session;
}

BOOLEAN sim_PsIsProtectedProcess(PEPROCESS process) /* ntddk */
{
    return checked(process, "PsIsProtectedProcess")->is_protected;
}

PEPROCESS PsGetCurrentProcess(void) /* wdm: any IRQL */
{
    return sim_self()->process ? sim_self()->process : explorer;
}

HANDLE PsGetCurrentProcessId(void) /* ntddk: any IRQL */
{
    return PsGetCurrentProcess()->id;
}

HANDLE PsGetCurrentThreadId(void) /* ntddk: any IRQL */
{
    return (HANDLE)(uintptr_t)current_thread_id();
}

PKTHREAD KeGetCurrentThread(void) /* wdm: any IRQL */
{
    return (PKTHREAD)sim_self();
}

BOOLEAN PsIsThreadTerminating(PETHREAD thread) /* ntifs: <= DISPATCH_LEVEL */
{
    sim_max_irql(DISPATCH_LEVEL, "PsIsThreadTerminating");
    if ((struct sim_thread_state *)thread != sim_self())
        sim_violation("PsIsThreadTerminating was asked of another thread than the calling one");
    return sim_self()->terminating;
}

void sim_end_creating_thread(void)
{
    sim_self()->terminating = true;
}

PACCESS_TOKEN PsReferencePrimaryToken(PEPROCESS process) /* ntifs: PASSIVE_LEVEL */
{
    sim_service("PsReferencePrimaryToken");
    checked(process, "PsReferencePrimaryToken");
    sim_object_ref_for_driver(process->token, "PsReferencePrimaryToken");
    return process->token;
}

void PsDereferencePrimaryToken(PACCESS_TOKEN token) /* ntifs: PASSIVE_LEVEL */
{
    sim_service("PsDereferencePrimaryToken");
    sim_token_check(token, "PsDereferencePrimaryToken");
    ObfDereferenceObject(token);
}

/* ntifs: PASSIVE_LEVEL. A block to free with ExFreePool; an empty name for processes without an image. */
NTSTATUS SeLocateProcessImageName(PEPROCESS process, PUNICODE_STRING *name)
{
    UNICODE_STRING *made;

    sim_since(SIM_WINDOWS_7, "SeLocateProcessImageName"); /* not on NT 5.2's list of exports */
    sim_service("SeLocateProcessImageName");
    checked(process, "SeLocateProcessImageName");
    if (sim_fault("SeLocateProcessImageName"))
        return STATUS_INSUFFICIENT_RESOURCES;
    made = sim_pool_give(sizeof(*made) + process->path.Length + 2u, 0x6E496553); /* 'SeIn' */
    made->Length = process->path.Length;
    made->MaximumLength = (USHORT)(process->path.Length + 2);
    made->Buffer = (PWSTR)(void *)(made + 1);
    memcpy(made->Buffer, process->path.Buffer, process->path.Length);
    made->Buffer[process->path.Length / 2] = 0;
    *name = made;
    return STATUS_SUCCESS;
}
