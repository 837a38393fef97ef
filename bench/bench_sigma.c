/* One decision by all Sigma rules of a folder, by Vigil and by what others would look for their words with.
 *     bench_sigma [--quick | --check] FOLDER LOG...
 * --check only compares the verdicts; 77 when there is nothing but plain evaluation to compare with. */
#include "measure.h"
#include "race.h"
#include "tree.h"

#include <string.h>

/* The logs' starts are decided again and again until there are so many. */
#define RECORDS 4096u

static void tell(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                 const char *hint)
{
    (void)context;
    (void)hint;
    if (severity == VG_ERROR)
        bench_fail("%s:%u: %s", place.file, place.line, message);
}

static void read_rules(const char *folder, struct vg_model *model)
{
    const struct vg_reporter reporter = {.report = tell};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    char text[4096];
    int size = snprintf(
        text, sizeof(text),
        "vigil: 1\ndefault: allow\nunsupported: skip\nrules: [{ deny: sigma, sigma: '%s' }]\n", folder);

    if (size < 0 || (size_t)size >= sizeof(text) ||
        !vg_model_read_text("bench", text, (size_t)size, &options, &reporter, model))
        bench_fail("the rules in %s cannot be read", folder);
}

/* Only rules that all competitors can evaluate. */
static void keep_common(struct vg_arena *arena, const struct vg_model *all, struct vg_model *common)
{
    struct vg_rule *rules = bench_take(arena, all->rule_count, sizeof(*rules));

    *common = *all;
    common->rules = rules;
    common->rule_count = 0;
    for (size_t i = 0; i < all->rule_count; i++) {
        if (bench_tree_takes(all->rules[i].condition))
            rules[common->rule_count++] = all->rules[i];
    }
    bench_result((double)all->rule_count, "sigma.rules");
    bench_result((double)common->rule_count, "sigma.compared");
}

static void repeat(struct vg_arena *arena, const struct bench_records *real, size_t count,
                   struct bench_records *records)
{
    records->at = bench_take(arena, count, sizeof(*records->at));
    records->count = count;
    for (size_t i = 0; i < count; i++)
        records->at[i] = real->at[i % real->count];
}

static void run(struct vg_arena *arena, const char *folder, const struct bench_records *records,
                bool only_check)
{
    struct vg_model all, common;
    const struct bench_policy policy = {.model = &common};
    struct bench_race race = {.metric = "sigma",
                              .policy = &policy,
                              .records = records,
                              .racers = {&bench_vigil, &bench_plain},
                              .racer_count = 2,
                              .only_check = only_check};

#ifdef BENCH_HAS_HYPERSCAN
    race.racers[race.racer_count++] = &bench_hyperscan;
#endif
    read_rules(folder, &all);
    keep_common(arena, &all, &common);
    bench_race_run(&race);
    vg_model_free(&all);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    bool only_check = argc > 1 && strcmp(argv[1], "--check") == 0;
    int first = quick || only_check ? 2 : 1;
    struct vg_arena *arena = vg_arena_new();
    struct bench_records real, records;

    if (arena == NULL || first + 1 >= argc) {
        fputs("usage: bench_sigma [--quick | --check] FOLDER LOG...\n", stderr);
        return 2;
    }
    bench_records_read(arena, (const char *const *)argv + first + 1, (size_t)(argc - first - 1), &real);
    repeat(arena, &real, only_check || quick ? real.count : RECORDS, &records);
    run(arena, argv[first], &records, only_check);
    vg_arena_free(arena);
#ifndef BENCH_HAS_HYPERSCAN
    if (only_check) {
        puts("skipped: libhyperscan-dev was not there to build with; plain evaluation agrees");
        return 77;
    }
#endif
    return 0;
}
