#include "guest.h"
#include "context.h"
#include "handle.h"
#include "imports.h"
#include "log.h"
#include "name.h"
#include "notify.h"
#include "object.h"
#include "pool.h"
#include "routines.h"
#include "service.h"
#include "system.h"
#include "worker.h"

#define DLLCHARACTERISTICS_FORCE_INTEGRITY 0x0080u
#define PAGE                               0x1000u
#define ENTRY_OFFSET_MAX                   0x7FFF0000u
#define STATUS_NO_SUCH_DEVICE_VALUE        ((NTSTATUS)0xC000000E)

enum { OPEN_MAX = 1024 };

struct guest {
    struct guest *next;
    char name[64];
    char *base;
    SIZE_T size;
    PDRIVER_INITIALIZE entry;
    NTSTATUS refusal; /* what DriverEntry is answered for it; STATUS_SUCCESS: let it run */
    PDRIVER_OBJECT driver;
    PDRIVER_UNLOAD unload;
    PDRIVER_DISPATCH major[IRP_MJ_MAXIMUM_FUNCTION + 1];
    PFILE_OBJECT open[OPEN_MAX];
    LONG references; /* one for each open file object, and one until an unload is asked for */
    LONG unload_pending;
    UNICODE_STRING service; /* of the unload that waits */
    struct lab_work work;
};

/* Wine's kernel's; ntdll, which the lab links with, has a stub of that name. */
static NTSTATUS(NTAPI *wine_unload_driver)(const UNICODE_STRING *service);

static struct guest *guests;
static LAB_SRWLOCK lock;

static struct guest *guest_of(const DRIVER_OBJECT *driver)
{
    struct guest *guest;

    RtlAcquireSRWLockExclusive(&lock);
    for (guest = guests; guest && guest->driver != driver; guest = guest->next)
        ;
    RtlReleaseSRWLockExclusive(&lock);
    return guest;
}

/* --- handles
 * ----------------------------------------------------------------------------------------------------- */

static NTSTATUS NTAPI finish_here(PDEVICE_OBJECT device, PIRP irp, PVOID event)
{
    UNREFERENCED_PARAMETER(device);
    UNREFERENCED_PARAMETER(irp);
    UNREFERENCED_PARAMETER(event);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Wine sends no IRP_MJ_CLEANUP; Windows does when the last handle closes, before IRP_MJ_CLOSE. */
static void send_cleanup(PDEVICE_OBJECT device, PFILE_OBJECT file)
{
    PIRP irp = IoAllocateIrp((CCHAR)(device->StackSize + 1), FALSE);
    PIO_STACK_LOCATION location;

    if (!irp)
        return;
    IoSetNextIrpStackLocation(irp);
    irp->RequestorMode = UserMode;
    irp->Tail.Overlay.OriginalFileObject = file;
    location = IoGetNextIrpStackLocation(irp);
    location->MajorFunction = IRP_MJ_CLEANUP;
    location->FileObject = file;
    IoSetCompletionRoutine(irp, finish_here, NULL, TRUE, TRUE, TRUE);
    if (IoCallDriver(device, irp) == STATUS_PENDING)
        lab_violation("IRP_MJ_CLEANUP was pended"); /* and leaks: nobody may touch the IRP now */
    else
        IoFreeIrp(irp);
}

static NTSTATUS complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* The file objects that are open. Wine lets an open succeed whatever its IRP_MJ_CREATE was answered, and
 * sends an IRP_MJ_CLOSE for it; a file object that the driver refused is recognised by not being here. */
static PFILE_OBJECT *find_open(struct guest *guest, PFILE_OBJECT file)
{
    for (size_t i = 0; i < OPEN_MAX; i++) {
        if (guest->open[i] == file)
            return &guest->open[i];
    }
    return NULL;
}

static BOOLEAN replace_open(struct guest *guest, PFILE_OBJECT from, PFILE_OBJECT to)
{
    PFILE_OBJECT *place;

    RtlAcquireSRWLockExclusive(&lock);
    place = find_open(guest, from);
    if (place)
        *place = to;
    RtlReleaseSRWLockExclusive(&lock);
    return place != NULL;
}

static void run_pending_unload(struct lab_work *work)
{
    struct guest *guest = CONTAINING_RECORD(work, struct guest, work);
    NTSTATUS status;

    lab_log("%s: the last handle is closed, the unload goes on", guest->name);
    status = wine_unload_driver(&guest->service); /* frees the guest */
    if (!NT_SUCCESS(status))
        lab_log("the unload failed: %08x", (unsigned)status);
}

/* The last one to go lets an unload happen that waits for it. */
static void release(struct guest *guest)
{
    if (InterlockedDecrement(&guest->references) == 0) {
        guest->work.run = run_pending_unload;
        lab_work_queue(&guest->work);
    }
}

static NTSTATUS create_file(struct guest *guest, PDEVICE_OBJECT device, PIRP irp, PFILE_OBJECT file)
{
    NTSTATUS status;

    InterlockedIncrement(&guest->references);
    if (guest->unload_pending)
        status = complete(irp, STATUS_NO_SUCH_DEVICE_VALUE);
    else
        status = guest->major[IRP_MJ_CREATE](device, irp);
    if (!NT_SUCCESS(status) || !replace_open(guest, NULL, file))
        release(guest);
    return status;
}

static NTSTATUS close_file(struct guest *guest, PDEVICE_OBJECT device, PIRP irp, PFILE_OBJECT file)
{
    NTSTATUS status;

    if (!replace_open(guest, file, NULL))
        return complete(irp, STATUS_SUCCESS);
    send_cleanup(device, file);
    status = guest->major[IRP_MJ_CLOSE](device, irp);
    release(guest);
    return status;
}

/* In place of all of the guest's dispatch routines. */
static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
    struct guest *guest = guest_of(device->DriverObject);
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    BOOLEAN open;

    if (!guest)
        return complete(irp, STATUS_NO_SUCH_DEVICE_VALUE);
    if (major == IRP_MJ_CREATE)
        return create_file(guest, device, irp, file);
    if (major == IRP_MJ_CLOSE)
        return close_file(guest, device, irp, file);
    RtlAcquireSRWLockExclusive(&lock);
    open = major == IRP_MJ_CLEANUP || find_open(guest, file);
    RtlReleaseSRWLockExclusive(&lock);
    return open ? guest->major[major](device, irp) : complete(irp, STATUS_NO_SUCH_DEVICE_VALUE);
}

