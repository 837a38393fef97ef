/* lab-hook.dll: loaded into every traced process. It stands before ntdll's NtCreateUserProcess, so that a
 * creation is decided while the new process has not run, on the thread that creates it, and a denied one
 * fails there with the status the driver chose, as it does on Windows. It imports ntdll only: nothing else is
 * certain to be loaded yet. */
#include <windows.h>
#include <winternl.h>

#include "../protocol.h"

#define CREATE_SUSPENDED_FLAG 0x1u     /* THREAD_CREATE_FLAGS_CREATE_SUSPENDED */
#define ATTRIBUTE_IMAGE_NAME  0x20005u /* PS_ATTRIBUTE_IMAGE_NAME */
#define THUNK_SIZE            32u

/* Where the address of `hooked` is put in them. */
#ifdef _WIN64
static const UCHAR jump[] = {0x48, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xE0}; /* mov rax, ...; jmp rax */
enum { JUMP_TARGET = 2 };
#else
static const UCHAR jump[] = {0xB8, 0, 0, 0, 0, 0xFF, 0xE0}; /* mov eax, ...; jmp eax */
enum { JUMP_TARGET = 1 };
#endif

struct attribute {
    ULONG_PTR kind;
    SIZE_T size;
    PVOID value;
    PSIZE_T returned;
};

struct attributes {
    SIZE_T size;
    struct attribute list[];
};

typedef NTSTATUS(NTAPI *create_user_process)(PHANDLE, PHANDLE, ACCESS_MASK, ACCESS_MASK, POBJECT_ATTRIBUTES,
                                             POBJECT_ATTRIBUTES, ULONG, ULONG, RTL_USER_PROCESS_PARAMETERS *,
                                             PVOID, struct attributes *);

NTSTATUS NTAPI NtResumeThread(HANDLE, PULONG);
NTSTATUS NTAPI NtAllocateVirtualMemory(HANDLE, PVOID *, ULONG_PTR, PSIZE_T, ULONG, ULONG);
NTSTATUS NTAPI NtFreeVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG);
NTSTATUS NTAPI NtProtectVirtualMemory(HANDLE, PVOID *, PSIZE_T, ULONG, PULONG);
NTSTATUS NTAPI LdrGetDllHandle(PCWSTR, PULONG, UNICODE_STRING *, PVOID *);
NTSTATUS NTAPI LdrGetProcedureAddress(PVOID, ANSI_STRING *, ULONG, PVOID *);

NTSTATUS NTAPI NtTerminateProcess(HANDLE, NTSTATUS);
NTSTATUS NTAPI NtWriteVirtualMemory(HANDLE, PVOID, const void *, SIZE_T, PSIZE_T);
NTSTATUS NTAPI NtQueueApcThread(HANDLE, PVOID, PVOID, PVOID, PVOID);
#undef RtlMoveMemory /* the C library's memmove */
VOID NTAPI RtlMoveMemory(VOID UNALIGNED *, const VOID UNALIGNED *, SIZE_T);

#define CONSTANT_STRING(text)                                                                                \
    {                                                                                                        \
        sizeof(text) - sizeof((text)[0]), sizeof(text), text                                                 \
    }

static create_user_process original;

/* TEB.ClientId (winternl.h hides it) lies behind the NT_TIB and a pointer; both ids are 32 bits wide. */
static const CLIENT_ID *own_id(void)
{
    return (const CLIENT_ID *)((const char *)NtCurrentTeb() + sizeof(NT_TIB) + sizeof(PVOID));
}

static UNICODE_STRING image_name(const struct attributes *attributes,
                                 const RTL_USER_PROCESS_PARAMETERS *parameters)
{
    UNICODE_STRING name = parameters->ImagePathName;
    SIZE_T count = attributes ? (attributes->size - sizeof(SIZE_T)) / sizeof(struct attribute) : 0;

    for (SIZE_T i = 0; i < count; i++) {
        if (attributes->list[i].kind == ATTRIBUTE_IMAGE_NAME) {
            name.Buffer = attributes->list[i].value;
            name.Length = (USHORT)attributes->list[i].size;
        }
    }
    return name;
}

static void describe(struct lab_created *created, HANDLE process, HANDLE thread)
{
    PROCESS_BASIC_INFORMATION basic = {0};
    struct {
        NTSTATUS exit_status;
        PVOID teb;
        CLIENT_ID client;
        ULONG_PTR affinity;
        LONG priority, base_priority;
    } thread_basic = {0};

    NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL);
    NtQueryInformationThread(thread, (THREADINFOCLASS)0, &thread_basic, sizeof(thread_basic), NULL);
    created->process_id = (uint32_t)basic.UniqueProcessId;
    created->parent_process_id = (uint32_t)basic.InheritedFromUniqueProcessId;
    created->thread_id = (uint32_t)(ULONG_PTR)thread_basic.client.UniqueThread;
    created->creator_process_id = (uint32_t)(ULONG_PTR)own_id()->UniqueProcess;
    created->creator_thread_id = (uint32_t)(ULONG_PTR)own_id()->UniqueThread;
}

/* A handle of its own for each question: the program may close what it did not open, and questions do not
 * queue up. */
