/* What a kernel of Windows 7 and one of Windows XP are asked by different routines: system.c asks the first,
 * legacy/system.c (vigil-xp.sys) the second. */
#ifndef VG_DRIVER_SYSTEM_H
#define VG_DRIVER_SYSTEM_H

#include "unicode.h"

/* Opens an existing file as the kernel itself: no access check, no share check. `options` are those of
 * IoCreateFileEx and its kind. `*handle` is the caller's to close. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_system_open(_In_ ACCESS_MASK access, _In_ POBJECT_ATTRIBUTES attributes, _In_ ULONG options,
                   _Out_ HANDLE *handle);

/* The kernel's own name for a process's image, `\Device\...`. STATUS_NOT_FOUND: it has none. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_system_image_name(_In_ PEPROCESS process, _Out_ struct vg_string *name);

/* Whether this thread gets no APCs at all: the answer of a file system would never arrive. */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_system_apcs_are_off(void);

#endif
