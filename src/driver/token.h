/* Who a process runs as, from its primary token. */
#ifndef VG_DRIVER_TOKEN_H
#define VG_DRIVER_TOKEN_H

#include "kernel.h"
#include "sid.h"
#include "unicode.h"

/* Text that the token's facts point into. */
struct vg_token_text {
    uint16_t user[VG_SID_UNITS];
    uint16_t integrity[VG_SID_UNITS];
    uint16_t session[VG_DECIMAL_UNITS];
    uint16_t logon[2 + 16]; /* 0x, and the digits of 64 bits */
};

struct vg_record;

/* Establishes User, IntegrityLevel, TerminalSessionId and LogonId; what the token does not tell is unknown.
 * `text` must live as long as the record. */
_IRQL_requires_max_(PASSIVE_LEVEL) void vg_token_describe(_In_ PEPROCESS process,
                                                          _Out_ struct vg_token_text *text,
                                                          _Inout_ struct vg_record *record);

#endif