/* --- unload
 * ------------------------------------------------------------------------------------------------------ */

static void forget(struct guest *guest)
{
    struct guest **link;

    RtlAcquireSRWLockExclusive(&lock);
    for (link = &guests; *link && *link != guest; link = &(*link)->next)
        ;
    if (*link)
        *link = guest->next;
    RtlReleaseSRWLockExclusive(&lock);
    lab_heap_free(guest->service.Buffer);
    lab_heap_free(guest);
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    struct guest *guest = guest_of(driver);

    guest->unload(driver);
    if (driver->DeviceObject)
        lab_violation("%s was unloaded with a device object left", guest->name);
    lab_notify_check_unloaded(guest->name, guest->base, guest->size);
    lab_object_report_lent(guest->name);
    lab_handle_report(guest->name);
    lab_pool_report(guest->name);
    lab_log("%s is unloaded", guest->name);
    forget(guest);
}

static struct guest *guest_of_service(const UNICODE_STRING *service)
{
    struct guest *guest;

    RtlAcquireSRWLockExclusive(&lock);
    for (guest = guests; guest; guest = guest->next) {
        UNICODE_STRING name;

        if (!guest->driver)
            continue;
        name = guest->driver->DriverName; /* \Driver\NAME; the service's key ends with NAME */
        name.Buffer += 7;
        name.Length = (USHORT)(name.Length - 7 * sizeof(WCHAR));
        if (service->Length > name.Length) {
            UNICODE_STRING end = {name.Length, name.Length,
                                  (WCHAR *)((char *)service->Buffer + service->Length - name.Length)};

            if (RtlEqualUnicodeString(&name, &end, TRUE))
                break;
        }
    }
    RtlReleaseSRWLockExclusive(&lock);
    return guest;
}

/* What Windows does with a handle open: the devices can no longer be opened, the service stays in
 * STOP_PENDING, and the Unload routine runs when the last handle is closed. */
static NTSTATUS NTAPI unload_driver(const UNICODE_STRING *service)
{
    struct guest *guest = guest_of_service(service);

    if (!guest)
        return wine_unload_driver(service);
    if (!guest->unload)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (InterlockedExchange(&guest->unload_pending, TRUE))
        return STATUS_SUCCESS;
    guest->service.Buffer = lab_heap_allocate(service->Length + sizeof(WCHAR));
    memcpy(guest->service.Buffer, service->Buffer, service->Length);
    guest->service.Length = service->Length;
    guest->service.MaximumLength = (USHORT)(service->Length + sizeof(WCHAR));
    if (InterlockedDecrement(&guest->references) == 0)
        return wine_unload_driver(service);
    lab_log("%s: a handle is open, the unload waits for it", guest->name);
    lab_service_stop_pending(service);
    return STATUS_SUCCESS;
}

void lab_guest_start(void)
{
    wine_unload_driver =
        (NTSTATUS(NTAPI *)(const UNICODE_STRING *))lab_wine_routine("ntoskrnl.exe", "ZwUnloadDriver");
    lab_imports_replace(GetModuleHandleW(NULL), "ZwUnloadDriver", (PVOID)unload_driver);
}

/* --- load
 * -------------------------------------------------------------------------------------------------------- */

