#include "device.h"

#include "control.h"

#include <vigil/abi.h>

static PDEVICE_OBJECT device;
static const UNICODE_STRING device_name = VG_CONSTANT_STRING(VG_DEVICE_NAME);
static const UNICODE_STRING link_name = VG_CONSTANT_STRING(VG_DEVICE_LINK);

/* ---- who may open it ---- */

/* A SID of up to two sub-authorities, laid out as SID is. */
struct short_sid {
    UCHAR revision;
    UCHAR count;
    UCHAR authority[6];
    ULONG sub_authorities[2];
};
static_assert(offsetof(struct short_sid, sub_authorities) == FIELD_OFFSET(SID, SubAuthority),
              "the layout of SID");

static struct short_sid local_system = {1, 1, {0, 0, 0, 0, 0, 5}, {18, 0}};
static struct short_sid administrators = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 544}};

/* An ACL with room for two entries, each with its SID, whose first four bytes the entry includes. */
struct two_entries {
    ACL acl;
    struct {
        ACCESS_ALLOWED_ACE ace;
        UCHAR more_of_the_sid[sizeof(struct short_sid) - sizeof(ULONG)];
    } entries[2];
};
static_assert(sizeof(struct two_entries) == 8 + 2 * (8 + 16), "the layout of ACL");

/* A descriptor whose list lets SYSTEM and the administrators do everything, and nobody else anything. It
 * points into `acl`. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    make_descriptor(_Out_ PSECURITY_DESCRIPTOR descriptor, _Out_ struct two_entries *acl)
{
    NTSTATUS status = RtlCreateSecurityDescriptor(descriptor, SECURITY_DESCRIPTOR_REVISION);

    if (NT_SUCCESS(status))
        status = RtlCreateAcl(&acl->acl, sizeof(*acl), ACL_REVISION);
    if (NT_SUCCESS(status))
        status = RtlAddAccessAllowedAce(&acl->acl, ACL_REVISION, FILE_ALL_ACCESS, &local_system);
    if (NT_SUCCESS(status))
        status = RtlAddAccessAllowedAce(&acl->acl, ACL_REVISION, FILE_ALL_ACCESS, &administrators);
    if (NT_SUCCESS(status))
        status = RtlSetDaclSecurityDescriptor(descriptor, TRUE, &acl->acl, FALSE);
    return status;
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS protect(_In_ PDEVICE_OBJECT object)
{
    SECURITY_DESCRIPTOR descriptor;
    struct two_entries acl;
    HANDLE handle = NULL;
    NTSTATUS status = make_descriptor(&descriptor, &acl);

    if (!NT_SUCCESS(status))
        return status;
    status = ObOpenObjectByPointer(object, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC, NULL, KernelMode, &handle);
    if (!NT_SUCCESS(status))
        return status;
    status = ZwSetSecurityObject(handle, DACL_SECURITY_INFORMATION, &descriptor);
    ZwClose(handle);
    return status;
}

/* ---- requests ---- */

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    complete(_Inout_ PIRP irp, _In_ NTSTATUS status, _In_ uint32_t information)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

/* NULL: a request of another driver's, which names no file object. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Ret_maybenull_ static struct vg_reader *reader_of(_In_ PIRP irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;

    return file == NULL ? NULL : file->FsContext;
}

_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) static NTSTATUS NTAPI
    on_create(_In_ PDEVICE_OBJECT object, _Inout_ PIRP irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct vg_reader *reader = NULL;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;

    UNREFERENCED_PARAMETER(object);
    if (file->FileName.Length == 0 && file->RelatedFileObject == NULL) /* there is nothing below the device */
        status = vg_reader_open(&reader);
    if (NT_SUCCESS(status))
        file->FsContext = reader;
    return complete(irp, status, 0);
}

_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) static NTSTATUS NTAPI
    on_cleanup(_In_ PDEVICE_OBJECT object, _Inout_ PIRP irp)
{
    UNREFERENCED_PARAMETER(object);
    vg_reader_cleanup(reader_of(irp));
    return complete(irp, STATUS_SUCCESS, 0);
}

_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) static NTSTATUS NTAPI
    on_close(_In_ PDEVICE_OBJECT object, _Inout_ PIRP irp)
{
    UNREFERENCED_PARAMETER(object);
    vg_reader_close(reader_of(irp));
    return complete(irp, STATUS_SUCCESS, 0);
}

_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) static NTSTATUS NTAPI
    on_read(_In_ PDEVICE_OBJECT object, _Inout_ PIRP irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(irp)->FileObject;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(object);
    if (reader_of(irp) == NULL)
        return complete(irp, status, 0);
    /* The request's own reference goes with the request, which may end before vg_reader_read returns: then
     * the handle could be closed, and the reader freed, beneath it. */
    ObReferenceObject(file);
    status = vg_reader_read(file->FsContext, irp);
    ObDereferenceObject(file);
    return status == STATUS_PENDING ? status : complete(irp, status, 0);
}

_Function_class_(DRIVER_DISPATCH) _IRQL_requires_max_(PASSIVE_LEVEL) static NTSTATUS NTAPI
    on_control(_In_ PDEVICE_OBJECT object, _Inout_ PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    struct vg_request request = {
        .code = stack->Parameters.DeviceIoControl.IoControlCode,
        .buffer = irp->AssociatedIrp.SystemBuffer,
        .input_size = stack->Parameters.DeviceIoControl.InputBufferLength,
        .output_size = stack->Parameters.DeviceIoControl.OutputBufferLength,
    };
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(object);
    if (reader_of(irp) != NULL)
        status = vg_control(reader_of(irp), &request);
    return complete(irp, status, request.written);
}

/* ---- making and unmaking it ---- */

_Use_decl_annotations_
NTSTATUS vg_device_start(PDRIVER_OBJECT driver)
{
    PDEVICE_OBJECT made = NULL;
    NTSTATUS status = IoCreateDevice(driver, 0, (PUNICODE_STRING)&device_name, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &made);

    if (!NT_SUCCESS(status))
        return status;
    /* Until DO_DEVICE_INITIALIZING is cleared nobody can open it. The I/O manager does that when DriverEntry
     * has returned, so nobody comes before the descriptor, nor while the driver still starts. */
    status = protect(made);
    if (!NT_SUCCESS(status))
        goto delete_device;
    status = IoCreateSymbolicLink((PUNICODE_STRING)&link_name, (PUNICODE_STRING)&device_name);
    if (!NT_SUCCESS(status))
        goto delete_device;
    driver->MajorFunction[IRP_MJ_CREATE] = on_create;
    driver->MajorFunction[IRP_MJ_CLEANUP] = on_cleanup;
    driver->MajorFunction[IRP_MJ_CLOSE] = on_close;
    driver->MajorFunction[IRP_MJ_READ] = on_read;
    driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = on_control;
    made->Flags |= DO_BUFFERED_IO;
    device = made;
    return STATUS_SUCCESS;

delete_device:
    IoDeleteDevice(made);
    return status;
}

_Use_decl_annotations_
void vg_device_stop(void)
{
    (void)IoDeleteSymbolicLink((PUNICODE_STRING)&link_name);
    IoDeleteDevice(device);
    device = NULL;
}
