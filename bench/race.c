#include "race.h"

#include "measure.h"

#include <stdlib.h>

/* How much time a competitor that rereads all rules is given to be checked, and to be timed in each round. */
#define CHECK_TIME 4e9
#define ROUND_TIME 1e9

struct racer {
    const struct bench_competitor *is;
    void *state;
    size_t checked; /* records, from the first on */
    size_t timed;
    struct bench_rounds rounds;
};

static bool same(const struct bench_answer *a, const struct bench_answer *b)
{
    return a->verdict == b->verdict && a->rule == b->rule;
}

static void check(const struct bench_race *race, struct racer *racer, const struct bench_answer *right)
{
    double start = bench_processor_now();
    double spent = 0;

    for (size_t i = 0; i < race->records->count && (!racer->is->rereads_all_rules || spent < CHECK_TIME);
         i++) {
        struct bench_answer answer;

        racer->is->decide(racer->state, &race->records->at[i], &answer);
        if (!same(&answer, &right[i]))
            bench_fail("%s: of record %zu %s says verdict %d by rule %u, %s verdict %d by rule %u",
                       race->metric, i, racer->is->name, answer.verdict, answer.rule, race->racers[0]->name,
                       right[i].verdict, right[i].rule);
        racer->checked++;
        spent = bench_processor_now() - start;
    }
    racer->timed = race->records->count;
    if (racer->is->rereads_all_rules && spent > ROUND_TIME)
        racer->timed = (size_t)((double)racer->checked * ROUND_TIME / spent) + 1;
    bench_result((double)racer->checked, "%s.%s.checked", race->metric, racer->is->name);
}

/* The driver decides about a record that it has just made: whoever decides finds it in the cache. */
static void touch(const struct vg_record *record)
{
    static volatile unsigned sink;
    unsigned sum = 0;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        const struct vg_fact *fact = &record->facts[field];

        for (unsigned i = 0; i < fact->count; i++) {
            for (uint32_t at = 0; at < fact->values[i].size; at += 32)
                sum += ((const uint8_t *)fact->values[i].bytes)[at];
        }
    }
    sink += sum;
}

/* Decisions that take so long that others get the processor meanwhile are timed by what they had of it. */
static void time_round(const struct bench_race *race, struct racer *racer, double clock, double *times)
{
    double (*now)(void) = racer->timed < race->records->count ? bench_processor_now : bench_now;
    struct bench_answer answer;

    for (size_t i = 0; i < racer->timed; i++) {
        double start;

        touch(&race->records->at[i]);
        start = now();
        racer->is->decide(racer->state, &race->records->at[i], &answer);
        times[i] = now() - start - clock;
    }
    bench_rounds_add(&racer->rounds, times, racer->timed);
}

/* Each record three times in a row: the third finds everything in the cache. */
static void time_hot(const struct bench_race *race, struct racer *racer, double clock, double *times)
{
    struct bench_answer answer;
    struct bench_rounds rounds = {0};

    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        for (size_t i = 0; i < race->records->count; i++) {
            double start = 0;

            for (unsigned again = 0; again < 3; again++) {
                start = bench_now();
                racer->is->decide(racer->state, &race->records->at[i], &answer);
                times[i] = bench_now() - start - clock;
            }
        }
        bench_rounds_add(&rounds, times, race->records->count);
    }
    bench_result(bench_rounds_median(&rounds), "%s.%s.hot", race->metric, racer->is->name);
}

static void time_all(const struct bench_race *race, struct racer *racers)
{
    double *times = calloc(race->records->count, sizeof(*times));
    double clock = bench_clock_cost();

    if (times == NULL)
        bench_fail("out of memory");
    for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
        for (size_t i = 0; i < race->racer_count; i++)
            time_round(race, &racers[i], clock, times);
    }
    for (size_t i = 0; i < race->racer_count; i++) {
        bench_result(bench_rounds_median(&racers[i].rounds), "%s.%s.median", race->metric,
                     racers[i].is->name);
        bench_result(bench_rounds_p99(&racers[i].rounds), "%s.%s.p99", race->metric, racers[i].is->name);
    }
    time_hot(race, &racers[0], clock, times);
    free(times);
}

void bench_race_run(const struct bench_race *race)
{
    struct racer racers[BENCH_RACERS_MAX] = {0};
    struct bench_answer *right = calloc(race->records->count, sizeof(*right));

    if (right == NULL)
        bench_fail("out of memory");
    for (size_t i = 0; i < race->racer_count; i++) {
        racers[i].is = race->racers[i];
        racers[i].state = racers[i].is->prepare(race->policy);
    }
    for (size_t i = 0; i < race->records->count; i++)
        race->racers[0]->decide(racers[0].state, &race->records->at[i], &right[i]);
    for (size_t i = 0; i < race->racer_count; i++)
        check(race, &racers[i], right);
    if (!race->only_check)
        time_all(race, racers);
    for (size_t i = 0; i < race->racer_count; i++)
        racers[i].is->release(racers[i].state);
    free(right);
}
