/* What this system has beyond Windows Vista SP1 (vigil-xp.sys: beyond Windows XP), found once at start and
 * only read afterwards. */
#ifndef VG_DRIVER_OPTIONAL_H
#define VG_DRIVER_OPTIONAL_H

#include "kernel.h"

struct vg_optional {
    VG_SET_CREATE_PROCESS_NOTIFY_ROUTINE_EX2 PsSetCreateProcessNotifyRoutineEx2;
    VG_EX_ALLOCATE_POOL2 ExAllocatePool2;
    VG_PS_IS_PROTECTED_PROCESS PsIsProtectedProcess;
    VG_MM_DOES_FILE_HAVE_USER_WRITABLE_REFERENCES MmDoesFileHaveUserWritableReferences;
    VG_IO_GET_TRANSACTION_PARAMETER_BLOCK IoGetTransactionParameterBlock;
    VG_KE_ARE_ALL_APCS_DISABLED KeAreAllApcsDisabled; /* for vigil-xp.sys: Windows Server 2003 */
    POOL_TYPE non_paged_pool;                         /* NonPagedPoolNx from Windows 8 on */
    ULONG dont_reparse; /* OBJ_DONT_REPARSE from Windows 10 1607 on, else 0: older ones refuse the flag */
    bool has_integrity_levels;      /* in tokens: Windows Vista and later */
    bool has_file_id_information;   /* FileIdInformation: Windows 8 and later */
    bool has_normalized_names;      /* FileNormalizedNameInformation: Windows 8 and later */
    bool has_image_signature_level; /* IMAGE_INFO's ImageSignatureLevel and -Type: Windows 8.1 and later */
};

extern struct vg_optional vg_optional;

/* Before anything else of the driver: memory depends on it. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_optional_start(void);

#endif
