#include "service.h"
#include "log.h"

#define SC_MANAGER_CONNECT_VALUE 0x0001u
#define SERVICE_SET_STATUS_VALUE 0x8000u /* Wine's right for its own hosts */
#define SERVICE_STOP_PENDING     3u

struct service_status {
    ULONG type, state, controls_accepted, win32_exit_code, specific_exit_code, checkpoint, wait_hint;
};

HANDLE NTAPI OpenSCManagerW(PCWSTR, PCWSTR, ULONG);
HANDLE NTAPI OpenServiceW(HANDLE, PCWSTR, ULONG);
LONG NTAPI SetServiceStatus(HANDLE, struct service_status *);
LONG NTAPI CloseServiceHandle(HANDLE);

void lab_service_stop_pending(const UNICODE_STRING *service)
{
    struct service_status status = {.type = SERVICE_KERNEL_DRIVER, .state = SERVICE_STOP_PENDING};
    HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT_VALUE);
    HANDLE handle =
        manager ? OpenServiceW(manager, wcsrchr(service->Buffer, L'\\') + 1, SERVICE_SET_STATUS_VALUE) : NULL;

    if (!handle || !SetServiceStatus(handle, &status))
        lab_log("the service manager cannot be told of the pending unload");
    CloseServiceHandle(handle);
    CloseServiceHandle(manager);
}
