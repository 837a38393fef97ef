/* Devices, their names, symbolic links and DACLs. */
#include "device.h"

#include <pthread.h>
#include <stdlib.h>

#include "driver.h"
#include "fault.h"
#include "irql.h"
#include "object.h"
#include "token.h"
#include "violation.h"
#include "world.h"

struct entry { /* a named device, or a link to one */
    struct entry *next;
    UNICODE_STRING name;
    UNICODE_STRING target; /* of a link */
    PDEVICE_OBJECT device; /* NULL for a link */
    PACL dacl;
    bool has_dacl;
};

static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry *entries;

static struct entry **find_name(const UNICODE_STRING *name)
{
    struct entry **link = &entries;

    while (*link && !sim_text_equal(&(*link)->name, name))
        link = &(*link)->next;
    return link;
}

static struct entry *find_device(const DEVICE_OBJECT *device)
{
    struct entry *entry = entries;

    while (entry && entry->device != device)
        entry = entry->next;
    return entry;
}

static void free_entry(struct entry *entry)
{
    sim_text_free(&entry->name);
    sim_text_free(&entry->target);
    free(entry->dacl);
    free(entry);
}

static void check_driver(PDRIVER_OBJECT driver, const char *routine)
{
    if (driver != sim_driver_object())
        sim_violation("%s was given %p, which is not the driver's DRIVER_OBJECT", routine, (void *)driver);
}

NTSTATUS IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension_size, PUNICODE_STRING name, DEVICE_TYPE type,
                        ULONG characteristics, BOOLEAN exclusive,
                        PDEVICE_OBJECT *made) /* wdm: <= APC_LEVEL */
{
    PDEVICE_OBJECT device;
    struct entry *entry;

    sim_service("IoCreateDevice");
    check_driver(driver, "IoCreateDevice");
    if (sim_fault("IoCreateDevice"))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&device_lock);
    if (name && *find_name(name)) {
        pthread_mutex_unlock(&device_lock);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    device = sim_object_new(&sim_device_type, sizeof(*device) + extension_size, NULL);
    device->Type = 3;
    device->Size = (USHORT)(sizeof(*device) + extension_size);
    device->DriverObject = driver;
    device->DeviceType = type;
    device->Characteristics = characteristics;
    device->Flags = DO_DEVICE_INITIALIZING | (exclusive ? DO_EXCLUSIVE : 0u);
    device->StackSize = 1;
    device->DeviceExtension = extension_size ? device + 1 : NULL;
    device->NextDevice = driver->DeviceObject;
    driver->DeviceObject = device;
    entry = sim_alloc(sizeof(*entry));
    entry->name = name ? sim_text_copy(name) : sim_text("");
    entry->device = device;
    entry->next = entries;
    entries = entry;
    pthread_mutex_unlock(&device_lock);
    *made = device;
    return STATUS_SUCCESS;
}

void IoDeleteDevice(PDEVICE_OBJECT device) /* wdm: <= APC_LEVEL */
{
    PDEVICE_OBJECT *link = &device->DriverObject->DeviceObject;
    struct entry *entry;

    sim_service("IoDeleteDevice");
    if (sim_object_type(device, "IoDeleteDevice") != &sim_device_type)
        sim_violation("IoDeleteDevice was given something that is no device");
    pthread_mutex_lock(&device_lock);
    entry = find_device(device);
    if (!entry)
        sim_violation("IoDeleteDevice was given a device that is deleted already");
    if (device->ReferenceCount)
        sim_violation("IoDeleteDevice was given a device with %d open handle(s)", device->ReferenceCount);
    while (*link != device)
        link = &(*link)->NextDevice;
    *link = device->NextDevice;
    struct entry **name = &entries;
    while (*name != entry)
        name = &(*name)->next;
    *name = entry->next;
    free_entry(entry);
    pthread_mutex_unlock(&device_lock);
    sim_object_unref(device);
}

static NTSTATUS create_link(PUNICODE_STRING link, PUNICODE_STRING device, const char *routine)
{
    NTSTATUS status = STATUS_OBJECT_NAME_COLLISION;

    sim_service(routine);
    if (sim_fault(routine))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&device_lock);
    if (!*find_name(link)) {
        struct entry *entry = sim_alloc(sizeof(*entry));
        entry->name = sim_text_copy(link);
        entry->target = sim_text_copy(device);
        entry->next = entries;
        entries = entry;
        status = STATUS_SUCCESS;
    }
    pthread_mutex_unlock(&device_lock);
    return status;
}

NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING link, PUNICODE_STRING device) /* wdm: PASSIVE_LEVEL */
{
    return create_link(link, device, "IoCreateSymbolicLink");
}

NTSTATUS IoCreateUnprotectedSymbolicLink(PUNICODE_STRING link,
                                         PUNICODE_STRING device) /* wdm: PASSIVE_LEVEL */
{
    return create_link(link, device, "IoCreateUnprotectedSymbolicLink");
}

NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING link) /* wdm: PASSIVE_LEVEL */
{
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct entry **found;

    sim_service("IoDeleteSymbolicLink");
    pthread_mutex_lock(&device_lock);
    found = find_name(link);
    if (*found && !(*found)->device) {
        struct entry *entry = *found;
        *found = entry->next;
        free_entry(entry);
        status = STATUS_SUCCESS;
    }
    pthread_mutex_unlock(&device_lock);
    return status;
}

NTSTATUS
ZwSetSecurityObject(HANDLE handle, SECURITY_INFORMATION information,
                    PSECURITY_DESCRIPTOR descriptor) /* ntifs: PASSIVE_LEVEL; the handle needs WRITE_DAC */
{
    const SECURITY_DESCRIPTOR *absolute = descriptor;
    ACCESS_MASK access;
    PDEVICE_OBJECT device;
    struct entry *entry;

    sim_service("ZwSetSecurityObject");
    device = sim_handle_object(handle, &sim_device_type, &access, "ZwSetSecurityObject");
    if (!(information & DACL_SECURITY_INFORMATION) || absolute->Revision != SECURITY_DESCRIPTOR_REVISION)
        return STATUS_INVALID_SECURITY_DESCR;
    if (!(access & WRITE_DAC))
        return STATUS_ACCESS_DENIED;
    if (sim_fault("ZwSetSecurityObject"))
        return STATUS_INSUFFICIENT_RESOURCES;
    pthread_mutex_lock(&device_lock);
    entry = find_device(device);
    free(entry->dacl);
    entry->dacl = NULL;
    entry->has_dacl = (absolute->Control & SE_DACL_PRESENT) && absolute->Dacl;
    if (entry->has_dacl) {
        entry->dacl = sim_alloc(absolute->Dacl->AclSize);
        memcpy(entry->dacl, absolute->Dacl, absolute->Dacl->AclSize);
    }
    pthread_mutex_unlock(&device_lock);
    return STATUS_SUCCESS;
}

static NTSTATUS may_open(const struct entry *entry, PEPROCESS process, ACCESS_MASK access)
{
    const DEVICE_OBJECT *device = entry->device;

    if ((device->Flags & DO_DEVICE_INITIALIZING) || sim_driver_is_unloading())
        return STATUS_NO_SUCH_DEVICE;
    if ((device->Flags & DO_EXCLUSIVE) && device->ReferenceCount)
        return STATUS_ACCESS_DENIED;
    if (entry->has_dacl && !sim_dacl_grants(entry->dacl, process, access))
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

NTSTATUS sim_device_open(const UNICODE_STRING *name, PEPROCESS process, ACCESS_MASK access,
                         PDEVICE_OBJECT *device)
{
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct entry *entry;

    pthread_mutex_lock(&device_lock);
    entry = *find_name(name);
    for (unsigned links = 0; entry && !entry->device && links < 8; links++)
        entry = *find_name(&entry->target);
    if (entry && entry->device) {
        status = may_open(entry, process, access);
        if (NT_SUCCESS(status)) {
            *device = entry->device;
            __atomic_add_fetch(&entry->device->ReferenceCount, 1, __ATOMIC_SEQ_CST);
            sim_object_ref(entry->device);
        }
    }
    pthread_mutex_unlock(&device_lock);
    return status;
}

void sim_devices_initialized(void)
{
    for (PDEVICE_OBJECT device = sim_driver_object()->DeviceObject; device; device = device->NextDevice)
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
}

void sim_devices_check_empty(const char *when)
{
    for (const struct entry *entry = entries; entry; entry = entry->next) {
        char *name = sim_utf8(&entry->name);
        sim_violation("the %s %s was not deleted %s", entry->device ? "device" : "symbolic link", name, when);
    }
}
