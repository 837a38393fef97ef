#include "commands.h"

#include "device.h"
#include "failure.h"
#include "service.h"
#include "status_words.h"

#include <stdio.h>

static int confirm_and_say(HANDLE device, bool confirm)
{
    struct vg_abi_status status;
    DWORD error = confirm ? vg_device_request(device, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL) : 0;

    if (error) {
        vg_complain_win32(error, "vigil.sys runs, but this boot could not be confirmed");
        return VG_EXIT_ERROR;
    }
    error = vg_device_status(device, &status);
    if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
        return VG_EXIT_ERROR;
    }
    if (!vg_service_explain_registration(&status))
        return VG_EXIT_ERROR;
    printf("vigil.sys runs: %s.\n", vg_enforcement_sentence(status.enforcement));
    return VG_EXIT_OK;
}

static int run(const struct vg_arguments *arguments)
{
    HANDLE device;
    int result;

    if (!vg_service_start())
        return VG_EXIT_ERROR;
    device = vg_device_connect();
    if (device == INVALID_HANDLE_VALUE)
        return VG_EXIT_ERROR;
    result = confirm_and_say(device, !vg_arguments_flag(arguments, "no-confirm"));
    CloseHandle(device);
    return result;
}

static const struct vg_option options[] = {
    {.name = "no-confirm",
     .text = "do not tell the driver that this boot is healthy (see `vigil help confirm`)"},
    {0},
};

const struct vg_command vg_command_start = {
    .name = "start",
    .summary = "start the driver",
    .usage = "[--no-confirm]",
    .description = "Starts vigil.sys, which was installed with `vigil install`, with the policy that was "
                   "kept, and says why when\n"
                   "it does not start. Whoever starts it by hand has a machine that is usable: the boot "
                   "counts as healthy.\n",
    .options = options,
    .examples = "  vigil start\n",
    .run = run,
};
