/* The device as user mode uses it: CreateFile, ReadFile, DeviceIoControl, CancelIo, CloseHandle. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "device.h"
#include "driver.h"
#include "irp.h"
#include "irql.h"
#include "object.h"
#include "violation.h"
#include "volume.h"
#include "world.h"

#define PATIENCE_MS 30000u
#define FILLED_MAX  0x1000u /* what of a buffer holds rubbish before the driver writes to it */

struct sim_handle {
    struct sim_handle *next; /* of all that are open */
    PEPROCESS process;
    PDEVICE_OBJECT device;
    struct sim_file_object *file;
    ACCESS_MASK access;
    unsigned pending; /* requests not completed */
};

struct sim_request {
    struct sim_irp_owner owner;
    struct sim_handle *handle;
    PIRP irp; /* NULL once completed */
    UCHAR major;
    void *system_buffer;
    void *out;
    ULONG out_size;
    bool copies_out;
    MDL mdl;
    bool done;
    bool cancelling;
    bool marked_pending;
    bool returned;
    NTSTATUS returned_status;
    NTSTATUS status;
    ULONG_PTR information;
};

static struct sim_handle *handles; /* under request_lock */
static pthread_mutex_t request_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t request_done = PTHREAD_COND_INITIALIZER;

/* What the dispatch routine returned must agree with what it did to the IRP. Under request_lock, once both
 * are known. */
static void check_agreement(const struct sim_request *request)
{
    if (!request->returned)
        return;
    if (request->returned_status == STATUS_PENDING) {
        if (request->done && !request->marked_pending)
            sim_violation("a dispatch routine returned STATUS_PENDING without IoMarkIrpPending");
        return;
    }
    if (!request->done)
        sim_violation("a dispatch routine returned 0x%08X and did not complete the IRP",
                      (unsigned)request->returned_status);
    if (request->marked_pending)
        sim_violation("a dispatch routine marked the IRP pending and returned 0x%08X",
                      (unsigned)request->returned_status);
    if (request->returned_status != request->status)
        sim_violation("a dispatch routine returned 0x%08X and completed the IRP with 0x%08X",
                      (unsigned)request->returned_status, (unsigned)request->status);
}

static void on_completed(struct sim_irp_owner *owner, PIRP irp)
{
    struct sim_request *request = (struct sim_request *)owner;
    bool keep;

    pthread_mutex_lock(&request_lock);
    request->status = irp->IoStatus.Status;
    request->information = irp->IoStatus.Information;
    request->marked_pending = (irp->Tail.Overlay.CurrentStackLocation->Control & SL_PENDING_RETURNED) != 0;
    if (request->copies_out && !NT_ERROR(request->status)) {
        if (request->information > request->out_size)
            sim_violation("an IRP was completed with Information %llu, beyond the caller's %u bytes",
                          (unsigned long long)request->information, request->out_size);
        if (request->system_buffer && request->information)
            memcpy(request->out, request->system_buffer, request->information);
    }
    free(request->system_buffer);
    request->system_buffer = NULL;
    keep = request->cancelling; /* the canceller is on its way out of IoCancelIrp */
    if (!keep)
        request->irp = NULL;
    request->done = true;
    request->handle->pending--;
    check_agreement(request);
    pthread_cond_broadcast(&request_done);
    pthread_mutex_unlock(&request_lock);
    if (!keep)
        sim_irp_retire(irp);
}

static struct sim_request *request_new(struct sim_handle *handle, UCHAR major)
{
    struct sim_request *request = sim_alloc(sizeof(*request));
    PIO_STACK_LOCATION stack;

    request->owner.completed = on_completed;
    request->handle = handle;
    request->major = major;
    request->irp = sim_irp_new(&request->owner);
    request->irp->RequestorMode = UserMode;
    request->irp->Tail.Overlay.OriginalFileObject = &handle->file->object;
    stack = IoGetCurrentIrpStackLocation(request->irp);
    stack->MajorFunction = major;
    stack->DeviceObject = handle->device;
    stack->FileObject = &handle->file->object;
    pthread_mutex_lock(&request_lock);
    handle->pending++;
    pthread_mutex_unlock(&request_lock);
    return request;
}

