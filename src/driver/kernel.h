/* The one place that includes the platform's kernel headers: the WDK's, mingw-w64's, or the sim's. What one
 * of them lacks is declared here, from the WDK page named beside it. */
#ifndef VG_DRIVER_KERNEL_H
#define VG_DRIVER_KERNEL_H

#include <ntifs.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SAL that some headers lack. It carries contracts; only Microsoft's analysis reads it. */
#ifndef _IRQL_requires_max_
#define _IRQL_requires_max_(irql)
#endif
#ifndef _IRQL_requires_
#define _IRQL_requires_(irql)
#endif
#ifndef _IRQL_requires_same_
#define _IRQL_requires_same_
#endif
#ifndef _Must_inspect_result_
#define _Must_inspect_result_
#endif
#ifndef _Use_decl_annotations_
#define _Use_decl_annotations_
#endif
#ifndef _Requires_lock_held_
#define _Requires_lock_held_(lock)
#endif
#ifndef _Requires_lock_not_held_
#define _Requires_lock_not_held_(lock)
#endif
#ifndef _Acquires_lock_
#define _Acquires_lock_(lock)
#endif
#ifndef _Releases_lock_
#define _Releases_lock_(lock)
#endif
#ifndef _Function_class_
#define _Function_class_(name)
#endif
#ifndef _Success_
#define _Success_(expression)
#endif
#ifndef _In_
#define _In_
#endif
#ifndef _In_opt_
#define _In_opt_
#endif
#ifndef _Out_
#define _Out_
#endif
#ifndef _Out_opt_
#define _Out_opt_
#endif
#ifndef _Inout_
#define _Inout_
#endif
#ifndef _Inout_opt_
#define _Inout_opt_
#endif
#ifndef _In_reads_bytes_
#define _In_reads_bytes_(size)
#endif
#ifndef _Out_writes_bytes_
#define _Out_writes_bytes_(size)
#endif
#ifndef _Out_writes_bytes_to_
#define _Out_writes_bytes_to_(size, used)
#endif
#ifndef _Out_writes_
#define _Out_writes_(count)
#endif
#ifndef _Ret_maybenull_
#define _Ret_maybenull_
#endif

#define VG_POOL_TAG(a, b, c, d)                                                                              \
    ((ULONG)(UCHAR)(a) | ((ULONG)(UCHAR)(b) << 8) | ((ULONG)(UCHAR)(c) << 16) | ((ULONG)(UCHAR)(d) << 24))

/* A UNICODE_STRING over a u"..." literal. */
#define VG_CONSTANT_STRING(literal)                                                                          \
    {                                                                                                        \
        .Length = sizeof(literal) - sizeof(WCHAR), .MaximumLength = sizeof(literal),                         \
        .Buffer = (PWSTR)(literal)                                                                           \
    }

/* PS_CREATE_NOTIFY_INFO, "Flags" (ntddk.h): bit 0 FileOpenNameAvailable, bit 1 IsSubsystemProcess (Windows 10
 * 1703). mingw-w64 lacks the second, so both are tested by value. */
#define VG_NOTIFY_OPEN_NAME_AVAILABLE 0x1u
#define VG_NOTIFY_SUBSYSTEM_PROCESS   0x2u

/* PsSetCreateProcessNotifyRoutineEx2 (ntddk.h), Windows 10 1703: the type PsCreateProcessNotifySubsystems is
 * 0. */
typedef NTSTATUS(NTAPI *VG_SET_CREATE_PROCESS_NOTIFY_ROUTINE_EX2)(_In_ ULONG NotifyType,
                                                                  _In_ PVOID NotifyInformation,
                                                                  _In_ BOOLEAN Remove);
#define VG_PS_CREATE_PROCESS_NOTIFY_SUBSYSTEMS 0u

