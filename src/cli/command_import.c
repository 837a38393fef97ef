#include "atomic_file.h"
#include "command.h"
#include "import.h"
#include "message.h"
#include "whole_file.h"

#include "../policy/arena.h"

#include <stdlib.h>
#include <string.h>

static const struct format {
    const char *name;
    bool (*read)(struct vg_import *import, const struct vg_xml *root);
} formats[] = {
    {"applocker", vg_import_applocker},
    {"wdac", vg_import_wdac},
};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(name, formats[i].name) == 0)
            return &formats[i];
    vg_say_error("import: %s is not a format", name);
    vg_advise("formats: applocker, wdac");
    return NULL;
}

/* The SIDs that --user names. */
static bool read_users(const struct vg_arguments *arguments, struct vg_import *import)
{
    const char **users = vg_arena_array(import->arena, arguments->given_count, sizeof *users);

    for (size_t i = 0; users != NULL && i < arguments->given_count; i++)
        if (strcmp(arguments->given[i].option->name, "user") == 0)
            users[import->user_count++] = arguments->given[i].value;
    import->users = users;
    return users != NULL;
}

/* Nothing is written that vigil would not read. */
static bool read_again(const struct vg_import *import, const struct vg_buffer *text)
{
    struct vg_console_reporter console = {.stream = stderr, .quiet_warnings = true};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;

    if (vg_model_read_text("translation", (const char *)text->bytes, text->size, &options, &reporter,
                           &model)) {
        vg_model_free(&model);
        return true;
    }
    vg_say_error("the translation of %s is not a policy that vigil reads", import->file);
    vg_advise("this is a defect of vigil; please report it with the file");
    return false;
}

/* A policy that denies what the original allows deserves a word before it is loaded. */
static void warn(const struct vg_import *import)
{
    const struct vg_import_rule *rules = VG_BUFFER_AT(&import->rules, struct vg_import_rule);
    size_t allowed = 0;
    size_t denied = 0;

    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->rules, struct vg_import_rule); i++) {
        if (rules[i].reason == NULL || rules[i].elsewhere)
            continue;
        allowed += rules[i].action == VG_ACTION_ALLOW;
        denied += rules[i].action == VG_ACTION_DENY;
    }
    if (allowed + denied == 0)
        return;
    vg_say_error("%s: of the rules about programs, %zu to allow and %zu to deny are not translated",
                 import->file, allowed, denied);
    vg_advise("read them in the policy, and try it with `mode: monitor` before it is enforced");
}

/* What came of it; false when that cannot be written. */
static bool tell(const struct vg_import *import, const char *output, bool json)
{
    if (json && !vg_import_print_json(import, output, stdout)) {
        vg_say_errno("cannot write", "standard output");
        return false;
    }
    if (!json)
        vg_import_print_summary(import, output, stdout);
    warn(import);
    return true;
}

static int write_policy(const struct vg_import *import, const char *output, bool json)
{
    struct vg_buffer text = {0};
    int result = VG_EXIT_ERROR;

    if (!vg_import_write(import, &text)) {
        vg_say_error("cannot translate %s: out of memory", import->file);
    } else if (read_again(import, &text) && vg_write_file(output, text.bytes, text.size)) {
        result = tell(import, output, json) ? VG_EXIT_OK : VG_EXIT_ERROR;
    }
    vg_buffer_free(&text);
    return result;
}

static int import_bytes(const struct vg_arguments *arguments, const struct format *format,
                        const uint8_t *bytes, size_t size)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_import import = {
        .arena = vg_arena_new(), .reporter = &reporter, .file = arguments->operands[1]};
    const struct vg_xml *root;
    int result = VG_EXIT_ERROR;

    if (import.arena == NULL || !read_users(arguments, &import)) {
        vg_say_error("import: out of memory");
    } else {
        root = vg_xml_read(import.arena, import.file, bytes, size, &reporter);
        if (root != NULL && format->read(&import, root))
            result = write_policy(&import, vg_arguments_value(arguments, "output"),
                                  vg_arguments_flag(arguments, "json"));
    }
    vg_buffer_free(&import.rules);
    vg_buffer_free(&import.notes);
    vg_arena_free(import.arena);
    return result;
}

static int run(const struct vg_arguments *arguments)
{
    const struct format *format = find_format(arguments->operands[0]);
    uint8_t *bytes;
    size_t size;
    int result;

    if (format == NULL)
        return VG_EXIT_USAGE;
    if (vg_arguments_value(arguments, "output") == NULL) {
        vg_say_error("import: -o POLICY is missing");
        vg_advise("usage: vigil import %s", arguments->command->usage);
        return VG_EXIT_USAGE;
    }
    if (!vg_read_whole_file(arguments->operands[1], VG_XML_SIZE_MAX, &bytes, &size))
        return VG_EXIT_ERROR;
    result = import_bytes(arguments, format, bytes, size);
    free(bytes);
    return result;
}

static const struct vg_option options[] = {
    {.name = "output", .letter = 'o', .value = "POLICY", .text = "where the policy goes"},
    {.name = "json", .text = "every rule, translated or not, as one JSON object instead of the summary"},
    {.name = "user",
     .value = "SID",
     .text = "this SID is a user's, not a group's (may be given more than once)"},
    {0},
};

const struct vg_command vg_command_import = {
    .name = "import",
    .summary = "translates a policy of AppLocker or WDAC",
    .usage = "applocker|wdac FILE.xml -o POLICY [--user SID]... [--json]",
    .description =
        "Translates AppLocker's XML (Get-AppLockerPolicy -Xml), or that of an App Control for Business "
        "policy\n"
        "(WDAC, SiPolicy). Each rule is translated exactly, or it is listed with the reason: in the summary, "
        "and\n"
        "as a comment in POLICY with what it asks for. Rules about signers are among the latter, until the\n"
        "service supplies who signed a file. POLICY is replaced in one step, and only by what `vigil check` "
        "reads.\n",
    .options = options,
    .examples = "  vigil import applocker applocker.xml -o policy.yaml\n"
                "  vigil import wdac SiPolicy.xml -o policy.yaml\n"
                "  vigil import wdac SiPolicy.xml -o policy.yaml --json | jq '.Rules[] | select(.Translated "
                "| not)'\n",
    .exit_codes = "  0  POLICY was written; the summary says what is not in it\n"
                  "  1  FILE could not be read or is no such policy, or POLICY could not be written\n"
                  "  2  the command line was wrong\n",
    .operands_min = 2,
    .operands_max = 2,
    .operand = "operand (a format, FILE)",
    .run = run,
};