/* Sends the IRP, in the context of the handle's process. */
static void send(struct sim_request *request)
{
    static const char *const names[IRP_MJ_MAXIMUM_FUNCTION + 1] = {
        [IRP_MJ_CREATE] = "the IRP_MJ_CREATE routine",
        [IRP_MJ_CLOSE] = "the IRP_MJ_CLOSE routine",
        [IRP_MJ_READ] = "the IRP_MJ_READ routine",
        [IRP_MJ_DEVICE_CONTROL] = "the IRP_MJ_DEVICE_CONTROL routine",
        [IRP_MJ_CLEANUP] = "the IRP_MJ_CLEANUP routine",
    };
    struct sim_handle *handle = request->handle;
    PDRIVER_DISPATCH dispatch = handle->device->DriverObject->MajorFunction[request->major];
    PEPROCESS before_process = sim_self()->process;
    struct sim_guard before = sim_enter_driver();
    NTSTATUS status;

    sim_self()->process = handle->process;
    status = dispatch(handle->device, request->irp);
    sim_leave_driver(before, names[request->major]);
    sim_self()->process = before_process;
    pthread_mutex_lock(&request_lock);
    request->returned = true;
    request->returned_status = status;
    check_agreement(request);
    pthread_mutex_unlock(&request_lock);
}

bool sim_request_done(struct sim_request *request)
{
    pthread_mutex_lock(&request_lock);
    bool done = request->done;
    pthread_mutex_unlock(&request_lock);
    return done;
}

static struct timespec after(unsigned milliseconds)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    return end;
}

NTSTATUS sim_wait(struct sim_request *request, unsigned milliseconds, ULONG_PTR *information)
{
    struct timespec end = after(milliseconds);
    NTSTATUS status;

    pthread_mutex_lock(&request_lock);
    while (!request->done || request->cancelling) {
        if (pthread_cond_timedwait(&request_done, &request_lock, &end) && !request->done) {
            pthread_mutex_unlock(&request_lock);
            return STATUS_TIMEOUT;
        }
    }
    status = request->status;
    if (information)
        *information = request->information;
    pthread_mutex_unlock(&request_lock);
    free(request);
    return status;
}

static NTSTATUS finish(struct sim_request *request, ULONG_PTR *information)
{
    UCHAR major = request->major;
    NTSTATUS status = sim_wait(request, PATIENCE_MS, information);

    if (status == STATUS_TIMEOUT)
        sim_violation("a synchronous request (major function %u) did not end in %u s", major,
                      PATIENCE_MS / 1000);
    return status;
}

NTSTATUS sim_send_without_file(UCHAR major, ULONG code)
{
    struct sim_handle nobody = {.process = PsInitialSystemProcess,
                                .device = sim_driver_object()->DeviceObject};
    struct sim_request *request;
    PIO_STACK_LOCATION stack;

    nobody.file = sim_object_new(&sim_file_type, sizeof(*nobody.file), NULL);
    request = request_new(&nobody, major);
    stack = IoGetCurrentIrpStackLocation(request->irp);
    stack->FileObject = NULL;
    if (major == IRP_MJ_DEVICE_CONTROL)
        stack->Parameters.DeviceIoControl.IoControlCode = code;
    send(request);
    sim_object_unref(nobody.file);
    return finish(request, NULL);
}

/* The device of that name, or of the beginning of it: then `*below` (the caller's to free) is the rest. */
static NTSTATUS find_device(const char *path, PEPROCESS process, ACCESS_MASK access, PDEVICE_OBJECT *device,
                            UNICODE_STRING *below)
{
    UNICODE_STRING name = sim_text(path);
    USHORT whole = name.Length;
    NTSTATUS status = sim_device_open(&name, process, access, device);

    while (status == STATUS_OBJECT_NAME_NOT_FOUND && name.Length > 2) {
        do
            name.Length = (USHORT)(name.Length - 2);
        while (name.Length && name.Buffer[name.Length / 2] != '\\');
        status = sim_device_open(&name, process, access, device);
    }
    *below =
        sim_text_copy(&(UNICODE_STRING){(USHORT)(whole - name.Length), 0, name.Buffer + name.Length / 2});
    sim_text_free(&name);
    return status;
}

