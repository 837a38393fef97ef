/* What --help prints, made from the same tables that the command line is read by. */
#ifndef VG_CLI_HELP_H
#define VG_CLI_HELP_H

#include "command.h"

#include <stdio.h>

void vg_print_program_help(FILE *stream, const struct vg_command *const *commands);
void vg_print_command_help(FILE *stream, const struct vg_command *command);

#endif