/* ExAllocatePool2 (wdm.h), Windows 10 2004. */
typedef PVOID(NTAPI *VG_EX_ALLOCATE_POOL2)(_In_ ULONG64 Flags, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
#define VG_POOL_FLAG_UNINITIALIZED 0x0000000000000002ull
#define VG_POOL_FLAG_NON_PAGED     0x0000000000000040ull
#define VG_POOL_FLAG_PAGED         0x0000000000000100ull

/* NonPagedPoolNx (POOL_TYPE, wdm.h), Windows 8. */
#define VG_NON_PAGED_POOL_NX ((POOL_TYPE)512)

/* PsIsProtectedProcess (ntddk.h), looked up. */
typedef BOOLEAN(NTAPI *VG_PS_IS_PROTECTED_PROCESS)(_In_ PEPROCESS Process);

/* MmDoesFileHaveUserWritableReferences (ntifs.h), Windows Vista, looked up. */
typedef ULONG(NTAPI *VG_MM_DOES_FILE_HAVE_USER_WRITABLE_REFERENCES)(
    _In_ PSECTION_OBJECT_POINTERS SectionPointer);

/* IoGetTransactionParameterBlock (ntddk.h), Windows Vista, looked up. Only whether there is one matters here.
 */
typedef PTXN_PARAMETER_BLOCK(NTAPI *VG_IO_GET_TRANSACTION_PARAMETER_BLOCK)(_In_ PFILE_OBJECT FileObject);

/* KeAreAllApcsDisabled (wdm.h), Windows Server 2003, looked up by vigil-xp.sys. */
typedef BOOLEAN(NTAPI *VG_KE_ARE_ALL_APCS_DISABLED)(void);

/* PROCESSINFOCLASS (ZwQueryInformationProcess, winternl.h), and rights to a process ("Process Security and
 * Access Rights"). */
#define VG_PROCESS_IMAGE_FILE_NAME   ((PROCESSINFOCLASS)27)
#define VG_PROCESS_TERMINATE         0x0001u
#define VG_PROCESS_QUERY_INFORMATION 0x0400u

#ifdef __MINGW32__
/* wdm.h */
static inline LONG ReadNoFence(LONG const volatile *Source)
{
    return *Source;
}
static inline VOID WriteNoFence(LONG volatile *Destination, LONG Value)
{
    *Destination = Value;
}
NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(_In_ PEPROCESS Process);
/* ZwQuerySystemInformation (winternl.h). */
NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(_In_ ULONG SystemInformationClass, PVOID SystemInformation,
                                                 _In_ ULONG SystemInformationLength, PULONG ReturnLength);
/* "Determining whether the operating system is running in safe mode" (WDK). Data: the ULONG itself is
 * exported. */
extern __declspec(dllimport) ULONG InitSafeBootMode;
#endif

/* 64-bit interlocked operations, which mingw-w64's kernel headers leave out for x86: cmpxchg8b there, as with
 * the WDK. */
#if defined(__MINGW32__) && defined(__i386__)
static inline LONG64 InterlockedCompareExchange64(volatile LONG64 *value, LONG64 exchange, LONG64 comparand)
{
    return __sync_val_compare_and_swap(value, comparand, exchange);
}

static inline LONG64 InterlockedExchangeAdd64(volatile LONG64 *value, LONG64 addend)
{
    return __sync_fetch_and_add(value, addend);
}

static inline LONG64 InterlockedIncrement64(volatile LONG64 *value)
{
    return __sync_add_and_fetch(value, 1);
}
#endif

/* InitSafeBootMode is declared as a pointer by the WDK (whose import library gives its address) and as the
 * value above. */
static inline ULONG vg_safe_boot_mode(void)
{
#if defined(__MINGW32__)
    return InitSafeBootMode;
#else
    return *InitSafeBootMode;
#endif
}

/* The WDK declares IoFileObjectType as POBJECT_TYPE * and imports it without dllimport; mingw-w64 adds
 * dllimport to the same type, so there the value itself is the object type, and one more load would read
 * inside it. */
static inline POBJECT_TYPE vg_file_object_type(void)
{
#if defined(__MINGW32__)
    return (POBJECT_TYPE)IoFileObjectType;
#else
    return *IoFileObjectType;
#endif
}

static inline POBJECT_TYPE vg_process_type(void)
{
#if defined(__MINGW32__)
    return (POBJECT_TYPE)PsProcessType;
#else
    return *PsProcessType;
#endif
}

/* 100 ns since 1601-01-01 UTC. Any IRQL. */
static inline uint64_t vg_system_time(void)
{
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    return (uint64_t)now.QuadPart;
}

/* FILE_INFORMATION_CLASS (wdm.h): present in Windows from the version named, whatever the headers know. */
#define VG_FILE_INTERNAL_INFORMATION        ((FILE_INFORMATION_CLASS)6)
#define VG_FILE_NAME_INFORMATION            ((FILE_INFORMATION_CLASS)9)
#define VG_FILE_NORMALIZED_NAME_INFORMATION ((FILE_INFORMATION_CLASS)48) /* Windows 8 */
#define VG_FILE_ID_INFORMATION_CLASS        ((FILE_INFORMATION_CLASS)59) /* Windows 8 */

/* FILE_ID_INFORMATION (ntifs.h). */
struct vg_file_id_information {
    uint64_t volume_serial;
    uint8_t file_id[16];
};

/* USN_RECORD_COMMON_HEADER, USN_RECORD_V2 and _V3 (ntifs.h), as far as Usn. */
struct vg_usn_record {
    uint32_t record_length;
    uint16_t major_version;
    uint16_t minor_version;
    union {
        struct {
            uint64_t file_id;
            uint64_t parent_id;
            int64_t usn;
        } v2;
        struct {
            uint8_t file_id[16];
            uint8_t parent_id[16];
            int64_t usn;
        } v3;
    };
};

/* USN_JOURNAL_DATA_V0 (ntifs.h). */
struct vg_usn_journal {
    uint64_t journal_id;
    int64_t first_usn;
    int64_t next_usn;
    int64_t lowest_valid_usn;
    int64_t max_usn;
    uint64_t maximum_size;
    uint64_t allocation_delta;
};

/* CTL_CODEs of ntifs.h, by value. */
#define VG_FSCTL_READ_FILE_USN_DATA     0x000900EBu
#define VG_FSCTL_WRITE_USN_CLOSE_RECORD 0x000900EFu
#define VG_FSCTL_QUERY_USN_JOURNAL      0x000900F4u

/* OBJ_DONT_REPARSE (ntdef.h), Windows 10 1607; IO_IGNORE_SHARE_ACCESS_CHECK and IO_NO_PARAMETER_CHECKING
 * (IoCreateFileEx); FO_CLEANUP_COMPLETE (wdm.h). */
#define VG_OBJ_DONT_REPARSE             0x00001000u
#define VG_IO_NO_PARAMETER_CHECKING     0x00000100u
#define VG_IO_IGNORE_SHARE_ACCESS_CHECK 0x00000800u
#define VG_FO_CLEANUP_COMPLETE          0x00004000u

/* IOCTL_STORAGE_QUERY_PROPERTY, STORAGE_PROPERTY_QUERY, STORAGE_DEVICE_DESCRIPTOR and STORAGE_BUS_TYPE
 * (ntddstor.h). */
#define VG_IOCTL_STORAGE_QUERY_PROPERTY 0x002D1400u
struct vg_storage_query {
    uint32_t property_id; /* 0: StorageDeviceProperty */
    uint32_t query_type;  /* 0: PropertyStandardQuery */
    uint32_t additional;
};
struct vg_storage_device {
    uint32_t version;
    uint32_t size;
    uint8_t device_type;
    uint8_t device_type_modifier;
    uint8_t removable_media;
    uint8_t command_queueing;
    uint32_t vendor_id_offset;
    uint32_t product_id_offset;
    uint32_t product_revision_offset;
    uint32_t serial_number_offset;
    uint32_t bus_type;
    uint32_t raw_properties_length;
    uint32_t raw_properties;
};
#define VG_BUS_TYPE_1394        4u
#define VG_BUS_TYPE_USB         7u
#define VG_BUS_TYPE_ISCSI       9u
#define VG_BUS_TYPE_SD          12u
#define VG_BUS_TYPE_MMC         13u
#define VG_BUS_TYPE_FILE_BACKED 15u /* BusTypeFileBackedVirtual, Windows 8 */

/* Device types of the network (ntifs.h, "Specifying device types"). */
#define VG_DEVICE_MULTI_UNC_PROVIDER 0x00000010u
#define VG_DEVICE_NETWORK_REDIRECTOR 0x00000028u

/* SYSTEM_PROCESS_INFORMATION (winternl.h; class 5), as far as the process id, and
 * SYSTEM_TIMEOFDAY_INFORMATION (class 3). */
#define VG_SYSTEM_TIME_OF_DAY_INFORMATION 3u
#define VG_SYSTEM_PROCESS_INFORMATION     5u
struct vg_system_process {
    ULONG NextEntryOffset;
    ULONG NumberOfThreads;
    LARGE_INTEGER Spare[3];
    LARGE_INTEGER CreateTime;
    LARGE_INTEGER UserTime;
    LARGE_INTEGER KernelTime;
    UNICODE_STRING ImageName;
    LONG BasePriority;
    HANDLE UniqueProcessId;
    HANDLE InheritedFromUniqueProcessId;
};
struct vg_system_time_of_day {
    LARGE_INTEGER BootTime;
    LARGE_INTEGER CurrentTime;
    LARGE_INTEGER TimeZoneBias;
    ULONG CurrentTimeZoneId;
    ULONG Reserved;
};

/* TOKEN_INFORMATION_CLASS (ntifs.h). */
#define VG_TOKEN_USER            ((TOKEN_INFORMATION_CLASS)1)
#define VG_TOKEN_STATISTICS      ((TOKEN_INFORMATION_CLASS)10)
#define VG_TOKEN_SESSION_ID      ((TOKEN_INFORMATION_CLASS)12)
#define VG_TOKEN_INTEGRITY_LEVEL ((TOKEN_INFORMATION_CLASS)25)

/* CNG in the kernel: cng.sys, Windows 7 (bcrypt.h). */
NTSTATUS NTAPI BCryptOpenAlgorithmProvider(_Out_ PVOID *Algorithm, PCWSTR AlgorithmId, PCWSTR Implementation,
                                           ULONG Flags);
NTSTATUS NTAPI BCryptCloseAlgorithmProvider(PVOID Algorithm, ULONG Flags);
NTSTATUS NTAPI BCryptGetProperty(PVOID Object, PCWSTR Property, PUCHAR Output, ULONG OutputSize,
                                 ULONG *ResultSize, ULONG Flags);
NTSTATUS NTAPI BCryptCreateHash(PVOID Algorithm, _Out_ PVOID *Hash, PUCHAR HashObject, ULONG HashObjectSize,
                                PUCHAR Secret, ULONG SecretSize, ULONG Flags);
NTSTATUS NTAPI BCryptHashData(PVOID Hash, PUCHAR Input, ULONG InputSize, ULONG Flags);
NTSTATUS NTAPI BCryptFinishHash(PVOID Hash, PUCHAR Output, ULONG OutputSize, ULONG Flags);
NTSTATUS NTAPI BCryptDestroyHash(PVOID Hash);

#endif
