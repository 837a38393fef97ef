/* Kernel services: what `sc` does, with Windows' error numbers as the answer. */
#include "launcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <winsvc.h>

static int answer(const char *what, BOOL done)
{
    DWORD error = done ? 0 : GetLastError();

    printf("%s: %lu\n", what, error);
    return done ? 0 : 1;
}

static int install(SC_HANDLE manager, const WCHAR *name, const WCHAR *path, const WCHAR *group)
{
    SC_HANDLE service =
        CreateServiceW(manager, name, name, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER, SERVICE_DEMAND_START,
                       SERVICE_ERROR_NORMAL, path, group, NULL, NULL, NULL, NULL);

    return answer("install", service != NULL);
}

/* Waits until the service has ended; a driver with open handles never does. */
static BOOL wait_stopped(SC_HANDLE service, DWORD seconds)
{
    SERVICE_STATUS status;

    for (DWORD i = 0; i < seconds * 50; i++) {
        if (!QueryServiceStatus(service, &status))
            return FALSE;
        if (status.dwCurrentState == SERVICE_STOPPED)
            return TRUE;
        Sleep(20);
    }
    SetLastError(ERROR_TIMEOUT);
    return FALSE;
}

static int query(SC_HANDLE service)
{
    static const char *const states[] = {"?",       "stopped",    "start-pending", "stop-pending",
                                         "running", "continuing", "pausing",       "paused"};
    SERVICE_STATUS status;

    if (!QueryServiceStatus(service, &status))
        return answer("query", FALSE);
    printf("%s\n", states[status.dwCurrentState < 8 ? status.dwCurrentState : 0]);
    return 0;
}

static int on_service(const WCHAR *verb, SC_HANDLE service, DWORD seconds)
{
    SERVICE_STATUS status;

    if (!wcscmp(verb, L"start"))
        return answer("start", StartServiceW(service, 0, NULL));
    if (!wcscmp(verb, L"stop"))
        return answer("stop", ControlService(service, SERVICE_CONTROL_STOP, &status) &&
                                  wait_stopped(service, seconds));
    if (!wcscmp(verb, L"request-stop"))
        return answer("request-stop", ControlService(service, SERVICE_CONTROL_STOP, &status));
    if (!wcscmp(verb, L"delete"))
        return answer("delete", DeleteService(service));
    if (!wcscmp(verb, L"query"))
        return query(service);
    return LAB_EXIT_USAGE;
}

/* service install NAME PATH GROUP | start NAME | stop NAME [SECONDS] | request-stop NAME | query NAME |
 * delete NAME */
int lab_service(int argc, WCHAR **argv)
{
    SC_HANDLE manager, service;

    if (argc < 2)
        return LAB_EXIT_USAGE;
    manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    if (!manager)
        return answer("service manager", FALSE);
    if (argc == 4 && !wcscmp(argv[0], L"install"))
        return install(manager, argv[1], argv[2], argv[3]);
    service = OpenServiceW(manager, argv[1], SERVICE_ALL_ACCESS);
    if (!service)
        return answer("open", FALSE);
    return on_service(argv[0], service, argc > 2 ? (DWORD)_wtoi(argv[2]) : 10);
}
