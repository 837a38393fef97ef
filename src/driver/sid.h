/* Security identifiers as text. */
#ifndef VG_DRIVER_SID_H
#define VG_DRIVER_SID_H

#include "kernel.h"

#include <vigil/text.h>

/* A SID of our own. Zero-initialised it is none. */
struct vg_sid {
    ULONG size; /* in bytes; 0: none */
    union {
        SID sid;
        UCHAR bytes[8 + 15 * 4]; /* the longest: SECURITY_MAX_SID_SIZE */
    };
};

/* Copies a SID. False, and `*to` untouched, for one of unknown revision or with too many sub-authorities. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
    bool vg_sid_copy(_Out_ struct vg_sid *to, _In_ const SID *sid);

/* Whether they are the same user. Two that are none are. */
_IRQL_requires_max_(DISPATCH_LEVEL) _Must_inspect_result_
    bool vg_sid_equal(_In_ const struct vg_sid *left, _In_ const struct vg_sid *right);

/* Units of the longest SID: "S-1-", an authority of 15 digits, 15 sub-authorities of a dash and 10 digits,
 * and room for vg_decimal behind them. */
#define VG_SID_UNITS (4 + 15 + 15 * 11 + 20)

/* Writes `sid` as S-1-... ([MS-DTYP] 2.4.2.1) and returns how many units it took; 0 for none. */
_IRQL_requires_max_(DISPATCH_LEVEL) uint32_t
    vg_sid_text(_In_ const struct vg_sid *sid, _Out_writes_(VG_SID_UNITS) uint16_t *units);

/* The name of a well-known SID written as text ([MS-DTYP] 2.4.2.4), as an English Windows shows it: `NT
 * AUTHORITY\SYSTEM`. Static. Size 0 when it has none: other names are the local security authority's, which
 * cannot be asked here. */
_IRQL_requires_max_(DISPATCH_LEVEL) struct vg_span vg_sid_well_known_name(_In_ struct vg_span sid);

#endif
