#include "arguments.h"

#include "message.h"
#include "nearest.h"

#include <stdlib.h>
#include <string.h>

static char plain(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return (char)(letter - 'A' + 'a');
    return letter == '_' ? '-' : letter;
}

bool vg_same_option_name(const char *a, size_t a_length, const char *b)
{
    size_t i = 0;

    while (i < a_length && b[i] != '\0' && plain(a[i]) == plain(b[i]))
        i++;
    return i == a_length && b[i] == '\0';
}

static const struct vg_option *find_long(const struct vg_command *command, const char *name, size_t length)
{
    for (const struct vg_option *option = command->options; option != NULL && option->name != NULL;
         option++) {
        if (vg_same_option_name(name, length, option->name))
            return option;
    }
    return NULL;
}

static const struct vg_option *find_letter(const struct vg_command *command, char letter)
{
    for (const struct vg_option *option = command->options; option != NULL && option->name != NULL;
         option++) {
        if (option->letter == letter)
            return option;
    }
    return NULL;
}

/* Prints a name from an option table the way people type it. */
static void print_option_name(FILE *stream, const char *name)
{
    for (; *name != '\0'; name++)
        fputc(plain(*name), stream);
}

static void complain_unknown(const struct vg_command *command, const char *argument, size_t length)
{
    char word[65] = {0};
    const char *name = argument + strspn(argument, "-");
    const struct vg_option *nearest = NULL;
    unsigned best = ~0u;

    length -= (size_t)(name - argument);
    memcpy(word, name, length < sizeof(word) - 1 ? length : sizeof(word) - 1);
    for (const struct vg_option *option = command->options; option != NULL && option->name != NULL;
         option++) {
        unsigned distance = vg_word_distance(word, option->name);

        if (distance < best) {
            best = distance;
            nearest = option;
        }
    }
    vg_say_error("%s: there is no option %.*s", command->name, (int)(name - argument + (long)length),
                 argument);
    if (nearest != NULL && vg_near_enough(best, strlen(word))) {
        fputs("  did you mean --", stderr);
        print_option_name(stderr, nearest->name);
        fputs("?\n", stderr);
    } else {
        vg_advise("`vigil %s --help` lists its options", command->name);
    }
}

static void give(struct vg_parsed *parsed, const struct vg_option *option, const char *value)
{
    parsed->given[parsed->arguments.given_count++] =
        (struct vg_given_option){.option = option, .value = value};
}

static int complain_value_missing(const struct vg_command *command, const struct vg_option *option)
{
    fprintf(stderr, "vigil: %s: --", command->name);
    print_option_name(stderr, option->name);
    fprintf(stderr, " needs a value: %s\n", option->value);
    return VG_EXIT_USAGE;
}

/* The value that was attached to the option, or else the next argument. */
static const char *take_value(const char *attached, char **argv, int argc, int *index)
{
    if (attached != NULL)
        return attached;
    return *index + 1 < argc ? argv[++*index] : NULL;
}

static int parse_long(const struct vg_command *command, int argc, char **argv, int *index,
                      struct vg_parsed *parsed)
{
    const char *argument = argv[*index];
    size_t length = strcspn(argument, "=");
    const char *attached = argument[length] == '=' ? argument + length + 1 : NULL;
    const struct vg_option *option = find_long(command, argument + 2, length - 2);
    const char *value = NULL;

    if (option == NULL) {
        complain_unknown(command, argument, length);
        return VG_EXIT_USAGE;
    }
    if (option->value != NULL) {
        value = take_value(attached, argv, argc, index);
        if (value == NULL)
            return complain_value_missing(command, option);
    } else if (attached != NULL) {
        vg_say_error("%s: %.*s takes no value", command->name, (int)length, argument);
        return VG_EXIT_USAGE;
    }
    give(parsed, option, value);
    return VG_EXIT_OK;
}

/* One argument of letters: flags, of which the last may be an option with a value. Each letter of it gives
 * one option, and `given` has room for as many. */
static int parse_letters(const struct vg_command *command, int argc, char **argv, int *index,
                         struct vg_parsed *parsed)
{
    for (const char *letter = argv[*index] + 1; *letter != '\0'; letter++) {
        const struct vg_option *option = find_letter(command, *letter);
        const char *value;

        if (option == NULL) {
            const char unknown[] = {'-', *letter, '\0'};

            complain_unknown(command, unknown, 2);
            return VG_EXIT_USAGE;
        }
        if (option->value == NULL) {
            give(parsed, option, NULL);
            continue;
        }
        value = take_value(letter[1] != '\0' ? letter + 1 : NULL, argv, argc, index);
        if (value == NULL)
            return complain_value_missing(command, option);
        give(parsed, option, value);
        break;
    }
    return VG_EXIT_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

static int check_operands(const struct vg_command *command, const struct vg_arguments *arguments)
{
    if (arguments->operand_count < command->operands_min) {
        vg_say_error("%s: %s is missing", command->name, command->operand);
        vg_advise("usage: vigil %s %s", command->name, command->usage);
        return VG_EXIT_USAGE;
    }
    if (arguments->operand_count > command->operands_max) {
        vg_say_error("%s: too many arguments, beginning with %s", command->name,
                     arguments->operands[command->operands_max]);
        vg_advise("usage: vigil %s %s", command->name, command->usage);
        return VG_EXIT_USAGE;
    }
    return VG_EXIT_OK;
}

static size_t count_letters(int argc, char **argv)
{
    size_t letters = 1;

    for (int i = 0; i < argc; i++)
        letters += argv[i][0] == '-' && argv[i][1] != '-' ? strlen(argv[i]) : 1;
    return letters;
}

int vg_parse_arguments(const struct vg_command *command, int argc, char **argv, struct vg_parsed *parsed)
{
    int result = VG_EXIT_OK;
    int i;

    *parsed = (struct vg_parsed){.help = asks_for_help(argc, argv)};
    if (parsed->help)
        return VG_EXIT_OK;
    parsed->given = calloc(count_letters(argc, argv), sizeof(*parsed->given));
    parsed->operands = calloc((size_t)argc + 1, sizeof(*parsed->operands));
    if (parsed->given == NULL || parsed->operands == NULL) {
        vg_say_error("out of memory");
        return VG_EXIT_ERROR;
    }
    parsed->arguments.command = command;
    parsed->arguments.given = parsed->given;
    parsed->arguments.operands = parsed->operands;
    for (i = 0; i < argc && strcmp(argv[i], "--") != 0 && result == VG_EXIT_OK; i++) {
        if (argv[i][0] == '-' && argv[i][1] == '-')
            result = parse_long(command, argc, argv, &i, parsed);
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            result = parse_letters(command, argc, argv, &i, parsed);
        else
            parsed->operands[parsed->arguments.operand_count++] = argv[i];
    }
    for (i++; i < argc && result == VG_EXIT_OK; i++)
        parsed->operands[parsed->arguments.operand_count++] = argv[i];
    return result == VG_EXIT_OK ? check_operands(command, &parsed->arguments) : result;
}

void vg_parsed_free(struct vg_parsed *parsed)
{
    free(parsed->given);
    free(parsed->operands);
}

bool vg_arguments_flag(const struct vg_arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->given_count; i++) {
        if (vg_same_option_name(name, strlen(name), arguments->given[i].option->name))
            return true;
    }
    return false;
}

const char *vg_arguments_value(const struct vg_arguments *arguments, const char *name)
{
    for (size_t i = arguments->given_count; i-- > 0;) {
        if (vg_same_option_name(name, strlen(name), arguments->given[i].option->name))
            return arguments->given[i].value;
    }
    return NULL;
}
