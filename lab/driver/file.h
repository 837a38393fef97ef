/* FILE_OBJECTs. Wine's hold nothing but Type and Size; the lab makes its own around Wine's handles. */
#ifndef LAB_FILE_H
#define LAB_FILE_H

#include "name.h"
#include "object.h"

struct lab_section;

struct lab_file {
    struct lab_object object;
    FILE_OBJECT file; /* what the driver sees */
    struct lab_name name;
    struct lab_section *section;
};

/* Opens an executable as the kernel does for a creation; one reference. */
NTSTATUS lab_file_open(const UNICODE_STRING *name, struct lab_file **file);

/* A file object for a handle (it is duplicated); one reference. */
NTSTATUS lab_file_from_handle(HANDLE handle, struct lab_file **file);

/* The replacement: "the number of writable references to the file" (ntifs.h): here, whether some handle may
 * write. */
ULONG NTAPI lab_MmDoesFileHaveUserWritableReferences(PSECTION_OBJECT_POINTERS pointers);
/* Wine has no transactions: no file is part of one. */
PVOID NTAPI lab_IoGetTransactionParameterBlock(PFILE_OBJECT file);
NTSTATUS NTAPI lab_IoQueryFileDosDeviceName(PFILE_OBJECT file, POBJECT_NAME_INFORMATION *information);

#endif
