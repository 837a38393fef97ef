#include "toy.h"

PDEVICE_OBJECT toy_device;
static UNICODE_STRING device_name = RTL_CONSTANT_STRING(u"\\Device\\Test");
UNICODE_STRING toy_link = RTL_CONSTANT_STRING(u"\\DosDevices\\Test");
static PIRP pended;
struct toy toy;

void toy_on_process(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process, (void)id;
    toy.info = info;
    if (toy.in_callback)
        toy.in_callback();
    if (!info) {
        toy.exits++;
        return;
    }
    toy.creations++;
    info->CreationStatus = toy.verdict;
}

NTSTATUS toy_succeed(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS control(PDEVICE_OBJECT object, PIRP irp)
{
    if (!toy.in_control)
        return toy_succeed(object, irp);
    toy.in_control(irp);
    return STATUS_SUCCESS;
}

static void cancel_read(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    pended = NULL;
    irp->IoStatus.Status = STATUS_CANCELLED;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS pend_read(PDEVICE_OBJECT object, PIRP irp)
{
    (void)object;
    IoMarkIrpPending(irp);
    pended = irp;
    IoSetCancelRoutine(irp, cancel_read);
    return STATUS_PENDING;
}

void toy_unload(PDRIVER_OBJECT driver)
{
    PsSetCreateProcessNotifyRoutineEx(toy_on_process, TRUE);
    IoDeleteSymbolicLink(&toy_link);
    IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS toy_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    NTSTATUS status;

    (void)path;
    driver->DriverUnload = toy_unload;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLOSE] = toy_succeed;
    driver->MajorFunction[IRP_MJ_CLEANUP] = toy_succeed;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    driver->MajorFunction[IRP_MJ_READ] = pend_read;
    status = IoCreateDevice(driver, 0, &device_name, FILE_DEVICE_UNKNOWN, 0, FALSE, &toy_device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&toy_link, &device_name);
    if (NT_SUCCESS(status))
        status = PsSetCreateProcessNotifyRoutineEx(toy_on_process, FALSE);
    if (!NT_SUCCESS(status)) {
        IoDeleteSymbolicLink(&toy_link);
        IoDeleteDevice(toy_device);
    }
    return status;
}

void toy_start(void)
{
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    toy = (struct toy){0};
}

NTSTATUS toy_start_cmd(PEPROCESS *process)
{
    return sim_start_process(&(struct sim_process_options){.image = "C:\\Windows\\System32\\cmd.exe"},
                             process);
}
