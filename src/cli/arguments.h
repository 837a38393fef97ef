/* From argv to struct vg_arguments. */
#ifndef VG_CLI_ARGUMENTS_H
#define VG_CLI_ARGUMENTS_H

#include "command.h"

struct vg_parsed {
    struct vg_arguments arguments;
    struct vg_given_option *given; /* malloc'ed, what `arguments` points to */
    const char **operands;
    bool help; /* --help was given: nothing else was checked */
};

/* Reads what follows the command's name: `--name value`, `--name=value`, `-x value`, `-xvalue`, flags `-xy`,
 * and `--`, after which all are operands. A single `-` is an operand. Returns VG_EXIT_OK, or VG_EXIT_USAGE
 * after a complaint; free with vg_parsed_free in either case. */
int vg_parse_arguments(const struct vg_command *command, int argc, char **argv, struct vg_parsed *parsed);
void vg_parsed_free(struct vg_parsed *parsed);

/* Whether two option names are the same: without case, `_` like `-`. */
bool vg_same_option_name(const char *a, size_t a_length, const char *b);

#endif
