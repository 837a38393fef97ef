/* Tokens: what SeQueryInformationToken answers, and whom a DACL lets in. */
#include "token.h"

#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "irql.h"
#include "object.h"
#include "pool.h"
#include "process.h"
#include "violation.h"
#include "world.h"

static struct {
    SID system;
    struct {
        SID sid;
        ULONG second;
    } admins;
    SE_EXPORTS exports;
} known = {
    .system = {1, 1, {SECURITY_NT_AUTHORITY}, {SECURITY_LOCAL_SYSTEM_RID}},
    .admins = {{1, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID}}, DOMAIN_ALIAS_RID_ADMINS},
    .exports = {&known.system, &known.admins},
};
PSE_EXPORTS SeExports = &known.exports;

static ULONG next_logon;

void sim_tokens_start(void)
{
    next_logon = 0x1000;
}

void sim_tokens_end(void)
{
}

static void parse_sid(const char *text, unsigned char *out)
{
    SID *sid = (SID *)(void *)out;
    unsigned revision;
    unsigned long long authority;
    int used = 0;

    memset(out, 0, SECURITY_MAX_SID_SIZE);
    if (sscanf(text, "S-%u-%llu%n", &revision, &authority, &used) != 2 || revision != 1)
        sim_violation("the test gave %s as a SID", text);
    sid->Revision = 1;
    for (unsigned i = 0; i < 6; i++)
        sid->IdentifierAuthority.Value[i] = (UCHAR)(authority >> (8 * (5 - i)));
    while (text[used] == '-' && sid->SubAuthorityCount < SID_MAX_SUB_AUTHORITIES) {
        char *end;
        ULONG value = (ULONG)strtoul(text + used + 1, &end, 10);
        memcpy(out + 8 + 4u * sid->SubAuthorityCount++, &value, sizeof(value));
        used = (int)(end - text);
    }
}

struct sim_token_object *sim_token_new(const struct sim_token *description)
{
    struct sim_token_object *token = sim_object_new(&sim_token_type, sizeof(*token), NULL);

    parse_sid(description->user ? description->user : "S-1-5-21-1-2-3-1001", token->user);
    token->session = description->session;
    token->integrity = description->integrity ? description->integrity : SECURITY_MANDATORY_MEDIUM_RID;
    token->administrator = description->administrator;
    token->authentication.LowPart = ++next_logon;
    return token;
}

void sim_token_check(PACCESS_TOKEN token, const char *routine)
{
    if (sim_object_type(token, routine) != &sim_token_type)
        sim_violation("%s was given something that is no token", routine);
    if (!sim_object_is_held(token))
        sim_violation("%s was given a token that the driver holds no reference to", routine);
}

/* ntifs: PASSIVE_LEVEL. Buffers to free with ExFreePool, except for the classes whose value is put in place
 * of the pointer. */
NTSTATUS SeQueryInformationToken(PACCESS_TOKEN token, TOKEN_INFORMATION_CLASS class, PVOID *information)
{
    const struct sim_token_object *object = token;
    ULONG sid_size;

    sim_service("SeQueryInformationToken");
    sim_token_check(token, "SeQueryInformationToken");
    if (sim_fault("SeQueryInformationToken"))
        return STATUS_INSUFFICIENT_RESOURCES;
    switch ((int)class) {
    case TokenUser: {
        sid_size = 8u + 4u * object->user[1];
        TOKEN_USER *user = sim_pool_give(sizeof(*user) + sid_size, 0x69536553); /* 'SeSi' */
        user->User.Sid = user + 1;
        user->User.Attributes = 0;
        memcpy(user->User.Sid, object->user, sid_size);
        *information = user;
        return STATUS_SUCCESS;
    }
    case TokenStatistics: {
        TOKEN_STATISTICS *statistics = sim_pool_give(sizeof(*statistics), 0x74536553);
        *statistics =
            (TOKEN_STATISTICS){.AuthenticationId = object->authentication, .TokenType = TokenPrimary};
        *information = statistics;
        return STATUS_SUCCESS;
    }
    case TokenElevationType: {
        ULONG *elevation = sim_pool_give(sizeof(*elevation), 0x6C456553);
        *elevation = object->administrator ? TokenElevationTypeFull : TokenElevationTypeDefault;
        *information = elevation;
        return STATUS_SUCCESS;
    }
    case TokenSessionId: /* a ULONG, not a pointer: only these four bytes are written */
        memcpy(information, &object->session, sizeof(ULONG));
        return STATUS_SUCCESS;
    case TokenIntegrityLevel: /* Windows Vista */
        if (sim_windows() < SIM_WINDOWS_7)
            return STATUS_INVALID_INFO_CLASS;
        memcpy(information, &object->integrity, sizeof(ULONG));
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS SeQuerySessionIdToken(PACCESS_TOKEN token, PULONG session) /* ntifs: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "SeQuerySessionIdToken");
    sim_token_check(token, "SeQuerySessionIdToken");
    *session = ((struct sim_token_object *)token)->session;
    return STATUS_SUCCESS;
}

NTSTATUS SeQueryAuthenticationIdToken(PACCESS_TOKEN token, PLUID luid) /* ntifs: <= APC_LEVEL */
{
    sim_max_irql(APC_LEVEL, "SeQueryAuthenticationIdToken");
    sim_token_check(token, "SeQueryAuthenticationIdToken");
    *luid = ((struct sim_token_object *)token)->authentication;
    return STATUS_SUCCESS;
}

static bool has_sid(const struct sim_token_object *token, PSID sid)
{
    return RtlEqualSid((PSID)(uintptr_t)token->user, sid) ||
           (token->administrator && RtlEqualSid(&known.admins, sid));
}

/* The generic rights of a device are a file's. */
static ACCESS_MASK expand(ACCESS_MASK mask)
{
    if (mask & GENERIC_ALL)
        mask |= FILE_ALL_ACCESS;
    if (mask & GENERIC_READ)
        mask |= FILE_GENERIC_READ;
    if (mask & GENERIC_WRITE)
        mask |= FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE;
    return mask;
}

bool sim_dacl_grants(const ACL *dacl, PEPROCESS process, ACCESS_MASK access)
{
    const struct sim_token_object *token = sim_process_token(process);
    const unsigned char *at = (const unsigned char *)(dacl + 1);
    ACCESS_MASK granted = 0, denied = 0;

    for (unsigned i = 0; i < dacl->AceCount; i++) {
        const ACCESS_ALLOWED_ACE *ace = (const void *)at;
        if (has_sid(token, (PSID)(uintptr_t)&ace->SidStart)) {
            if (ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE)
                granted |= expand(ace->Mask) & ~denied;
            else
                denied |= expand(ace->Mask) & ~granted;
        }
        at += ace->Header.AceSize;
    }
    return (granted & access) == access;
}
