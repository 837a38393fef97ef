#include "volume.h"
#include "context.h"
#include "log.h"
#include "pool.h"

#define IOCTL_STORAGE_QUERY_PROPERTY_VALUE 0x002D1400u
#define BUS_TYPE_SATA                      11u
#define BUS_TYPE_USB                       7u

/* STORAGE_DEVICE_DESCRIPTOR (ntddstor.h). */
struct device_descriptor {
    ULONG version, size;
    UCHAR device_type, device_type_modifier, removable_media, command_queueing;
    ULONG vendor_id_offset, product_id_offset, product_revision_offset, serial_number_offset;
    ULONG bus_type, raw_properties_length, raw_properties;
};

ULONG NTAPI GetDriveTypeW(PCWSTR);

static struct lab_volume *volumes[26];
static LAB_SRWLOCK lock;
static DRIVER_OBJECT file_system = {.Type = IO_TYPE_DRIVER,
                                    .Size = sizeof(DRIVER_OBJECT),
                                    .DriverName = RTL_CONSTANT_STRING(L"\\FileSystem\\Ntfs")};

/* IOCTL_STORAGE_QUERY_PROPERTY, property 0: the bus tells a USB disk from a fixed one. */
static NTSTATUS NTAPI device_control(PDEVICE_OBJECT device, PIRP irp)
{
    const struct lab_volume *volume = CONTAINING_RECORD(device, struct lab_volume, device);
    const IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
    /* Wine's IoBuildDeviceIoControlRequest makes no system buffer, whose content would be copied there: it
     * gives the question's own memory, which is smaller than the answer, as that buffer. */
    struct device_descriptor *descriptor = irp->UserBuffer;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    irp->IoStatus.Information = 0;
    if (location->Parameters.DeviceIoControl.IoControlCode == IOCTL_STORAGE_QUERY_PROPERTY_VALUE &&
        location->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(*descriptor)) {
        RtlZeroMemory(descriptor, sizeof(*descriptor));
        descriptor->version = descriptor->size = sizeof(*descriptor);
        descriptor->bus_type = volume->drive_type == 2 ? BUS_TYPE_USB : BUS_TYPE_SATA;
        irp->IoStatus.Information = sizeof(*descriptor);
        status = STATUS_SUCCESS;
    }
    irp->IoStatus.Status = status;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static void keep(struct lab_object *object)
{
    lab_log("the volume of drive %c was dereferenced too often",
            CONTAINING_RECORD(object, struct lab_volume, object)->letter);
}

static struct lab_volume *make(WCHAR letter)
{
    struct lab_volume *volume = RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*volume));
    WCHAR root[] = {letter, L':', L'\\', 0};
    FILE_FS_DEVICE_INFORMATION information;
    WCHAR *end = volume->name_buffer;
    unsigned number = (unsigned)(letter - L'A') + 1;

    volume->letter = letter;
    volume->drive_type = GetDriveTypeW(root);
    wcscpy(end, L"\\Device\\HarddiskVolume");
    end += wcslen(end);
    if (number >= 10)
        *end++ = (WCHAR)(L'0' + number / 10);
    *end++ = (WCHAR)(L'0' + number % 10);
    *end = 0;
    RtlInitUnicodeString(&volume->name, volume->name_buffer);
    file_system.MajorFunction[IRP_MJ_DEVICE_CONTROL] = device_control;
    lab_volume_device_information(volume, &information);
    volume->device.Type = IO_TYPE_DEVICE;
    volume->device.Size = sizeof(DEVICE_OBJECT);
    volume->device.DriverObject = &file_system;
    volume->device.DeviceType = information.DeviceType;
    volume->device.Characteristics = information.Characteristics;
    volume->device.StackSize = 1;
    volume->device.ReferenceCount = 1;
    lab_object_init(&volume->object, LAB_KIND_VOLUME, &volume->device, NULL, keep);
    return volume;
}

