#include "system.h"
#include "context.h"
#include "log.h"
#include "name.h"
#include "routines.h"

#define SYSTEM_PROCESS_INFORMATION_CLASS 5u

ULONG lab_InitSafeBootMode;

static char hidden[4096];

/* SYSTEM_PROCESS_INFORMATION (winternl.h), the part in front of the threads. */
struct system_process {
    ULONG next, threads;
    LARGE_INTEGER reserved[3], create_time, user_time, kernel_time;
    UNICODE_STRING image_name;
    LONG priority;
    HANDLE id, parent_id;
    ULONG handle_count, session_id;
    ULONG_PTR reserved2;
    UCHAR counters[14 * sizeof(SIZE_T)];
    UCHAR io_counters[6 * sizeof(LARGE_INTEGER)];
};

static BOOLEAN open_scenario_file(const WCHAR *path, HANDLE *handle)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return NT_SUCCESS(NtOpenFile(handle, FILE_READ_DATA | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ,
                                 FILE_SYNCHRONOUS_IO_NONALERT));
}

void lab_scenario_read(void)
{
    IO_STATUS_BLOCK io;
    HANDLE handle;

    RtlZeroMemory(hidden, sizeof(hidden));
    if (open_scenario_file(L"\\??\\C:\\lab\\hide", &handle)) {
        NtReadFile(handle, NULL, NULL, NULL, &io, hidden + 1, sizeof(hidden) - 2, NULL, NULL);
        NtClose(handle);
    }
    lab_InitSafeBootMode = 0;
    if (open_scenario_file(L"\\??\\C:\\lab\\safe-mode", &handle)) {
        lab_InitSafeBootMode = 1;
        NtClose(handle);
    }
}

static BOOLEAN is_hidden(const char *name)
{
    size_t length = strlen(name);

    for (const char *at = hidden + 1; (at = strstr(at, name)) != NULL; at += length) {
        if ((unsigned char)at[-1] <= ' ' && (unsigned char)at[length] <= ' ')
            return TRUE;
    }
    return FALSE;
}

/* "Address of a routine exported by the kernel or the HAL", NULL when there is none of that name (wdm.h). */
PVOID NTAPI lab_MmGetSystemRoutineAddress(PUNICODE_STRING name)
{
    ANSI_STRING ansi;
    PVOID address;

    lab_require_passive("MmGetSystemRoutineAddress");
    if (!NT_SUCCESS(RtlUnicodeStringToAnsiString(&ansi, name, TRUE)))
        return NULL;
    address = is_hidden(ansi.Buffer) ? NULL : lab_routine(ansi.Buffer);
    if (!address && !is_hidden(ansi.Buffer)) {
        address = lab_wine_routine("ntoskrnl.exe", ansi.Buffer);
        if (!address)
            address = lab_wine_routine("hal.dll", ansi.Buffer);
    }
    lab_log("MmGetSystemRoutineAddress: %s is %s", ansi.Buffer, address ? "there" : "not there");
    RtlFreeAnsiString(&ansi);
    return address;
}

/* Wine's list, with the two processes in front that every Windows has: Idle (0, no name) and System (4). */
NTSTATUS NTAPI lab_ZwQuerySystemInformation(ULONG class, PVOID buffer, ULONG size, PULONG needed)
{
    static WCHAR system_name[] = L"System";
    struct system_process *idle = buffer, *system = idle + 1;
    const ULONG front = 2 * sizeof(*idle);
    ULONG used = 0;
    NTSTATUS status;

    lab_require_passive("ZwQuerySystemInformation");
    if (class != SYSTEM_PROCESS_INFORMATION_CLASS)
        return NtQuerySystemInformation(class, buffer, size, needed);
    status = NtQuerySystemInformation(class, size > front ? (PVOID)(system + 1) : NULL,
                                      size > front ? size - front : 0, &used);
    if (needed)
        *needed = used + front;
    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(buffer, front);
    idle->next = system->next = sizeof(*idle);
    system->id = (HANDLE)4;
    RtlInitUnicodeString(&system->image_name, system_name);
    return status;
}

/* --- reinitialisation
 * -------------------------------------------------------------------------------------------- */

enum { REINITIALIZATIONS = 16 };
static struct {
    PDRIVER_OBJECT driver;
    PDRIVER_REINITIALIZE routine;
    PVOID context;
} reinitializations[REINITIALIZATIONS];

VOID NTAPI lab_IoRegisterDriverReinitialization(PDRIVER_OBJECT driver, PDRIVER_REINITIALIZE routine,
                                                PVOID context)
{
    for (size_t i = 0; i < REINITIALIZATIONS; i++) {
        if (reinitializations[i].driver)
            continue;
        reinitializations[i].driver = driver;
        reinitializations[i].routine = routine;
        reinitializations[i].context = context;
        return;
    }
}

void lab_system_reinitialize(PDRIVER_OBJECT driver)
{
    ULONG count = 1;

    /* a routine may register itself again; its new place comes later in the table or is this one */
    for (size_t i = 0; i < REINITIALIZATIONS; i++) {
        while (reinitializations[i].driver == driver) {
            reinitializations[i].driver = NULL;
            reinitializations[i].routine(driver, reinitializations[i].context, count++);
            if (count > 100) {
                lab_log("a driver asks for reinitialisation without end");
                return;
            }
        }
    }
}

/* --- time
 * -------------------------------------------------------------------------------------------------------- */

LARGE_INTEGER NTAPI lab_KeQueryPerformanceCounter(PLARGE_INTEGER frequency)
{
    LARGE_INTEGER counter;

    NtQueryPerformanceCounter(&counter, frequency);
    return counter;
}

VOID NTAPI lab_KeQuerySystemTimePrecise(PLARGE_INTEGER time)
{
    NtQuerySystemTime(time);
}
