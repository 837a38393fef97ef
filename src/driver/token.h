/* Who a process runs as, from its primary token. */
#ifndef VG_DRIVER_TOKEN_H
#define VG_DRIVER_TOKEN_H

#include "kernel.h"
#include "sid.h"
#include "unicode.h"

#include <vigil/record.h>

/* Text that the token's facts point into. */
struct vg_token_text {
    uint16_t user[VG_SID_UNITS];
    uint16_t parent_user[VG_SID_UNITS];
    uint16_t integrity[VG_SID_UNITS];
    uint16_t session[VG_DECIMAL_UNITS];
    uint16_t logon[2 + 16]; /* 0x, and the digits of 64 bits */
};

/* Establishes User, IntegrityLevel, TerminalSessionId and LogonId; what the token does not tell is unknown.
 * `text` must live as long as the record. `*user` becomes the user, and stays as it is if unknown. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_token_describe(_In_ PEPROCESS process,
                                                          _Inout_ struct vg_token_text *text,
                                                          _Inout_ struct vg_sid *user,
                                                          _Inout_ struct vg_record *record);

/* Only the user of a process. `*user` stays as it is if that is unknown. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_token_user(_In_ PEPROCESS process, _Inout_ struct vg_sid *user);

/* Establishes a field of the kind of User: the SID, which is written to `units`, and the name of a well-known
 * one. Unknown for none. */
_IRQL_requires_max_(APC_LEVEL) void vg_user_describe(_In_ const struct vg_sid *user,
                                                     _Out_writes_(VG_SID_UNITS) uint16_t *units,
                                                     _In_ enum vg_field field,
                                                     _Inout_ struct vg_record *record);

#endif
