#include "drive.h"

#include "volumes.h"

/* Asks the volume's storage stack which bus the disk is on; 0 when it does not say: volumes over several
 * disks do not. False when there was no memory to ask. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool query_bus(_In_ PDEVICE_OBJECT volume, _Inout_ ULONG *bus)
{
    struct vg_storage_query query = {.property_id = 0, .query_type = 0};
    struct vg_storage_device answer = {.size = 0};
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(volume);
    IO_STATUS_BLOCK io = {.Information = 0};
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PIRP irp = NULL;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(VG_IOCTL_STORAGE_QUERY_PROPERTY, top, &query, sizeof(query), &answer,
                                        sizeof(answer), FALSE, &done, &io);
    if (irp != NULL) {
        status = IoCallDriver(top, irp);
        if (status == STATUS_PENDING) {
            /* The request lives on this stack, so it must have ended; storage drivers answer it from what
             * they know. */
            (void)KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
            status = io.Status;
        }
    }
    ObDereferenceObject(top);
    if (status == STATUS_BUFFER_OVERFLOW) /* strings behind the fixed part did not fit */
        status = STATUS_SUCCESS;
    if (status == STATUS_INSUFFICIENT_RESOURCES)
        return false;
    *bus = 0;
    if (NT_SUCCESS(status) && answer.size >= FIELD_OFFSET(struct vg_storage_device, raw_properties_length))
        *bus = answer.bus_type;
    return true;
}

/* The same of the file's disk, which is asked once while the file is open: an open file keeps its volume. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool ask_bus(_In_ const struct vg_file *file, _Inout_ ULONG *bus)
{
    struct vg_disk *disk = file->disk;

    if (!disk->asked)
        disk->asked = query_bus(file->object->DeviceObject, &disk->bus);
    *bus = disk->bus;
    return disk->asked;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_known_to_stay(_In_ const struct vg_file *file)
{
    struct vg_disk *disk = file->disk;

    if (!disk->stays)
        disk->stays = vg_volumes_has(file->object->DeviceObject);
    return disk->stays;
}

/* Card readers count too, whatever they say of their media. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_external(_In_ ULONG bus)
{
    return bus == VG_BUS_TYPE_USB || bus == VG_BUS_TYPE_1394 || bus == VG_BUS_TYPE_SD ||
           bus == VG_BUS_TYPE_MMC;
}

/* A file on another disk, or another machine's. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool is_supplied(_In_ ULONG bus)
{
    return bus == VG_BUS_TYPE_FILE_BACKED || bus == VG_BUS_TYPE_ISCSI;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static struct vg_span
    disk(_In_ const struct vg_file *file, _In_ ULONG characteristics)
{
    ULONG bus = 0;

    if ((characteristics & (FILE_REMOVABLE_MEDIA | FILE_FLOPPY_DISKETTE)) != 0)
        return VG_LITERAL_SPAN(u"removable");
    if (!ask_bus(file, &bus))
        return (struct vg_span){.bytes = NULL, .size = 0};
    if (is_external(bus))
        return VG_LITERAL_SPAN(u"removable");
    if (bus != 0 && !is_supplied(bus))
        vg_volumes_add(file->object->DeviceObject);
    return VG_LITERAL_SPAN(u"fixed");
}

_Use_decl_annotations_
struct vg_span vg_drive_of(const struct vg_file *file)
{
    FILE_FS_DEVICE_INFORMATION device;
    IO_STATUS_BLOCK io;
    NTSTATUS status = STATUS_SUCCESS;

    if (is_known_to_stay(file))
        return VG_LITERAL_SPAN(u"fixed");
    status =
        ZwQueryVolumeInformationFile(file->handle, &io, &device, sizeof(device), FileFsDeviceInformation);
    if (!NT_SUCCESS(status))
        return (struct vg_span){.bytes = NULL, .size = 0};
    if ((device.Characteristics & FILE_REMOTE_DEVICE) != 0)
        return VG_LITERAL_SPAN(u"network");
    switch (device.DeviceType) {
    case FILE_DEVICE_NETWORK:
    case FILE_DEVICE_NETWORK_FILE_SYSTEM:
        return VG_LITERAL_SPAN(u"network");
    case FILE_DEVICE_CD_ROM:
    case FILE_DEVICE_CD_ROM_FILE_SYSTEM:
        return VG_LITERAL_SPAN(u"cdrom");
    case FILE_DEVICE_VIRTUAL_DISK:
        return VG_LITERAL_SPAN(u"ram");
    case FILE_DEVICE_DISK:
    case FILE_DEVICE_DISK_FILE_SYSTEM:
        return disk(file, device.Characteristics);
    default:
        return (struct vg_span){.bytes = NULL, .size = 0};
    }
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool holds_windows(_In_ const struct vg_file *file)
{
    struct vg_file of_windows;
    bool does = false;

    if (!NT_SUCCESS(vg_file_open_of_windows(&of_windows)))
        return false;
    does = of_windows.object->DeviceObject == file->object->DeviceObject;
    vg_file_close(&of_windows);
    return does;
}

_Use_decl_annotations_
bool vg_drive_is_served(const struct vg_file *file)
{
    ULONG bus = 0;

    if (is_known_to_stay(file))
        return false;
    if (!ask_bus(file, &bus))
        return true;
    return is_supplied(bus) && !holds_windows(file);
}

_Use_decl_annotations_
bool vg_drive_stays(const struct vg_file *file)
{
    return vg_text_equal(vg_drive_of(file), VG_LITERAL_SPAN(u"fixed")) && !vg_drive_is_served(file);
}
