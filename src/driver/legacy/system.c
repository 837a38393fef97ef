#include "../system.h"

#include "../memory.h"
#include "../optional.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* Room for most names of images, and for the longest there is. */
#define NAME_SIZE_FIRST 1024u
#define NAME_SIZE_MAX   (sizeof(UNICODE_STRING) + 65536u)

/* Without a device object as a hint this is IoCreateFile with the one option that it lacks. */
_Use_decl_annotations_
NTSTATUS vg_system_open(ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, ULONG options, HANDLE *handle)
{
    IO_STATUS_BLOCK io;

    return IoCreateFileSpecifyDeviceObjectHint(
        handle, access, attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL, SHARE_ALL, FILE_OPEN, options, NULL, 0,
        CreateFileTypeNone, NULL, VG_IO_IGNORE_SHARE_ACCESS_CHECK | VG_IO_NO_PARAMETER_CHECKING, NULL);
}

/* `room` receives a UNICODE_STRING and what it points to. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    query_name(_In_ HANDLE handle, _Out_writes_bytes_(size) void *room, _In_ ULONG size,
               _Out_ struct vg_string *name, _Out_ ULONG *needed)
{
    const UNICODE_STRING *answer = room;
    NTSTATUS status = ZwQueryInformationProcess(handle, VG_PROCESS_IMAGE_FILE_NAME, room, size, needed);

    if (!NT_SUCCESS(status))
        return status;
    return answer->Length == 0 ? STATUS_NOT_FOUND : vg_string_copy(name, vg_unicode_span(answer));
}

_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ static NTSTATUS
    name_by_handle(_In_ HANDLE handle, _Out_ struct vg_string *name)
{
    ULONG size = NAME_SIZE_FIRST;

    for (;;) {
        void *room = vg_allocate(VG_PAGED, size, VG_TAG_FILE);
        ULONG needed = 0;
        NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

        if (room == NULL)
            return status;
        status = query_name(handle, room, size, name, &needed);
        vg_free(room, VG_TAG_FILE);
        if (status != STATUS_INFO_LENGTH_MISMATCH || size == NAME_SIZE_MAX)
            return status;
        size = NAME_SIZE_MAX;
    }
}

_Use_decl_annotations_
NTSTATUS vg_system_image_name(PEPROCESS process, struct vg_string *name)
{
    HANDLE handle = NULL;
    NTSTATUS status = ObOpenObjectByPointer(process, OBJ_KERNEL_HANDLE, NULL, VG_PROCESS_QUERY_INFORMATION,
                                            vg_process_type(), KernelMode, &handle);

    if (!NT_SUCCESS(status))
        return status;
    status = name_by_handle(handle, name);
    ZwClose(handle);
    return status;
}

/* Windows XP has neither the routine nor guarded regions. */
_Use_decl_annotations_
bool vg_system_apcs_are_off(void)
{
    if (vg_optional.KeAreAllApcsDisabled != NULL)
        return vg_optional.KeAreAllApcsDisabled() != FALSE;
    return KeGetCurrentIrql() != PASSIVE_LEVEL;
}
