/* Events as JSON, with Sysmon's names and Vigil's own; docs/vigil.md lists them. */
#ifndef VG_CLI_EVENT_JSON_H
#define VG_CLI_EVENT_JSON_H

#include "event_decode.h"

#include <stdio.h>

/* One object on one line, flushed by the caller. False when it could not be written. */
bool vg_event_write_json(FILE *stream, const struct vg_event *event);

#endif