/* In place of the guest's entry point, which is called without the first argument. */
static NTSTATUS NTAPI enter(struct guest *guest, PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
    NTSTATUS status = guest->refusal;

    guest->driver = driver;
    driver->DriverInit = guest->entry;
    if (NT_SUCCESS(status))
        status = guest->entry(driver, registry);
    if (!NT_SUCCESS(status)) {
        lab_log("%s: DriverEntry returns %08x", guest->name, (unsigned)status);
        lab_notify_check_unloaded(guest->name, guest->base, guest->size);
        lab_pool_report(guest->name);
        lab_handle_report(guest->name);
        LdrUnloadDll(guest->base); /* Wine would keep it, and take it for the next driver from that path */
        forget(guest);
        return status;
    }
    guest->unload = driver->DriverUnload;
    if (guest->unload)
        driver->DriverUnload = unload;
    for (size_t i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
        guest->major[i] = driver->MajorFunction[i];
        driver->MajorFunction[i] = dispatch;
    }
    lab_system_reinitialize(driver);
    return status;
}

/* Instructions that call `enter` with the guest before the two arguments of an entry point, and where in them
 * the guest and `enter` are put. */
#ifdef _WIN64
/* mov r8, rdx; mov rdx, rcx; mov rcx, guest; mov rax, enter; jmp rax */
static const UCHAR entry_code[] = {0x49, 0x89, 0xD0, 0x48, 0x89, 0xCA, 0x48, 0xB9, 0, 0, 0, 0, 0,    0,
                                   0,    0,    0x48, 0xB8, 0,    0,    0,    0,    0, 0, 0, 0, 0xFF, 0xE0};
enum { ENTRY_GUEST = 8, ENTRY_TARGET = 18 };
#else
/* pop eax; push guest; push eax; mov eax, enter; jmp eax */
static const UCHAR entry_code[] = {0x58, 0x68, 0, 0, 0, 0, 0x50, 0xB8, 0, 0, 0, 0, 0xFF, 0xE0};
enum { ENTRY_GUEST = 2, ENTRY_TARGET = 8 };
#endif

/* They lie above the image, where the header's 32-bit offset reaches. */
static ULONG make_entry(struct guest *guest)
{
    PVOID target = (PVOID)enter;

    for (ULONG_PTR offset = (guest->size + 0xFFFF) & ~(ULONG_PTR)0xFFFF; offset < ENTRY_OFFSET_MAX;
         offset += 0x10000) {
        PVOID page = guest->base + offset;
        SIZE_T size = PAGE;

        if (!NT_SUCCESS(NtAllocateVirtualMemory(NtCurrentProcess(), &page, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                                PAGE_EXECUTE_READWRITE)))
            continue;
        memcpy(page, entry_code, sizeof(entry_code));
        memcpy((char *)page + ENTRY_GUEST, &guest, sizeof(guest));
        memcpy((char *)page + ENTRY_TARGET, &target, sizeof(target));
        return (ULONG)offset;
    }
    return 0;
}

/* "With that bit and no valid signature the loader refuses the image." Of the signature only its presence is
 * looked at. */
static NTSTATUS check_integrity(const struct guest *guest, const IMAGE_NT_HEADERS *headers)
{
    const IMAGE_DATA_DIRECTORY *security =
        &headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_SECURITY];

    if (!(headers->OptionalHeader.DllCharacteristics & DLLCHARACTERISTICS_FORCE_INTEGRITY))
        return STATUS_SUCCESS;
    if (security->VirtualAddress && security->Size)
        return STATUS_SUCCESS;
    lab_log("%s has the integrity bit and no signature", guest->name);
    return STATUS_INVALID_IMAGE_HASH;
}

static void name_guest(struct guest *guest, const UNICODE_STRING *name)
{
    size_t start = name->Length / sizeof(WCHAR);

    while (start && name->Buffer[start - 1] != L'\\')
        start--;
    for (size_t i = 0; i < sizeof(guest->name) - 1 && start < name->Length / sizeof(WCHAR); i++, start++)
        guest->name[i] = (char)(name->Buffer[start] < 0x7F ? name->Buffer[start] : L'?');
}

void lab_guest_mapped(const UNICODE_STRING *name, PVOID base)
{
    IMAGE_NT_HEADERS *headers = RtlImageNtHeader(base);
    struct guest *guest = lab_heap_allocate(sizeof(*guest));
    PVOID page = &headers->OptionalHeader.AddressOfEntryPoint;
    SIZE_T size = sizeof(ULONG);
    ULONG protection;

    name_guest(guest, name);
    lab_scenario_read();
    guest->references = 1;
    guest->base = base;
    guest->size = headers->OptionalHeader.SizeOfImage;
    guest->entry = (PDRIVER_INITIALIZE)(PVOID)(guest->base + headers->OptionalHeader.AddressOfEntryPoint);
    guest->refusal = check_integrity(guest, headers);
    if (NT_SUCCESS(guest->refusal))
        guest->refusal = lab_imports_redirect(guest->name, base);
    RtlAcquireSRWLockExclusive(&lock);
    guest->next = guests;
    guests = guest;
    RtlReleaseSRWLockExclusive(&lock);
    NtProtectVirtualMemory(NtCurrentProcess(), &page, &size, PAGE_READWRITE, &protection);
    headers->OptionalHeader.AddressOfEntryPoint = make_entry(guest);
    NtProtectVirtualMemory(NtCurrentProcess(), &page, &size, protection, &protection);
    lab_log("%s is mapped at %p", guest->name, base);
}
