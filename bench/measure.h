/* Time, and what is said about many measurements. */
#ifndef VG_BENCH_MEASURE_H
#define VG_BENCH_MEASURE_H

#include <stddef.h>

/* Every number on the page is a median of so many rounds. */
#define BENCH_ROUNDS 5u

/* Nanoseconds on a clock that only goes forward. */
double bench_now(void);

/* Nanoseconds that this process has had of processors, all of its threads together: for work of one thread
 * that takes long, the time it would take if nothing else ran. */
double bench_processor_now(void);

/* What lies between two readings of it when nothing does: the median of many. */
double bench_clock_cost(void);

/* The value that a share `q` (0..1) of `values` do not exceed; sorts them. `count` is not 0. */
double bench_quantile(double *values, size_t count, double q);

/* Each round's median and 99th percentile of single measurements, and the medians of those. */
struct bench_rounds {
    unsigned count;
    double medians[BENCH_ROUNDS];
    double p99s[BENCH_ROUNDS];
};

/* Takes a round's measurements (and sorts them). At most BENCH_ROUNDS rounds. */
void bench_rounds_add(struct bench_rounds *rounds, double *values, size_t count);
double bench_rounds_median(struct bench_rounds *rounds);
double bench_rounds_p99(struct bench_rounds *rounds);

/* Appends "METRIC<tab>VALUE" to the file that the environment's BENCH_RESULTS names, if it names one: what
 * bench/report makes the table of. Ends the program when that fails. */
void bench_result(double value, const char *metric_format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the program with a message: a benchmark has nobody to hand an error to. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
