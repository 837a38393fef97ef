/* Events as the driver hands them out (include/vigil/abi.h), checked completely before anything in them is
 * used. */
#ifndef VG_CLI_EVENT_DECODE_H
#define VG_CLI_EVENT_DECODE_H

#include <vigil/abi.h>
#include <vigil/record.h>

#include <stdbool.h>
#include <stddef.h>

/* One event. Spans point into the bytes it was decoded from. */
struct vg_event {
    union {
        struct vg_event_header header; /* every event begins with it */
        struct vg_event_start start;
        struct vg_event_exit exit;
        struct vg_event_image image;
        struct vg_event_lost lost;
        struct vg_event_state state;
    };
    struct vg_record record;    /* the facts; PENDING where the event has no entry for a field */
    struct vg_span name;        /* UTF-16: the open name of a start, the image's name of an image load */
    struct vg_span rule_name;   /* UTF-8 as the policy has it, not checked */
    struct vg_span audit_names; /* the same, a newline between them */
};

/* Decodes the event at `bytes`, of which `size` follow. `bytes` is aligned to 8. On success the next event
 * starts event->header.size further on. Returns false with `*event` untouched and `*problem` (static) saying
 * which check failed; nothing after that event in the buffer can be trusted then. */
bool vg_event_decode(const void *bytes, size_t size, struct vg_event *event, const char **problem);

#endif
