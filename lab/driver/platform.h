/* The platform as lab.sys sees it: Wine's kernel routines (ntoskrnl), and, because a driver in Wine lives in
 * an ordinary process, the user-mode ones that mingw's kernel headers do not declare. */
#ifndef LAB_PLATFORM_H
#define LAB_PLATFORM_H

#include <ntifs.h>
#include <ntimage.h>
#include <csq.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    PVOID Ptr;
} LAB_SRWLOCK;
typedef struct {
    PVOID Ptr;
} LAB_CONDITION;

#define STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT ((NTSTATUS)0xC0000361)
/* "Process Security and Access Rights" (winnt.h) */
#define PROCESS_TERMINATE                 0x0001u
#define PROCESS_QUERY_INFORMATION         0x0400u
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000u

#ifndef STATUS_INVALID_IMAGE_HASH
#define STATUS_INVALID_IMAGE_HASH ((NTSTATUS)0xC0000428)
#endif
#ifndef STATUS_DRIVER_ENTRYPOINT_NOT_FOUND
#define STATUS_DRIVER_ENTRYPOINT_NOT_FOUND ((NTSTATUS)0xC0000263)
#endif

/* ntdll */
NTSYSAPI VOID NTAPI RtlAcquireSRWLockExclusive(LAB_SRWLOCK *);
NTSYSAPI VOID NTAPI RtlReleaseSRWLockExclusive(LAB_SRWLOCK *);
NTSYSAPI NTSTATUS NTAPI RtlSleepConditionVariableSRW(LAB_CONDITION *, LAB_SRWLOCK *, const LARGE_INTEGER *,
                                                     ULONG);
NTSYSAPI VOID NTAPI RtlWakeAllConditionVariable(LAB_CONDITION *);
NTSYSAPI VOID NTAPI RtlWakeConditionVariable(LAB_CONDITION *);
NTSYSAPI PVOID NTAPI RtlPcToFileHeader(PVOID, PVOID *);
NTSYSAPI PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID);
NTSYSAPI PVOID NTAPI RtlImageDirectoryEntryToData(PVOID, BOOLEAN, USHORT, PULONG);
NTSYSAPI NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG, PULONG);
NTSYSAPI NTSTATUS NTAPI NtTerminateProcess(HANDLE, NTSTATUS);
NTSYSAPI NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, PHANDLE, ACCESS_MASK, ULONG, ULONG);
NTSYSAPI NTSTATUS NTAPI NtWaitForSingleObject(HANDLE, BOOLEAN, const LARGE_INTEGER *);
NTSYSAPI NTSTATUS NTAPI NtDelayExecution(BOOLEAN, const LARGE_INTEGER *);
NTSYSAPI NTSTATUS NTAPI NtOpenProcess(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PCLIENT_ID);
NTSYSAPI NTSTATUS NTAPI NtQuerySystemInformation(ULONG, PVOID, ULONG, PULONG);
NTSYSAPI NTSTATUS NTAPI NtQueryPerformanceCounter(PLARGE_INTEGER, PLARGE_INTEGER);
NTSYSAPI NTSTATUS NTAPI NtQuerySystemTime(PLARGE_INTEGER);
NTSYSAPI NTSTATUS NTAPI RtlCreateUserThread(HANDLE, PVOID, BOOLEAN, ULONG, SIZE_T, SIZE_T, PVOID, PVOID,
                                            PHANDLE, PVOID);
NTSYSAPI PVOID NTAPI RtlAddVectoredExceptionHandler(ULONG, PVOID);
NTSYSAPI NTSTATUS NTAPI LdrUnloadDll(PVOID);
NTSYSAPI NTSTATUS NTAPI LdrGetDllHandle(PCWSTR, PULONG, PCUNICODE_STRING, PVOID *);
NTSYSAPI NTSTATUS NTAPI LdrGetProcedureAddress(PVOID, const ANSI_STRING *, ULONG, PVOID *);

/* kernel32 */
PVOID NTAPI GetProcessHeap(void);
PVOID NTAPI GetModuleHandleW(PCWSTR);
ULONG NTAPI TlsAlloc(void);
PVOID NTAPI TlsGetValue(ULONG);
LONG NTAPI TlsSetValue(ULONG, PVOID);
ULONG NTAPI GetCurrentProcessId(void);
ULONG NTAPI GetCurrentThreadId(void);

/* ntoskrnl, missing in mingw's headers */
NTKERNELAPI NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE);

#endif
