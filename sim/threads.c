/* System threads and work items. */
#include <setjmp.h>
#include <stdlib.h>

#include "driver.h"
#include "fault.h"
#include "irql.h"
#include "locks.h"
#include "object.h"
#include "process.h"
#include "violation.h"
#include "workers.h"
#include "world.h"

struct _ETHREAD {
    DISPATCHER_HEADER header; /* what KeWaitForSingleObject waits for */
    PKSTART_ROUTINE routine;
    PVOID context;
    jmp_buf end; /* out of the driver: once the thread is signalled the driver may be gone, and its frames
                    with it */
};

static int running;
static int work_items;

static void end_thread(PETHREAD thread)
{
    struct sim_thread_state *self = sim_self();

    if (self->irql != PASSIVE_LEVEL || self->held_count || self->critical || self->guarded)
        sim_violation("a system thread ended above PASSIVE_LEVEL, holding a lock or in a critical region");
    self->system_thread = NULL;
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    sim_signal(&thread->header, 1);
    sim_object_unref(thread);
}

static void thread_main(void *argument)
{
    PETHREAD thread = argument;

    sim_self()->process = PsInitialSystemProcess;
    sim_self()->system_thread = thread;
    sim_self()->in_kernel = 1;
    (void)sim_stack_enter(__builtin_frame_address(0));
    if (!setjmp(thread->end))
        thread->routine(thread->context);
    end_thread(sim_self()->system_thread);
}

NTSTATUS PsCreateSystemThread(PHANDLE handle, ULONG access, POBJECT_ATTRIBUTES attributes, HANDLE process,
                              PCLIENT_ID client, PKSTART_ROUTINE routine,
                              PVOID context) /* wdm: PASSIVE_LEVEL */
{
    PETHREAD thread;

    sim_service("PsCreateSystemThread");
    if (process)
        sim_violation("PsCreateSystemThread was given a process; the sim models threads of System only");
    if (sim_fault("PsCreateSystemThread"))
        return STATUS_INSUFFICIENT_RESOURCES;
    thread = sim_object_new(&sim_thread_type, sizeof(*thread), NULL);
    thread->header.Type = SIM_THREAD;
    thread->routine = routine;
    thread->context = context;
    if (client)
        *client = (CLIENT_ID){0};
    *handle =
        sim_handle_make(thread, access, attributes ? attributes->Attributes : 0, "PsCreateSystemThread");
    __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
    sim_run_on_thread(thread_main, thread);
    return STATUS_SUCCESS;
}

NTSTATUS PsTerminateSystemThread(NTSTATUS status) /* wdm: PASSIVE_LEVEL, on a system thread */
{
    (void)status;
    sim_service("PsTerminateSystemThread");
    if (!sim_self()->system_thread)
        sim_violation(
            "PsTerminateSystemThread was called on a thread that PsCreateSystemThread did not make");
    longjmp(((PETHREAD)sim_self()->system_thread)->end, 1);
}

struct _IO_WORKITEM {
    PDEVICE_OBJECT device;
    PIO_WORKITEM_ROUTINE routine;
    PVOID context;
    bool queued;
};

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT device) /* wdm: <= DISPATCH_LEVEL */
{
    PIO_WORKITEM item;

    sim_max_irql(DISPATCH_LEVEL, "IoAllocateWorkItem");
    if (sim_fault("IoAllocateWorkItem"))
        return NULL;
    item = sim_alloc(sizeof(*item));
    item->device = device;
    __atomic_add_fetch(&work_items, 1, __ATOMIC_SEQ_CST);
    return item;
}

void IoFreeWorkItem(PIO_WORKITEM item) /* wdm: <= DISPATCH_LEVEL; never while it is queued */
{
    if (__atomic_load_n(&item->queued, __ATOMIC_SEQ_CST))
        sim_violation("IoFreeWorkItem was given a work item that is queued");
    free(item);
    __atomic_sub_fetch(&work_items, 1, __ATOMIC_SEQ_CST);
}

static void work_main(void *argument)
{
    PIO_WORKITEM item = argument;
    PDEVICE_OBJECT device = item->device;
    struct sim_guard guard;

    sim_self()->process = PsInitialSystemProcess;
    guard = sim_enter_driver();
    __atomic_store_n(&item->queued, false, __ATOMIC_SEQ_CST);
    item->routine(device, item->context);
    sim_leave_driver(guard, "a work item's routine");
    sim_object_unref(device);
}

void IoQueueWorkItem(PIO_WORKITEM item, PIO_WORKITEM_ROUTINE routine, ULONG queue,
                     PVOID context) /* wdm: <= DISPATCH_LEVEL */
{
    (void)queue;
    sim_max_irql(DISPATCH_LEVEL, "IoQueueWorkItem");
    if (__atomic_exchange_n(&item->queued, true, __ATOMIC_SEQ_CST))
        sim_violation("IoQueueWorkItem was given a work item that is queued already");
    item->routine = routine;
    item->context = context;
    sim_object_ref(item->device);
    sim_run_on_thread(work_main, item);
}

int sim_threads_running(void)
{
    return __atomic_load_n(&running, __ATOMIC_SEQ_CST);
}

void sim_threads_check_empty(const char *when)
{
    if (__atomic_load_n(&running, __ATOMIC_SEQ_CST))
        sim_violation("%d system thread(s) of the driver still run %s", running, when);
    if (__atomic_load_n(&work_items, __ATOMIC_SEQ_CST))
        sim_violation("%d work item(s) were not freed %s", work_items, when);
}
