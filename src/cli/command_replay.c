#include "command.h"
#include "log_files.h"
#include "message.h"
#include "policy_source.h"
#include "replay.h"

#include <stdlib.h>
#include <string.h>

static bool read_only(const struct vg_arguments *arguments, enum vg_replay_only *only)
{
    static const char *const words[] = {
        [VG_ONLY_ALLOW] = "allow", [VG_ONLY_DENY] = "deny", [VG_ONLY_ASK] = "ask", [VG_ONLY_AUDIT] = "audit"};
    const char *given = vg_arguments_value(arguments, "only");

    *only = VG_ONLY_ALL;
    if (given == NULL)
        return true;
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(given, words[i]) == 0) {
            *only = (enum vg_replay_only)i;
            return true;
        }
    }
    vg_say_error("replay: --only should be allow, deny, ask or audit, not '%.40s'", given);
    return false;
}

static int exit_code(const struct vg_replay_counts *counts, const struct vg_log_result *result)
{
    if (result->failed || result->unread_files != 0)
        return VG_EXIT_ERROR;
    if (counts->verdicts[VG_DENY] != 0)
        return VG_EXIT_DENY;
    return counts->verdicts[VG_ASK] != 0 ? VG_EXIT_ASK : VG_EXIT_OK;
}

static int replay_files(const struct vg_log_files *files, struct vg_replay *replay)
{
    struct vg_log_job job = {
        .files = files->names,
        .file_count = files->count,
        .context = replay,
        .creation = vg_replay_creation,
    };
    const struct vg_replay_counts *counts;
    struct vg_log_result result;
    struct vg_output summary = {0};

    vg_log_run(&job, &result);
    result.passed_over += files->passed_over;
    counts = vg_replay_total(replay);
    fflush(stderr);
    vg_replay_print_summary(replay, counts, &result, files->count, &summary);
    if (fwrite(summary.bytes, 1, summary.size, stdout) != summary.size || summary.failed)
        result.failed = true;
    vg_output_free(&summary);
    return exit_code(counts, &result);
}

static int replay_model(const struct vg_arguments *arguments, const struct vg_model *model,
                        const struct vg_log_files *files, enum vg_replay_only only)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_replay replay = {
        .model = model,
        .json = vg_arguments_flag(arguments, "json"),
        .only = only,
    };
    struct vg_blob_error error = {0};
    void *blob = NULL;
    size_t size = 0;
    int result = VG_EXIT_ERROR;

    replay.print = replay.json || only != VG_ONLY_ALL;
    if (!vg_model_compile(model, &reporter, &blob, &size))
        return VG_EXIT_ERROR;
    if (!vg_policy_open(&replay.policy, blob, size, &error))
        vg_say_error("the compiled policy does not pass its own validation: %s at offset %zu", error.check,
                     error.offset);
    else if (!vg_replay_prepare(&replay))
        vg_say_error("out of memory");
    else
        result = replay_files(files, &replay);
    vg_replay_free(&replay);
    free(blob);
    return result;
}

static int run(const struct vg_arguments *arguments)
{
    struct vg_console_reporter console = {.stream = stderr, .quiet_warnings = true};
    struct vg_log_files files = {0};
    enum vg_replay_only only;
    struct vg_model model;
    int result;

    if (!read_only(arguments, &only))
        return VG_EXIT_USAGE;
    result = vg_read_policy(arguments, arguments->operands[0], &console, &model);
    if (result != VG_EXIT_OK)
        return result;
    result = VG_EXIT_ERROR;
    if (!vg_log_files_find(arguments->operands + 1, arguments->operand_count - 1, &files))
        result = VG_EXIT_ERROR;
    else if (files.count == 0)
        vg_say_error(
            "replay: there is no log (.json, .jsonl, .ndjson, .log, .evtx, .gz, .zip) in what was named");
    else
        result = replay_model(arguments, &model, &files, only);
    vg_log_files_free(&files);
    vg_model_free(&model);
    return result;
}

static const struct vg_option options[] = {
    {.name = "json", .text = "one JSON object for each decided start, and one with the summary at the end"},
    {.name = "only",
     .value = "VERDICT",
     .text = "show starts of one verdict: allow, deny, ask; or audit: an audit rule matched"},
    VG_POLICY_OPTIONS,
    {0},
};

const struct vg_command vg_command_replay = {
    .name = "replay",
    .summary = "runs logged starts of programs through a policy",
    .usage = "POLICY INPUT...",
    .description =
        "Decides every creation of a process in the logs as the driver would, and says how often each rule\n"
        "decided. An INPUT is a file or a folder (all logs in and below it): JSON lines, JSON objects or "
        "arrays\n"
        "of them, or Windows' event log files (.evtx); each also packed by gzip, or in zip archives.\n"
        "\n"
        "Creations are Sysmon's event 1 and the Security log's event 4688, flat, below Event/EventData or\n"
        "below winlog/event_data; Vigil's own ProcessCreate; and objects with Image and CommandLine that "
        "have\n"
        "no event's number at all. Everything else is skipped and counted. A line that is broken is named,\n"
        "counted and left out. A fact that the log does not have is unknown to the rules; null, \"\" and "
        "\"-\"\n"
        "say that there is none.\n",
    .options = options,
    .examples = "  vigil replay policy.yaml sysmon.jsonl\n"
                "  vigil replay policy.yaml logs/ --only deny\n"
                "  vigil replay policy.yaml Sysmon.evtx --json | jq .RuleName\n",
    .exit_codes = "  0  every start would be allowed\n"
                  "  1  the policy has errors, or a file could not be read to its end (broken lines alone\n"
                  "     are no error)\n"
                  "  2  the command line was wrong\n"
                  "  3  a start would be denied (also in monitor mode, which only records it)\n"
                  "  4  none would be denied, and the policy would ask about one\n",
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .operand = "POLICY or INPUT",
    .run = run,
};
