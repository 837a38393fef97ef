/* Objects with reference counts, and the handle table. */
#include "object.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "irql.h"
#include "sim.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

#define MAGIC 0x6f626a6563747321ull

struct header {
    uint64_t magic;
    POBJECT_TYPE type;
    void (*destroy)(void *body);
    long references;        /* of everybody */
    long driver_references; /* of the driver alone, handles not counted */
    struct header *next, *previous;
    const char *last_routine; /* by which the driver referenced it last */
} __attribute__((aligned(16)));
static_assert(sizeof(struct header) % 16 == 0, "bodies are aligned to 16");

struct handle {
    void *body;
    ACCESS_MASK access;
    const char *routine;
};

#define HANDLE_MAX  4096
#define HANDLE_BASE ((uintptr_t)(intptr_t)INT32_MIN) /* kernel handles are negative numbers */

struct _OBJECT_TYPE sim_file_type = {"File"}, sim_process_type = {"Process"}, sim_thread_type = {"Thread"},
                    sim_token_type = {"Token"}, sim_device_type = {"Device"}, sim_key_type = {"Key"},
                    sim_event_type = {"Event"}, sim_driver_type = {"Driver"};
static POBJECT_TYPE file_type = &sim_file_type, process_type = &sim_process_type,
                    thread_type = &sim_thread_type, token_type = &sim_token_type,
                    event_type = &sim_event_type;
POBJECT_TYPE *IoFileObjectType = &file_type;
POBJECT_TYPE *PsProcessType = &process_type;
POBJECT_TYPE *PsThreadType = &thread_type;
POBJECT_TYPE *SeTokenObjectType = &token_type;
POBJECT_TYPE *ExEventObjectType = &event_type;

static pthread_mutex_t object_lock = PTHREAD_MUTEX_INITIALIZER;
static struct header objects = {.next = &objects, .previous = &objects};
static struct handle handles[HANDLE_MAX];
static unsigned handle_hint;

static struct header *header_of(const void *body, const char *routine)
{
    struct header *header = (struct header *)(uintptr_t)body - 1;

    if (!body)
        sim_violation("%s was given a NULL object", routine);
    if (header->magic != MAGIC)
        sim_violation("%s was given %p, which is not an object (or no longer one)", routine, body);
    return header;
}

void sim_objects_start(void)
{
    handle_hint = 0;
}

void sim_objects_end(void)
{
    sim_objects_check_empty("at the end of the test");
}

void *sim_object_new(POBJECT_TYPE type, size_t size, void (*destroy)(void *body))
{
    struct header *header = sim_alloc(sizeof(*header) + size);

    header->magic = MAGIC;
    header->type = type;
    header->destroy = destroy;
    header->references = 1;
    pthread_mutex_lock(&object_lock);
    header->next = &objects;
    header->previous = objects.previous;
    header->previous->next = header;
    objects.previous = header;
    pthread_mutex_unlock(&object_lock);
    return header + 1;
}

POBJECT_TYPE sim_object_type(const void *body, const char *routine)
{
    return header_of(body, routine)->type;
}

static void reference(void *body, bool by_driver, const char *routine)
{
    struct header *header = header_of(body, routine);

    pthread_mutex_lock(&object_lock);
    header->references++;
    if (by_driver) {
        header->driver_references++;
        header->last_routine = routine;
    }
    pthread_mutex_unlock(&object_lock);
}

static void dereference(void *body, bool by_driver, const char *routine)
{
    struct header *header = header_of(body, routine);
    bool last;

    pthread_mutex_lock(&object_lock);
    if (by_driver && header->driver_references-- <= 0)
        sim_violation("%s gave back a reference to a %s that the driver does not hold", routine,
                      header->type->name);
    last = --header->references == 0;
    if (last) {
        header->previous->next = header->next;
        header->next->previous = header->previous;
    }
    pthread_mutex_unlock(&object_lock);
    if (!last)
        return;
    if (header->destroy)
        header->destroy(body);
    header->magic = 0;
    free(header);
}

void sim_object_ref(void *body)
{
    reference(body, false, "the sim");
}

void sim_object_unref(void *body)
{
    dereference(body, false, "the sim");
}

void sim_object_ref_for_driver(void *body, const char *routine)
{
    reference(body, true, routine);
}

bool sim_object_is_held(void *body)
{
    const struct header *header = header_of(body, "the sim");
    bool held;

    pthread_mutex_lock(&object_lock);
    held = header->driver_references != 0;
    pthread_mutex_unlock(&object_lock);
    return held;
}

LONG_PTR ObfReferenceObject(PVOID object) /* wdm: any IRQL */
{
    sim_object_ref_for_driver(object, "ObfReferenceObject");
    return 2;
}

LONG_PTR ObfDereferenceObject(PVOID object) /* wdm: <= DISPATCH_LEVEL */
{
    sim_max_irql(DISPATCH_LEVEL, "ObfDereferenceObject");
    dereference(object, true, "ObfDereferenceObject");
    return 1;
}

