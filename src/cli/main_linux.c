#include "command.h"

int main(int argc, char **argv)
{
    static const struct vg_command *const commands[] = {
        &vg_command_check, &vg_command_compile, &vg_command_explain,
        &vg_command_hash,  &vg_command_import,  &vg_command_inspect,
        &vg_command_learn, &vg_command_replay,  NULL,
    };

    return vg_cli_main(argc, argv, commands);
}
