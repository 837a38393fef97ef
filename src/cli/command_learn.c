#include "atomic_file.h"
#include "command.h"
#include "learn.h"
#include "log_files.h"
#include "message.h"
#include "policy_source.h"

#include <stdint.h>

static bool write_policy(const struct vg_arguments *arguments, const struct vg_output *policy)
{
    const char *file = vg_arguments_value(arguments, "output");

    if (policy->failed) {
        vg_say_error("out of memory");
        return false;
    }
    if (file != NULL)
        return vg_write_file(file, policy->bytes, policy->size);
    return fwrite(policy->bytes, 1, policy->size, stdout) == policy->size;
}

static int learn_files(const struct vg_arguments *arguments, const struct vg_log_files *files,
                       struct vg_learn *learn)
{
    struct vg_log_job job = {
        .files = files->names,
        .file_count = files->count,
        .context = learn,
        .creation = vg_learn_creation,
    };
    struct vg_log_result result;
    struct vg_output policy = {0};
    bool done;

    vg_log_run(&job, &result);
    result.passed_over += files->passed_over;
    done = !result.failed && vg_learned_merge(learn);
    if (done) {
        vg_learn_write(learn, &policy);
        done = write_policy(arguments, &policy);
    }
    vg_output_free(&policy);
    if (result.passed_over != 0)
        vg_say_error("note: %llu other file%s passed over: no log%s by the name",
                     (unsigned long long)result.passed_over, result.passed_over == 1 ? "" : "s",
                     result.passed_over == 1 ? "" : "s");
    fprintf(stderr, "vigil: learned from %llu starts; %llu other events skipped, %llu broken\n",
            (unsigned long long)learn->starts[0], (unsigned long long)result.counts.skipped,
            (unsigned long long)result.counts.broken);
    if (learn->nameless[0] != 0)
        vg_say_error("note: %llu starts have neither a name nor a hash in the log: the policy denies them",
                     (unsigned long long)learn->nameless[0]);
    return done && result.unread_files == 0 ? VG_EXIT_OK : VG_EXIT_ERROR;
}

static int run(const struct vg_arguments *arguments)
{
    static struct vg_learn learn;
    struct vg_policy_paths storage;
    struct vg_read_options options;
    struct vg_log_files files = {0};
    int result = VG_EXIT_ERROR;

    if (!vg_policy_options(arguments, &storage, &options))
        return VG_EXIT_USAGE;
    learn.variables = options.variables;
    learn.per_parent = vg_arguments_flag(arguments, "per-parent");
    if (!vg_log_files_find(arguments->operands, arguments->operand_count, &files))
        result = VG_EXIT_ERROR;
    else if (files.count == 0)
        vg_say_error(
            "learn: there is no log (.json, .jsonl, .ndjson, .log, .evtx, .gz, .zip) in what was named");
    else
        result = learn_files(arguments, &files, &learn);
    vg_learn_free(&learn);
    vg_log_files_free(&files);
    return result;
}

static const struct vg_option options[] = {
    {.name = "output", .letter = 'o', .value = "POLICY", .text = "where to write it (standard output)"},
    {.name = "per-parent", .text = "allow each program only to the parents that started it"},
    {.name = "windir", .value = "PATH", .text = "what %WINDIR% stands for (C:\\Windows)"},
    {.name = "program-files", .value = "PATH", .text = "what %PROGRAMFILES% stands for (C:\\Program Files)"},
    {.name = "program-files-x86", .value = "PATH", .text = "its second meaning (C:\\Program Files (x86))"},
    {0},
};

const struct vg_command vg_command_learn = {
    .name = "learn",
    .summary = "makes a policy that allows what ran, from logs",
    .usage = "INPUT... [-o POLICY]",
    .description =
        "Writes a policy that allows every start in the logs (as replay reads them) and denies all others.\n"
        "Programs below %WINDIR% and %PROGRAMFILES% are allowed by the folder they were installed to, "
        "except\n"
        "where ordinary users can write; the rest by SHA256 or the best hash that the log has, else by path. "
        "The same "
        "logs\n"
        "give the same policy, in monitor mode: read it before it is enforced.\n",
    .options = options,
    .examples = "  vigil learn sysmon.jsonl -o learned.yaml\n"
                "  vigil replay learned.yaml sysmon.jsonl\n",
    .exit_codes = "  0  the policy was written\n"
                  "  1  it was not, or a file could not be read to its end\n"
                  "  2  the command line was wrong\n",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operand = "INPUT",
    .run = run,
};
