/* What scenarios of the driver are told with: a machine, the driver on it, policies as YAML, starts, events.
 * Each helper fails the calling test when what it does cannot be done. */
#ifndef VG_TESTS_DRIVER_SCENARIO_H
#define VG_TESTS_DRIVER_SCENARIO_H

#include "../cmocka_all.h"

#include <sim/sim.h>
#include <vigil/abi.h>

#define CMD         "C:\\Windows\\System32\\cmd.exe"
#define NOTEPAD     "C:\\Windows\\System32\\notepad.exe"
#define WINWORD     "C:\\Program Files\\Office\\winword.exe"
#define POLICY_PATH "C:\\Windows\\System32\\vigil.policy"

/* What a denied creation fails with unless the policy says otherwise. */
#define DENIED STATUS_ACCESS_DISABLED_BY_POLICY_DEFAULT

/* A rule, to be put behind a policy's others, by which every start that it decides is asked for its Drive. */
#define ASK_FOR_DRIVE "  - audit: its drive\n    when: { Drive: fixed }\n"
#define ONLY_DRIVE    "vigil: 1\nmode: monitor\ndefault: allow\nrules:\n" ASK_FOR_DRIVE

/* ---- the machine and the driver ---- */

/* A machine with the driver loaded, its boot confirmed, and this policy (NULL: none) in force. Ends any
 * earlier one first. */
void begin(const char *policy);
void begin_on(const struct sim_options *options, const char *policy);

/* The same on Windows Server 2003, with vigil-xp.sys. */
void begin_legacy(const char *policy);

/* The same in steps: the machine alone; the policy as the file that the registry names; the driver, which is
 * vigil-xp.sys on a machine older than Windows 7. With VIGIL_SCENARIO_LEGACY in the environment every machine
 * is one: what does not depend on the system holds there too. */
void machine(const struct sim_options *options);
void policy_file(const char *policy);
NTSTATUS load(void);

/* Quiesces, closes the scenario's own handle, unloads and ends the machine. Nothing may be left. */
void end(void);

/* The scenario's own handle: an administrator's. Opened at first use. */
struct sim_handle *admin(void);
void close_admin(void);

/* ---- policies ---- */

struct blob {
    void *bytes;
    size_t size;
};
struct blob compile(const char *yaml);
void use_policy(const char *yaml);
NTSTATUS send_policy(const void *bytes, size_t size, struct vg_abi_load_reply *reply);
void confirm_boot(void);

/* ---- what the driver says ---- */

struct vg_abi_status status(void);

/* The next event of that type that the scenario's handle has not read; others are skipped. */
const struct vg_event_header *next_event(uint16_t type);
const struct vg_event_start *next_start(void);
const struct vg_event_exit *next_exit(void);
bool no_more_events(uint16_t type);

/* The first value of a fact as UTF-8 (of a hash as hex); "(absent)", "(unknown)", "(pending)" or "(none)"
 * else. Valid until the next call but seven. */
const char *fact(const void *event, enum vg_field field);
bool fact_has(const void *event, enum vg_field field, const char *value);
bool fact_is_claimed(const void *event, enum vg_field field);
const char *rule_name(const struct vg_event_start *start);

/* ---- starts ---- */

/* Starts and ends again; returns what the creator saw. */
NTSTATUS try_start(const char *image, const char *command_line);
NTSTATUS try_options(const struct sim_process_options *options);

/* The same with the nth call that can fail failing. Returns what failed; NULL when there were fewer. */
const char *start_with_failure(unsigned n, const char *image, NTSTATUS *result);
PEPROCESS start(const char *image);
PEPROCESS start_options(const struct sim_process_options *options);

#endif
