/* Whom a SID names. */
#ifndef VG_CLI_IMPORT_SID_H
#define VG_CLI_IMPORT_SID_H

enum vg_sid_kind {
    VG_SID_BROKEN,
    VG_SID_EVERYONE,
    VG_SID_USER,   /* whoever has it as a token's user */
    VG_SID_GROUP,  /* known to be a group's */
    VG_SID_EITHER, /* of a domain or of Entra ID: its form does not say */
};

/* By the SID's text alone ([MS-DTYP] 2.4.2.4, well-known SIDs). */
enum vg_sid_kind vg_sid_kind(const char *sid);

#endif
