#define _POSIX_C_SOURCE 200809L

#include "measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double read_clock(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

double bench_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double bench_processor_now(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_clock_cost(void)
{
    double costs[1001];

    for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
        double start = bench_now();

        costs[i] = bench_now() - start;
    }
    return bench_quantile(costs, sizeof(costs) / sizeof(*costs), 0.5);
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return a < b ? -1 : a > b;
}

double bench_quantile(double *values, size_t count, double q)
{
    qsort(values, count, sizeof(*values), compare);
    return values[(size_t)((double)(count - 1) * q + 0.5)];
}

void bench_rounds_add(struct bench_rounds *rounds, double *values, size_t count)
{
    rounds->medians[rounds->count] = bench_quantile(values, count, 0.5);
    rounds->p99s[rounds->count] = bench_quantile(values, count, 0.99);
    rounds->count++;
}

double bench_rounds_median(struct bench_rounds *rounds)
{
    return bench_quantile(rounds->medians, rounds->count, 0.5);
}

double bench_rounds_p99(struct bench_rounds *rounds)
{
    return bench_quantile(rounds->p99s, rounds->count, 0.5);
}

void bench_result(double value, const char *metric_format, ...)
{
    const char *name = getenv("BENCH_RESULTS");
    FILE *file;
    va_list arguments;

    if (name == NULL)
        return;
    file = fopen(name, "a");
    if (file == NULL)
        bench_fail("%s cannot be written", name);
    va_start(arguments, metric_format);
    vfprintf(file, metric_format, arguments);
    va_end(arguments);
    if (fprintf(file, "\t%.10g\n", value) < 0 || fclose(file) != 0)
        bench_fail("%s cannot be written", name);
}

void bench_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}
