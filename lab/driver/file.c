#include "file.h"
#include "context.h"
#include "log.h"
#include "pool.h"
#include "volume.h"

/* One per file that has file objects: volume and file id are its identity, as SectionObjectPointers are on
 * Windows. */
struct lab_section {
    struct lab_section *next;
    LONG references;
    const struct lab_volume *volume;
    LONGLONG file_id;
    SECTION_OBJECT_POINTERS pointers;
    WCHAR open_name[]; /* the name it was opened by first, NUL-terminated */
};

static struct lab_section *sections;
static LAB_SRWLOCK lock;

static struct lab_section *section_of(HANDLE handle, const struct lab_name *name)
{
    FILE_INTERNAL_INFORMATION id = {0};
    IO_STATUS_BLOCK io;
    struct lab_section *section;

    NtQueryInformationFile(handle, &io, &id, sizeof(id), FileInternalInformation);
    RtlAcquireSRWLockExclusive(&lock);
    for (section = sections; section; section = section->next) {
        if (section->volume == name->volume && section->file_id == id.IndexNumber.QuadPart)
            break;
    }
    if (!section) {
        section = lab_heap_allocate(sizeof(*section) + name->open.MaximumLength);
        memcpy(section->open_name, name->open.Buffer, name->open.Length);
        section->volume = name->volume;
        section->file_id = id.IndexNumber.QuadPart;
        section->pointers.ImageSectionObject = section;
        section->next = sections;
        sections = section;
    }
    section->references++;
    RtlReleaseSRWLockExclusive(&lock);
    return section;
}

static void release_section(struct lab_section *section)
{
    struct lab_section **link;

    RtlAcquireSRWLockExclusive(&lock);
    if (--section->references == 0) {
        for (link = &sections; *link != section; link = &(*link)->next)
            ;
        *link = section->next;
        lab_heap_free(section);
    }
    RtlReleaseSRWLockExclusive(&lock);
}

static void destroy(struct lab_object *object)
{
    struct lab_file *file = CONTAINING_RECORD(object, struct lab_file, object);

    release_section(file->section);
    lab_name_free(&file->name);
    lab_heap_free(file);
}

/* Takes over the handle and the name. */
static struct lab_file *make(HANDLE handle, struct lab_name *name)
{
    struct lab_file *file = lab_heap_allocate(sizeof(*file));
    FILE_STANDARD_INFORMATION standard = {0};
    IO_STATUS_BLOCK io;

    file->name = *name;
    file->section = section_of(handle, name);
    NtQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation);
    file->file.Type = IO_TYPE_FILE;
    file->file.Size = sizeof(FILE_OBJECT);
    file->file.DeviceObject = &name->volume->device;
    file->file.SectionObjectPointer = &file->section->pointers;
    file->file.FsContext = file->section;
    file->file.ReadAccess = TRUE;
    file->file.SharedRead = TRUE;
    file->file.SharedDelete = TRUE;
    file->file.DeletePending = standard.DeletePending;
    file->file.Flags = FO_SYNCHRONOUS_IO | FO_HANDLE_CREATED;
    file->file.FileName = file->name.path;
    lab_object_init(&file->object, LAB_KIND_FILE, &file->file, handle, destroy);
    return file;
}

NTSTATUS lab_file_open(const UNICODE_STRING *name, struct lab_file **file)
{
    struct lab_name resolved;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    NTSTATUS status = lab_name_resolve(name, &resolved);

    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &resolved.given, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&handle, FILE_READ_DATA | FILE_EXECUTE | FILE_READ_ATTRIBUTES | SYNCHRONIZE,
                        &attributes, &io, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    if (!NT_SUCCESS(status)) {
        lab_name_free(&resolved);
        return status;
    }
    *file = make(handle, &resolved);
    return STATUS_SUCCESS;
}

NTSTATUS lab_file_from_handle(HANDLE handle, struct lab_file **file)
{
    struct lab_name name;
    HANDLE copy;
    NTSTATUS status = lab_name_of_handle(handle, &name);

    if (!NT_SUCCESS(status))
        return status;
    status =
        NtDuplicateObject(NtCurrentProcess(), handle, NtCurrentProcess(), &copy, 0, 0, DUPLICATE_SAME_ACCESS);
    if (!NT_SUCCESS(status)) {
        lab_name_free(&name);
        return status;
    }
    *file = make(copy, &name);
    return STATUS_SUCCESS;
}

/* An open that shuts writers out fails while there is one. Mappings whose handles were closed are not seen.
 */
ULONG NTAPI lab_MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS pointers)
{
    const struct lab_section *section = CONTAINING_RECORD(pointers, struct lab_section, pointers);
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    NTSTATUS status;

    RtlInitUnicodeString(&name, section->open_name);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&handle, FILE_EXECUTE | SYNCHRONIZE, &attributes, &io,
                        FILE_SHARE_READ | FILE_SHARE_DELETE, FILE_SYNCHRONOUS_IO_NONALERT);
    if (NT_SUCCESS(status))
        NtClose(handle);
    return status == STATUS_SHARING_VIOLATION;
}

PVOID NTAPI lab_IoGetTransactionParameterBlock(PFILE_OBJECT file)
{
    (void)file;
    return NULL;
}

/* "C:\windows\system32\cmd.exe", to be freed with ExFreePool (ntifs.h). */
NTSTATUS NTAPI lab_IoQueryFileDosDeviceName(PFILE_OBJECT file, POBJECT_NAME_INFORMATION *information)
{
    const struct lab_object *object = lab_object_find(file);
    const struct lab_file *lab_file = CONTAINING_RECORD(object, struct lab_file, object);
    USHORT bytes;

    lab_require_passive("IoQueryFileDosDeviceName");
    if (!object || object->kind != LAB_KIND_FILE)
        return STATUS_INVALID_PARAMETER;
    bytes = (USHORT)(lab_file->name.open.Length - 4 * sizeof(WCHAR));
    *information =
        lab_ExAllocatePoolWithTag(PagedPool, sizeof(**information) + bytes + sizeof(WCHAR), 'baLq');
    if (!*information)
        return STATUS_INSUFFICIENT_RESOURCES;
    (*information)->Name.Buffer = (WCHAR *)(*information + 1);
    (*information)->Name.Length = bytes;
    (*information)->Name.MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    memcpy((*information)->Name.Buffer, lab_file->name.open.Buffer + 4, bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}
