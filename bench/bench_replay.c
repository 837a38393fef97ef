/* How fast replay goes through logs that are in the page cache, beside the reading of their JSON alone on one
 * core: creations of processes, and events that are none; and how much memory the tool holds meanwhile.
 *     bench_replay [--quick] VIGIL SIGMA LOG FOLDER
 * VIGIL is the tool, SIGMA a folder of rules, LOG JSON lines to take events from (repeated until there is
 * enough), FOLDER where to put what is made of them. */
#define _POSIX_C_SOURCE 200809L

#include "child.h"
#include "measure.h"

#include "../src/cli/json_text.h"
#include "../src/cli/replay.h"
#include "../src/cli/whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char few_rules[] = "vigil: 1\ndefault: deny\nrules:\n"
                                "  - deny: Office starts a shell\n"
                                "    when:\n"
                                "      ParentImage|endswith: ['\\winword.exe', '\\excel.exe']\n"
                                "      Image|endswith: ['\\cmd.exe', '\\powershell.exe']\n"
                                "  - audit: encoded\n"
                                "    when: { CommandLine|contains: ' -enc' }\n"
                                "  - allow: Windows\n"
                                "    when: { Image|under: ['%WINDIR%', '%PROGRAMFILES%'] }\n";

enum lines {
    CREATIONS,
    OTHERS,
    ALL,
};

/* A log that was made. */
struct log {
    char name[4096];
    size_t size;
    size_t lines;
};

/* A policy to replay by. */
struct policy {
    struct vg_model model;
    struct vg_replay replay;
    void *blob;
};

/* The lines of `source` that are wanted, again and again until there are `size` bytes. */
static void make_log(const char *source, enum lines wanted, size_t size, struct log *log)
{
    FILE *out = fopen(log->name, "wb");
    struct vg_json json = {0};
    char *line = NULL;
    size_t capacity = 0;

    log->size = log->lines = 0;
    while (out != NULL && log->size < size) {
        FILE *in = fopen(source, "rb");
        size_t before = log->size;
        ssize_t got;

        while (in != NULL && log->size < size && (got = getline(&line, &capacity, in)) > 0) {
            yyjson_val *root = wanted != ALL ? vg_json_read(&json, line, (size_t)got) : NULL;

            if (wanted != ALL &&
                (root == NULL || (vg_log_event_of(root).kind != VG_LOG_OTHER) != (wanted == CREATIONS)))
                continue;
            fwrite(line, 1, (size_t)got, out);
            log->size += (size_t)got;
            log->lines++;
        }
        if (in == NULL || log->size == before)
            bench_fail("%s has none of the lines that are wanted", source);
        fclose(in);
    }
    free(line);
    vg_json_free(&json);
    if (out == NULL || fflush(out) != 0 || ferror(out) || fclose(out) != 0)
        bench_fail("%s cannot be written", log->name);
}

/* By processor time: it is one thread. */
static double parse_alone(const char *name)
{
    struct vg_json json = {0};
    uint8_t *bytes;
    size_t size;
    double start;

    if (!vg_read_whole_file(name, SIZE_MAX / 2, &bytes, &size))
        exit(1);
    start = bench_processor_now();
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(bytes + at, '\n', size - at);
        size_t next = end != NULL ? (size_t)(end - bytes) + 1 : size;

        vg_json_read(&json, (const char *)bytes + at, next - at);
        at = next;
    }
    start = bench_processor_now() - start;
    vg_json_free(&json);
    free(bytes);
    return start;
}

/* What one pass takes: by the clock, and of all processors together. */
struct pass {
    double clock;
    double processors;
};

static struct pass replay_once(struct policy *policy, const char *name)
{
    struct vg_log_job job = {
        .files = &name, .file_count = 1, .context = &policy->replay, .creation = vg_replay_creation};
    struct vg_log_result result;
    struct pass start = {bench_now(), bench_processor_now()};

    vg_log_run(&job, &result);
    if (result.failed || result.unread_files != 0)
        bench_fail("%s cannot be replayed", name);
    return (struct pass){bench_now() - start.clock, bench_processor_now() - start.processors};
}

