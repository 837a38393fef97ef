#include "launcher.h"

#include <stdio.h>
#include <stdlib.h>

void lab_complain(const char *what, DWORD error)
{
    fprintf(stderr, "lab: %s: error %lu\n", what, error);
}

static int usage(void)
{
    fputs("lab run [--timeout SECONDS] -- PROGRAM [ARGUMENTS]\n"
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
    DWORD seconds = argc > 1 && !wcscmp(argv[0], L"--timeout") ? (DWORD)_wtoi(argv[1]) : 0;
    WCHAR *rest = rest_of_command_line();

    if (!rest)
        return usage();
    if (!lab_report_open()) {
        lab_complain("lab.sys is not loaded", GetLastError());
        return LAB_EXIT_FAILED;
    }
    if (!lab_inject_start()) {
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
           "%llu\nunhooked %llu\n",
           status.processes, status.registered, status.images, status.violations,
           (unsigned long long)status.starts, (unsigned long long)status.exits,
           (unsigned long long)status.denied, (unsigned long long)status.unhooked);
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