struct lab_volume *lab_volume_of(WCHAR letter)
{
    struct lab_volume **volume;

    if (letter >= L'a' && letter <= L'z')
        letter = (WCHAR)(letter - L'a' + L'A');
    if (letter < L'A' || letter > L'Z')
        return NULL;
    RtlAcquireSRWLockExclusive(&lock);
    volume = &volumes[letter - L'A'];
    if (!*volume)
        *volume = make(letter);
    RtlReleaseSRWLockExclusive(&lock);
    return *volume;
}

WCHAR lab_volume_letter(const UNICODE_STRING *name, UNICODE_STRING *rest)
{
    static const UNICODE_STRING prefix = RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume");
    unsigned number = 0;
    USHORT at = prefix.Length / sizeof(WCHAR);

    if (!RtlPrefixUnicodeString((PUNICODE_STRING)&prefix, (PUNICODE_STRING)name, TRUE))
        return 0;
    for (; at < name->Length / sizeof(WCHAR) && name->Buffer[at] >= L'0' && name->Buffer[at] <= L'9'; at++)
        number = number * 10 + (unsigned)(name->Buffer[at] - L'0');
    if (number < 1 || number > 26)
        return 0;
    rest->Buffer = name->Buffer + at;
    rest->Length = rest->MaximumLength = (USHORT)(name->Length - at * sizeof(WCHAR));
    return (WCHAR)(L'A' + number - 1);
}

/* Wine's removable drive stands for a USB disk, whose media are fixed: only its bus tells. */
void lab_volume_device_information(const struct lab_volume *volume, FILE_FS_DEVICE_INFORMATION *information)
{
    information->DeviceType = FILE_DEVICE_DISK;
    information->Characteristics = FILE_DEVICE_IS_MOUNTED;
    switch (volume->drive_type) {
    case 4:
        information->DeviceType = FILE_DEVICE_NETWORK_FILE_SYSTEM;
        information->Characteristics |= FILE_REMOTE_DEVICE;
        break;
    case 5:
        information->DeviceType = FILE_DEVICE_CD_ROM;
        information->Characteristics |= FILE_REMOVABLE_MEDIA | FILE_READ_ONLY_DEVICE;
        break;
    case 6:
        information->DeviceType = FILE_DEVICE_VIRTUAL_DISK;
        break;
    default:
        break;
    }
}

/* "The caller is responsible for freeing DosName.Buffer"; needs special APCs (WDK). */
NTSTATUS NTAPI lab_IoVolumeDeviceToDosName(PVOID device, PUNICODE_STRING name)
{
    const struct lab_object *object = lab_object_find(device);
    const struct lab_volume *volume = CONTAINING_RECORD(object, struct lab_volume, object);
    WCHAR *buffer;

    lab_require_passive("IoVolumeDeviceToDosName");
    if (!object || object->kind != LAB_KIND_VOLUME || volume->drive_type == 4)
        return STATUS_INVALID_DEVICE_REQUEST;
    buffer = lab_ExAllocatePoolWithTag(PagedPool, 3 * sizeof(WCHAR), 'baLd');
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    buffer[0] = volume->letter;
    buffer[1] = L':';
    buffer[2] = 0;
    RtlInitUnicodeString(name, buffer);
    return STATUS_SUCCESS;
}

PDEVICE_OBJECT NTAPI lab_IoGetBaseFileSystemDeviceObject(PFILE_OBJECT file)
{
    return file->DeviceObject;
}

PDEVICE_OBJECT NTAPI lab_IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
    return lab_object_find(file) ? file->DeviceObject : IoGetRelatedDeviceObject(file);
}

PDEVICE_OBJECT NTAPI lab_IoGetAttachedDeviceReference(PDEVICE_OBJECT device)
{
    struct lab_object *object = lab_object_find(device);

    return object ? lab_object_lend(object) : IoGetAttachedDeviceReference(device);
}
