#include "commands.h"

#include "device.h"
#include "failure.h"

#include <stdio.h>

static int run(const struct vg_arguments *arguments)
{
    HANDLE device = vg_device_connect();
    DWORD error;

    (void)arguments;
    if (device == INVALID_HANDLE_VALUE)
        return VG_EXIT_ERROR;
    error = vg_device_request(device, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL);
    CloseHandle(device);
    if (error) {
        vg_complain_win32(error, "this boot could not be confirmed");
        return VG_EXIT_ERROR;
    }
    printf("This boot is confirmed: the whole policy is in force.\n");
    return VG_EXIT_OK;
}

const struct vg_command vg_command_confirm = {
    .name = "confirm",
    .summary = "tell the driver that this boot is healthy",
    .usage = "",
    .description = "After Windows has started, vigil.sys enforces only explicit denials until somebody "
                   "confirms that the machine\n"
                   "is usable; a boot that nobody confirmed makes the next one monitor only. `vigil load` "
                   "confirms too.\n"
                   "Let a scheduled task run it at logon (docs/windows.md).\n",
    .examples = "  vigil confirm\n",
    .run = run,
};
