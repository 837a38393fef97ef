/* How much of a start's time passes in the driver's own code, and how much in the kernel's routines that it
 * calls, which on this machine are the sim's. The driver's module is the one that is tested, unchanged: its
 * table of imported routines is made to lead to stubs that stop the thread's clock, and start it again when
 * the routine returns. The clock is the processor's counter; what stopping and starting it costs is measured
 * beforehand, and taken off. Only x86-64. */
#ifndef VG_BENCH_INSIDE_H
#define VG_BENCH_INSIDE_H

/* What the last start took: from the moment the kernel called the driver until it returned. */
struct bench_inside {
    double whole;         /* nanoseconds, with the clock's own cost */
    double inside;        /* of them in the driver's own code, without it */
    unsigned calls;       /* of the kernel's routines */
    unsigned allocations; /* of pool, by the driver */
};

/* Loads the driver's module into the sim's machine (sim_load_driver's part). Ends the program when that
 * fails. */
void bench_inside_load(const char *module);

/* Of the last start that the driver was told of, on any thread; starts come one after the other. */
const struct bench_inside *bench_inside_last(void);

/* Lets go of the module, once the driver is unloaded. */
void bench_inside_unload(void);

#endif
