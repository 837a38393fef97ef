#include "service.h"

#include "device.h"
#include "driver_file.h"
#include "failure.h"
#include "paths.h"
#include "registry.h"
#include "wide.h"

#include "../cli/status_text.h"

#include <stdlib.h>
#include <string.h>

#define START_WAIT_MS  30000u
#define STOP_WAIT_MS   30000u
#define READER_WAIT_MS 5000u
#define POLL_MS        50u

static DWORD open_service(DWORD access, SC_HANDLE *service)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    DWORD error;

    if (!manager)
        return GetLastError();
    *service = OpenServiceW(manager, VG_SERVICE_WIDE, access);
    error = *service ? 0 : GetLastError();
    CloseServiceHandle(manager);
    return error;
}

static DWORD query_config(SC_HANDLE handle, struct vg_service *service)
{
    QUERY_SERVICE_CONFIGW *config;
    DWORD size = 0;
    DWORD error = 0;

    if (!QueryServiceConfigW(handle, NULL, 0, &size) && GetLastError() != ERROR_INSUFFICIENT_BUFFER)
        return GetLastError();
    config = vg_allocate(size);
    if (QueryServiceConfigW(handle, config, size, &size)) {
        service->start_type = config->dwStartType;
        service->image_path = vg_wide_join(config->lpBinaryPathName, NULL);
        service->file = vg_path_from_native(service->image_path);
    } else {
        error = GetLastError();
    }
    free(config);
    return error;
}

DWORD vg_service_query(struct vg_service *service)
{
    struct vg_service found = {0};
    SERVICE_STATUS status;
    SC_HANDLE handle;
    DWORD error = open_service(SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG, &handle);

    if (error)
        return error;
    if (QueryServiceStatus(handle, &status)) {
        found.state = status.dwCurrentState;
        found.exit_code = status.dwWin32ExitCode;
        error = query_config(handle, &found);
    } else {
        error = GetLastError();
    }
    CloseServiceHandle(handle);
    if (!error)
        *service = found;
    return error;
}

void vg_service_free(struct vg_service *service)
{
    free(service->image_path);
    free(service->file);
    memset(service, 0, sizeof *service);
}

/* Waits until the service leaves the state `from`; the state it is in then, or `from` when it took too long.
 */
static DWORD wait_beyond(SC_HANDLE handle, DWORD from, DWORD wait_ms, DWORD *exit_code)
{
    SERVICE_STATUS status;

    for (DWORD waited = 0; waited < wait_ms; waited += POLL_MS) {
        if (!QueryServiceStatus(handle, &status))
            break;
        *exit_code = status.dwWin32ExitCode;
        if (status.dwCurrentState != from)
            return status.dwCurrentState;
        Sleep(POLL_MS);
    }
    return from;
}

static void explain_start_failure(DWORD error)
{
    struct vg_service service = {0};

    vg_complain_win32_bare(error, "vigil.sys does not start");
    if (!vg_service_query(&service))
        vg_driver_file_explain(service.file, error);
    vg_service_free(&service);
}

static DWORD start_and_wait(SC_HANDLE handle)
{
    DWORD exit_code = 0;
    DWORD error;

    if (!StartServiceW(handle, 0, NULL)) {
        error = GetLastError();
        return error == ERROR_SERVICE_ALREADY_RUNNING ? 0 : error;
    }
    switch (wait_beyond(handle, SERVICE_START_PENDING, START_WAIT_MS, &exit_code)) {
    case SERVICE_RUNNING:
        return 0;
    case SERVICE_START_PENDING:
        return ERROR_SERVICE_REQUEST_TIMEOUT;
    default:
        return exit_code ? exit_code : ERROR_SERVICE_NOT_ACTIVE;
    }
}

bool vg_service_start(void)
{
    SC_HANDLE handle;
    DWORD error = open_service(SERVICE_START | SERVICE_QUERY_STATUS, &handle);

    if (error) {
        vg_complain_win32(error, "the service Vigil cannot be started");
        return false;
    }
    error = start_and_wait(handle);
    CloseServiceHandle(handle);
    if (error)
        explain_start_failure(error);
    return !error;
}

/* Ends reads and waits in the driver, and waits for others to close the device. True when nobody but us has
 * it open, or it is not there. */
static bool quiesce(void)
{
    struct vg_abi_status status = {0};
    HANDLE device = vg_device_open(0);
    DWORD error;

    if (device == INVALID_HANDLE_VALUE)
        return true;
    error = vg_device_request(device, VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL);
    for (DWORD waited = 0; !error && waited < READER_WAIT_MS; waited += POLL_MS) {
        error = vg_device_status(device, &status);
        if (error || status.readers <= 1)
            break;
        Sleep(POLL_MS);
    }
    if (!error && status.readers > 1) {
        vg_complain("vigil.sys is not stopped: %u other handles on its device are still open",
                    status.readers - 1);
        vg_advise("End the programs that read its events (vigil watch ends by itself), then try again.");
        vg_device_request(device, VG_IOCTL_RESUME, NULL, 0, NULL, 0, NULL);
        CloseHandle(device);
        return false;
    }
    /* A driver that cannot be asked (another version, say) is still stopped if Windows can. */
    CloseHandle(device);
    return true;
}

static void resume(void)
{
    HANDLE device = vg_device_open(0);

    if (device == INVALID_HANDLE_VALUE)
        return;
    vg_device_request(device, VG_IOCTL_RESUME, NULL, 0, NULL, 0, NULL);
    CloseHandle(device);
}