static NTSTATUS open_device(PEPROCESS process, const char *device, ACCESS_MASK access, PFILE_OBJECT related,
                            struct sim_handle **made)
{
    struct sim_handle *handle = sim_alloc(sizeof(*handle));
    UNICODE_STRING below;
    struct sim_request *request;
    NTSTATUS status;

    handle->process = process;
    handle->access = access & GENERIC_READ ? FILE_GENERIC_READ : 0u;
    handle->access |= access & GENERIC_WRITE ? FILE_WRITE_DATA : 0u;
    handle->access |= access & GENERIC_ALL ? FILE_ALL_ACCESS : access & 0x1FFFFFu;
    status = find_device(device, process, handle->access, &handle->device, &below);
    if (!NT_SUCCESS(status)) {
        sim_text_free(&below);
        free(handle);
        return status;
    }
    handle->file = sim_object_new(&sim_file_type, sizeof(*handle->file), NULL);
    handle->file->object.Type = 5;
    handle->file->object.Size = sizeof(FILE_OBJECT);
    handle->file->object.DeviceObject = handle->device;
    handle->file->object.FileName = below; /* these two only until it is open, as drivers know */
    handle->file->object.RelatedFileObject = related;
    request = request_new(handle, IRP_MJ_CREATE);
    send(request);
    status = finish(request, NULL);
    sim_text_free(&handle->file->object.FileName);
    handle->file->object.RelatedFileObject = NULL;
    if (NT_SUCCESS(status)) {
        *made = handle;
        pthread_mutex_lock(&request_lock);
        handle->next = handles;
        handles = handle;
        pthread_mutex_unlock(&request_lock);
        return status;
    }
    sim_object_unref(handle->file);
    sim_driver_handle_closed(handle->device);
    free(handle);
    return status;
}

NTSTATUS sim_open(PEPROCESS process, const char *device, ACCESS_MASK access, struct sim_handle **handle)
{
    return open_device(process, device, access, NULL, handle);
}

NTSTATUS sim_reopen(struct sim_handle *of, struct sim_handle **handle)
{
    return open_device(of->process, "\\Device\\Vigil", GENERIC_READ, &of->file->object, handle);
}

/* Takes it out of the list of those that are open. */
static void unlist(const struct sim_handle *handle)
{
    struct sim_handle **link = &handles;

    pthread_mutex_lock(&request_lock);
    while (*link != handle)
        link = &(*link)->next;
    *link = handle->next;
    pthread_mutex_unlock(&request_lock);
}

void sim_close_all(void)
{
    while (handles)
        sim_close(handles);
}

void sim_close(struct sim_handle *handle)
{
    struct timespec end;
    struct sim_request *request = request_new(handle, IRP_MJ_CLEANUP);

    unlist(handle);
    send(request);
    finish(request, NULL);
    handle->file->object.Flags |= FO_CLEANUP_COMPLETE;
    end = after(2000);
    pthread_mutex_lock(&request_lock);
    while (handle->pending) {
        if (pthread_cond_timedwait(&request_done, &request_lock, &end))
            sim_violation("IRP_MJ_CLEANUP left %u request(s) pended: the handle would never close",
                          handle->pending);
    }
    pthread_mutex_unlock(&request_lock);
    /* A request's own reference to the file object went when it was completed, though its dispatch routine
     * may still be running: IRP_MJ_CLOSE waits for the references that the driver took itself, and for
     * nothing else. */
    for (unsigned i = 0; sim_object_is_held(handle->file); i++) {
        const struct timespec moment = {0, 1000000};
        if (i == 5000)
            sim_violation("a reference of the driver's keeps a closed handle's file object for 5 s");
        nanosleep(&moment, NULL);
    }
    request = request_new(handle, IRP_MJ_CLOSE);
    send(request);
    finish(request, NULL);
    sim_object_unref(handle->file);
    sim_driver_handle_closed(handle->device);
    free(handle);
}

