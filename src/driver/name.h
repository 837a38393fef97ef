/* Canonical names of files: `C:\folder\x.exe` for a volume with a drive letter,
 * `\Device\HarddiskVolume3\x.exe` for one without (the number may change from boot to boot; a volume mounted
 * in a folder only counts as one without),
 * `\\server\share\x.exe` for the network. */
#ifndef VG_DRIVER_NAME_H
#define VG_DRIVER_NAME_H

#include <vigil/abi.h>

#include "file.h"

/* The canonical name of an open file. `*source` says whether it is normalised, that is, free of 8.3 parts.
 * PASSIVE_LEVEL, special APCs enabled. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_of_file(_In_ const struct vg_file *file, _Out_ struct vg_string *name,
                    _Out_ enum vg_image_source *source);

/* The canonical name of a file that was opened by its native name `path` alone. Where OBJ_DONT_REPARSE is not
 * to be had, links laid on that way since the kernel noted the name can have led to another file: that one is
 * closed, and the name is that of the path. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_by_path(_Inout_ struct vg_file *file, _In_ struct vg_span path, _Out_ struct vg_string *name);

/* The canonical form of a native name `\Device\...`. `volume` (may be NULL) is a file object on the volume it
 * names, to ask for the volume's letter. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_of_path(_In_ struct vg_span path, _In_opt_ PFILE_OBJECT volume, _Out_ struct vg_string *name);

/* Whether a native name `\Device\...` is one of the network: whoever opens it asks another machine. */
_IRQL_requires_max_(DISPATCH_LEVEL) bool vg_name_is_remote(_In_ struct vg_span path);

/* The same, where no file object on the volume is at hand: the volume is opened. PASSIVE_LEVEL, special APCs
 * enabled. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_on_its_volume(_In_ struct vg_span path, _Out_ struct vg_string *name);

/* The canonical form of a name as user mode opens files: `\??\C:\x.exe`, `\??\UNC\server\share\x.exe`.
 * Anything else is copied as it is. Only the spelling changes: it is still what somebody said. */
_IRQL_requires_max_(APC_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_of_open_name(_In_ struct vg_span path, _Out_ struct vg_string *name);

/* The name of an object, such as a device or a file object: `\Device\HarddiskVolume3`. */
_IRQL_requires_max_(PASSIVE_LEVEL) _Must_inspect_result_ NTSTATUS
    vg_name_of_object(_In_ PVOID object, _Out_ struct vg_string *name);

#endif
