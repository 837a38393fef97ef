/* A program run by itself, so that what it takes is its own. */
#ifndef VG_BENCH_CHILD_H
#define VG_BENCH_CHILD_H

struct bench_child {
    double processor; /* nanoseconds of processors, in all */
    double peak;      /* the most memory it held at once, in bytes */
};

/* Runs a program, its standard output and error thrown away. Ends the benchmark when it cannot be run or
 * exits with more than `exit_max`. */
struct bench_child bench_child_run(const char *const *arguments, int exit_max);

#endif
