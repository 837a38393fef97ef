/* The tool's commands. One file per command defines one `const struct vg_command`; the program lists those it
 * has in a table and hands it to vg_cli_main, which does what all commands share: finding the command,
 * reading options, --help, and complaining about what it does not know. Hosted, platform-neutral; all text is
 * UTF-8. */
#ifndef VG_CLI_COMMAND_H
#define VG_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* What every command's exit code means. Scripts rest on these: never renumber. */
enum vg_exit {
    VG_EXIT_OK = 0,
    VG_EXIT_ERROR = 1, /* what was asked could not be done; stderr says why */
    VG_EXIT_USAGE = 2, /* the command line was wrong; nothing was done */
    VG_EXIT_DENY = 3,  /* explain, replay: a start would be denied */
    VG_EXIT_ASK = 4,   /* explain, replay: the policy would ask */
};

/* One option. Names are compared without case and with `_` like `-`, so that a table generated from VG_FIELDS
 * needs no spelling of its own. A list ends with an entry whose name is NULL. */
struct vg_option {
    const char *name;  /* without the dashes */
    char letter;       /* -x, or 0 */
    const char *value; /* what stands for the value in the help (FILE); NULL: a flag that takes none */
    const char *text;  /* one line of help */
};

struct vg_given_option {
    const struct vg_option *option;
    const char *value; /* NULL for a flag */
};

struct vg_command;

/* A command line as it was understood: every option is one of the command's, every value is there, and the
 * number of operands lies within the command's limits. Lives during `run`. */
struct vg_arguments {
    const struct vg_command *command;
    const struct vg_given_option *given; /* in the order given */
    size_t given_count;
    const char *const *operands;
    size_t operand_count;
};

struct vg_command {
    const char *name;
    const char *summary;             /* one line in `vigil help`, no full stop */
    const char *usage;               /* what follows the name: "POLICY -o FILE" */
    const char *description;         /* paragraphs of the help, newline at the end */
    const struct vg_option *options; /* may be NULL; --help is understood anyway */
    const char *examples;   /* lines, each a command with its two leading spaces; newline at the end */
    const char *exit_codes; /* the same for "0  allowed"; NULL: only OK, ERROR and USAGE */
    size_t operands_min;
    size_t operands_max;
    const char *operand;                              /* what an operand is called in complaints: "POLICY" */
    int (*run)(const struct vg_arguments *arguments); /* returns enum vg_exit */
};

/* Runs the command that argv names among `commands` (ends with NULL; their order is that of the help) and
 * returns the program's exit code. `argv` is UTF-8: on Windows the caller converts wmain's. */
int vg_cli_main(int argc, char **argv, const struct vg_command *const *commands);

/* Whether an option was given, and its value (the last one, when given more than once); NULL when it was not
 * given. */
bool vg_arguments_flag(const struct vg_arguments *arguments, const char *name);
const char *vg_arguments_value(const struct vg_arguments *arguments, const char *name);

/* The commands that are the same on every platform. */
extern const struct vg_command vg_command_check;
extern const struct vg_command vg_command_compile;
extern const struct vg_command vg_command_explain;
extern const struct vg_command vg_command_hash;
extern const struct vg_command vg_command_import;
extern const struct vg_command vg_command_inspect;
extern const struct vg_command vg_command_learn;
extern const struct vg_command vg_command_replay;

#endif