static NTSTATUS ask(const struct lab_created *created, ULONG size)
{
    UNICODE_STRING name = CONSTANT_STRING(LAB_DEVICE_NAME);
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    struct lab_answer answer;
    HANDLE device;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&device, GENERIC_READ | SYNCHRONIZE, &attributes, &io,
                        FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_SYNCHRONOUS_IO_NONALERT);
    if (status < 0)
        return status;
    status = NtDeviceIoControlFile(device, NULL, NULL, NULL, &io, LAB_IOCTL_CREATED, (PVOID)created, size,
                                   &answer, sizeof(answer));
    NtClose(device);
    return status < 0 ? status : answer.status;
}

/* The verdict on a process that does not run yet; a lab that does not answer fails the creation, loudly. */
static NTSTATUS decide(HANDLE process, HANDLE thread, const UNICODE_STRING *image,
                       const UNICODE_STRING *command_line)
{
    SIZE_T size = sizeof(struct lab_created) + image->Length + command_line->Length;
    PVOID memory = NULL;
    SIZE_T reserved = size;
    struct lab_created *created;
    NTSTATUS status = NtAllocateVirtualMemory((HANDLE)-1, &memory, 0, &reserved, MEM_COMMIT, PAGE_READWRITE);

    if (status < 0)
        return status;
    created = memory;
    describe(created, process, thread);
    created->image_bytes = image->Length;
    created->command_line_bytes = command_line->Length;
    RtlMoveMemory(created + 1, image->Buffer, image->Length);
    RtlMoveMemory((char *)(created + 1) + image->Length, command_line->Buffer, command_line->Length);
    status = ask(created, (ULONG)size);
    reserved = 0;
    NtFreeVirtualMemory((HANDLE)-1, &memory, &reserved, MEM_RELEASE);
    return status;
}

/* Has the hook loaded into a new process that may run. A user APC of its first thread runs after the loader
 * has mapped and initialised the program's DLLs and before the program's entry point. System DLLs lie at the
 * same address in every process. */
static void pass_on(HANDLE process, HANDLE thread)
{
    static const WCHAR path[] = LAB_HOOK_PATH;
    UNICODE_STRING kernel32_name = CONSTANT_STRING(L"kernel32.dll");
    ANSI_STRING name = CONSTANT_STRING("LoadLibraryW");
    PVOID kernel32, load_library, remote = NULL;
    SIZE_T size = sizeof(path);

    if (LdrGetDllHandle(NULL, NULL, &kernel32_name, &kernel32) >= 0 &&
        LdrGetProcedureAddress(kernel32, &name, 0, &load_library) >= 0 &&
        NtAllocateVirtualMemory(process, &remote, 0, &size, MEM_COMMIT, PAGE_READWRITE) >= 0 &&
        NtWriteVirtualMemory(process, remote, path, sizeof(path), NULL) >= 0)
        NtQueueApcThread(thread, load_library, remote, NULL, NULL);
}

static NTSTATUS NTAPI hooked(PHANDLE process, PHANDLE thread, ACCESS_MASK process_access,
                             ACCESS_MASK thread_access, POBJECT_ATTRIBUTES process_attributes,
                             POBJECT_ATTRIBUTES thread_attributes, ULONG process_flags, ULONG thread_flags,
                             RTL_USER_PROCESS_PARAMETERS *parameters, PVOID info,
                             struct attributes *attributes)
{
    UNICODE_STRING image = image_name(attributes, parameters);
    NTSTATUS status =
        original(process, thread, process_access, thread_access, process_attributes, thread_attributes,
                 process_flags, thread_flags | CREATE_SUSPENDED_FLAG, parameters, info, attributes);

    if (status < 0)
        return status;
    status = decide(*process, *thread, &image, &parameters->CommandLine);
    if (status < 0) {
        NtTerminateProcess(*process, status); /* the lab has; it is needed when the lab did not answer */
        NtClose(*process);
        NtClose(*thread);
        *process = *thread = NULL;
        return status;
    }
    pass_on(*process, *thread);
    if (!(thread_flags & CREATE_SUSPENDED_FLAG))
        NtResumeThread(*thread, NULL);
    return status;
}

/* The routine is a system call stub without references relative to its place outside itself: a copy of it
 * works. */
static BOOL install(void)
{
    UNICODE_STRING ntdll_name = CONSTANT_STRING(L"ntdll.dll");
    ANSI_STRING name = CONSTANT_STRING("NtCreateUserProcess");
    PVOID ntdll, routine, copy = NULL, page, target = (PVOID)hooked;
    SIZE_T size = THUNK_SIZE;
    ULONG protection;

    if (LdrGetDllHandle(NULL, NULL, &ntdll_name, &ntdll) < 0 ||
        LdrGetProcedureAddress(ntdll, &name, 0, &routine) < 0)
        return FALSE;
    if (NtAllocateVirtualMemory((HANDLE)-1, &copy, 0, &size, MEM_COMMIT, PAGE_EXECUTE_READWRITE) < 0)
        return FALSE;
    RtlMoveMemory(copy, routine, THUNK_SIZE);
    original = (create_user_process)copy;
    page = routine;
    size = sizeof(jump);
    if (NtProtectVirtualMemory((HANDLE)-1, &page, &size, PAGE_EXECUTE_READWRITE, &protection) < 0)
        return FALSE;
    RtlMoveMemory(routine, jump, sizeof(jump));
    RtlMoveMemory((char *)routine + JUMP_TARGET, &target, sizeof(target));
    return NtProtectVirtualMemory((HANDLE)-1, &page, &size, protection, &protection) >= 0;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, PVOID reserved)
{
    (void)instance;
    (void)reserved;
    return reason != DLL_PROCESS_ATTACH || install();
}
