/* Reading the policy a command is given, with the options that all such commands share. */
#ifndef VG_CLI_POLICY_SOURCE_H
#define VG_CLI_POLICY_SOURCE_H

#include "command.h"
#include "message.h"

#include "../policy/model.h"

/* Entries of a command's option table. */
#define VG_POLICY_OPTIONS                                                                                    \
    {.name = "windir", .value = "PATH", .text = "what %WINDIR% stands for (C:\\Windows)"},                   \
        {.name = "osdrive", .value = "DRIVE", .text = "what %OSDRIVE% stands for (C:)"},                     \
        {.name = "program-files",                                                                            \
         .value = "PATH",                                                                                    \
         .text = "what %PROGRAMFILES% stands for (C:\\Program Files)"},                                      \
        {.name = "program-files-x86",                                                                        \
         .value = "PATH",                                                                                    \
         .text = "its second meaning (C:\\Program Files (x86))"},                                            \
        {.name = "system32", .value = "PATH", .text = "what %SYSTEM32% stands for (C:\\Windows\\System32)"}, \
        {.name = "syswow64", .value = "PATH", .text = "its second meaning (C:\\Windows\\SysWOW64)"},         \
    {                                                                                                        \
        .name = "skip-unsupported", .text = "leave out Sigma rules that need what is not there yet"          \
    }

/* What the options say, over a Windows that was installed to C: and left alone. When only --windir is given,
 * System32 and SysWOW64 lie below it. `storage` holds what had to be put together, and lives as long as the
 * options. */
struct vg_policy_paths {
    char system32[2][512];
};
bool vg_policy_options(const struct vg_arguments *arguments, struct vg_policy_paths *storage,
                       struct vg_read_options *options);

/* Reads the policy in `file` as the arguments say; problems go to `console`'s stream. VG_EXIT_OK,
 * VG_EXIT_ERROR or (the options were wrong) VG_EXIT_USAGE. */
int vg_read_policy(const struct vg_arguments *arguments, const char *file,
                   struct vg_console_reporter *console, struct vg_model *model);

#endif
