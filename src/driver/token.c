#include "token.h"

#include "optional.h"

/* Upper ends of the levels ([MS-DTYP] 2.4.4.11 and winnt.h's SECURITY_MANDATORY_*_RID): a level counts as the
 * highest one that it reaches. */
struct level {
    uint32_t rid;
    struct vg_span name;
};

static const struct level levels[] = {
    {.rid = 0x5000, .name = {.bytes = u"Protected", .size = 18}},
    {.rid = 0x4000, .name = {.bytes = u"System", .size = 12}},
    {.rid = 0x3000, .name = {.bytes = u"High", .size = 8}},
    {.rid = 0x2100, .name = {.bytes = u"MediumPlus", .size = 20}},
    {.rid = 0x2000, .name = {.bytes = u"Medium", .size = 12}},
    {.rid = 0x1000, .name = {.bytes = u"Low", .size = 6}},
    {.rid = 0x0000, .name = {.bytes = u"Untrusted", .size = 18}},
};

_IRQL_requires_max_(PASSIVE_LEVEL) static void query_user(_In_ PACCESS_TOKEN token,
                                                          _Inout_ struct vg_sid *user)
{
    TOKEN_USER *answer = NULL;

    if (!NT_SUCCESS(SeQueryInformationToken(token, VG_TOKEN_USER, (PVOID *)&answer)))
        return;
    (void)vg_sid_copy(user, answer->User.Sid);
    ExFreePool(answer);
}

_Use_decl_annotations_
void vg_token_user(PEPROCESS process, struct vg_sid *user)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(process);

    query_user(token, user);
    PsDereferencePrimaryToken(token);
}

_Use_decl_annotations_
void vg_user_describe(const struct vg_sid *user, uint16_t *units, enum vg_field field,
                      struct vg_record *record)
{
    struct vg_span sid = {.bytes = units, .size = vg_sid_text(user, units) * 2};
    struct vg_span name = {0};

    vg_record_set_state(record, field, VG_FACT_UNKNOWN);
    if (sid.size == 0)
        return;
    vg_record_set(record, field, sid);
    name = vg_sid_well_known_name(sid);
    if (name.size != 0)
        (void)vg_record_add(record, field, name);
}

/* For this class and the next the routine stores the value itself where it else stores a pointer: nothing to
 * free. */
_IRQL_requires_max_(PASSIVE_LEVEL) static bool query_value(_In_ PACCESS_TOKEN token,
                                                           _In_ TOKEN_INFORMATION_CLASS class,
                                                           _Inout_ uint32_t *value)
{
    PVOID stored = NULL;

    if (!NT_SUCCESS(SeQueryInformationToken(token, class, &stored)))
        return false;
    *value = (uint32_t)(ULONG_PTR)stored;
    return true;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_integrity(_In_ PACCESS_TOKEN token,
                                                                  _Inout_ struct vg_token_text *text,
                                                                  _Inout_ struct vg_record *record)
{
    static const uint16_t label[] = u"S-1-16-";
    uint32_t count = sizeof(label) / 2 - 1;
    size_t i = 0;
    uint32_t rid = 0;

    vg_record_set_state(record, VG_FIELD_INTEGRITY_LEVEL,
                        vg_optional.has_integrity_levels ? VG_FACT_UNKNOWN : VG_FACT_ABSENT);
    if (!query_value(token, VG_TOKEN_INTEGRITY_LEVEL, &rid))
        return;
    while (rid < levels[i].rid)
        i++;
    vg_record_set(record, VG_FIELD_INTEGRITY_LEVEL, levels[i].name);
    memcpy(text->integrity, label, sizeof(label));
    count += vg_decimal(rid, text->integrity + count);
    (void)vg_record_add(record, VG_FIELD_INTEGRITY_LEVEL,
                        (struct vg_span){.bytes = text->integrity, .size = count * 2});
}

_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_session(_In_ PACCESS_TOKEN token,
                                                                _Inout_ struct vg_token_text *text,
                                                                _Inout_ struct vg_record *record)
{
    uint32_t session = 0;
    struct vg_span span = {.bytes = text->session, .size = 0};

    vg_record_set_state(record, VG_FIELD_TERMINAL_SESSION_ID, VG_FACT_UNKNOWN);
    if (!query_value(token, VG_TOKEN_SESSION_ID, &session))
        return;
    span.size = vg_decimal(session, text->session) * 2;
    vg_record_set(record, VG_FIELD_TERMINAL_SESSION_ID, span);
}

/* As Sysmon writes it: 0x3e7, without leading zeros. */
_IRQL_requires_max_(PASSIVE_LEVEL) static void describe_logon(_In_ PACCESS_TOKEN token,
                                                              _Inout_ struct vg_token_text *text,
                                                              _Inout_ struct vg_record *record)
{
    TOKEN_STATISTICS *statistics = NULL;
    uint64_t logon = 0;
    uint32_t count = 2;
    unsigned shift = 60;

    vg_record_set_state(record, VG_FIELD_LOGON_ID, VG_FACT_UNKNOWN);
    if (!NT_SUCCESS(SeQueryInformationToken(token, VG_TOKEN_STATISTICS, (PVOID *)&statistics)))
        return;
    logon =
        (uint64_t)(ULONG)statistics->AuthenticationId.HighPart << 32 | statistics->AuthenticationId.LowPart;
    ExFreePool(statistics);
    text->logon[0] = u'0';
    text->logon[1] = u'x';
    while (shift != 0 && logon >> shift == 0)
        shift -= 4;
    for (;; shift -= 4) {
        text->logon[count++] = u"0123456789abcdef"[logon >> shift & 15];
        if (shift == 0)
            break;
    }
    vg_record_set(record, VG_FIELD_LOGON_ID, (struct vg_span){.bytes = text->logon, .size = count * 2});
}

_Use_decl_annotations_
void vg_token_describe(PEPROCESS process, struct vg_token_text *text, struct vg_sid *user,
                       struct vg_record *record)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(process);

    query_user(token, user);
    vg_user_describe(user, text->user, VG_FIELD_USER, record);
    describe_integrity(token, text, record);
    describe_session(token, text, record);
    describe_logon(token, text, record);
    PsDereferencePrimaryToken(token);
}
