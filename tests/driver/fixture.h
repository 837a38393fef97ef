/* A machine of the sim with vigil.sys loaded, as the driver's tests use it. */
#ifndef VG_TESTS_DRIVER_FIXTURE_H
#define VG_TESTS_DRIVER_FIXTURE_H

#include "../cmocka_all.h"

#include <sim/sim.h>
#include <vigil/abi.h>

/* Starts a machine, loads the driver and opens its device as SYSTEM. NULL: Windows 10, nothing special. */
void begin(const struct sim_options *options);

/* The same in two steps, with room between them for files and registry values. */
void begin_machine(const struct sim_options *options);
void begin_driver(void);

/* Closes the device, unloads the driver (which must succeed and leave nothing behind) and ends the machine.
 */
void end(void);

/* Without ending the machine: unloads the driver, as a stop does. */
void stop_driver(void);

extern struct sim_handle *control; /* the device, opened by begin_driver */

/* Compiles a policy and loads it through the device; it must be taken. */
void load_policy(const char *yaml);

/* Compiles a policy into `*blob`, the caller's to free. */
void compile_policy(const char *yaml, void **blob, size_t *size);

/* Confirms the boot, so that everything is enforced. */
void confirm_boot(void);

/* Starts a program: its image, command line (NULL: the usual one) and creator (NULL: explorer.exe). */
NTSTATUS start(const char *image, const char *command_line, PEPROCESS creator, PEPROCESS *process);

/* The driver's status. */
struct vg_abi_status status_now(void);

/* The next event through `handle`; NULL when none comes within a moment. Valid until the next call. */
const struct vg_event_header *next_event(struct sim_handle *handle);

/* The next event of that kind, skipping others; fails the test when none comes. */
const struct vg_event_start *next_start(void);
const struct vg_event_exit *next_exit(void);

/* The value of a fact as UTF-8 ("<absent>", "<unknown>", "<pending>" for its state without one). `index`
 * counts a fact's values. Valid until the fourth call from now. */
const char *fact(const struct vg_event_header *event, enum vg_field field, unsigned index);

/* The flags of a fact's first value. */
unsigned fact_flags(const struct vg_event_header *event, enum vg_field field);

/* The name of the rule that decided, as UTF-8. */
const char *rule_name(const struct vg_event_start *event);

#endif
