/* A record from a JSON object: what Windows' event log, its shippers and Vigil itself write. Shared by
 * explain, replay and learn, so that a start means the same to all of them. */
#ifndef VG_CLI_RECORD_JSON_H
#define VG_CLI_RECORD_JSON_H

#include "log_kind.h"
#include "record_input.h"

#define VG_RECORD_UNUSED_MAX 12

/* Reads events into `input`. */
struct vg_record_json {
    struct vg_record_input *input;
    enum vg_log_kind kind;
    const char *name;    /* after a failure: whose value it is */
    const char *problem; /* after a failure: what would be right (static) */
    unsigned unused;     /* keys that no rule can ask about; the first of them, as the object has them */
    const char *unused_names[VG_RECORD_UNUSED_MAX];
};

/* Takes the facts of the event; those it does not speak of stay PENDING (vg_record_input_settle). null is an
 * absent fact; so are "" and "-", as Sysmon writes them, except in Vigil's own events. Of a 4688 only
 * what is named alike is taken: NewProcessName, CommandLine, ParentProcessName and NewProcessId; what it
 * leaves empty was not recorded, and is unknown. False for a value that cannot be. */
bool vg_record_json_read(struct vg_record_json *reader, const struct vg_log_event *event);

#endif
