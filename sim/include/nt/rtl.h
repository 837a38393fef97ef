/* Run-time library: lists, strings, SIDs, security descriptors, version. */
#ifndef SIM_NT_RTL_H
#define SIM_NT_RTL_H

#include "types.h"

FORCEINLINE void InitializeListHead(PLIST_ENTRY head)
{
    head->Flink = head->Blink = head;
}
FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *head)
{
    return head->Flink == head;
}
/* Every unlink and insert checks the neighbours, as Windows 8 and later do (FAST_FAIL_CORRUPT_LIST_ENTRY). */
FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY entry)
{
    PLIST_ENTRY flink = entry->Flink, blink = entry->Blink;
    if (flink->Blink != entry || blink->Flink != entry)
        sim_violation("RemoveEntryList was given a list entry that is not (or no longer) in a list");
    blink->Flink = flink;
    flink->Blink = blink;
    return flink == blink;
}
FORCEINLINE void sim_list_insert(PLIST_ENTRY before, PLIST_ENTRY after, PLIST_ENTRY entry)
{
    if (before->Flink != after || after->Blink != before)
        sim_violation("an insertion found a corrupt list");
    entry->Flink = after;
    entry->Blink = before;
    before->Flink = entry;
    after->Blink = entry;
}
FORCEINLINE void InsertTailList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
    sim_list_insert(head->Blink, head, entry);
}
FORCEINLINE void InsertHeadList(PLIST_ENTRY head, PLIST_ENTRY entry)
{
    sim_list_insert(head, head->Flink, entry);
}
FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY head)
{
    PLIST_ENTRY entry = head->Flink;
    RemoveEntryList(entry);
    return entry;
}
FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY head)
{
    PLIST_ENTRY entry = head->Blink;
    RemoveEntryList(entry);
    return entry;
}

#define RtlCopyMemory(d, s, n)  memcpy(d, s, n)
#define RtlMoveMemory(d, s, n)  memmove(d, s, n)
#define RtlZeroMemory(d, n)     memset(d, 0, n)
#define RtlFillMemory(d, n, v)  memset(d, v, n)
#define RtlEqualMemory(a, b, n) (memcmp(a, b, n) == 0)
SIZE_T RtlCompareMemory(const void *a, const void *b, SIZE_T n);
FORCEINLINE PVOID RtlSecureZeroMemory(PVOID p, SIZE_T n)
{
    memset(p, 0, n);
    __asm__ volatile("" : : "r"(p) : "memory");
    return p;
}

void RtlInitUnicodeString(PUNICODE_STRING Destination, PCWSTR Source);
FORCEINLINE void RtlInitEmptyUnicodeString(PUNICODE_STRING s, PWCHAR buffer, USHORT size)
{
    s->Length = 0;
    s->MaximumLength = size;
    s->Buffer = buffer;
}
void RtlCopyUnicodeString(PUNICODE_STRING Destination, PCUNICODE_STRING Source);
NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source);
NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination, PCUNICODE_STRING Source);
LONG RtlCompareUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN CaseInSensitive);
BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN CaseInSensitive);
BOOLEAN RtlPrefixUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN CaseInSensitive);
WCHAR RtlUpcaseUnicodeChar(WCHAR c);
void RtlFreeUnicodeString(PUNICODE_STRING s);
NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base, PUNICODE_STRING String);
NTSTATUS RtlInt64ToUnicodeString(ULONGLONG Value, ULONG Base, PUNICODE_STRING String);
ULONG RtlRandomEx(PULONG Seed);

typedef struct _OSVERSIONINFOW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
} RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;
typedef struct _OSVERSIONINFOEXW {
    ULONG dwOSVersionInfoSize;
    ULONG dwMajorVersion;
    ULONG dwMinorVersion;
    ULONG dwBuildNumber;
    ULONG dwPlatformId;
    WCHAR szCSDVersion[128];
    USHORT wServicePackMajor;
    USHORT wServicePackMinor;
    USHORT wSuiteMask;
    UCHAR wProductType;
    UCHAR wReserved;
} RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;
NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW VersionInformation);

#endif
