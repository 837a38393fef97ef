#include "policy_source.h"

#include <string.h>

static const char *value_or(const struct vg_arguments *arguments, const char *name, const char *otherwise)
{
    const char *value = vg_arguments_value(arguments, name);

    return value != NULL ? value : otherwise;
}

/* A folder below --windir, unless it fits no buffer. */
static bool below(char out[512], const char *folder, const char *name)
{
    int length = snprintf(out, 512, "%s\\%s", folder, name);

    return length > 0 && length < 512;
}

bool vg_policy_options(const struct vg_arguments *arguments, struct vg_policy_paths *storage,
                       struct vg_read_options *options)
{
    struct vg_path_variables *variables = &options->variables;
    const char *windir = vg_arguments_value(arguments, "windir");

    *options = (struct vg_read_options){
        .variables = vg_default_path_variables,
        .skip_unsupported = vg_arguments_flag(arguments, "skip-unsupported"),
    };
    if (windir != NULL) {
        if (!below(storage->system32[0], windir, "System32") ||
            !below(storage->system32[1], windir, "SysWOW64")) {
            vg_say_error("--windir is longer than a folder's name can be");
            return false;
        }
        variables->windir = windir;
        variables->system32[0] = storage->system32[0];
        variables->system32[1] = storage->system32[1];
    }
    variables->osdrive = value_or(arguments, "osdrive", variables->osdrive);
    variables->program_files[0] = value_or(arguments, "program-files", variables->program_files[0]);
    variables->program_files[1] = value_or(arguments, "program-files-x86", variables->program_files[1]);
    variables->system32[0] = value_or(arguments, "system32", variables->system32[0]);
    variables->system32[1] = value_or(arguments, "syswow64", variables->system32[1]);
    return true;
}

int vg_read_policy(const struct vg_arguments *arguments, const char *file,
                   struct vg_console_reporter *console, struct vg_model *model)
{
    struct vg_reporter reporter = vg_console_reporter(console);
    struct vg_policy_paths storage;
    struct vg_read_options options;

    if (!vg_policy_options(arguments, &storage, &options))
        return VG_EXIT_USAGE;
    return vg_model_read_file(file, &options, &reporter, model) ? VG_EXIT_OK : VG_EXIT_ERROR;
}
