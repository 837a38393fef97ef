#include "system.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

_Use_decl_annotations_
NTSTATUS vg_system_open(ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, ULONG options, HANDLE *handle)
{
    IO_STATUS_BLOCK io;

    return IoCreateFileEx(handle, access, attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL, SHARE_ALL, FILE_OPEN,
                          options, NULL, 0, CreateFileTypeNone, NULL,
                          VG_IO_IGNORE_SHARE_ACCESS_CHECK | VG_IO_NO_PARAMETER_CHECKING, NULL);
}

_Use_decl_annotations_
NTSTATUS vg_system_image_name(PEPROCESS process, struct vg_string *name)
{
    PUNICODE_STRING located = NULL;
    NTSTATUS status = SeLocateProcessImageName(process, &located);

    if (!NT_SUCCESS(status))
        return status;
    status = located->Length == 0 ? STATUS_NOT_FOUND : vg_string_copy(name, vg_unicode_span(located));
    ExFreePool(located);
    return status;
}

_Use_decl_annotations_
bool vg_system_apcs_are_off(void)
{
    return KeAreAllApcsDisabled() != FALSE;
}
