/* probe.sys: the least driver that decides on process creations. The lab proves itself with it, so that a
 * failure of the lab is not taken for one of Vigil. It denies images whose normalised name ends with
 * "denied.exe" and keeps a text of what it was told, a line an event, which PROBE_IOCTL_TAKE takes. A read
 * pends until it is cancelled. */
#include "../driver/platform.h"
#include "probe.h"

#define TAG       'borP'
#define TEXT_SIZE (1024u * 1024u)
#define DENIED    STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT

DRIVER_INITIALIZE DriverEntry;
int __cdecl _snwprintf(WCHAR *, size_t, const WCHAR *, ...);
NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(PEPROCESS);

static WCHAR *text;
static ULONG used; /* bytes */
static FAST_MUTEX text_lock;
static IO_CSQ queue;
static LIST_ENTRY reads;
static BOOLEAN takes_stack;
static KSPIN_LOCK reads_lock;

static void record(const WCHAR *line, int characters)
{
    ULONG bytes = characters > 0 ? (ULONG)characters * (ULONG)sizeof(WCHAR) : 0;

    ExAcquireFastMutex(&text_lock);
    if (used + bytes <= TEXT_SIZE) {
        RtlCopyMemory((char *)text + used, line, bytes);
        used += bytes;
    }
    ExReleaseFastMutex(&text_lock);
}

/* --- what the file is called
 * ------------------------------------------------------------------------------------- */

static NTSTATUS normalised_name(PFILE_OBJECT file, FILE_NAME_INFORMATION *name, ULONG size)
{
    UNICODE_STRING empty = {0};
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE given, again;
    NTSTATUS status = ObOpenObjectByPointer(file, OBJ_KERNEL_HANDLE, NULL, FILE_READ_ATTRIBUTES,
                                            (POBJECT_TYPE)IoFileObjectType, KernelMode, &given);

    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &empty, OBJ_KERNEL_HANDLE, given, NULL);
    status = ZwCreateFile(&again, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &io, NULL, 0,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, FILE_OPEN,
                          FILE_SYNCHRONOUS_IO_NONALERT | FILE_COMPLETE_IF_OPLOCKED, NULL, 0);
    if (NT_SUCCESS(status)) {
        PFILE_OBJECT other;

        status = ObReferenceObjectByHandle(again, 0, (POBJECT_TYPE)IoFileObjectType, KernelMode,
                                           (PVOID *)&other, NULL);
        if (NT_SUCCESS(status)) {
            if (other->SectionObjectPointer != file->SectionObjectPointer)
                status = STATUS_FILE_INVALID;
            ObDereferenceObject(other);
        }
        if (NT_SUCCESS(status))
            status = ZwQueryInformationFile(again, &io, name, size, FileNormalizedNameInformation);
        ZwClose(again);
    }
    ZwClose(given);
    return status;
}

static ULONG integrity_of(PEPROCESS process)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(process);
    ULONG level = 0;

    SeQueryInformationToken(token, TokenIntegrityLevel, (PVOID *)&level);
    PsDereferencePrimaryToken(token);
    return level;
}

/* --- callbacks
 * --------------------------------------------------------------------------------------------------- */

static BOOLEAN ends_with_denied(const FILE_NAME_INFORMATION *name)
{
    static const UNICODE_STRING denied = RTL_CONSTANT_STRING(L"denied.exe");
    UNICODE_STRING end;

    if (name->FileNameLength < denied.Length)
        return FALSE;
    end.Buffer = (WCHAR *)((ULONG_PTR)name->FileName + name->FileNameLength - denied.Length);
    end.Length = end.MaximumLength = denied.Length;
    return RtlEqualUnicodeString(&end, (PUNICODE_STRING)&denied, TRUE);
}

static void created(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    enum { NAME_SIZE = 2048, LINE = 4096 };
    FILE_NAME_INFORMATION *name = ExAllocatePoolWithTag(PagedPool, NAME_SIZE, TAG);
    WCHAR *line = ExAllocatePoolWithTag(PagedPool, LINE * sizeof(WCHAR), TAG);

    if (name && line) {
        name->FileNameLength = 0;
        if (info->FileObject)
            normalised_name(info->FileObject, name, NAME_SIZE);
        if (ends_with_denied(name))
            info->CreationStatus = DENIED;
        record(line,
               _snwprintf(
                   line, LINE,
                   L"create %u parent %u creator %u.%u integrity %x command-bytes %u apcs %d image %.*s%s\n",
                   HandleToULong(id), HandleToULong(info->ParentProcessId),
                   HandleToULong(info->CreatingThreadId.UniqueProcess),
                   HandleToULong(info->CreatingThreadId.UniqueThread), integrity_of(process),
                   info->CommandLine ? info->CommandLine->Length : 0, KeAreAllApcsDisabled(),
                   (int)(name->FileNameLength / sizeof(WCHAR)), name->FileName,
                   info->CreationStatus == DENIED ? L" denied" : L""));
    }
    if (name)
        ExFreePoolWithTag(name, TAG);
    if (line)
        ExFreePoolWithTag(line, TAG);
}

/* More than the lab allows, a KiB a call. */
static __attribute__((noinline)) void take_stack(const volatile char *above, unsigned depth)
{
    volatile char frame[1024];

    frame[0] = *above;
    if (depth)
        take_stack(frame, depth - 1);
    frame[1] = frame[0];
}

