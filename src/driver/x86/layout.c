/* What the driver reads and writes of the kernel's structures must lie where 32-bit Windows has it: Wine,
 * which alone has run the 32-bit files, has headers of its own, and mingw-w64's could pack or align
 * otherwise. The numbers are those that kernel debuggers show for x86 (`dt nt!_IRP`), the same from Windows
 * XP to 10; the two of the process callback follow from ntddk.h. */
#include "../kernel.h"

#include <assert.h>

#define LIES_AT(type, member, offset)                                                                        \
    static_assert(offsetof(type, member) == (offset), #type "." #member " on x86")
#define TAKES(type, size) static_assert(sizeof(type) == (size), #type " on x86")

TAKES(UNICODE_STRING, 0x08);
TAKES(OBJECT_ATTRIBUTES, 0x18);
TAKES(IO_STATUS_BLOCK, 0x08);
TAKES(CLIENT_ID, 0x08);
TAKES(LIST_ENTRY, 0x08);
TAKES(KSPIN_LOCK, 0x04);
TAKES(KEVENT, 0x10);
TAKES(LARGE_INTEGER, 0x08);

TAKES(DRIVER_OBJECT, 0xA8);
LIES_AT(DRIVER_OBJECT, DriverName, 0x1C);
LIES_AT(DRIVER_OBJECT, DriverUnload, 0x34);
LIES_AT(DRIVER_OBJECT, MajorFunction, 0x38);

TAKES(DEVICE_OBJECT, 0xB8);
LIES_AT(DEVICE_OBJECT, DriverObject, 0x08);
LIES_AT(DEVICE_OBJECT, Flags, 0x1C);
LIES_AT(DEVICE_OBJECT, Characteristics, 0x20);
LIES_AT(DEVICE_OBJECT, DeviceType, 0x2C);

LIES_AT(FILE_OBJECT, DeviceObject, 0x04);
LIES_AT(FILE_OBJECT, FsContext, 0x0C);
LIES_AT(FILE_OBJECT, SectionObjectPointer, 0x14);
LIES_AT(FILE_OBJECT, RelatedFileObject, 0x20);
LIES_AT(FILE_OBJECT, LockOperation, 0x24);
LIES_AT(FILE_OBJECT, Flags, 0x2C);
LIES_AT(FILE_OBJECT, FileName, 0x30);

TAKES(IRP, 0x70);
LIES_AT(IRP, AssociatedIrp.SystemBuffer, 0x0C);
LIES_AT(IRP, IoStatus, 0x18);
LIES_AT(IRP, Tail.Overlay.ListEntry, 0x58);
LIES_AT(IRP, Tail.Overlay.CurrentStackLocation, 0x60);

TAKES(IO_STACK_LOCATION, 0x24);
LIES_AT(IO_STACK_LOCATION, Parameters.Read.Length, 0x04);
LIES_AT(IO_STACK_LOCATION, Parameters.DeviceIoControl.OutputBufferLength, 0x04);
LIES_AT(IO_STACK_LOCATION, Parameters.DeviceIoControl.InputBufferLength, 0x08);
LIES_AT(IO_STACK_LOCATION, Parameters.DeviceIoControl.IoControlCode, 0x0C);
LIES_AT(IO_STACK_LOCATION, FileObject, 0x18);

TAKES(IO_CSQ, 0x20);
LIES_AT(IO_CSQ, CsqInsertIrp, 0x04);
LIES_AT(IO_CSQ, CsqCompleteCanceledIrp, 0x18);

TAKES(PS_CREATE_NOTIFY_INFO, 0x24);
LIES_AT(PS_CREATE_NOTIFY_INFO, Flags, 0x04);
LIES_AT(PS_CREATE_NOTIFY_INFO, ParentProcessId, 0x08);
LIES_AT(PS_CREATE_NOTIFY_INFO, CreatingThreadId, 0x0C);
LIES_AT(PS_CREATE_NOTIFY_INFO, FileObject, 0x14);
LIES_AT(PS_CREATE_NOTIFY_INFO, CommandLine, 0x1C);
LIES_AT(PS_CREATE_NOTIFY_INFO, CreationStatus, 0x20);

LIES_AT(IMAGE_INFO, ImageBase, 0x04);
LIES_AT(IMAGE_INFO, ImageSize, 0x0C);

LIES_AT(struct vg_system_process, CreateTime, 0x20);
LIES_AT(struct vg_system_process, ImageName, 0x38);
LIES_AT(struct vg_system_process, UniqueProcessId, 0x44);

LIES_AT(KEY_VALUE_PARTIAL_INFORMATION, Data, 0x0C);
LIES_AT(FILE_NAME_INFORMATION, FileName, 0x04);
LIES_AT(TOKEN_STATISTICS, AuthenticationId, 0x08);
TAKES(TOKEN_USER, 0x08);
