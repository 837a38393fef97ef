/* ZwQuerySystemInformation and RtlGetVersion: what the machine is, and what runs on it. */
#include "fault.h"
#include "irql.h"
#include "process.h"
#include "violation.h"
#include "world.h"

/* SYSTEM_PROCESS_INFORMATION, with the members that matter named; one thread follows. */
struct system_process {
    ULONG next;
    ULONG threads;
    LARGE_INTEGER spare[3];
    LARGE_INTEGER create_time;
    LARGE_INTEGER user_time;
    LARGE_INTEGER kernel_time;
    UNICODE_STRING name;
    LONG base_priority;
    HANDLE id;
    HANDLE parent_id;
    ULONG handle_count;
    ULONG session;
    UCHAR counters[sizeof(HANDLE) == 8 ? 0x98 : 0x64];
};
static_assert(sizeof(struct system_process) == (sizeof(HANDLE) == 8 ? 0x100 : 0xB8),
              "as on Windows, x64 and x86");
#define THREAD_SIZE 0x50u

struct time_of_day {
    LARGE_INTEGER boot_time;
    LARGE_INTEGER current_time;
    LARGE_INTEGER time_zone_bias;
    ULONG time_zone;
    ULONG reserved;
    ULONGLONG boot_bias;
    ULONGLONG sleep_bias;
};

struct listing {
    unsigned char *out;
    ULONG room;
    ULONG used;
    struct system_process *last;
};

static void list_process(struct listing *listing, HANDLE id, HANDLE parent, LONGLONG time,
                         const UNICODE_STRING *name)
{
    ULONG size = (ULONG)ALIGN_UP_BY(sizeof(struct system_process) + THREAD_SIZE + name->Length + 2u, 8);

    if (listing->used + size <= listing->room) {
        struct system_process *entry = (void *)(listing->out + listing->used);
        memset(entry, 0, size);
        if (listing->last)
            listing->last->next = (ULONG)((unsigned char *)entry - (unsigned char *)listing->last);
        entry->threads = 1;
        entry->create_time.QuadPart = time;
        entry->id = id;
        entry->parent_id = parent;
        entry->name.Length = name->Length;
        entry->name.MaximumLength = (USHORT)(name->Length + 2);
        if (name->Length) {
            entry->name.Buffer = (PWSTR)(void *)((char *)(entry + 1) + THREAD_SIZE);
            memcpy(entry->name.Buffer, name->Buffer, name->Length);
        }
        listing->last = entry;
    }
    listing->used += size;
}

static void visit(PEPROCESS process, void *context)
{
    if (PsGetProcessExitStatus(process) == STATUS_PENDING)
        list_process(context, process->id, process->parent_id, process->create_time, &process->name);
}

static NTSTATUS list_processes(void *out, ULONG length, PULONG needed)
{
    struct listing listing = {.out = out, .room = length};

    list_process(&listing, NULL, NULL, 0, &(UNICODE_STRING){0}); /* the idle process */
    sim_for_each_process(visit, &listing);
    if (needed)
        *needed = listing.used;
    return listing.used > length ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
}

NTSTATUS ZwQuerySystemInformation(ULONG class, PVOID out, ULONG length,
                                  PULONG needed) /* winternl: PASSIVE_LEVEL */
{
    struct time_of_day time = {0};

    sim_service("ZwQuerySystemInformation");
    if (sim_fault("ZwQuerySystemInformation"))
        return STATUS_UNSUCCESSFUL;
    switch (class) {
    case 3: /* SystemTimeOfDayInformation: as much as the caller has room for */
        time.current_time.QuadPart = (LONGLONG)sim_now();
        time.boot_time.QuadPart = (LONGLONG)sim_boot_time() - 600000000;
        if (length > sizeof(time))
            return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(out, &time, length);
        if (needed)
            *needed = length;
        return STATUS_SUCCESS;
    case 5: /* SystemProcessInformation */
        return list_processes(out, length, needed);
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

NTSTATUS RtlGetVersion(PRTL_OSVERSIONINFOW version) /* wdm: PASSIVE_LEVEL */
{
    static const ULONG numbers[][3] = {
        [SIM_WINDOWS_XP - SIM_WINDOWS_XP] = {5, 1, 2600},
        [SIM_WINDOWS_SERVER_2003 - SIM_WINDOWS_XP] = {5, 2, 3790},
        [SIM_WINDOWS_7 - SIM_WINDOWS_XP] = {6, 1, 7601},
        [SIM_WINDOWS_8_1 - SIM_WINDOWS_XP] = {6, 3, 9600},
        [SIM_WINDOWS_10_1507 - SIM_WINDOWS_XP] = {10, 0, 10240},
        [SIM_WINDOWS_10_2004 - SIM_WINDOWS_XP] = {10, 0, 19041},
        [SIM_WINDOWS_11 - SIM_WINDOWS_XP] = {10, 0, 22621},
    };
    const ULONG *number = numbers[sim_windows() - SIM_WINDOWS_XP];

    sim_max_irql(PASSIVE_LEVEL, "RtlGetVersion");
    if (version->dwOSVersionInfoSize != sizeof(RTL_OSVERSIONINFOW) &&
        version->dwOSVersionInfoSize != sizeof(RTL_OSVERSIONINFOEXW))
        sim_violation("RtlGetVersion was given a structure of size %u", version->dwOSVersionInfoSize);
    version->dwMajorVersion = number[0];
    version->dwMinorVersion = number[1];
    version->dwBuildNumber = sim_build() ? sim_build() : number[2];
    version->dwPlatformId = 2;
    version->szCSDVersion[0] = 0;
    return STATUS_SUCCESS;
}
