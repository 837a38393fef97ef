/* A machine of the sim with the driver on it, confirmed and open, for benchmarks. What fails ends the
 * program. */
#ifndef VG_BENCH_MACHINE_H
#define VG_BENCH_MACHINE_H

#include "../src/policy/model.h"

#include <sim/sim.h>

/* Ends the program unless `good`. */
void bench_machine_must(bool good, const char *what);

/* The machine, without a driver. */
void bench_machine_start(void);
void bench_machine_end(void);

/* The driver's device, once the driver is loaded; the boot is confirmed. */
struct sim_handle *bench_machine_open(void);

/* Stops and unloads the driver, and takes the handle. */
void bench_machine_unload(struct sim_handle *device);

/* Compiles a policy of this text, puts it in force, and returns its number of rules. `keep` (NULL: all) says
 * which of them are to stay. */
size_t bench_machine_policy(struct sim_handle *device, const char *text,
                            bool (*keep)(const struct vg_rule *rule));

#endif
