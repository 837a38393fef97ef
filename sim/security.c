/* SIDs, ACLs and security descriptors ([MS-DTYP] 2.4). */
#include <stdio.h>

#include "fault.h"
#include "irql.h"
#include "pool.h"
#include "violation.h"
#include "world.h"

ULONG RtlLengthSid(PSID sid) /* ntifs */
{
    return 8u + 4u * ((SID *)sid)->SubAuthorityCount;
}

ULONG RtlLengthRequiredSid(ULONG count) /* ntifs */
{
    return 8u + 4u * count;
}

BOOLEAN RtlValidSid(PSID sid) /* ntifs */
{
    return ((SID *)sid)->Revision == 1 && ((SID *)sid)->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

BOOLEAN RtlEqualSid(PSID a, PSID b) /* ntifs */
{
    return RtlLengthSid(a) == RtlLengthSid(b) && !memcmp(a, b, RtlLengthSid(a));
}

NTSTATUS RtlInitializeSid(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, UCHAR count) /* ntifs */
{
    SID *out = sid;

    if (count > SID_MAX_SUB_AUTHORITIES)
        return STATUS_INVALID_PARAMETER;
    out->Revision = SID_REVISION;
    out->SubAuthorityCount = count;
    out->IdentifierAuthority = *authority;
    return STATUS_SUCCESS;
}

PULONG RtlSubAuthoritySid(PSID sid, ULONG index) /* ntifs */
{
    return (PULONG)(void *)((char *)sid + 8 + 4u * index);
}

PUCHAR RtlSubAuthorityCountSid(PSID sid) /* ntifs */
{
    return &((SID *)sid)->SubAuthorityCount;
}

NTSTATUS RtlCopySid(ULONG length, PSID destination, PSID source) /* ntifs */
{
    if (length < RtlLengthSid(source))
        return STATUS_BUFFER_TOO_SMALL;
    memcpy(destination, source, RtlLengthSid(source));
    return STATUS_SUCCESS;
}

NTSTATUS RtlConvertSidToUnicodeString(PUNICODE_STRING string, PSID sid,
                                      BOOLEAN allocate) /* ntifs: PASSIVE_LEVEL */
{
    char text[256];
    unsigned long long authority = 0;
    int length;

    sim_max_irql(PASSIVE_LEVEL, "RtlConvertSidToUnicodeString");
    for (unsigned i = 0; i < 6; i++)
        authority = authority << 8 | ((SID *)sid)->IdentifierAuthority.Value[i];
    length = snprintf(text, sizeof(text), "S-1-%llu", authority);
    for (unsigned i = 0; i < ((SID *)sid)->SubAuthorityCount; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "-%u", *RtlSubAuthoritySid(sid, i));
    if (allocate) {
        string->MaximumLength = (USHORT)(2 * length + 2);
        string->Buffer = sim_pool_give(string->MaximumLength, 0x69536553);
    }
    if (string->MaximumLength < 2 * length)
        return STATUS_BUFFER_OVERFLOW;
    for (int i = 0; i < length; i++)
        string->Buffer[i] = (WCHAR)text[i];
    string->Length = (USHORT)(2 * length);
    return STATUS_SUCCESS;
}

NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, ULONG revision) /* wdm: <= APC_LEVEL */
{
    if (revision != SECURITY_DESCRIPTOR_REVISION || sim_fault_by_name("RtlCreateSecurityDescriptor"))
        return STATUS_REVISION_MISMATCH;
    *(SECURITY_DESCRIPTOR *)descriptor = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION};
    return STATUS_SUCCESS;
}

NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present, PACL dacl,
                                      BOOLEAN defaulted) /* wdm: <= APC_LEVEL */
{
    SECURITY_DESCRIPTOR *out = descriptor;

    (void)defaulted;
    if (out->Revision != SECURITY_DESCRIPTOR_REVISION || sim_fault_by_name("RtlSetDaclSecurityDescriptor"))
        return STATUS_REVISION_MISMATCH;
    out->Control = (SECURITY_DESCRIPTOR_CONTROL)(present ? out->Control | SE_DACL_PRESENT
                                                         : out->Control & ~SE_DACL_PRESENT);
    out->Dacl = present ? dacl : NULL;
    return STATUS_SUCCESS;
}

NTSTATUS RtlCreateAcl(PACL acl, ULONG length, ULONG revision) /* ntifs */
{
    if (length < sizeof(*acl) || sim_fault_by_name("RtlCreateAcl"))
        return STATUS_BUFFER_TOO_SMALL;
    if (length > MAXUSHORT || revision != ACL_REVISION || (length & 3))
        return STATUS_INVALID_PARAMETER;
    *acl = (ACL){.AclRevision = ACL_REVISION, .AclSize = (USHORT)length};
    return STATUS_SUCCESS;
}

NTSTATUS RtlAddAccessAllowedAce(PACL acl, ULONG revision, ACCESS_MASK mask, PSID sid) /* ntifs */
{
    ULONG used = sizeof(*acl), size = (ULONG)offsetof(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
    ACCESS_ALLOWED_ACE *ace;

    if (revision != ACL_REVISION)
        return STATUS_REVISION_MISMATCH;
    if (!RtlValidSid(sid) || sim_fault_by_name("RtlAddAccessAllowedAce"))
        return STATUS_INVALID_SID;
    for (unsigned i = 0; i < acl->AceCount; i++)
        used += ((ACE_HEADER *)(void *)((char *)acl + used))->AceSize;
    if (used + size > acl->AclSize)
        return STATUS_INSUFFICIENT_RESOURCES; /* STATUS_ALLOTTED_SPACE_EXCEEDED on Windows */
    ace = (void *)((char *)acl + used);
    ace->Header = (ACE_HEADER){ACCESS_ALLOWED_ACE_TYPE, 0, (USHORT)size};
    ace->Mask = mask;
    memcpy(&ace->SidStart, sid, RtlLengthSid(sid));
    acl->AceCount++;
    return STATUS_SUCCESS;
}
