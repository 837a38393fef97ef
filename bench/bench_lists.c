/* One decision by lists of 10 to 1,000,000 rules, by Vigil and by what others keep such lists in.
 *     bench_lists [--quick | --check] LOG...
 * --quick ends with 1,000 rules. --check only compares the verdicts, up to 20,000 rules; 77 when there is
 * nothing but the linear list to compare with. */
#include "measure.h"
#include "race.h"

#include <string.h>

#define RECORDS 4096u

static void run(size_t count, const struct bench_records *real, bool only_check)
{
    struct vg_arena *arena = vg_arena_new();
    struct bench_rules rules;
    struct bench_records records = {.count = RECORDS};
    char metric[64];
    const struct bench_policy policy = {.model = &rules.model, .list = &rules};
    struct bench_race race = {.metric = metric,
                              .policy = &policy,
                              .records = &records,
                              .racers = {&bench_vigil, &bench_linear},
                              .racer_count = 2,
                              .only_check = only_check};

    if (arena == NULL)
        bench_fail("out of memory");
#ifdef BENCH_HAS_SQLITE
    race.racers[race.racer_count++] = &bench_sqlite;
    race.racers[race.racer_count++] = &bench_sqlite_santa;
#endif
#ifdef BENCH_HAS_LMDB
    race.racers[race.racer_count++] = &bench_lmdb;
#endif
    snprintf(metric, sizeof(metric), "lists.%zu", count);
    bench_rules_make(arena, count, false, real, &rules);
    records.at = bench_take(arena, records.count, sizeof(*records.at));
    bench_rules_records(arena, &rules, real, &records);
    bench_race_run(&race);
    vg_arena_free(arena);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {10, 1000, 100000, 1000000};
    static const size_t check_sizes[] = {10, 1000, 20000};
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    bool only_check = argc > 1 && strcmp(argv[1], "--check") == 0;
    int first = quick || only_check ? 2 : 1;
    struct vg_arena *arena = vg_arena_new();
    struct bench_records real;

    if (arena == NULL || first >= argc) {
        fputs("usage: bench_lists [--quick | --check] LOG...\n", stderr);
        return 2;
    }
    bench_records_read(arena, (const char *const *)argv + first, (size_t)(argc - first), &real);
    bench_result((double)real.count, "records.real");
    for (size_t i = 0; i < (only_check ? 3u : quick ? 2u : 4u); i++)
        run(only_check ? check_sizes[i] : sizes[i], &real, only_check);
    vg_arena_free(arena);
#if !defined(BENCH_HAS_SQLITE) && !defined(BENCH_HAS_LMDB)
    if (only_check) {
        puts("skipped: neither libsqlite3-dev nor liblmdb-dev was there to build with; only the linear list "
             "agrees");
        return 77;
    }
#endif
    return 0;
}
