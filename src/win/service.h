/* The driver's service: what the service control manager knows, starting it, stopping it, and why it does not
 * run. */
#ifndef VG_WIN_SERVICE_H
#define VG_WIN_SERVICE_H

#include <vigil/abi.h>

#include <stdbool.h>
#include <windows.h>

#define VG_SERVICE_WIDE L"Vigil"

struct vg_service {
    DWORD state;         /* SERVICE_STOPPED ... SERVICE_RUNNING */
    DWORD start_type;    /* SERVICE_SYSTEM_START, SERVICE_DEMAND_START, SERVICE_DISABLED... */
    DWORD exit_code;     /* Win32 error that the last start or stop ended with */
    wchar_t *image_path; /* as the service control manager keeps it (a native path) */
    wchar_t *file;       /* the same as a Win32 path */
};

/* Returns a Win32 error; ERROR_SERVICE_DOES_NOT_EXIST when Vigil is not installed. Free with vg_service_free.
 */
DWORD vg_service_query(struct vg_service *service);
void vg_service_free(struct vg_service *service);

/* Starts the driver and waits until it runs; at once true when it does already. False after explaining why it
 * does not. */
bool vg_service_start(void);

/* Why a stop did not come about. */
enum vg_stop {
    VG_STOP_DONE,
    VG_STOP_REFUSED, /* the driver goes on as before */
    VG_STOP_PENDING, /* the driver ends as soon as the last handle on its device is closed */
};

/* Stops the driver: ends pended reads, waits for other programs to close the device, then asks the service
 * control manager. Explains anything but VG_STOP_DONE. VG_STOP_DONE at once when it does not run. */
enum vg_stop vg_service_stop(void);

/* Whether the running driver is told of process starts; when it is not, says why, and what is wrong with its
 * file. */
bool vg_service_explain_registration(const struct vg_abi_status *status);

/* Says why the device could not be opened. `error` is CreateFile's. */
void vg_service_explain_absence(DWORD error);

/* "running", "stopped", ... and "system", "demand", "disabled", ... Static. */
const char *vg_service_state_text(DWORD state);
const char *vg_service_start_text(DWORD start_type);

#endif
