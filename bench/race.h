/* Competitors beside each other: first that they agree, then how long each takes. */
#ifndef VG_BENCH_RACE_H
#define VG_BENCH_RACE_H

#include "competitor.h"

#define BENCH_RACERS_MAX 8u

/* One set of rules, one set of records, and those that decide by them; `racers[0]` is right by definition. */
struct bench_race {
    const char *metric; /* what the results' names begin with */
    const struct bench_policy *policy;
    const struct bench_records *records;
    const struct bench_competitor *racers[BENCH_RACERS_MAX];
    size_t racer_count;
    bool only_check; /* no times */
};

/* Every competitor takes the rules in, decides every record (one that rereads all rules, as many as it can in
 * some seconds), and is timed decision by decision, in rounds that go through all of them in turn, in which
 * what reading the clock takes is taken off. Ends the program when a competitor's verdict or rule differs.
 * Results: METRIC.NAME.median and .p99 in nanoseconds, .checked (records); METRIC.vigil.hot: the median of
 * records decided again at once, with everything in the cache. */
void bench_race_run(const struct bench_race *race);

#endif
