/* The object manager's routines, for the lab's objects; what is not one of them goes to Wine. */
#include "context.h"
#include "file.h"
#include "handle.h"
#include "log.h"
#include "object.h"
#include "process.h"
#include "volume.h"

LONG_PTR FASTCALL lab_ObfReferenceObject(PVOID body)
{
    struct lab_object *object = lab_object_find(body);

    if (!object)
        return ObfReferenceObject(body);
    lab_object_lend(object);
    return object->references;
}

LONG_PTR FASTCALL lab_ObfDereferenceObject(PVOID body)
{
    struct lab_object *object = lab_object_find(body);

    if (!object) {
        ObfDereferenceObject(body);
        return 0;
    }
    if (InterlockedDecrement(&object->lent) < 0) {
        lab_violation("an object was dereferenced that was not referenced");
        InterlockedIncrement(&object->lent);
        return 0;
    }
    lab_object_dereference(object);
    return 0;
}

static POBJECT_TYPE type_of(const struct lab_object *object)
{
    switch (object->kind) {
    case LAB_KIND_PROCESS:
        return (POBJECT_TYPE)PsProcessType;
    case LAB_KIND_FILE:
        return (POBJECT_TYPE)IoFileObjectType;
    case LAB_KIND_TOKEN:
        return (POBJECT_TYPE)SeTokenObjectType;
    default:
        return NULL;
    }
}

NTSTATUS NTAPI lab_ObReferenceObjectByPointer(PVOID body, ACCESS_MASK access, POBJECT_TYPE type,
                                              KPROCESSOR_MODE mode)
{
    struct lab_object *object = lab_object_find(body);

    if (!object)
        return ObReferenceObjectByPointer(body, access, type, mode);
    if (type && type != type_of(object))
        return STATUS_OBJECT_TYPE_MISMATCH;
    lab_object_lend(object);
    return STATUS_SUCCESS;
}

static NTSTATUS reference_file(HANDLE handle, PVOID *body)
{
    struct lab_file *file;
    NTSTATUS status = lab_file_from_handle(handle, &file);

    if (NT_SUCCESS(status)) {
        *body = lab_object_lend(&file->object);
        lab_object_dereference(&file->object);
    }
    return status;
}

static NTSTATUS reference_process(HANDLE handle, PVOID *body)
{
    PROCESS_BASIC_INFORMATION basic;
    struct lab_process *process;
    NTSTATUS status = NtQueryInformationProcess(handle, ProcessBasicInformation, &basic, sizeof(basic), NULL);

    if (!NT_SUCCESS(status))
        return status;
    process = lab_process_of((HANDLE)basic.UniqueProcessId);
    if (!process)
        return STATUS_INVALID_HANDLE;
    *body = lab_object_lend(&process->object);
    lab_object_dereference(&process->object);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI lab_ObReferenceObjectByHandle(HANDLE handle, ACCESS_MASK access, POBJECT_TYPE type,
                                             KPROCESSOR_MODE mode, PVOID *body,
                                             POBJECT_HANDLE_INFORMATION information)
{
    lab_require_passive("ObReferenceObjectByHandle");
    if (type && type == (POBJECT_TYPE)IoFileObjectType)
        return reference_file(handle, body);
    if (type && type == (POBJECT_TYPE)PsProcessType)
        return reference_process(handle, body);
    return ObReferenceObjectByHandle(handle, access, type, mode, body, information);
}

NTSTATUS NTAPI lab_ObOpenObjectByPointer(PVOID body, ULONG attributes, PACCESS_STATE state,
                                         ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode,
                                         PHANDLE handle)
{
    const struct lab_object *object = lab_object_find(body);
    NTSTATUS status;

    lab_require_passive("ObOpenObjectByPointer");
    lab_handle_require_kernel("ObOpenObjectByPointer", attributes);
    if (!object) {
        status =
            ObOpenObjectByPointer(body, attributes & OBJ_KERNEL_HANDLE, state, access, type, mode, handle);
    } else if (type && type != type_of(object)) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else if (!object->handle) {
        status = STATUS_ACCESS_DENIED;
    } else {
        if (object->kind == LAB_KIND_PROCESS && access)
            access |= PROCESS_QUERY_LIMITED_INFORMATION; /* the lab asks which process it is */
        status = NtDuplicateObject(NtCurrentProcess(), object->handle, NtCurrentProcess(), handle, access, 0,
                                   access ? 0 : DUPLICATE_SAME_ACCESS);
    }
    if (NT_SUCCESS(status))
        lab_handle_opened(*handle);
    return status;
}

static PVOID into_heap(SIZE_T size)
{
    return lab_heap_allocate(size);
}

/* \Device\HarddiskVolume3 for a volume, \Device\HarddiskVolume3\path for a file. */
NTSTATUS NTAPI lab_ObQueryNameString(PVOID body, POBJECT_NAME_INFORMATION information, ULONG size,
                                     PULONG needed)
{
    const struct lab_object *object = lab_object_find(body);
    UNICODE_STRING name;
    NTSTATUS status = STATUS_SUCCESS;

    lab_require_passive("ObQueryNameString");
    if (!object || (object->kind != LAB_KIND_FILE && object->kind != LAB_KIND_VOLUME))
        return ObQueryNameString(body, information, size, needed);
    if (object->kind == LAB_KIND_FILE) {
        status =
            lab_name_device_form(&CONTAINING_RECORD(object, struct lab_file, object)->name, into_heap, &name);
        if (!NT_SUCCESS(status))
            return status;
    } else {
        name = CONTAINING_RECORD(object, struct lab_volume, object)->name;
    }
    *needed = (ULONG)sizeof(*information) + name.Length + (ULONG)sizeof(WCHAR);
    if (size < *needed) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else {
        information->Name.Buffer = (WCHAR *)(information + 1);
        information->Name.Length = name.Length;
        information->Name.MaximumLength = (USHORT)(name.Length + sizeof(WCHAR));
        memcpy(information->Name.Buffer, name.Buffer, name.Length);
        information->Name.Buffer[name.Length / sizeof(WCHAR)] = 0;
    }
    if (object->kind == LAB_KIND_FILE)
        lab_heap_free(name.Buffer);
    return status;
}
