/* Signs that the bytes on disk are not the bytes that were mapped. Signs, not verdicts: some have innocent
 * causes. */
#ifndef VG_DRIVER_TAMPER_H
#define VG_DRIVER_TAMPER_H

#include "file.h"

#include <vigil/record.h>

/* Establishes Tampered: any of delete-pending (ghosting), transacted (doppelganging), writable
 * (herpaderping), unnamed (made without an open name); absent when all four were looked for and none was
 * found; unknown when not all could be. `given` is the kernel's file object (may be NULL), `file` what
 * vg_file_open made of it. */
_IRQL_requires_max_(APC_LEVEL) void vg_tamper_look(_In_opt_ PFILE_OBJECT given,
                                                   _In_ const struct vg_file *file, _In_ bool has_open_name,
                                                   _Inout_ struct vg_record *record);

/* Whether user mode has the file open for writing or mapped writable; true as well when the system cannot
 * tell. */
_IRQL_requires_max_(APC_LEVEL) bool vg_tamper_is_writable(_In_ PFILE_OBJECT object);

#endif
