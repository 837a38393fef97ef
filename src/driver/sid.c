#include "sid.h"

#include "unicode.h"

struct well_known {
    struct vg_span sid;
    struct vg_span name;
};

#define WELL_KNOWN(sid_text, name_text)                                                                      \
    {                                                                                                        \
        .sid = {.bytes = u"" sid_text, .size = sizeof(u"" sid_text) - 2}, .name = {                          \
            .bytes = u"" name_text,                                                                          \
            .size = sizeof(u"" name_text) - 2                                                                \
        }                                                                                                    \
    }

static const struct well_known well_known[] = {
    WELL_KNOWN("S-1-5-18", "NT AUTHORITY\\SYSTEM"),
    WELL_KNOWN("S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"),
    WELL_KNOWN("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"),
    WELL_KNOWN("S-1-5-7", "NT AUTHORITY\\ANONYMOUS LOGON"),
    WELL_KNOWN("S-1-5-17", "NT AUTHORITY\\IUSR"),
    WELL_KNOWN("S-1-5-32-544", "BUILTIN\\Administrators"),
    WELL_KNOWN("S-1-5-32-545", "BUILTIN\\Users"),
    WELL_KNOWN("S-1-5-32-546", "BUILTIN\\Guests"),
    WELL_KNOWN("S-1-1-0", "Everyone"),
    WELL_KNOWN("S-1-0-0", "NULL SID"),
};

_Use_decl_annotations_
bool vg_sid_copy(struct vg_sid *to, const SID *sid)
{
    if (sid->Revision != 1 || sid->SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
        return false;
    to->size = (ULONG)(FIELD_OFFSET(SID, SubAuthority) + sid->SubAuthorityCount * sizeof(ULONG));
    memcpy(to->bytes, sid, to->size);
    return true;
}

_Use_decl_annotations_
bool vg_sid_equal(const struct vg_sid *left, const struct vg_sid *right)
{
    return left->size == right->size && memcmp(left->bytes, right->bytes, left->size) == 0;
}

_Use_decl_annotations_
uint32_t vg_sid_text(const struct vg_sid *sid, uint16_t *units)
{
    const uint8_t *bytes = sid->bytes;
    uint64_t authority = 0;
    uint32_t length = 0;

    if (sid->size == 0)
        return 0;
    for (unsigned i = 0; i < 6; i++)
        authority = authority << 8 | sid->sid.IdentifierAuthority.Value[i];
    units[length++] = 'S';
    units[length++] = '-';
    units[length++] = '1';
    units[length++] = '-';
    length += vg_decimal(authority, units + length);
    for (ULONG i = FIELD_OFFSET(SID, SubAuthority); i < sid->size; i += sizeof(ULONG)) {
        ULONG part = 0;

        memcpy(&part, bytes + i, sizeof(part));
        units[length++] = '-';
        length += vg_decimal(part, units + length);
    }
    return length;
}

_Use_decl_annotations_
struct vg_span vg_sid_well_known_name(struct vg_span sid)
{
    for (size_t i = 0; i < sizeof(well_known) / sizeof(well_known[0]); i++) {
        if (vg_text_equal(well_known[i].sid, sid))
            return well_known[i].name;
    }
    return (struct vg_span){.bytes = NULL, .size = 0};
}
