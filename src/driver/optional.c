#include "optional.h"

struct vg_optional vg_optional;

_IRQL_requires_max_(PASSIVE_LEVEL) _Ret_maybenull_ static PVOID
    look_up(_In_reads_bytes_(size) PCWSTR name, _In_ USHORT size)
{
    UNICODE_STRING string = {.Length = size, .MaximumLength = size, .Buffer = (PWSTR)name};

    return MmGetSystemRoutineAddress(&string);
}

/* A function pointer is not a PVOID to C, but it is to every Windows ABI. */
#define LOOK_UP(type, name) ((type)(ULONG_PTR)look_up((PCWSTR)u"" #name, sizeof(u"" #name) - sizeof(WCHAR)))

/* A greater number for every later version. */
_IRQL_requires_max_(PASSIVE_LEVEL) static uint64_t
    in_order(_In_ ULONG major, _In_ ULONG minor, _In_ ULONG build)
{
    return (uint64_t)major << 48 | (uint64_t)minor << 32 | build;
}

_IRQL_requires_max_(PASSIVE_LEVEL) static bool at_least(_In_ const RTL_OSVERSIONINFOW *version,
                                                        _In_ ULONG major, _In_ ULONG minor, _In_ ULONG build)
{
    return in_order(version->dwMajorVersion, version->dwMinorVersion, version->dwBuildNumber) >=
           in_order(major, minor, build);
}

_Use_decl_annotations_
void vg_optional_start(void)
{
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};

    (void)RtlGetVersion(&version); /* documented to return STATUS_SUCCESS always */
    vg_optional.PsSetCreateProcessNotifyRoutineEx2 =
        LOOK_UP(VG_SET_CREATE_PROCESS_NOTIFY_ROUTINE_EX2, PsSetCreateProcessNotifyRoutineEx2);
    vg_optional.ExAllocatePool2 = LOOK_UP(VG_EX_ALLOCATE_POOL2, ExAllocatePool2);
    vg_optional.PsIsProtectedProcess = LOOK_UP(VG_PS_IS_PROTECTED_PROCESS, PsIsProtectedProcess);
    vg_optional.KeAreAllApcsDisabled = LOOK_UP(VG_KE_ARE_ALL_APCS_DISABLED, KeAreAllApcsDisabled);
    /* Kernels before Windows Vista may export these; what they do there is documented nowhere. */
    if (at_least(&version, 6, 0, 0)) {
        vg_optional.MmDoesFileHaveUserWritableReferences =
            LOOK_UP(VG_MM_DOES_FILE_HAVE_USER_WRITABLE_REFERENCES, MmDoesFileHaveUserWritableReferences);
        vg_optional.IoGetTransactionParameterBlock =
            LOOK_UP(VG_IO_GET_TRANSACTION_PARAMETER_BLOCK, IoGetTransactionParameterBlock);
    }
    vg_optional.has_integrity_levels = at_least(&version, 6, 0, 0);
    vg_optional.non_paged_pool = at_least(&version, 6, 2, 0) ? VG_NON_PAGED_POOL_NX : NonPagedPool;
    vg_optional.dont_reparse = at_least(&version, 10, 0, 14393) ? VG_OBJ_DONT_REPARSE : 0;
    vg_optional.has_file_id_information = at_least(&version, 6, 2, 0);
    vg_optional.has_normalized_names = at_least(&version, 6, 2, 0);
    vg_optional.has_image_signature_level = at_least(&version, 6, 3, 0);
}