static void explain_refused_stop(DWORD error)
{
    DWORD allowed = 1;

    if (error)
        vg_complain_win32_bare(error, "vigil.sys is not stopped");
    else
        vg_complain("vigil.sys was told to stop, but runs on");
    vg_parameter_number((const wchar_t *)VG_VALUE_ALLOW_UNLOAD, &allowed);
    if (!allowed)
        vg_advise("Its parameter AllowUnload is 0: it can be stopped only by restarting Windows without it.");
    else
        vg_advise("It goes on as before. If a program has \\Device\\Vigil open, end it and try again.");
}

static enum vg_stop stop_and_wait(SC_HANDLE handle)
{
    SERVICE_STATUS status;
    DWORD exit_code = 0;
    DWORD state;

    if (!ControlService(handle, SERVICE_CONTROL_STOP, &status)) {
        DWORD error = GetLastError();

        if (error == ERROR_SERVICE_NOT_ACTIVE)
            return VG_STOP_DONE;
        resume();
        explain_refused_stop(error);
        return VG_STOP_REFUSED;
    }
    state = wait_beyond(handle, SERVICE_STOP_PENDING, STOP_WAIT_MS, &exit_code);
    if (state == SERVICE_STOPPED)
        return VG_STOP_DONE;
    if (state == SERVICE_RUNNING) {
        resume();
        explain_refused_stop(exit_code);
        return VG_STOP_REFUSED;
    }
    vg_complain("vigil.sys has been told to stop but has not within %u seconds", STOP_WAIT_MS / 1000);
    vg_advise("It ends when the last program that has \\Device\\Vigil open ends; until then it cannot be "
              "started again.");
    return VG_STOP_PENDING;
}

enum vg_stop vg_service_stop(void)
{
    enum vg_stop result;
    SERVICE_STATUS status;
    SC_HANDLE handle;
    DWORD error = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS, &handle);

    if (error) {
        vg_complain_win32(error, "the service Vigil cannot be stopped");
        return VG_STOP_REFUSED;
    }
    if (QueryServiceStatus(handle, &status) && status.dwCurrentState == SERVICE_STOPPED)
        result = VG_STOP_DONE;
    else if (!quiesce())
        result = VG_STOP_REFUSED;
    else
        result = stop_and_wait(handle);
    CloseServiceHandle(handle);
    return result;
}

static void explain_service(const struct vg_service *service)
{
    if (service->state == SERVICE_RUNNING) {
        vg_complain("the service Vigil runs, but its device is not there");
        vg_advise("Is another driver installed under that name? `sc qc Vigil` shows its file.");
        return;
    }
    vg_complain("the driver does not run: the service Vigil is %s (start type: %s)",
                vg_service_state_text(service->state), vg_service_start_text(service->start_type));
    if (service->exit_code && service->exit_code != ERROR_SERVICE_NEVER_STARTED) {
        vg_complain_win32_bare(service->exit_code, "its last start or stop ended with");
        vg_driver_file_explain(service->file, service->exit_code);
    } else {
        vg_advise("Start it with: vigil start");
    }
}

void vg_service_explain_absence(DWORD error)
{
    struct vg_service service = {0};

    if (error != ERROR_FILE_NOT_FOUND && error != ERROR_PATH_NOT_FOUND) {
        vg_complain_win32(error, "the device of vigil.sys cannot be opened");
        if (error == ERROR_ACCESS_DENIED)
            vg_advise(
                "Only administrators and the system may: start vigil from a prompt run as administrator.");
        return;
    }
    error = vg_service_query(&service);
    if (error == ERROR_SERVICE_DOES_NOT_EXIST) {
        vg_complain("the driver does not run: Vigil is not installed");
        vg_advise("Install it, as administrator, with: vigil install");
    } else if (error) {
        vg_complain_win32(error, "the driver does not run, and its service cannot be looked at");
    } else {
        explain_service(&service);
    }
    vg_service_free(&service);
}

#define NT_ACCESS_DENIED     0xC0000022u
#define NT_INVALID_PARAMETER 0xC000000Du

bool vg_service_explain_registration(const struct vg_abi_status *status)
{
    uint32_t reason = (uint32_t)status->registration_status;
    struct vg_service service = {0};

    if (status->registered_with)
        return true;
    fputs("vigil: vigil.sys runs, but Windows does not tell it of process starts: ", stderr);
    vg_print_ntstatus(stderr, reason);
    fputc('\n', stderr);
    if ((reason == NT_ACCESS_DENIED || reason == NT_INVALID_PARAMETER) && !vg_service_query(&service))
        vg_driver_file_explain(service.file,
                               reason == NT_ACCESS_DENIED ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER);
    vg_service_free(&service);
    return false;
}

const char *vg_service_state_text(DWORD state)
{
    static const char *const texts[] = {
        [SERVICE_STOPPED] = "stopped",
        [SERVICE_START_PENDING] = "starting",
        [SERVICE_STOP_PENDING] = "stopping",
        [SERVICE_RUNNING] = "running",
        [SERVICE_CONTINUE_PENDING] = "resuming",
        [SERVICE_PAUSE_PENDING] = "pausing",
        [SERVICE_PAUSED] = "paused",
    };

    return state < ARRAYSIZE(texts) && texts[state] ? texts[state] : "in an unknown state";
}

const char *vg_service_start_text(DWORD start_type)
{
    static const char *const texts[] = {
        [SERVICE_BOOT_START] = "boot",     [SERVICE_SYSTEM_START] = "system", [SERVICE_AUTO_START] = "auto",
        [SERVICE_DEMAND_START] = "demand", [SERVICE_DISABLED] = "disabled",
    };

    return start_type < ARRAYSIZE(texts) ? texts[start_type] : "unknown";
}
