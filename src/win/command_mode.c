#include "commands.h"

#include "device.h"
#include "failure.h"
#include "status_words.h"

#include <stdio.h>
#include <string.h>

static bool parse_mode(const char *word, uint32_t *mode)
{
    for (uint32_t value = VG_MODE_AS_POLICY; value <= VG_MODE_FORCE_ENFORCE; value++) {
        if (strcmp(word, vg_override_word(value)) == 0) {
            *mode = value;
            return true;
        }
    }
    return false;
}

static int set_mode(HANDLE device, uint32_t override_mode)
{
    struct vg_abi_mode mode = {.override_mode = override_mode};
    struct vg_abi_status status;
    DWORD error = vg_device_request(device, VG_IOCTL_SET_MODE, &mode, sizeof mode, NULL, 0, NULL);

    if (!error)
        error = vg_device_status(device, &status);
    if (error) {
        vg_complain_win32(error, "the mode could not be set");
        return VG_EXIT_ERROR;
    }
    printf("Mode %s: %s.\n", vg_override_word(override_mode), vg_enforcement_sentence(status.enforcement));
    return VG_EXIT_OK;
}

static int run(const struct vg_arguments *arguments)
{
    uint32_t mode;
    HANDLE device;
    int result;

    if (!parse_mode(arguments->operands[0], &mode)) {
        vg_complain("there is no mode \"%s\"", arguments->operands[0]);
        vg_advise("It is one of: monitor, enforce, policy.");
        return VG_EXIT_USAGE;
    }
    device = vg_device_connect();
    if (device == INVALID_HANDLE_VALUE)
        return VG_EXIT_ERROR;
    result = set_mode(device, mode);
    CloseHandle(device);
    return result;
}

const struct vg_command vg_command_mode = {
    .name = "mode",
    .summary = "enforce, only monitor, or do as the policy says",
    .usage = "monitor|enforce|policy",
    .description = "Until the driver stops:\n"
                   "  monitor  decide and record, block nothing\n"
                   "  enforce  block, although the policy says monitor\n"
                   "  policy   as the policy says\n"
                   "Safe mode, a missing policy and a failed boot stay stronger than enforce.\n",
    .examples = "  vigil mode monitor\n",
    .operands_min = 1,
    .operands_max = 1,
    .operand = "monitor|enforce|policy",
    .run = run,
};