struct sim_request *sim_read_async(struct sim_handle *handle, void *buffer, ULONG length)
{
    struct sim_request *request = request_new(handle, IRP_MJ_READ);
    PIRP irp = request->irp;
    ULONG flags = handle->device->Flags;

    request->out = buffer;
    request->out_size = length;
    request->copies_out = true;
    IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length = length;
    if (flags & DO_BUFFERED_IO) {
        request->system_buffer = length ? malloc(length) : NULL;
        if (request->system_buffer)
            memset(request->system_buffer, 0xA5, min(length, FILLED_MAX));
        irp->AssociatedIrp.SystemBuffer = request->system_buffer;
    } else if (flags & DO_DIRECT_IO) {
        request->mdl = (MDL){.MappedSystemVa = buffer, .StartVa = buffer, .ByteCount = length};
        irp->MdlAddress = length ? &request->mdl : NULL;
    }
    irp->UserBuffer = buffer;
    if (!(handle->access & FILE_READ_DATA)) {
        irp->IoStatus.Status = STATUS_ACCESS_DENIED;
        request->returned = true;
        request->returned_status = STATUS_ACCESS_DENIED;
        IofCompleteRequest(irp, IO_NO_INCREMENT);
        return request;
    }
    send(request);
    return request;
}

NTSTATUS sim_read(struct sim_handle *handle, void *buffer, ULONG length, ULONG_PTR *information)
{
    return finish(sim_read_async(handle, buffer, length), information);
}

NTSTATUS sim_ioctl(struct sim_handle *handle, ULONG code, const void *in, ULONG in_size, void *out,
                   ULONG out_size, ULONG_PTR *information)
{
    ULONG access = code >> 14 & 3u, size = max(in_size, out_size);
    struct sim_request *request;
    PIO_STACK_LOCATION stack;

    if (((access & FILE_READ_ACCESS) && !(handle->access & FILE_READ_DATA)) ||
        ((access & FILE_WRITE_ACCESS) && !(handle->access & FILE_WRITE_DATA)))
        return STATUS_ACCESS_DENIED;
    if (METHOD_FROM_CTL_CODE(code) != METHOD_BUFFERED)
        sim_violation("the sim models METHOD_BUFFERED only");
    request = request_new(handle, IRP_MJ_DEVICE_CONTROL);
    stack = IoGetCurrentIrpStackLocation(request->irp);
    stack->Parameters.DeviceIoControl.IoControlCode = code;
    stack->Parameters.DeviceIoControl.InputBufferLength = in_size;
    stack->Parameters.DeviceIoControl.OutputBufferLength = out_size;
    request->out = out;
    request->out_size = out_size;
    request->copies_out = true;
    if (size) { /* one buffer for both, which holds what was there before beyond the input */
        request->system_buffer = malloc(size);
        memset(request->system_buffer, 0xA5, min(size, FILLED_MAX));
        if (in_size)
            memcpy(request->system_buffer, in, in_size);
    }
    request->irp->AssociatedIrp.SystemBuffer = request->system_buffer;
    request->irp->UserBuffer = out;
    send(request);
    return finish(request, information);
}

void sim_cancel(struct sim_request *request)
{
    PIRP irp;
    bool done;

    pthread_mutex_lock(&request_lock);
    irp = request->irp;
    request->cancelling = irp != NULL;
    pthread_mutex_unlock(&request_lock);
    if (!irp)
        return;
    IoCancelIrp(irp);
    pthread_mutex_lock(&request_lock);
    done = request->done;
    if (done)
        request->irp = NULL;
    request->cancelling = false;
    pthread_cond_broadcast(&request_done);
    pthread_mutex_unlock(&request_lock);
    if (done)
        sim_irp_retire(irp);
}
