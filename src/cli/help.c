#include "help.h"

#include <string.h>

void vg_print_program_help(FILE *stream, const struct vg_command *const *commands)
{
    fputs("Usage: vigil COMMAND [OPTIONS] [ARGUMENTS]\n"
          "\n"
          "Decides by rules which programs may start, and shows what they did.\n"
          "\n"
          "Commands:\n",
          stream);
    for (; *commands != NULL; commands++)
        fprintf(stream, "  %-10s %s\n", (*commands)->name, (*commands)->summary);
    fputs(
        "\n"
        "  help COMMAND  says everything about one of them (so does COMMAND --help)\n"
        "  --version     says which version this is\n"
        "\n"
        "Exit codes: 0 done, 1 it could not be done, 2 the command line was wrong; further ones are in the\n"
        "command's help. Colour is used on a terminal only, and not when NO_COLOR is set.\n",
        stream);
}

static void print_option(FILE *stream, const struct vg_option *option)
{
    char left[64];
    size_t length = 0;

    for (const char *name = option->name; *name != '\0' && length < sizeof(left) - 1; name++) {
        char letter = *name == '_' ? '-' : *name;

        left[length++] = (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    snprintf(left + length, sizeof(left) - length, "%s%s", option->value != NULL ? " " : "",
             option->value != NULL ? option->value : "");
    if (option->letter != 0)
        fprintf(stream, "  -%c, --%-26s %s\n", option->letter, left, option->text);
    else
        fprintf(stream, "      --%-26s %s\n", left, option->text);
}

void vg_print_command_help(FILE *stream, const struct vg_command *command)
{
    static const struct vg_option help = {.name = "help", .letter = 'h', .text = "this text"};

    fprintf(stream, "Usage: vigil %s %s\n\n%s\nOptions:\n", command->name, command->usage,
            command->description);
    for (const struct vg_option *option = command->options; option != NULL && option->name != NULL; option++)
        print_option(stream, option);
    print_option(stream, &help);
    if (command->examples != NULL)
        fprintf(stream, "\nExamples:\n%s", command->examples);
    fputs("\nExit codes:\n", stream);
    fputs(command->exit_codes != NULL ? command->exit_codes
                                      : "  0  done\n"
                                        "  1  it could not be done; standard error says why\n"
                                        "  2  the command line was wrong\n",
          stream);
}
