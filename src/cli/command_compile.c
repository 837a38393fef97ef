#include "atomic_file.h"
#include "command.h"
#include "message.h"
#include "policy_source.h"
#include "visible.h"

#include <vigil/policy.h>

#include <stdlib.h>
#include <string.h>

/* The driver validates what it is given; so that nobody learns of a defect there, the same validation comes
 * first here. */
static bool inspect_blob(const void *blob, size_t size, struct vg_policy_info *info)
{
    struct vg_blob_error error = {0};
    struct vg_policy policy;

    if (!vg_policy_open(&policy, blob, size, &error)) {
        vg_say_error("the compiled policy does not pass its own validation: %s at offset %zu", error.check,
                     error.offset);
        vg_advise("this is a defect of vigil; please report it with the policy");
        return false;
    }
    vg_policy_info(&policy, info);
    return true;
}

static int write_blob(const char *output, const void *blob, size_t size)
{
    struct vg_policy_info info;

    if (!inspect_blob(blob, size, &info) || !vg_write_file(output, blob, size))
        return VG_EXIT_ERROR;
    vg_print_visible(stdout, output, strlen(output));
    printf(": %zu bytes, %u rule%s, identity ", size, (unsigned)info.rule_count,
           info.rule_count == 1 ? "" : "s");
    for (size_t i = 0; i < VG_POLICY_IDENTITY_SIZE; i++)
        printf("%02x", info.identity[i]);
    putchar('\n');
    return VG_EXIT_OK;
}

static int run(const struct vg_arguments *arguments)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    const char *output = vg_arguments_value(arguments, "output");
    struct vg_model model;
    void *blob = NULL;
    size_t size = 0;
    int result;

    if (output == NULL) {
        vg_say_error("compile: -o FILE is missing");
        vg_advise("usage: vigil compile %s", arguments->command->usage);
        return VG_EXIT_USAGE;
    }
    result = vg_read_policy(arguments, arguments->operands[0], &console, &model);
    if (result != VG_EXIT_OK)
        return result;
    result = VG_EXIT_ERROR;
    if (vg_model_compile(&model, &reporter, &blob, &size))
        result = write_blob(output, blob, size);
    free(blob);
    vg_model_free(&model);
    return result;
}

static const struct vg_option options[] = {
    {.name = "output", .letter = 'o', .value = "FILE", .text = "where the compiled policy goes"},
    VG_POLICY_OPTIONS,
    {0},
};

const struct vg_command vg_command_compile = {
    .name = "compile",
    .summary = "makes a policy into what the driver reads",
    .usage = "POLICY -o FILE [OPTIONS]",
    .description =
        "Compiles a policy and everything it includes into one file that the driver validates and loads. The "
        "same\n"
        "policy gives the same bytes, and so the same identity. FILE is replaced in one step: it holds the "
        "old\n"
        "policy or the new one, whatever happens.\n"
        "\n"
        "A policy's path variables get their values now. They are those of a Windows that was installed to "
        "C:;\n"
        "the options say otherwise. (`vigil load`, on Windows, takes those of the machine it runs on.)\n",
    .options = options,
    .examples = "  vigil compile policy.yaml -o policy.vigil\n"
                "  vigil compile policy.yaml -o d.vigil --windir 'D:\\Windows' --osdrive D:\n",
    .exit_codes = "  0  it was compiled and written\n"
                  "  1  the policy has errors, or FILE could not be written; FILE is as it was\n"
                  "  2  the command line was wrong\n",
    .operands_min = 1,
    .operands_max = 1,
    .operand = "POLICY",
    .run = run,
};
