#include "launcher.h"

#include <stdio.h>
#include <stdlib.h>

void lab_complain(const char *what, DWORD error)
{
    fprintf(stderr, "lab: %s: error %lu\n", what, error);
}

static int usage(void)
{
    fputs("lab run [--timeout SECONDS] [--no-hook] -- PROGRAM [ARGUMENTS]\n"
          "lab status\n"
          "lab service install NAME PATH GROUP | start NAME | stop NAME [SECONDS] | request-stop NAME | "
          "query NAME | delete NAME\n",
          stderr);
    return LAB_EXIT_USAGE;
}

/* What follows " -- " in the command line, as it was typed. */
static WCHAR *rest_of_command_line(void)
{
    WCHAR *rest = wcsstr(GetCommandLineW(), L" -- ");

    return rest ? rest + 4 : NULL;
}

static int run(int argc, WCHAR **argv)
{
    WCHAR *rest = rest_of_command_line();
    DWORD seconds = 0;
    BOOL hook = TRUE;

    for (int i = 0; i < argc && wcscmp(argv[i], L"--"); i++) {
        if (!wcscmp(argv[i], L"--no-hook"))
            hook = FALSE;
        else if (!wcscmp(argv[i], L"--timeout") && i + 1 < argc)
            seconds = (DWORD)_wtoi(argv[++i]);
        else
            return usage();
    }
    if (!rest)
        return usage();
    if (!lab_report_open()) {
        lab_complain("lab.sys is not loaded", GetLastError());
        return LAB_EXIT_FAILED;
    }
    if (!lab_inject_start(hook)) {
        lab_complain("lab-hook.dll cannot be loaded", GetLastError());
        return LAB_EXIT_FAILED;
    }
    return lab_trace(_wcsdup(rest), seconds);
}

static int print_status(void)
{
    struct lab_status status;

    if (!lab_report_open() || !lab_report_status(&status)) {
        lab_complain("lab.sys is not loaded", GetLastError());
        return LAB_EXIT_FAILED;
    }
    printf("processes %u\nregistered %u\nimages %u\nviolations %u\nstarts %llu\nexits %llu\ndenied "
           "%llu\nunhooked %llu\nstack %llu\n",
           status.processes, status.registered, status.images, status.violations,
           (unsigned long long)status.starts, (unsigned long long)status.exits,
           (unsigned long long)status.denied, (unsigned long long)status.unhooked,
           (unsigned long long)status.stack);
    return 0;
}

int wmain(int argc, WCHAR **argv)
{
    if (argc > 1 && !wcscmp(argv[1], L"run"))
        return run(argc - 2, argv + 2);
    if (argc > 1 && !wcscmp(argv[1], L"status"))
        return print_status();
    if (argc > 2 && !wcscmp(argv[1], L"service"))
        return lab_service(argc - 2, argv + 2);
    return usage();
}
