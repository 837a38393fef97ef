/* A program run by itself, so that what it takes is its own. */
#ifndef VG_BENCH_CHILD_H
#define VG_BENCH_CHILD_H

/* Runs a program, its standard output and error thrown away. Returns the nanoseconds it took; `*peak_bytes`
 * becomes the most memory it held at once. Ends the benchmark when it cannot be run or exits with more than
 * `exit_max`. */
double bench_child_run(const char *const *arguments, int exit_max, double *peak_bytes);

#endif
