/* What it takes to read, compile and validate policies of 10 to 1,000,000 rules, beside libyaml alone on the
 * same text; how large they become; how fast lists of hashes are read.
 *     bench_compile [--quick] VIGIL FOLDER
 * VIGIL is the tool; FOLDER is where the policies are put, and removed again. */
#include "child.h"
#include "generated.h"
#include "measure.h"

#include "../src/cli/whole_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    (void)context;
    (void)hint;
    if (severity == VG_ERROR)
        bench_fail("%s:%u: %s", place.file, place.line, message);
}

static const struct vg_reporter reporter = {.report = tell};

/* A policy's times in nanoseconds of the processor, round by round: all of it is work of one thread. */
struct times {
    unsigned round;
    size_t size;                   /* of the blob */
    double yaml[BENCH_ROUNDS];     /* libyaml alone, the policy's text to events */
    double whole[BENCH_ROUNDS];    /* text to blob, by Vigil */
    double compile[BENCH_ROUNDS];  /* of that: model to blob */
    double validate[BENCH_ROUNDS]; /* what the driver does before it takes the blob */
};

static double time_yaml(const uint8_t *text, size_t size)
{
    double start = bench_processor_now();
    yaml_parser_t parser;
    yaml_event_t event;
    bool over = false;

    if (!yaml_parser_initialize(&parser))
        bench_fail("out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text, size);
    while (!over) {
        if (!yaml_parser_parse(&parser, &event))
            bench_fail("libyaml does not read the policy");
        over = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return bench_processor_now() - start;
}

static void time_round(const char *file, struct times *times)
{
    struct vg_policy policy;
    struct vg_model model;
    double start, compiling, compiled;
    uint8_t *text;
    size_t size;
    void *blob;

    if (!vg_read_whole_file(file, SIZE_MAX / 2, &text, &size))
        exit(1);
    times->yaml[times->round] = time_yaml(text, size);
    start = bench_processor_now();
    if (!vg_model_read_text(file, (const char *)text, size, NULL, &reporter, &model))
        bench_fail("%s is not understood", file);
    compiling = bench_processor_now();
    if (!vg_model_compile(&model, &reporter, &blob, &times->size))
        bench_fail("%s does not compile", file);
    compiled = bench_processor_now();
    if (!vg_policy_open(&policy, blob, times->size, NULL))
        bench_fail("%s compiles to something that is not valid", file);
    times->validate[times->round] = bench_processor_now() - compiled;
    times->compile[times->round] = compiled - compiling;
    times->whole[times->round] = compiled - start;
    times->round++;
    free(blob);
    vg_model_free(&model);
    free(text);
}

static void tell_times(const char *metric, struct times *times, size_t rules)
{
    double apart[BENCH_ROUNDS];

    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
        apart[i] = times->whole[i] - times->yaml[i];
    bench_result(bench_quantile(apart, BENCH_ROUNDS, 0.5), "%s.%zu.apart", metric, rules);
    bench_result(bench_quantile(times->yaml, BENCH_ROUNDS, 0.5), "%s.%zu.yaml", metric, rules);
    bench_result(bench_quantile(times->whole, BENCH_ROUNDS, 0.5), "%s.%zu.whole", metric, rules);
    bench_result(bench_quantile(times->compile, BENCH_ROUNDS, 0.5), "%s.%zu.compile", metric, rules);
    bench_result(bench_quantile(times->validate, BENCH_ROUNDS, 0.5), "%s.%zu.validate", metric, rules);
    bench_result((double)times->size, "%s.%zu.size", metric, rules);
    bench_result((double)times->size / (double)rules, "%s.%zu.size-a-rule", metric, rules);
}

static FILE *create(const char *file)
{
    FILE *out = fopen(file, "wb");

    if (out == NULL)
        bench_fail("%s cannot be written", file);
    return out;
}

static void finish(FILE *out, const char *file)
{
    if (fflush(out) != 0 || ferror(out) || fclose(out) != 0)
        bench_fail("%s cannot be written", file);
}

static void write_policy(const char *file, size_t rules, bool hashes_alone)
{
    const struct bench_records none = {0};
    struct vg_arena *arena = vg_arena_new();
    FILE *out = create(file);
    struct bench_rules made;

    if (arena == NULL)
        bench_fail("out of memory");
    bench_rules_make(arena, rules, hashes_alone, &none, &made);
    bench_rules_write(&made, out);
    finish(out, file);
    vg_arena_free(arena);
}

/* The peak is that of the tool, which does all of it in one process. */
static void measure(const char *tool, const char *folder, const char *metric, size_t rules)
{
    char file[4096], blob[4096];
    const char *const arguments[] = {tool, "compile", file, "-o", blob, NULL};
    struct times times = {0};

    snprintf(file, sizeof(file), "%s/rules.yaml", folder);
    snprintf(blob, sizeof(blob), "%s/rules.policy", folder);
    write_policy(file, rules, strcmp(metric, "hashes") == 0);
    while (times.round < BENCH_ROUNDS)
        time_round(file, &times);
    tell_times(metric, &times, rules);
    bench_result(bench_child_run(arguments, 0).peak, "%s.%zu.peak", metric, rules);
    remove(file);
    remove(blob);
}

/* One rule that names a file of hashes: how fast the lines are read, and what a hash of it takes. */
static void measure_file(const char *folder, size_t hashes)
{
    char file[4096], policy[4096];
    struct times times = {0};
    FILE *out;

    snprintf(file, sizeof(file), "%s/hashes.sha256", folder);
    snprintf(policy, sizeof(policy), "%s/hashes.yaml", folder);
    out = create(file);
    bench_hashes_write(hashes, out);
    finish(out, file);
    out = create(policy);
    fputs("vigil: 1\nrules: [{ deny: bad, when: { SHA256|file: hashes.sha256 } }]\n", out);
    finish(out, policy);
    while (times.round < BENCH_ROUNDS)
        time_round(policy, &times);
    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
        times.whole[i] -= times.compile[i];
    bench_result((double)hashes / bench_quantile(times.whole, BENCH_ROUNDS, 0.5) * 1e9, "hash-file.lines");
    bench_result((double)times.size / (double)hashes, "hash-file.size-a-hash");
    remove(file);
    remove(policy);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    const char *const *operands = (const char *const *)argv + 1 + quick;

    if (argc != 3 + quick) {
        fputs("usage: bench_compile [--quick] VIGIL FOLDER\n", stderr);
        return 2;
    }
    measure(operands[0], operands[1], "compile", 10);
    measure(operands[0], operands[1], "compile", 1000);
    if (quick)
        return 0;
    measure(operands[0], operands[1], "compile", 100000);
    measure(operands[0], operands[1], "compile", 1000000);
    measure(operands[0], operands[1], "hashes", 1000000);
    measure_file(operands[1], 2000000);
    return 0;
}
