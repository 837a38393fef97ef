#include "policy_file.h"

#include "failure.h"
#include "paths.h"
#include "registry.h"
#include "wide.h"

#include "../cli/atomic_file.h"
#include "../cli/whole_file.h"
#include "../policy/blob.h"
#include "../policy/lint_starts.h"

#include <vigil/abi.h>

#include <stdlib.h>
#include <string.h>

static bool is_compiled(const uint8_t *bytes, size_t size)
{
    return size >= strlen(VG_BLOB_MAGIC) && memcmp(bytes, VG_BLOB_MAGIC, strlen(VG_BLOB_MAGIC)) == 0;
}

/* Whether the policy may be put in force as far as Windows itself goes. What is doubtful is told in any case.
 */
static bool lets_windows_start(const struct vg_model *model, const void *blob, size_t size,
                               const struct vg_path_variables *variables, bool force)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_lint_starts found;

    if (!vg_lint_starts(model, blob, size, variables, &reporter, &found))
        return false;
    if (found.locked_out == 0 || model->mode != VG_MODE_ENFORCE || force)
        return true;
    vg_complain("not loaded: in force, this policy lets no Windows start, or nobody log on");
    vg_advise("The policy that was in force still is. Mend what is warned of above, try it with "
              "`mode: monitor`, or load it with --force.");
    return false;
}

static bool compile(const char *file, const struct vg_policy_file_options *options, void **blob, size_t *size)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_read_options reading = {.skip_unsupported = options->skip_unsupported};
    struct vg_model model;
    bool compiled;

    vg_path_variables_here(&reading.variables);
    if (!vg_model_read_file(file, &reading, &reporter, &model))
        return false;
    compiled = vg_model_compile(&model, &reporter, blob, size);
    if (compiled && !lets_windows_start(&model, *blob, *size, &reading.variables, options->force)) {
        free(*blob);
        compiled = false;
    }
    vg_model_free(&model);
    return compiled;
}

bool vg_policy_file_read(const char *file, const struct vg_policy_file_options *options, void **blob,
                         size_t *size)
{
    size_t length;
    uint8_t *bytes;

    if (!vg_read_whole_file(file, VG_POLICY_SIZE_MAX, &bytes, &length))
        return false;
    if (is_compiled(bytes, length)) {
        *blob = bytes;
        *size = length;
        return true;
    }
    /* Read again by the reader, which knows how to resolve what a policy includes. */
    free(bytes);
    return compile(file, options, blob, size);
}

static char *policy_path(void)
{
    wchar_t *native;
    wchar_t *path;
    char *utf8;

    if (vg_parameter_text((const wchar_t *)VG_VALUE_POLICY_PATH, &native))
        native = vg_wide_join(VG_NATIVE_POLICY, NULL);
    path = vg_path_from_native(native);
    utf8 = vg_utf8(path);
    free(native);
    free(path);
    return utf8;
}

bool vg_policy_file_persist(const void *blob, size_t size)
{
    char *path = policy_path();
    bool done = vg_write_file(path, blob, size);

    free(path);
    if (!done)
        vg_advise("The policy is in force now, but not kept for the next start of the driver.");
    return done;
}
