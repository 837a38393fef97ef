/* The machine as a whole. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sim.h"

enum sim_windows sim_windows(void);
/* A routine that Windows has from `since` on: calling it on an older machine is a violation. */
void sim_since(enum sim_windows since, const char *routine);
ULONG sim_build(void); /* 0: the system's own */
bool sim_is_booting(void);
bool sim_has_integrity_bit(void);
bool sim_notify_table_is_full(void);

/* 100 ns since 1601, and the same clock since the machine started. */
uint64_t sim_now(void);
uint64_t sim_boot_time(void); /* moves only when somebody sets the clock */
uint64_t sim_uptime(void);

/* The real clock, which sim_advance_ms does not move: for how long the sim waits before it calls a deadlock
 * one. */
uint64_t sim_patience(void);

/* UTF-16 in malloc'ed memory, NUL-terminated too. */
UNICODE_STRING sim_text(const char *utf8);
UNICODE_STRING sim_text_copy(const UNICODE_STRING *text);
void sim_text_free(UNICODE_STRING *text);
/* UTF-8, malloc'ed. */
char *sim_utf8(const UNICODE_STRING *text);
bool sim_text_equal(const UNICODE_STRING *a, const UNICODE_STRING *b);
bool sim_text_starts(const UNICODE_STRING *text, const UNICODE_STRING *prefix);
/* Copies at most `length` bytes: the answer to a query into a caller's buffer. */
UNICODE_STRING sim_text_join(const UNICODE_STRING *a, const UNICODE_STRING *b);

void sim_said_reset(void);

void *sim_alloc(size_t size); /* zeroed, never NULL */

#endif
