/* File names. A program's name reaches the lab as its creator spelled it; a driver is told what Windows would
 * tell: the normalised name, long and in the case that is on disk. */
#ifndef LAB_NAME_H
#define LAB_NAME_H

#include "platform.h"

struct lab_volume;

/* A resolved name. Free with lab_name_free. */
struct lab_name {
    struct lab_volume *volume; /* NULL when it lies on none (a UNC name) */
    UNICODE_STRING given;      /* \??\C:\Windows\SYSTEM~1\cmd.exe: as it was spelled */
    UNICODE_STRING open;       /* \??\C:\windows\system32\cmd.exe: as it is on disk */
    UNICODE_STRING path;       /* \windows\system32\cmd.exe, part of `open`; all are NUL-terminated */
};

/* From any form: \??\C:\x, C:\x, \Device\HarddiskVolume3\x, \SystemRoot\x, \??\unix\x. A file that does not
 * exist keeps its spelling. */
NTSTATUS lab_name_resolve(const UNICODE_STRING *name, struct lab_name *resolved);
void lab_name_free(struct lab_name *name);

/* \Device\HarddiskVolume3\windows\system32\cmd.exe into a buffer from `allocate`, NUL-terminated. */
NTSTATUS lab_name_device_form(const struct lab_name *name, PVOID (*allocate)(SIZE_T),
                              UNICODE_STRING *device_form);

/* The resolved name of an open file. */
NTSTATUS lab_name_of_handle(HANDLE handle, struct lab_name *resolved);

PVOID lab_heap_allocate(SIZE_T size);
void lab_heap_free(PVOID memory);

#endif
