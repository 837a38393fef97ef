#include "commands.h"

#include "device.h"
#include "failure.h"
#include "service.h"
#include "status_words.h"

#include <stdio.h>

static int run(const struct vg_arguments *arguments)
{
    struct vg_abi_status status;
    HANDLE device;
    DWORD error;

    (void)arguments;
    if (!vg_service_start())
        return VG_EXIT_ERROR;
    device = vg_device_connect();
    if (device == INVALID_HANDLE_VALUE)
        return VG_EXIT_ERROR;
    error = vg_device_status(device, &status);
    CloseHandle(device);
    if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
        return VG_EXIT_ERROR;
    }
    if (!vg_service_explain_registration(&status))
        return VG_EXIT_ERROR;
    printf("vigil.sys runs: %s.\n", vg_enforcement_sentence(status.enforcement));
    return VG_EXIT_OK;
}

const struct vg_command vg_command_start = {
    .name = "start",
    .summary = "start the driver",
    .usage = "",
    .description =
        "Starts vigil.sys, which was installed with `vigil install`, and says why when it does not start.\n",
    .examples = "  vigil start\n",
    .run = run,
};
