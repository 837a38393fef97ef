/* Requests that a driver sends down a volume's own stack: IOCTL_STORAGE_QUERY_PROPERTY. */
#include <stdlib.h>
#include <time.h>

#include "fault.h"
#include "irp.h"
#include "irql.h"
#include "locks.h"
#include "object.h"
#include "violation.h"
#include "volume.h"
#include "workers.h"
#include "world.h"

#define IOCTL_STORAGE_QUERY_PROPERTY 0x002D1400u

struct storage_query {
    ULONG property;
    ULONG type;
};

struct storage_device { /* STORAGE_DEVICE_DESCRIPTOR (ntddstor.h) */
    ULONG version;
    ULONG size;
    UCHAR device_type, modifier, removable, queueing;
    ULONG vendor, product, revision, serial;
    ULONG bus_type;
    ULONG raw_length;
};

struct sent {
    struct sim_irp_owner owner;
    PKEVENT event;
    PIO_STATUS_BLOCK io;
    ULONG code;
    const void *in;
    ULONG in_size;
    void *out;
    ULONG out_size;
};

static void on_completed(struct sim_irp_owner *owner, PIRP irp)
{
    struct sent *sent = (struct sent *)owner;

    *sent->io = irp->IoStatus;
    if (sent->event)
        KeSetEvent(sent->event, IO_NO_INCREMENT, FALSE);
    free(sent);
    sim_irp_retire(irp);
}

/* wdm: PASSIVE_LEVEL. The I/O manager frees the IRP when it is completed. */
PIRP IoBuildDeviceIoControlRequest(ULONG code, PDEVICE_OBJECT device, PVOID in, ULONG in_size, PVOID out,
                                   ULONG out_size, BOOLEAN internal, PKEVENT event, PIO_STATUS_BLOCK io)
{
    struct sent *sent;
    PIRP irp;

    (void)internal;
    sim_file_service("IoBuildDeviceIoControlRequest");
    sim_object_type(device, "IoBuildDeviceIoControlRequest");
    if (sim_fault("IoBuildDeviceIoControlRequest"))
        return NULL;
    sent = sim_alloc(sizeof(*sent));
    *sent = (struct sent){{on_completed}, event, io, code, in, in_size, out, out_size};
    irp = sim_irp_new(&sent->owner);
    irp->Tail.Overlay.DriverContext[0] = sent;
    irp->Tail.Overlay.CurrentStackLocation->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    irp->Tail.Overlay.CurrentStackLocation++; /* the sender has no location of its own yet */
    return irp;
}

static NTSTATUS query_property(const struct sim_volume *volume, const struct sent *sent,
                               ULONG_PTR *information)
{
    const struct storage_query *query = sent->in;
    struct storage_device device = {
        .version = sizeof(device), .size = sizeof(device), .bus_type = volume->bus};

    if (volume->bus == SIM_BUS_UNTOLD)
        device.size = offsetof(struct storage_device, bus_type);
    if (volume->bus == SIM_BUS_USB_LAST) {
        device.size = offsetof(struct storage_device, bus_type) + sizeof(device.bus_type);
        device.bus_type = SIM_BUS_USB;
    }
    device.removable = (volume->characteristics & FILE_REMOVABLE_MEDIA) != 0;
    if (sent->code != IOCTL_STORAGE_QUERY_PROPERTY || volume->prefix.Length)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (sent->in_size < sizeof(*query) || query->property || query->type || sent->out_size < 8)
        return STATUS_INVALID_PARAMETER;
    *information = min(sent->out_size, device.size);
    memcpy(sent->out, &device, *information);
    return volume->tells_more ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

/* Completes the request. */
static NTSTATUS answer(PIRP irp)
{
    struct sent *sent = irp->Tail.Overlay.DriverContext[0];
    const struct sim_volume *volume = irp->Tail.Overlay.CurrentStackLocation->DeviceObject->DeviceExtension;
    NTSTATUS status;

    irp->IoStatus.Information = 0;
    status = sim_fault("IoCallDriver") ? STATUS_INSUFFICIENT_RESOURCES
                                       : query_property(volume, sent, &irp->IoStatus.Information);
    irp->IoStatus.Status = status;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void answer_main(void *argument)
{
    const struct timespec moment = {0, 2000000};

    nanosleep(&moment, NULL);
    answer(argument);
}

NTSTATUS IofCallDriver(PDEVICE_OBJECT device, PIRP irp) /* wdm: <= DISPATCH_LEVEL */
{
    const struct sim_volume *volume = device->DeviceExtension;

    sim_service("IoCallDriver");
    sim_object_type(device, "IoCallDriver");
    if (device == (PDEVICE_OBJECT)sim_driver_object() || device->DriverObject == sim_driver_object())
        sim_violation("IoCallDriver was given the driver's own device");
    irp->Tail.Overlay.CurrentStackLocation--;
    irp->Tail.Overlay.CurrentStackLocation->DeviceObject = device;
    if (!volume->slow)
        return answer(irp);
    sim_run_on_thread(answer_main, irp);
    return STATUS_PENDING;
}
