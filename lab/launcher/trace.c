#include "launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN64
#define WINE_FOLDER L"\\wine\\x86_64-windows\\"
#else
#define WINE_FOLDER L"\\wine\\i386-windows\\"
#endif

/* A process of the tree. Its executable and ntdll are mapped before it is decided upon; Windows reports them
 * as loaded afterwards, when the process begins to run, and so does this. */
struct process {
    struct process *next;
    DWORD id;
    DWORD thread_id;
    HANDLE handle, thread;
    BOOL decided;
    PVOID image_base;
    PVOID ntdll_base;
    WCHAR *image;
    WCHAR *ntdll;
};

static struct process *processes;

static struct process **find(DWORD id)
{
    struct process **link = &processes;

    while (*link && (*link)->id != id)
        link = &(*link)->next;
    return link;
}

/* The DOS name of an open file; to be freed. Wine maps its DLLs from its own folder; to a program they lie in
 * System32. */
static WCHAR *name_of(HANDLE file)
{
    static const WCHAR wine_folder[] = WINE_FOLDER, system32[] = L"C:\\windows\\system32\\";
    DWORD size = file ? GetFinalPathNameByHandleW(file, NULL, 0, 0) : 0;
    WCHAR *name = calloc(size + sizeof(system32) / sizeof(WCHAR), sizeof(WCHAR)), *rest;

    if (name && size)
        GetFinalPathNameByHandleW(file, name, size + 1, 0);
    rest = name ? wcsstr(name, wine_folder) : NULL;
    if (rest) {
        rest += wcslen(wine_folder);
        memmove(name + wcslen(system32), rest, (wcslen(rest) + 1) * sizeof(WCHAR));
        memcpy(name, system32, wcslen(system32) * sizeof(WCHAR));
    }
    return name;
}

static void report_loaded(struct process *process, PVOID base, const WCHAR *image)
{
    if (base && image && *image && !lab_inject_is_hook(image))
        lab_report_loaded(process->id, process->handle, base, image);
}

/* The first sign that the process runs. When the hook was not there to ask, this is where the verdict falls:
 * before the first DLL beyond ntdll, so before any of the program's code; lab.sys ends a process it denies.
 */
static void ensure_decided(struct process *process)
{
    struct lab_answer answer;

    if (process->decided)
        return;
    process->decided = TRUE;
    answer = lab_report_created(process->id, process->thread_id, process->handle);
    if (answer.status < 0)
        return;
    if (!answer.known && !lab_inject(process->handle, process->thread))
        lab_complain("the hook was not injected", GetLastError());
    report_loaded(process, process->image_base, process->image);
    report_loaded(process, process->ntdll_base, process->ntdll);
}

static void created(const DEBUG_EVENT *event)
{
    const CREATE_PROCESS_DEBUG_INFO *info = &event->u.CreateProcessInfo;
    struct process *process = calloc(1, sizeof(*process));

    if (!process)
        return;
    process->id = event->dwProcessId;
    process->thread_id = event->dwThreadId;
    process->handle = info->hProcess;
    process->thread = info->hThread;
    process->image_base = info->lpBaseOfImage;
    process->image = name_of(info->hFile);
    process->next = processes;
    processes = process;
    if (info->hFile)
        CloseHandle(info->hFile);
}

static void loaded(const DEBUG_EVENT *event)
{
    const LOAD_DLL_DEBUG_INFO *info = &event->u.LoadDll;
    struct process *process = *find(event->dwProcessId);
    WCHAR *name = name_of(info->hFile);

    if (info->hFile)
        CloseHandle(info->hFile);
    if (process && !process->ntdll_base) {
        process->ntdll_base = info->lpBaseOfDll;
        process->ntdll = name;
        return;
    }
    if (process) {
        ensure_decided(process);
        report_loaded(process, info->lpBaseOfDll, name);
    }
    free(name);
}

static void exited(const DEBUG_EVENT *event)
{
    struct process **link = find(event->dwProcessId), *process = *link;

    lab_report_exited(event->dwProcessId, event->u.ExitProcess.dwExitCode);
    if (!process)
        return;
    *link = process->next;
    free(process->image);
    free(process->ntdll);
    free(process);
}

/* The loader's own break points are passed over; every other exception is the program's. */
static DWORD excepted(const DEBUG_EVENT *event)
{
    struct process *process = *find(event->dwProcessId);

    if (process)
        ensure_decided(process);
    return event->u.Exception.ExceptionRecord.ExceptionCode == EXCEPTION_BREAKPOINT
               ? DBG_CONTINUE
               : DBG_EXCEPTION_NOT_HANDLED;
}

static DWORD handle(const DEBUG_EVENT *event)
{
    switch (event->dwDebugEventCode) {
    case CREATE_PROCESS_DEBUG_EVENT:
        created(event);
        return DBG_CONTINUE;
    case LOAD_DLL_DEBUG_EVENT:
        loaded(event);
        return DBG_CONTINUE;
    case EXIT_PROCESS_DEBUG_EVENT:
        exited(event);
        return DBG_CONTINUE;
    case EXCEPTION_DEBUG_EVENT:
        return excepted(event);
    default:
        return DBG_CONTINUE;
    }
}

static void kill_tree(void)
{
    for (const struct process *process = processes; process; process = process->next)
        TerminateProcess(process->handle, LAB_EXIT_TIMEOUT);
}

/* Until no process of the tree is left. FALSE: the time was over, and what was left has been ended. */
static BOOL follow(DWORD seconds)
{
    ULONGLONG end = GetTickCount64() + 1000ull * seconds;
    BOOL in_time = TRUE;
    DEBUG_EVENT event;

    do {
        if (!WaitForDebugEvent(&event, 1000)) {
            if (seconds && in_time && GetTickCount64() >= end) {
                in_time = FALSE;
                kill_tree();
            }
            continue;
        }
        ContinueDebugEvent(event.dwProcessId, event.dwThreadId, handle(&event));
    } while (processes);
    return in_time;
}

int lab_trace(WCHAR *command_line, DWORD seconds)
{
    STARTUPINFOW startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    DWORD code = LAB_EXIT_FAILED;

    if (!CreateProcessW(NULL, command_line, NULL, NULL, TRUE, DEBUG_PROCESS, NULL, NULL, &startup,
                        &process)) {
        DWORD error = GetLastError();

        fprintf(stderr, "lab: the program was not started: error %lu\n", error);
        return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? LAB_EXIT_FAILED
                                                                              : LAB_EXIT_DENIED;
    }
    if (!follow(seconds)) {
        fprintf(stderr, "lab: the program was ended after %lu s\n", seconds);
        return LAB_EXIT_TIMEOUT;
    }
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}
