/* What an object in a log tells about, and where it has its facts. */
#ifndef VG_CLI_LOG_KIND_H
#define VG_CLI_LOG_KIND_H

#include <yyjson.h>

enum vg_log_kind {
    VG_LOG_OTHER,    /* no creation of a process */
    VG_LOG_BARE,     /* no event's number or type at all, but Image and CommandLine */
    VG_LOG_SYSMON,   /* Sysmon's event 1 */
    VG_LOG_SECURITY, /* event 4688 of the Security log */
    VG_LOG_VIGIL,    /* Vigil's own ProcessCreate */
};

struct vg_log_event {
    enum vg_log_kind kind;
    yyjson_val *fields;   /* the object itself, or that of it (or list) with the fields */
    yyjson_val *provider; /* a string: what the event's head says where it comes from; NULL for nothing */
};

/* `root` is any value. */
struct vg_log_event vg_log_event_of(yyjson_val *root);

#endif
