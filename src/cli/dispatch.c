#include "arguments.h"
#include "command.h"
#include "help.h"
#include "message.h"
#include "nearest.h"

#include <stdio.h>
#include <string.h>

static const struct vg_command *find_command(const struct vg_command *const *commands, const char *name)
{
    for (; *commands != NULL; commands++) {
        if (strcmp((*commands)->name, name) == 0)
            return *commands;
    }
    return NULL;
}

static int complain_unknown_command(const struct vg_command *const *commands, const char *name)
{
    const struct vg_command *nearest = NULL;
    unsigned best = ~0u;

    for (; *commands != NULL; commands++) {
        unsigned distance = vg_word_distance(name, (*commands)->name);

        if (distance < best) {
            best = distance;
            nearest = *commands;
        }
    }
    vg_say_error("there is no command %s", name);
    if (nearest != NULL && vg_near_enough(best, strlen(name)))
        vg_advise("did you mean %s?", nearest->name);
    else
        vg_advise("`vigil help` lists the commands");
    return VG_EXIT_USAGE;
}

/* Standard output may be a full disk or a closed pipe: an exit code of 0 must not hide it. */
static int finish(int result)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        vg_say_errno("cannot write", "standard output");
        return VG_EXIT_ERROR;
    }
    return result;
}

static int run_command(const struct vg_command *command, int argc, char **argv)
{
    struct vg_parsed parsed;
    int result = vg_parse_arguments(command, argc, argv, &parsed);

    if (result == VG_EXIT_OK && parsed.help)
        vg_print_command_help(stdout, command);
    else if (result == VG_EXIT_OK)
        result = command->run(&parsed.arguments);
    vg_parsed_free(&parsed);
    return finish(result);
}

static int run_help(int argc, char **argv, const struct vg_command *const *commands)
{
    const struct vg_command *command;

    if (argc == 0 || strcmp(argv[0], "--help") == 0) {
        vg_print_program_help(stdout, commands);
        return finish(VG_EXIT_OK);
    }
    command = find_command(commands, argv[0]);
    if (command == NULL)
        return complain_unknown_command(commands, argv[0]);
    vg_print_command_help(stdout, command);
    return finish(VG_EXIT_OK);
}

int vg_cli_main(int argc, char **argv, const struct vg_command *const *commands)
{
    const struct vg_command *command;

    if (argc < 2) {
        vg_print_program_help(stderr, commands);
        return VG_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "version") == 0) {
        printf("vigil %s\n", VG_VERSION);
        return finish(VG_EXIT_OK);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return run_help(argc - 2, argv + 2, commands);
    command = find_command(commands, argv[1]);
    if (command == NULL)
        return complain_unknown_command(commands, argv[1]);
    return run_command(command, argc - 2, argv + 2);
}
