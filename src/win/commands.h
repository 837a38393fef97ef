/* The commands that vigil has only on Windows: one file each. */
#ifndef VG_WIN_COMMANDS_H
#define VG_WIN_COMMANDS_H

#include "../cli/command.h"

extern const struct vg_command vg_command_install;
extern const struct vg_command vg_command_uninstall;
extern const struct vg_command vg_command_load;
extern const struct vg_command vg_command_mode;
extern const struct vg_command vg_command_confirm;
extern const struct vg_command vg_command_status;
extern const struct vg_command vg_command_start;
extern const struct vg_command vg_command_stop;
extern const struct vg_command vg_command_watch;

#endif
