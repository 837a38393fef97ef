#include "command.h"
#include "message.h"
#include "policy_source.h"
#include "predicate_text.h"
#include "problem_list.h"
#include "sigma_report.h"
#include "visible.h"

#include "../policy/lint_starts.h"
#include "../policy/print.h"

#include <stdlib.h>
#include <string.h>

#define ACTIONS       4
#define DIGESTS_SHOWN 8

static const char *const verdict_words[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask"};

static const char *mode_word(enum vg_mode mode)
{
    return mode == VG_MODE_ENFORCE ? "enforce" : "monitor";
}

static void print_summary(const char *file, const struct vg_model *model, unsigned warnings)
{
    size_t counts[ACTIONS] = {0};

    for (size_t i = 0; i < model->rule_count; i++)
        counts[model->rules[i].action]++;
    vg_print_visible(stdout, file, strlen(file));
    printf(": %zu rule%s", model->rule_count, model->rule_count == 1 ? "" : "s");
    for (unsigned action = 0, listed = 0; action < ACTIONS; action++) {
        if (counts[action] != 0)
            printf("%s%zu %s", listed++ != 0 ? ", " : " (", counts[action],
                   vg_action_word((enum vg_action)action));
    }
    printf("%s, mode %s, default %s; ", model->rule_count != 0 ? ")" : "", mode_word(model->mode),
           verdict_words[model->default_verdict]);
    if (warnings == 0)
        puts("nothing to complain about");
    else
        printf("%u warning%s\n", warnings, warnings == 1 ? "" : "s");
}

static yyjson_mut_val *rules_json(struct vg_json_writer *writer, const struct vg_model *model)
{
    yyjson_mut_val *rules = vg_json_array(writer);

    for (size_t i = 0; i < model->rule_count; i++) {
        const struct vg_rule *rule = &model->rules[i];
        yyjson_mut_val *object = vg_json_object(writer);

        vg_json_put_number(writer, object, "Index", i);
        vg_json_put_text(writer, object, "Action", vg_action_word(rule->action));
        vg_json_put_text(writer, object, "Name", rule->name);
        vg_json_put_text(writer, object, "File", rule->place.file);
        vg_json_put_number(writer, object, "Line", rule->place.line);
        vg_json_put_number(writer, object, "Column", rule->place.column);
        vg_json_put_text(writer, object, "SigmaId", rule->sigma_id);
        vg_json_put_text(writer, object, "SigmaLevel", rule->sigma_level);
        vg_json_add(writer, rules, object);
    }
    return rules;
}

static void put_model(struct vg_json_writer *writer, yyjson_mut_val *object, const struct vg_model *model)
{
    vg_json_put_text(writer, object, "Mode", mode_word(model->mode));
    vg_json_put_text(writer, object, "Default", verdict_words[model->default_verdict]);
    vg_json_put_text(writer, object, "AskOtherwise", verdict_words[model->ask_otherwise]);
    vg_json_put_boolean(writer, object, "UnknownMatches", model->unknown_matches);
    vg_json_put(writer, object, "DenyStatus",
                vg_json_formatted(writer, "0x%08X", (unsigned)model->deny_status));
    vg_json_put(writer, object, "Rules", rules_json(writer, model));
}

/* The format of compiled policies has limits of its own, and what a policy would do to Windows shows only
 * when it decides: whoever checks a policy wants to hear of both. */
static bool compiles(const struct vg_model *model, const struct vg_path_variables *variables,
                     const struct vg_reporter *reporter)
{
    struct vg_lint_starts found;
    void *blob = NULL;
    size_t size = 0;
    bool good = vg_model_compile(model, reporter, &blob, &size) &&
                vg_lint_starts(model, blob, size, variables, reporter, &found);

    free(blob);
    return good;
}

static int check_json(const struct vg_arguments *arguments, const char *file)
{
    struct vg_json_writer writer;
    struct vg_problem_list problems = {.writer = &writer};
    struct vg_reporter reporter = vg_problem_reporter(&problems);
    struct vg_policy_paths storage;
    struct vg_read_options read_options;
    struct vg_model model;
    yyjson_mut_val *object;
    bool valid;

    if (!vg_policy_options(arguments, &storage, &read_options))
        return VG_EXIT_USAGE;
    vg_json_begin(&writer);
    problems.array = vg_json_array(&writer);
    valid = vg_model_read_file(file, &read_options, &reporter, &model);
    if (valid && !compiles(&model, &read_options.variables, &reporter)) {
        vg_model_free(&model);
        valid = false;
    }
    object = vg_json_object(&writer);
    vg_json_put_text(&writer, object, "File", file);
    vg_json_put_boolean(&writer, object, "Valid", valid);
    vg_json_put(&writer, object, "Problems", problems.array);
    if (valid) {
        put_model(&writer, object, &model);
        vg_model_free(&model);
    }
    return vg_json_write(&writer, object, stdout) && valid ? VG_EXIT_OK : VG_EXIT_ERROR;
}

static int check_text(const struct vg_arguments *arguments, const char *file)
{
    static const struct vg_print_options print = {.digests_most = DIGESTS_SHOWN};
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_model model;
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_policy_paths storage;
    struct vg_read_options read_options;
    int result = vg_policy_options(arguments, &storage, &read_options) ? VG_EXIT_OK : VG_EXIT_USAGE;

    if (result == VG_EXIT_OK && !vg_model_read_file(file, &read_options, &reporter, &model))
        result = VG_EXIT_ERROR;
    if (result == VG_EXIT_OK && !compiles(&model, &read_options.variables, &reporter)) {
        vg_model_free(&model);
        result = VG_EXIT_ERROR;
    }
    if (result == VG_EXIT_USAGE)
        return result;
    if (result != VG_EXIT_OK) {
        vg_print_visible(stdout, file, strlen(file));
        printf(": %u error%s, %u warning%s\n", console.errors, console.errors == 1 ? "" : "s",
               console.warnings, console.warnings == 1 ? "" : "s");
        return VG_EXIT_ERROR;
    }
    /* With -v the whole standard output is a policy that can be read again; so the summary is a comment
     * there. */
    if (vg_arguments_flag(arguments, "verbose"))
        fputs("# ", stdout);
    print_summary(file, &model, console.warnings);
    if (vg_arguments_flag(arguments, "verbose"))
        vg_model_print(&model, vg_arguments_flag(arguments, "all-hashes") ? NULL : &print, stdout);
    vg_model_free(&model);
    return VG_EXIT_OK;
}

static int check_sigma(const struct vg_arguments *arguments, const char *folder)
{
    struct vg_sigma_report report;
    int result = VG_EXIT_ERROR;

    if (vg_sigma_report_make(folder, &report)) {
        result = VG_EXIT_OK;
        if (!vg_arguments_flag(arguments, "json"))
            vg_sigma_report_print(&report, folder, vg_arguments_flag(arguments, "verbose"));
        else if (!vg_sigma_report_print_json(&report, folder))
            result = VG_EXIT_ERROR;
    }
    vg_sigma_report_free(&report);
    return result;
}

static int run(const struct vg_arguments *arguments)
{
    const char *sigma = vg_arguments_value(arguments, "sigma");
    int result = VG_EXIT_OK;

    if (arguments->operand_count == 0 && sigma == NULL) {
        vg_say_error("check: POLICY is missing");
        vg_advise("usage: vigil check %s", arguments->command->usage);
        return VG_EXIT_USAGE;
    }
    if (arguments->operand_count != 0)
        result = vg_arguments_flag(arguments, "json") ? check_json(arguments, arguments->operands[0])
                                                      : check_text(arguments, arguments->operands[0]);
    if (sigma != NULL && check_sigma(arguments, sigma) != VG_EXIT_OK && result == VG_EXIT_OK)
        result = VG_EXIT_ERROR;
    return result;
}

static const struct vg_option options[] = {
    {.name = "verbose", .letter = 'v', .text = "print what was understood, as a policy"},
    {.name = "all-hashes", .text = "with -v: every hash, not only the first few of a list"},
    {.name = "json", .text = "one JSON object a line"},
    {.name = "sigma",
     .value = "DIR",
     .text = "report how many Sigma rules below DIR load, and what the others need"},
    VG_POLICY_OPTIONS,
    {0},
};

const struct vg_command vg_command_check = {
    .name = "check",
    .summary = "reads a policy and says what is wrong with it",
    .usage = "POLICY [-v] [--json] [--sigma DIR]",
    .description =
        "Reads a policy with everything it includes. What is wrong goes to standard error as\n"
        "file:line:column: error: what, with a hint below it; a summary goes to standard output. With -v "
        "that\n"
        "is followed by what was understood, as a policy that can be read again (with --all-hashes whole):\n"
        "compare it with what you meant.\n",
    .options = options,
    .examples = "  vigil check policy.yaml\n"
                "  vigil check -v policy.yaml | less\n"
                "  vigil check --sigma sigma/rules/windows/process_creation\n",
    .exit_codes =
        "  0  the policy is good (there may be warnings); --sigma: the rules were read, whatever they need\n"
        "  1  the policy has errors, or could not be read\n"
        "  2  the command line was wrong\n",
    .operands_min = 0,
    .operands_max = 1,
    .operand = "POLICY",
    .run = run,
};
