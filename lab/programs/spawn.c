/* spawn [-n COUNT] [-j AT-ONCE] [-p PARENT-PID] [-l LENGTH] -- PROGRAM [ARGUMENTS]
 *
 * Starts the program COUNT times, AT-ONCE at a time, and waits for each. Prints, for each start, "started: 0
 * exit N" or "started: ERROR" (Win32), or for more than one the sums. -p names another process as the parent
 * (PROC_THREAD_ATTRIBUTE_PARENT_PROCESS); -l makes the command line that many characters long. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

struct options {
    DWORD count, at_once, parent, length;
    WCHAR *command_line;
};

struct result {
    DWORD error, exit_code;
};

static LONG started, failed, last_error;
static LONG remaining;

static struct options read_options(int argc, WCHAR **argv)
{
    struct options options = {.count = 1, .at_once = 1};
    WCHAR *rest = wcsstr(GetCommandLineW(), L" -- ");

    for (int i = 1; i + 1 < argc && argv[i][0] == L'-' && argv[i][1] != L'-'; i += 2) {
        DWORD value = wcstoul(argv[i + 1], NULL, 0);

        switch (argv[i][1]) {
        case L'n':
            options.count = value;
            break;
        case L'j':
            options.at_once = value;
            break;
        case L'p':
            options.parent = value;
            break;
        case L'l':
            options.length = value;
            break;
        default:
            break;
        }
    }
    options.command_line = rest ? rest + 4 : NULL;
    return options;
}

/* A copy that CreateProcess may write to, filled up to the length wanted. */
static WCHAR *copy_command_line(const struct options *options)
{
    size_t length = wcslen(options->command_line),
           wanted = length > options->length ? length : options->length;
    WCHAR *copy = calloc(wanted + 1, sizeof(WCHAR));

    wcscpy(copy, options->command_line);
    if (length < wanted)
        copy[length++] = L' ';
    while (length < wanted)
        copy[length++] = L'x';
    return copy;
}

/* An attribute list that names the parent; NULL when none is wanted. */
static LPPROC_THREAD_ATTRIBUTE_LIST name_parent(HANDLE *parent)
{
    SIZE_T size = 0;
    LPPROC_THREAD_ATTRIBUTE_LIST list;

    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    list = malloc(size);
    InitializeProcThreadAttributeList(list, 1, 0, &size);
    UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, parent, sizeof(*parent), NULL,
                              NULL);
    return list;
}

static struct result start_once(const struct options *options)
{
    STARTUPINFOEXW startup = {.StartupInfo.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    struct result result = {0};
    HANDLE parent = options->parent ? OpenProcess(PROCESS_ALL_ACCESS, FALSE, options->parent) : NULL;
    WCHAR *command_line = copy_command_line(options);

    if (parent)
        startup.lpAttributeList = name_parent(&parent);
    if (CreateProcessW(NULL, command_line, NULL, NULL, TRUE, parent ? EXTENDED_STARTUPINFO_PRESENT : 0, NULL,
                       NULL, &startup.StartupInfo, &process)) {
        WaitForSingleObject(process.hProcess, INFINITE);
        GetExitCodeProcess(process.hProcess, &result.exit_code);
        CloseHandle(process.hProcess);
        CloseHandle(process.hThread);
    } else {
        result.error = GetLastError();
    }
    free(command_line);
    return result;
}

/* Wine itself, without the lab, now and then fails to bring a new process to life (one in some thousands, as
 * ERROR_INTERNAL_ERROR, before anybody is told of it). That says nothing about Vigil, so it is tried again.
 */
static struct result start(const struct options *options)
{
    struct result result = start_once(options);

    for (int again = 0; again < 3 && result.error == ERROR_INTERNAL_ERROR; again++)
        result = start_once(options);
    return result;
}

static DWORD WINAPI start_many(void *options)
{
    while (InterlockedDecrement(&remaining) >= 0) {
        struct result result = start(options);

        InterlockedIncrement(result.error ? &failed : &started);
        if (result.error)
            InterlockedExchange(&last_error, (LONG)result.error);
    }
    return 0;
}

int wmain(int argc, WCHAR **argv)
{
    struct options options = read_options(argc, argv);
    HANDLE threads[MAXIMUM_WAIT_OBJECTS];
    DWORD count = options.at_once < MAXIMUM_WAIT_OBJECTS ? options.at_once : MAXIMUM_WAIT_OBJECTS;

    if (!options.command_line)
        return 2;
    if (options.count == 1) {
        struct result result = start(&options);

        if (result.error)
            printf("started: %lu\n", result.error);
        else
            printf("started: 0 exit %lu\n", result.exit_code);
        return result.error ? 1 : 0;
    }
    remaining = (LONG)options.count;
    for (DWORD i = 0; i < count; i++)
        threads[i] = CreateThread(NULL, 0, start_many, &options, 0, NULL);
    WaitForMultipleObjects(count, threads, TRUE, INFINITE);
    printf("started %ld failed %ld error %ld\n", started, failed, last_error);
    return failed ? 1 : 0;
}
