#include "commands.h"

#include "device.h"
#include "failure.h"
#include "policy_file.h"
#include "registry.h"
#include "service.h"
#include "status_words.h"

#include "../cli/event_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Starts the driver when it is installed and stopped. What else can keep it from running, connecting
 * explains. */
static bool start_if_stopped(void)
{
    struct vg_service service = {0};
    bool stopped = !vg_service_query(&service) && service.state == SERVICE_STOPPED;

    vg_service_free(&service);
    if (!stopped)
        return true;
    printf("vigil.sys was not running; starting it.\n");
    fflush(stdout);
    return vg_service_start();
}

static bool send_policy(HANDLE device, const void *blob, size_t size)
{
    struct vg_abi_load_reply reply;
    DWORD received = 0;
    DWORD error;

    memset(&reply, 0, sizeof reply);
    error = vg_device_request(device, VG_IOCTL_LOAD_POLICY, blob, size, &reply, sizeof reply, &received);
    if (received == sizeof reply && reply.check_length) {
        unsigned length = reply.check_length < sizeof reply.check ? reply.check_length : sizeof reply.check;

        vg_complain("the driver refuses the policy: %.*s (at byte %llu of the compiled policy)", (int)length,
                    reply.check, (unsigned long long)reply.offset);
        vg_advise("The policy that was in force still is. Compile this one anew with the vigil.exe that "
                  "belongs to the driver.");
        return false;
    }
    if (error) {
        vg_complain_win32(error, "the driver does not take the policy");
        vg_advise("The policy that was in force still is.");
        return false;
    }
    return true;
}

static bool watch_images(HANDLE device, bool on, bool persist)
{
    struct vg_abi_options options = {.mask = VG_OPTION_WATCH_IMAGES,
                                     .flags = on ? VG_OPTION_WATCH_IMAGES : 0};
    DWORD error = vg_device_request(device, VG_IOCTL_SET_OPTIONS, &options, sizeof options, NULL, 0, NULL);

    if (!error && persist)
        error = vg_parameter_set_number((const wchar_t *)VG_VALUE_WATCH_IMAGES, on);
    if (error)
        vg_complain_win32(error, "the recording of image loads could not be switched %s", on ? "on" : "off");
    return !error;
}

static bool confirm(HANDLE device)
{
    DWORD error = vg_device_request(device, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL);

    if (error)
        vg_complain_win32(error, "the policy is loaded, but this boot could not be confirmed");
    return !error;
}

static bool apply(HANDLE device, const struct vg_arguments *arguments, const void *blob, size_t size)
{
    bool persist = !vg_arguments_flag(arguments, "no-persist");

    if (!send_policy(device, blob, size))
        return false;
    if (persist && !vg_policy_file_persist(blob, size))
        return false;
    if (vg_arguments_flag(arguments, "images") && !watch_images(device, true, persist))
        return false;
    if (vg_arguments_flag(arguments, "no-images") && !watch_images(device, false, persist))
        return false;
    return vg_arguments_flag(arguments, "no-confirm") || confirm(device);
}

static bool say_result(HANDLE device)
{
    struct vg_abi_status status;
    DWORD error = vg_device_status(device, &status);

    if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
        return false;
    }
    if (!vg_service_explain_registration(&status))
        return false;
    printf("Loaded: %u rule%s, SHA-256 ", status.rule_count, status.rule_count == 1 ? "" : "s");
    for (size_t i = 0; i < VG_POLICY_IDENTITY_SIZE; i++)
        printf("%02x", status.policy_identity[i]);
    printf(".\n%s: %s.\n", vg_enforcement_word(status.enforcement),
           vg_enforcement_sentence(status.enforcement));
    return true;
}

static int run(const struct vg_arguments *arguments)
{
    const struct vg_policy_file_options reading = {
        .skip_unsupported = vg_arguments_flag(arguments, "skip-unsupported"),
        .force = vg_arguments_flag(arguments, "force"),
    };
    HANDLE device = INVALID_HANDLE_VALUE;
    bool done = false;
    size_t size;
    void *blob;

    if (vg_arguments_flag(arguments, "images") && vg_arguments_flag(arguments, "no-images")) {
        vg_complain("--images and --no-images exclude each other");
        return VG_EXIT_USAGE;
    }
    if (!vg_policy_file_read(arguments->operands[0], &reading, &blob, &size))
        return VG_EXIT_ERROR;
    if (start_if_stopped())
        device = vg_device_connect();
    if (device != INVALID_HANDLE_VALUE) {
        done = apply(device, arguments, blob, size) && say_result(device);
        CloseHandle(device);
    }
    free(blob);
    return done ? VG_EXIT_OK : VG_EXIT_ERROR;
}

static const struct vg_option options[] = {
    {.name = "persist", .text = "keep it for the next start of the driver too (the default)"},
    {.name = "no-persist", .text = "until the driver stops; at its next start the kept policy holds again"},
    {.name = "images", .text = "record image loads (DLLs, drivers) too"},
    {.name = "no-images", .text = "stop recording them, unless the policy wants it"},
    {.name = "no-confirm", .text = "do not tell the driver that this boot is healthy"},
    {.name = "skip-unsupported", .text = "leave out rules that cannot be enforced, with a warning for each"},
    {.name = "force",
     .text = "load a policy that would keep Windows from starting, or people from logging on"},
    {0},
};

const struct vg_command vg_command_load = {
    .name = "load",
    .summary = "put a policy in force",
    .usage = "POLICY [OPTIONS]",
    .description =
        "POLICY is YAML (docs/policy.md), compiled here with the folders of this machine, or a policy that\n"
        "`vigil compile` made. It replaces the one in force in one step; a policy with an error replaces "
        "nothing.\n"
        "A policy that would deny programs without which Windows does not start is not loaded.\n"
        "The driver is started if it is installed and stopped. A boot in which a policy was loaded counts "
        "as\n"
        "healthy (see `vigil help confirm`).\n",
    .options = options,
    .examples = "  vigil load policy.yaml\n  vigil load policy.vgp --no-persist --images\n",
    .operands_min = 1,
    .operands_max = 1,
    .operand = "POLICY",
    .run = run,
};
