/* Strings and odds and ends of the run-time library. */
#include <stdio.h>
#include <stdlib.h>

#include <vigil/text.h>

#include "irql.h"
#include "violation.h"
#include "world.h"

SIZE_T RtlCompareMemory(const void *a, const void *b, SIZE_T n) /* wdm: any IRQL */
{
    const unsigned char *x = a, *y = b;
    SIZE_T i = 0;

    while (i < n && x[i] == y[i])
        i++;
    return i;
}

void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR source) /* wdm: <= DISPATCH_LEVEL */
{
    size_t length = 0;

    while (source && source[length])
        length++;
    if (length > UNICODE_STRING_MAX_CHARS - 1)
        sim_violation("RtlInitUnicodeString was given a text of %zu units", length);
    *string = (UNICODE_STRING){(USHORT)(length * 2), (USHORT)(source ? length * 2 + 2 : 0),
                               (PWSTR)(uintptr_t)source};
}

void RtlCopyUnicodeString(PUNICODE_STRING to, PCUNICODE_STRING from) /* wdm: <= DISPATCH_LEVEL */
{
    to->Length = from ? min(from->Length, to->MaximumLength) : 0;
    if (to->Length)
        memcpy(to->Buffer, from->Buffer, to->Length);
}

NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING to,
                                        PCUNICODE_STRING from) /* wdm: <= DISPATCH_LEVEL */
{
    if (from->Length > to->MaximumLength - to->Length)
        return STATUS_BUFFER_TOO_SMALL;
    memcpy((char *)to->Buffer + to->Length, from->Buffer, from->Length);
    to->Length = (USHORT)(to->Length + from->Length);
    return STATUS_SUCCESS;
}

NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING to, PCWSTR from) /* wdm: <= DISPATCH_LEVEL */
{
    UNICODE_STRING text;

    RtlInitUnicodeString(&text, from);
    return RtlAppendUnicodeStringToString(to, &text);
}

WCHAR RtlUpcaseUnicodeChar(WCHAR c) /* ntifs: PASSIVE_LEVEL */
{
    return vg_upcase(c);
}

LONG RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) /* wdm: PASSIVE_LEVEL */
{
    USHORT shorter = min(a->Length, b->Length);

    sim_max_irql(PASSIVE_LEVEL, "RtlCompareUnicodeString");
    for (USHORT i = 0; i < shorter / 2; i++) {
        WCHAR x = fold ? vg_upcase(a->Buffer[i]) : a->Buffer[i],
              y = fold ? vg_upcase(b->Buffer[i]) : b->Buffer[i];
        if (x != y)
            return (LONG)x - (LONG)y;
    }
    return (LONG)a->Length - (LONG)b->Length;
}

BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) /* wdm: PASSIVE_LEVEL */
{
    return RtlCompareUnicodeString(a, b, fold) == 0;
}

BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN fold) /* wdm: PASSIVE_LEVEL */
{
    UNICODE_STRING head = {a->Length, a->Length, b->Buffer};

    return a->Length <= b->Length && RtlEqualUnicodeString(a, &head, fold);
}

void RtlFreeUnicodeString(PUNICODE_STRING string) /* wdm: PASSIVE_LEVEL */
{
    if (string->Buffer)
        ExFreePool(string->Buffer);
    *string = (UNICODE_STRING){0};
}

NTSTATUS RtlInt64ToUnicodeString(ULONGLONG value, ULONG base, PUNICODE_STRING string) /* wdm: PASSIVE_LEVEL */
{
    char digits[65];
    USHORT count = 0;

    sim_max_irql(PASSIVE_LEVEL, "RtlInt64ToUnicodeString");
    base = base ? base : 10;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return STATUS_INVALID_PARAMETER;
    do {
        digits[count++] = "0123456789ABCDEF"[value % base];
        value /= base;
    } while (value);
    if (string->MaximumLength < count * 2)
        return STATUS_BUFFER_OVERFLOW;
    for (USHORT i = 0; i < count; i++)
        string->Buffer[i] = (WCHAR)digits[count - 1 - i];
    string->Length = (USHORT)(count * 2);
    return STATUS_SUCCESS;
}

NTSTATUS RtlIntegerToUnicodeString(ULONG value, ULONG base, PUNICODE_STRING string) /* wdm: PASSIVE_LEVEL */
{
    return RtlInt64ToUnicodeString(value, base, string);
}

ULONG RtlRandomEx(PULONG seed) /* ntddk: PASSIVE_LEVEL */
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 1;
}

void KeBugCheckEx(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4) /* wdm: any IRQL */
{
    sim_violation("the driver bug-checked: 0x%08X (%llx, %llx, %llx, %llx)", code, (unsigned long long)p1,
                  (unsigned long long)p2, (unsigned long long)p3, (unsigned long long)p4);
}

void KeBugCheck(ULONG code) /* ntddk: any IRQL */
{
    KeBugCheckEx(code, 0, 0, 0, 0);
}
