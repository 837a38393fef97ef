/* lab.sys: stands between Wine's kernel host and the drivers under test. It is loaded first; every driver
 * that is mapped into the same process afterwards is a guest of the lab. Its device takes the reports of the
 * launcher and the hook. */
#include "context.h"
#include "guest.h"
#include "irql.h"
#include "log.h"
#include "notify.h"
#include "process.h"
#include "worker.h"

DRIVER_INITIALIZE DriverEntry;

/* A request is answered by a worker: a routine may wait, and Wine serves all devices of the process on one
 * thread. */
struct request {
    struct lab_work work;
    PIRP irp;
};

/* A text of `bytes` at `at` within the request; FALSE when it is not all there. */
static BOOLEAN take_text(const char *request, ULONG size, ULONG *at, ULONG bytes, UNICODE_STRING *text)
{
    if (bytes > size - *at || bytes > 0xFFFE || bytes % sizeof(WCHAR))
        return FALSE;
    text->Buffer = (WCHAR *)(PVOID)(request + *at);
    text->Length = text->MaximumLength = (USHORT)bytes;
    *at += bytes;
    return TRUE;
}

static NTSTATUS serve_created(const char *request, ULONG size, struct lab_answer *answer)
{
    const struct lab_created *created = (const struct lab_created *)(PVOID)request;
    ULONG at = sizeof(*created);
    UNICODE_STRING image, command_line;

    if (size < at || !take_text(request, size, &at, created->image_bytes, &image) ||
        !take_text(request, size, &at, created->command_line_bytes, &command_line))
        return STATUS_INVALID_PARAMETER;
    *answer = lab_notify_created(created, &image, &command_line);
    return STATUS_SUCCESS;
}

static NTSTATUS serve_exited(const char *request, ULONG size)
{
    const struct lab_exited *exited = (const struct lab_exited *)(PVOID)request;

    if (size < sizeof(*exited))
        return STATUS_INVALID_PARAMETER;
    lab_notify_exited(ULongToHandle(exited->process_id), exited->exit_status);
    return STATUS_SUCCESS;
}

static NTSTATUS serve_loaded(const char *request, ULONG size)
{
    const struct lab_loaded *loaded = (const struct lab_loaded *)(PVOID)request;
    ULONG at = sizeof(*loaded);
    UNICODE_STRING image;

    if (size < at || !take_text(request, size, &at, loaded->image_bytes, &image))
        return STATUS_INVALID_PARAMETER;
    lab_notify_loaded(ULongToHandle(loaded->process_id), &image, (PVOID)(ULONG_PTR)loaded->base,
                      (SIZE_T)loaded->size);
    return STATUS_SUCCESS;
}

static NTSTATUS serve_status(void *output, ULONG size, ULONG *written)
{
    struct lab_status *status = output;

    if (size < sizeof(*status))
        return STATUS_BUFFER_TOO_SMALL;
    RtlZeroMemory(status, sizeof(*status));
    lab_notify_status(status);
    status->violations = lab_violations();
    *written = sizeof(*status);
    return STATUS_SUCCESS;
}

static NTSTATUS serve(PIRP irp, ULONG *written)
{
    const IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
    ULONG code = location->Parameters.DeviceIoControl.IoControlCode;
    ULONG size = location->Parameters.DeviceIoControl.InputBufferLength;
    ULONG output_size = location->Parameters.DeviceIoControl.OutputBufferLength;
    char *buffer = irp->AssociatedIrp.SystemBuffer;
    struct lab_answer answer = {0};
    NTSTATUS status;

    if (code == LAB_IOCTL_STATUS)
        return serve_status(buffer, output_size, written);
    if (code == LAB_IOCTL_CREATED)
        status = serve_created(buffer, size, &answer);
    else if (code == LAB_IOCTL_EXITED)
        status = serve_exited(buffer, size);
    else if (code == LAB_IOCTL_LOADED)
        status = serve_loaded(buffer, size);
    else
        return STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status) && output_size >= sizeof(answer)) {
        memcpy(buffer, &answer, sizeof(answer));
        *written = sizeof(answer);
    }
    return status;
}

static void work(struct lab_work *lab_work)
{
    struct request *request = CONTAINING_RECORD(lab_work, struct request, work);
    PIRP irp = request->irp;
    ULONG written = 0;
    NTSTATUS status = serve(irp, &written);

    RtlFreeHeap(GetProcessHeap(), 0, request);
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = written;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS NTAPI device_control(PDEVICE_OBJECT device, PIRP irp)
{
    struct request *request = RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*request));

    UNREFERENCED_PARAMETER(device);
    request->irp = irp;
    request->work.run = work;
    IoMarkIrpPending(irp);
    lab_work_queue(&request->work);
    return STATUS_PENDING;
}

static NTSTATUS NTAPI create_or_close(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* Wine tells of each driver it maps, before it is initialised. */
static VOID NTAPI image_mapped(PUNICODE_STRING name, HANDLE process_id, PIMAGE_INFO info)
{
    if (process_id || !info->SystemModeImage)
        return;
    lab_guest_mapped(name, info->ImageBase);
    lab_notify_loaded(NULL, name, info->ImageBase, info->ImageSize);
}

/* The launcher reports exits. Should it be killed itself, the processes that ended with it are found here. */
static void look_after(struct lab_process *process)
{
    LARGE_INTEGER now = {0};
    PROCESS_BASIC_INFORMATION basic = {.ExitStatus = STATUS_UNSUCCESSFUL};

    if (NtWaitForSingleObject(process->object.handle, FALSE, &now) != STATUS_WAIT_0)
        return;
    if (!process->announced || process->seen_dead++) {
        NtQueryInformationProcess(process->object.handle, ProcessBasicInformation, &basic, sizeof(basic),
                                  NULL);
        lab_notify_exited(process->id, basic.ExitStatus);
    }
}

static ULONG NTAPI reap(PVOID argument)
{
    LARGE_INTEGER pause = {.QuadPart = -10000000};

    UNREFERENCED_PARAMETER(argument);
    for (;;) {
        NtDelayExecution(FALSE, &pause);
        lab_process_each(look_after);
    }
    return 0;
}

static NTSTATUS start(PDRIVER_OBJECT driver)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(LAB_DEVICE_NAME);
    PDEVICE_OBJECT device;
    NTSTATUS status;

    lab_context_start();
    lab_irql_start();
    lab_log_open();
    lab_process_start();
    driver->MajorFunction[IRP_MJ_CREATE] = create_or_close;
    driver->MajorFunction[IRP_MJ_CLOSE] = create_or_close;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = device_control;
    status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = PsSetLoadImageNotifyRoutine(image_mapped);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(device);
        return status;
    }
    lab_guest_start();
    lab_thread_start(reap, NULL);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    lab_log("ready");
    return STATUS_SUCCESS; /* without an Unload: it stays as long as the kernel host does */
}

/* Wine takes a native image that imports from ntdll or kernel32 for a DLL, and calls its entry point as
 * DllMain(module, reason, reserved) before it calls it as DriverEntry. */
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
    enum { DLL_REASON_MAX = 3 };

    return (ULONG_PTR)registry <= DLL_REASON_MAX ? TRUE : start(driver);
}
