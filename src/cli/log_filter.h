/* Which lines of a log cannot tell of a creation of a process, found without parsing them. */
#ifndef VG_CLI_LOG_FILTER_H
#define VG_CLI_LOG_FILTER_H

#include <stdbool.h>
#include <stddef.h>

/* False only when vg_log_event_of would call the object that `text` holds VG_LOG_OTHER, whatever else is in
 * it: a creation has, as a key of some object, "EventID" or "event_id" with the number 1 or 4688, or
 * "EventType" with "ProcessCreate", or "CommandLine". Text that writes a letter or digit as \u0041 is never
 * ruled out. */
bool vg_log_may_create(const char *text, size_t size);

#endif