HANDLE sim_handle_make(void *body, ACCESS_MASK access, ULONG attributes, const char *routine)
{
    if (!(attributes & OBJ_KERNEL_HANDLE) && PsGetCurrentProcess() != PsInitialSystemProcess)
        sim_violation("%s was called without OBJ_KERNEL_HANDLE in the context of a user process", routine);
    sim_object_ref(body);
    pthread_mutex_lock(&object_lock);
    for (unsigned i = 0; i < HANDLE_MAX; i++) {
        unsigned slot = (handle_hint + i) % HANDLE_MAX;
        if (!handles[slot].body) {
            handles[slot] = (struct handle){body, access, routine};
            handle_hint = slot + 1; /* a closed handle's value is not used again soon */
            pthread_mutex_unlock(&object_lock);
            return (HANDLE)(uintptr_t)(HANDLE_BASE + 4 * (slot + 1));
        }
    }
    sim_violation("%s: %d handles are open", routine, HANDLE_MAX);
}

static struct handle *handle_slot(HANDLE handle, const char *routine)
{
    uintptr_t value = (uintptr_t)handle;

    if (value <= HANDLE_BASE || (value & 3) || (value - HANDLE_BASE) / 4 > HANDLE_MAX)
        sim_violation("%s was given %p, which is no kernel handle", routine, handle);
    return &handles[(value - HANDLE_BASE) / 4 - 1];
}

void *sim_handle_object(HANDLE handle, POBJECT_TYPE type, ACCESS_MASK *access, const char *routine)
{
    struct handle *slot = handle_slot(handle, routine);
    void *body;

    pthread_mutex_lock(&object_lock);
    body = slot->body;
    if (access)
        *access = slot->access;
    pthread_mutex_unlock(&object_lock);
    if (!body)
        sim_violation("%s was given a handle that is closed", routine);
    if (type && sim_object_type(body, routine) != type)
        sim_violation("%s was given a handle of a %s in place of a %s", routine,
                      sim_object_type(body, routine)->name, type->name);
    return body;
}

/* The last handle of a file of the driver's own; its owner has another one of the rest. */
static void close_file(struct sim_file_object *opened)
{
    if (!opened->somebody_elses)
        opened->object.Flags |= FO_CLEANUP_COMPLETE;
    else if (opened->object.LockOperation)
        sim_violation(
            "ZwClose closed a handle of somebody else's file object that has locked a part of its file: it "
            "would wait for the object's lock");
}

NTSTATUS ZwClose(HANDLE handle) /* ntifs: PASSIVE_LEVEL */
{
    struct handle *slot;
    void *body;

    sim_service("ZwClose");
    slot = handle_slot(handle, "ZwClose");
    pthread_mutex_lock(&object_lock);
    body = slot->body;
    slot->body = NULL;
    pthread_mutex_unlock(&object_lock);
    if (!body)
        sim_violation("ZwClose was given a handle that is closed already");
    if (sim_object_type(body, "ZwClose") == &sim_file_type)
        close_file(body);
    sim_object_unref(body);
    return STATUS_SUCCESS;
}

NTSTATUS ObCloseHandle(HANDLE handle, KPROCESSOR_MODE mode) /* ntifs: PASSIVE_LEVEL */
{
    (void)mode;
    return ZwClose(handle);
}

/* wdm: PASSIVE_LEVEL; the type is checked, and STATUS_OBJECT_TYPE_MISMATCH the answer. */
NTSTATUS ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode,
                                   PVOID *object, POBJECT_HANDLE_INFORMATION information)
{
    void *body;

    (void)access;
    sim_service("ObReferenceObjectByHandle");
    if (mode != KernelMode)
        sim_violation(
            "ObReferenceObjectByHandle was given a kernel handle with the access mode of user mode");
    body = sim_handle_object(handle, NULL, NULL, "ObReferenceObjectByHandle");
    if (type && type != sim_object_type(body, "ObReferenceObjectByHandle"))
        return STATUS_OBJECT_TYPE_MISMATCH;
    if (information)
        *information = (OBJECT_HANDLE_INFORMATION){0, access};
    sim_object_ref_for_driver(body, "ObReferenceObjectByHandle");
    *object = body;
    return STATUS_SUCCESS;
}

NTSTATUS ObReferenceObjectByPointer(PVOID object, ACCESS_MASK access, POBJECT_TYPE type,
                                    KPROCESSOR_MODE mode) /* wdm: <= DISPATCH_LEVEL */
{
    (void)access, (void)mode;
    sim_max_irql(DISPATCH_LEVEL, "ObReferenceObjectByPointer");
    if (type && type != sim_object_type(object, "ObReferenceObjectByPointer"))
        return STATUS_OBJECT_TYPE_MISMATCH;
    sim_object_ref_for_driver(object, "ObReferenceObjectByPointer");
    return STATUS_SUCCESS;
}

unsigned sim_open_handles(void)
{
    unsigned count = 0;

    pthread_mutex_lock(&object_lock);
    for (unsigned i = 0; i < HANDLE_MAX; i++)
        count += handles[i].body != NULL;
    pthread_mutex_unlock(&object_lock);
    return count;
}

void sim_objects_check_empty(const char *when)
{
    pthread_mutex_lock(&object_lock);
    for (unsigned i = 0; i < HANDLE_MAX; i++) {
        if (handles[i].body)
            sim_violation("a handle of a %s made by %s is still open %s",
                          header_of(handles[i].body, "the sim")->type->name, handles[i].routine, when);
    }
    for (struct header *header = objects.next; header != &objects; header = header->next) {
        if (header->driver_references)
            sim_violation("%ld reference(s) to a %s taken by %s are still held %s", header->driver_references,
                          header->type->name, header->last_routine, when);
    }
    pthread_mutex_unlock(&object_lock);
}