static VOID NTAPI process_notify(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    WCHAR line[80];

    if (takes_stack)
        take_stack((const volatile char *)line, 6);
    if (info)
        created(process, id, info);
    else
        record(line, _snwprintf(line, 80, L"exit %u status %x\n", HandleToULong(id),
                                (unsigned)PsGetProcessExitStatus(process)));
}

static VOID NTAPI image_notify(PUNICODE_STRING name, HANDLE id, PIMAGE_INFO info)
{
    WCHAR line[400];

    record(line, _snwprintf(line, 400, L"image %u %.*s size %Ix\n", HandleToULong(id),
                            name ? (int)name->Length / 2 : 0, name ? name->Buffer : L"", info->ImageSize));
}

/* --- the device
 * -------------------------------------------------------------------------------------------------- */

static NTSTATUS complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static VOID NTAPI csq_insert(PIO_CSQ csq, PIRP irp)
{
    UNREFERENCED_PARAMETER(csq);
    InsertTailList(&reads, &irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI csq_remove(PIO_CSQ csq, PIRP irp)
{
    UNREFERENCED_PARAMETER(csq);
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP NTAPI csq_peek(PIO_CSQ csq, PIRP irp, PVOID file)
{
    UNREFERENCED_PARAMETER(csq);
    for (LIST_ENTRY *at = irp ? irp->Tail.Overlay.ListEntry.Flink : reads.Flink; at != &reads;
         at = at->Flink) {
        PIRP next = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);

        if (!file || IoGetCurrentIrpStackLocation(next)->FileObject == file)
            return next;
    }
    return NULL;
}

static VOID NTAPI csq_acquire(PIO_CSQ csq, PKIRQL irql)
{
    UNREFERENCED_PARAMETER(csq);
    KeAcquireSpinLock(&reads_lock, irql);
}

static VOID NTAPI csq_release(PIO_CSQ csq, KIRQL irql)
{
    UNREFERENCED_PARAMETER(csq);
    KeReleaseSpinLock(&reads_lock, irql);
}

static VOID NTAPI csq_cancelled(PIO_CSQ csq, PIRP irp)
{
    UNREFERENCED_PARAMETER(csq);
    complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS NTAPI create_or_close(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI cleanup(PDEVICE_OBJECT device, PIRP irp)
{
    PIRP read;

    UNREFERENCED_PARAMETER(device);
    while ((read = IoCsqRemoveNextIrp(&queue, IoGetCurrentIrpStackLocation(irp)->FileObject)) != NULL)
        complete(read, STATUS_CANCELLED, 0);
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI read(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    IoCsqInsertIrp(&queue, irp, NULL);
    return STATUS_PENDING;
}

/* What the lab has to notice when the driver is unloaded, and at the next start. */
static NTSTATUS misbehave(PIRP irp)
{
    PEPROCESS process;
    HANDLE handle;

    (void)ExAllocatePoolWithTag(PagedPool, 64, TAG);
    if (NT_SUCCESS(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &process)))
        ObOpenObjectByPointer(process, 0, NULL, 0, NULL, KernelMode, &handle);
    takes_stack = TRUE;
    return complete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS take(PIRP irp)
{
    ULONG size = IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.OutputBufferLength, taken;

    ExAcquireFastMutex(&text_lock);
    taken = used < size ? used : size;
    RtlCopyMemory(irp->AssociatedIrp.SystemBuffer, text, taken);
    used -= taken;
    RtlMoveMemory(text, (char *)text + taken, used);
    ExReleaseFastMutex(&text_lock);
    return complete(irp, STATUS_SUCCESS, taken);
}

static NTSTATUS NTAPI control(PDEVICE_OBJECT device, PIRP irp)
{
    UNREFERENCED_PARAMETER(device);
    switch (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode) {
    case PROBE_IOCTL_TAKE:
        return take(irp);
    case PROBE_IOCTL_MISBEHAVE:
        return misbehave(irp);
    default:
        return complete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

/* --- start and end
 * ----------------------------------------------------------------------------------------------- */

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
    PsSetCreateProcessNotifyRoutineEx(process_notify, TRUE);
    PsRemoveLoadImageNotifyRoutine(image_notify);
    IoDeleteDevice(driver->DeviceObject);
    ExFreePoolWithTag(text, TAG);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING registry)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(PROBE_DEVICE_NAME);
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(registry);
    ExInitializeFastMutex(&text_lock);
    InitializeListHead(&reads);
    KeInitializeSpinLock(&reads_lock);
    IoCsqInitialize(&queue, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release, csq_cancelled);
    text = ExAllocatePoolWithTag(PagedPool, TEXT_SIZE, TAG);
    if (!text)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        goto free_text;
    driver->MajorFunction[IRP_MJ_CREATE] = driver->MajorFunction[IRP_MJ_CLOSE] = create_or_close;
    driver->MajorFunction[IRP_MJ_CLEANUP] = cleanup;
    driver->MajorFunction[IRP_MJ_READ] = read;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control;
    driver->DriverUnload = unload;
    device->Flags |= DO_BUFFERED_IO;
    status = PsSetLoadImageNotifyRoutine(image_notify);
    if (!NT_SUCCESS(status))
        goto delete_device;
    status = PsSetCreateProcessNotifyRoutineEx(process_notify, FALSE);
    if (!NT_SUCCESS(status))
        goto remove_image;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
remove_image:
    PsRemoveLoadImageNotifyRoutine(image_notify);
delete_device:
    IoDeleteDevice(device);
free_text:
    ExFreePoolWithTag(text, TAG);
    return status;
}
