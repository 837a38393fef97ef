/* vigil.exe: the commands of every platform and those of Windows. */
#include "commands.h"
#include "console.h"
#include "wide.h"

#include <windows.h>

static const struct vg_command *const commands[] = {
    &vg_command_check,     &vg_command_compile, &vg_command_explain,
    &vg_command_hash,      &vg_command_import,  &vg_command_inspect,
    &vg_command_learn,     &vg_command_replay,  &vg_command_install,
    &vg_command_uninstall, &vg_command_start,   &vg_command_stop,
    &vg_command_load,      &vg_command_mode,    &vg_command_confirm,
    &vg_command_status,    &vg_command_watch,   NULL,
};

int wmain(int argc, wchar_t **wide)
{
    char **argv = vg_allocate(sizeof *argv * ((size_t)argc + 1));

    /* DLLs come from System32 or not at all, not from the folder that somebody lured us into. */
    SetDllDirectoryW(L"");
    vg_console_begin();
    for (int i = 0; i < argc; i++)
        argv[i] = vg_utf8(wide[i]);
    return vg_cli_main(argc, argv, commands);
}
