#include "token.h"
#include "context.h"
#include "log.h"
#include "name.h"
#include "pool.h"
#include "process.h"

struct lab_token {
    struct lab_object object;
    UCHAR body[64];
};

static void destroy(struct lab_object *object)
{
    lab_heap_free(CONTAINING_RECORD(object, struct lab_token, object));
}

PACCESS_TOKEN NTAPI lab_PsReferencePrimaryToken(PEPROCESS body)
{
    const struct lab_object *process = lab_object_find(body);
    struct lab_token *token = lab_heap_allocate(sizeof(*token));
    HANDLE handle = NULL;
    PACCESS_TOKEN lent;

    /* The real one cannot fail: every process has a token. A handle is missing for the System process only.
     */
    if (!process || process->kind != LAB_KIND_PROCESS)
        lab_violation("PsReferencePrimaryToken was given %p, which is no live process object", (void *)body);
    else if (!NT_SUCCESS(NtOpenProcessToken(process->handle ? process->handle : NtCurrentProcess(),
                                            TOKEN_QUERY, &handle)))
        lab_log("a process's token cannot be opened");
    lab_object_init(&token->object, LAB_KIND_TOKEN, token->body, handle, destroy);
    lent = lab_object_lend(&token->object);
    lab_object_dereference(&token->object);
    return lent;
}

VOID NTAPI lab_PsDereferencePrimaryToken(PACCESS_TOKEN token)
{
    lab_ObfDereferenceObject(token);
}

/* The plain values: "the routine writes ... to *TokenInformation as a ULONG" (ntifs.h). */
static NTSTATUS query_number(HANDLE handle, TOKEN_INFORMATION_CLASS class, PULONG number)
{
    union {
        TOKEN_MANDATORY_LABEL label;
        UCHAR bytes[128];
    } buffer;
    ULONG needed;
    NTSTATUS status;

    if (class == TokenSessionId)
        return NtQueryInformationToken(handle, class, number, sizeof(*number), &needed);
    status = NtQueryInformationToken(handle, class, &buffer, sizeof(buffer), &needed);
    if (NT_SUCCESS(status))
        *number = *RtlSubAuthoritySid(buffer.label.Label.Sid,
                                      (ULONG)*RtlSubAuthorityCountSid(buffer.label.Label.Sid) - 1);
    return status;
}

/* All else comes in pool memory that the caller frees. */
static NTSTATUS query_allocated(HANDLE handle, TOKEN_INFORMATION_CLASS class, PVOID *information)
{
    ULONG needed = 0;
    NTSTATUS status = NtQueryInformationToken(handle, class, NULL, 0, &needed);

    if (!needed)
        return status;
    *information = lab_ExAllocatePoolWithTag(PagedPool, needed, 'baLt');
    if (!*information)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = NtQueryInformationToken(handle, class, *information, needed, &needed);
    if (!NT_SUCCESS(status)) {
        lab_ExFreePool(*information);
        *information = NULL;
    }
    return status;
}

NTSTATUS NTAPI lab_SeQueryInformationToken(PACCESS_TOKEN token, TOKEN_INFORMATION_CLASS class,
                                           PVOID *information)
{
    const struct lab_object *object = lab_object_find(token);

    lab_require_passive("SeQueryInformationToken");
    if (!object || object->kind != LAB_KIND_TOKEN) {
        lab_violation("SeQueryInformationToken was given %p, which is no live token", (void *)token);
        return STATUS_INVALID_PARAMETER;
    }
    switch (class) {
    case TokenSessionId:
    case TokenIntegrityLevel:
        return query_number(object->handle, class, (PULONG)information);
    case TokenUser:
    case TokenGroups:
    case TokenPrivileges:
    case TokenOwner:
    case TokenSource:
    case TokenStatistics:
    case TokenElevationType:
    case TokenElevation:
        return query_allocated(object->handle, class, information);
    default:
        lab_log("SeQueryInformationToken: class %u is not supplied", class);
        return STATUS_INVALID_INFO_CLASS;
    }
}
