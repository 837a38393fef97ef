/* Base types of the Windows kernel with Windows' sizes on Linux: LONG is 32 bits, WCHAR one UTF-16 unit. The
 * names, and only the names, that mingw-w64's headers have, so that src/driver/kernel.h adds the same things
 * in both worlds. */
#ifndef SIM_NT_TYPES_H
#define SIM_NT_TYPES_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NTAPI
#define FASTCALL
#define WINAPI
#define CALLBACK
#define NTSYSAPI
#define NTKERNELAPI
#define NTHALAPI
#define EXTERN_C    extern
#define FORCEINLINE static inline __attribute__((always_inline))
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_ALIGN(x) __attribute__((aligned(x)))
#define __declspec(x)
#define __stdcall
#define __cdecl
#define CONST const
#define VOID  void
#define IN
#define OUT
#define OPTIONAL
#define CODE_SEG(x)
#define PAGED_CODE()              sim_paged_code(__func__)
#define UNREFERENCED_PARAMETER(x) ((void)(x))
#define UNIMPLEMENTED
#define ALLOC_PRAGMA 0

/* Structured exceptions do not exist here: the guarded block runs, the handler never does. */
#define __try if (1)
#define __except (filter) else if (0 && (filter))
#define __finally
#define EXCEPTION_EXECUTE_HANDLER 1
#define GetExceptionCode()        0

#define TRUE  1
#define FALSE 0

typedef char CHAR, CCHAR, *PCHAR, *PSTR;
typedef const char *PCSTR, *PCSZ;
typedef unsigned char UCHAR, *PUCHAR, BYTE, *PBYTE;
typedef UCHAR BOOLEAN, *PBOOLEAN;
typedef int16_t SHORT, *PSHORT, CSHORT;
typedef uint16_t USHORT, *PUSHORT, WORD;
typedef uint16_t WCHAR, *PWCHAR, *PWSTR, *PWCH, *LPWSTR;
typedef const uint16_t *PCWSTR, *PCWCH, *LPCWSTR;
typedef int32_t LONG, *PLONG, INT, NTSTATUS, *PNTSTATUS, BOOL;
typedef uint32_t ULONG, *PULONG, UINT, DWORD, UINT32;
typedef int64_t LONGLONG, *PLONGLONG, LONG64, *PLONG64, INT64;
typedef uint64_t ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, UINT64, DWORDLONG, QUAD;
typedef intptr_t LONG_PTR, *PLONG_PTR, INT_PTR, SSIZE_T;
typedef uintptr_t ULONG_PTR, *PULONG_PTR, UINT_PTR, DWORD_PTR;
typedef size_t SIZE_T, *PSIZE_T;
typedef uint8_t UINT8;
typedef uint16_t UINT16;
typedef void *PVOID, *HANDLE, **PHANDLE;
typedef ULONG ACCESS_MASK, *PACCESS_MASK, DEVICE_TYPE, LOGICAL;
typedef UCHAR KIRQL, *PKIRQL;
typedef CCHAR KPROCESSOR_MODE;
typedef LONG KPRIORITY;
typedef ULONG_PTR KAFFINITY;

static_assert(sizeof(LONG) == 4 && sizeof(WCHAR) == 2 && sizeof(PVOID) == sizeof(ULONG_PTR),
              "Windows' sizes");