static void measure(struct policy *few, struct policy *sigma, const char *metric, const struct log *log)
{
    double times[4][BENCH_ROUNDS];

    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        struct pass pass = replay_once(few, log->name);

        times[0][round] = pass.clock;
        times[1][round] = pass.processors / vg_log_workers();
        times[2][round] = replay_once(sigma, log->name).clock;
        times[3][round] = parse_alone(log->name);
    }
    for (unsigned i = 0; i < 4; i++) {
        static const char *const names[] = {"few", "few-shared", "sigma", "json"};
        double seconds = bench_quantile(times[i], BENCH_ROUNDS, 0.5) / 1e9;

        bench_result((double)log->lines / seconds, "replay.%s.%s.lines", metric, names[i]);
        bench_result((double)log->size / seconds, "replay.%s.%s.bytes", metric, names[i]);
    }
    bench_result((double)log->size / (double)log->lines, "replay.%s.line-size", metric);
}

/* The tool's memory over a whole log of that size. */
static void measure_peak(const char *tool, const char *policy, const char *source, size_t megabytes,
                         struct log *log)
{
    const char *const arguments[] = {tool, "replay", policy, log->name, NULL};

    make_log(source, ALL, megabytes << 20, log);
    bench_result(bench_child_run(arguments, 4).peak, "replay.%zu.peak", megabytes);
    remove(log->name);
}

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    (void)context;
    (void)place;
    (void)hint;
    if (severity == VG_ERROR)
        bench_fail("%s", message);
}

static struct policy *make_policy(const char *text)
{
    const struct vg_reporter reporter = {.report = tell};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    struct policy *policy = calloc(1, sizeof(*policy));
    size_t size;

    if (policy == NULL ||
        !vg_model_read_text("bench", text, strlen(text), &options, &reporter, &policy->model) ||
        !vg_model_compile(&policy->model, &reporter, &policy->blob, &size) ||
        !vg_policy_open(&policy->replay.policy, policy->blob, size, NULL))
        bench_fail("a policy cannot be made");
    policy->replay.model = &policy->model;
    policy->replay.only = VG_ONLY_ALL;
    if (!vg_replay_prepare(&policy->replay))
        bench_fail("out of memory");
    return policy;
}

static void free_policy(struct policy *policy)
{
    vg_replay_free(&policy->replay);
    free(policy->blob);
    vg_model_free(&policy->model);
    free(policy);
}

static void write_policy(const char *file)
{
    FILE *out = fopen(file, "wb");

    if (out == NULL || fputs(few_rules, out) < 0 || fclose(out) != 0)
        bench_fail("%s cannot be written", file);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *const *operands = (const char *const *)argv + 1 + quick;
    char text[4096], file[4096];
    size_t size = (size_t)(quick ? 2 : 200) << 20;
    struct policy *few, *sigma;
    struct log log;

    if (argc != 5 + quick) {
        fputs("usage: bench_replay [--quick] VIGIL SIGMA LOG FOLDER\n", stderr);
        return 2;
    }
    snprintf(text, sizeof(text), "vigil: 1\nunsupported: skip\nrules: [{ deny: sigma, sigma: '%s' }]\n",
             operands[1]);
    snprintf(file, sizeof(file), "%s/replay.yaml", operands[3]);
    snprintf(log.name, sizeof(log.name), "%s/replay.jsonl", operands[3]);
    few = make_policy(few_rules);
    sigma = make_policy(text);
    make_log(operands[2], CREATIONS, size, &log);
    measure(few, sigma, "creations", &log);
    make_log(operands[2], OTHERS, size, &log);
    measure(few, sigma, "others", &log);
    write_policy(file);
    measure_peak(operands[0], file, operands[2], quick ? 1 : 200, &log);
    measure_peak(operands[0], file, operands[2], quick ? 2 : 2000, &log);
    remove(file);
    bench_result(vg_log_workers(), "replay.workers");
    free_policy(few);
    free_policy(sigma);
    return 0;
}