typedef union _LARGE_INTEGER {
    struct {
        ULONG LowPart;
        LONG HighPart;
    };
    struct {
        ULONG LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    struct {
        ULONG LowPart;
        ULONG HighPart;
    };
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
    ULONG LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _GUID {
    ULONG Data1;
    USHORT Data2;
    USHORT Data3;
    UCHAR Data4[8];
} GUID, *LPGUID;
typedef const GUID *LPCGUID;

typedef struct _UNICODE_STRING {
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, ANSI_STRING, *PSTRING, *PANSI_STRING;

typedef struct _LIST_ENTRY {
    struct _LIST_ENTRY *Flink;
    struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
    struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _CLIENT_ID {
    HANDLE UniqueProcess;
    HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _OBJECT_ATTRIBUTES {
    ULONG Length;
    HANDLE RootDirectory;
    PUNICODE_STRING ObjectName;
    ULONG Attributes;
    PVOID SecurityDescriptor;
    PVOID SecurityQualityOfService;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;

typedef struct _IO_STATUS_BLOCK {
    union {
        NTSTATUS Status;
        PVOID Pointer;
    };
    ULONG_PTR Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _EPROCESS *PEPROCESS;
typedef struct _EPROCESS *PRKPROCESS;
typedef struct _ETHREAD *PETHREAD;
typedef struct _ETHREAD *PKTHREAD;
typedef PVOID PACCESS_TOKEN;
typedef PVOID PSECURITY_DESCRIPTOR;

#define OBJ_INHERIT            0x00000002L
#define OBJ_PERMANENT          0x00000010L
#define OBJ_EXCLUSIVE          0x00000020L
#define OBJ_CASE_INSENSITIVE   0x00000040L
#define OBJ_OPENIF             0x00000080L
#define OBJ_OPENLINK           0x00000100L
#define OBJ_KERNEL_HANDLE      0x00000200L
#define OBJ_FORCE_ACCESS_CHECK 0x00000400L
#define OBJ_VALID_ATTRIBUTES   0x000007F2L

#define InitializeObjectAttributes(p, n, a, r, s)                                                            \
    do {                                                                                                     \
        (p)->Length = sizeof(OBJECT_ATTRIBUTES);                                                             \
        (p)->RootDirectory = (r);                                                                            \
        (p)->Attributes = (a);                                                                               \
        (p)->ObjectName = (n);                                                                               \
        (p)->SecurityDescriptor = (s);                                                                       \
        (p)->SecurityQualityOfService = NULL;                                                                \
    } while (0)

#define KernelMode 0
#define UserMode   1
typedef CCHAR MODE;

#define DELETE                   0x00010000L
#define READ_CONTROL             0x00020000L
#define WRITE_DAC                0x00040000L
#define WRITE_OWNER              0x00080000L
#define SYNCHRONIZE              0x00100000L
#define STANDARD_RIGHTS_REQUIRED 0x000F0000L
#define STANDARD_RIGHTS_READ     READ_CONTROL
#define STANDARD_RIGHTS_ALL      0x001F0000L
#define GENERIC_READ             0x80000000U
#define GENERIC_WRITE            0x40000000U
#define GENERIC_EXECUTE          0x20000000U
#define GENERIC_ALL              0x10000000U

#define MAXULONG                 0xffffffffU
#define MAXLONG                  0x7fffffff
#define MAXUSHORT                0xffffU
#define MAXULONGLONG             0xffffffffffffffffULL
#define ANSI_NULL                ((CHAR)0)
#define UNICODE_NULL             ((WCHAR)0)
#define UNICODE_STRING_MAX_BYTES 65534
#define UNICODE_STRING_MAX_CHARS 32767

#define FIELD_OFFSET(type, field)               ((LONG)offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)             (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field)   (offsetof(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_NUMBER_OF(a)                        (sizeof(a) / sizeof((a)[0]))
#define ARRAYSIZE(a)                            RTL_NUMBER_OF(a)
#define CONTAINING_RECORD(address, type, field) ((type *)(void *)((char *)(address)-offsetof(type, field)))
#define ALIGN_UP_BY(length, alignment)          (((ULONG_PTR)(length) + (alignment)-1) & ~((ULONG_PTR)(alignment)-1))
#define RTL_CONSTANT_STRING(s)                                                                               \
    {                                                                                                        \
        sizeof(s) - sizeof((s)[0]), sizeof(s), (void *)(s)                                                   \
    }
#ifndef min
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#endif
#define NT_SUCCESS(s)     (((NTSTATUS)(s)) >= 0)
#define NT_INFORMATION(s) ((((ULONG)(s)) >> 30) == 1)
#define NT_WARNING(s)     ((((ULONG)(s)) >> 30) == 2)
#define NT_ERROR(s)       ((((ULONG)(s)) >> 30) == 3)
#define ASSERT(e)                                                                                            \
    ((e) ? (void)0 : sim_violation("the driver's ASSERT(%s) at %s:%d failed", #e, __FILE__, __LINE__))
#define NT_ASSERT(e) ASSERT(e)
#define C_ASSERT(e)  static_assert(e, #e)

void sim_violation(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void sim_paged_code(const char *function);

#endif
