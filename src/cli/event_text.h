/* Events as one line for people, for `vigil watch`. */
#ifndef VG_CLI_EVENT_TEXT_H
#define VG_CLI_EVENT_TEXT_H

#include "event_decode.h"

#include <stdio.h>

struct vg_event_style {
    bool colour;
    unsigned columns; /* lines are cut to these; 0: never cut */
};

/* Control characters are made visible: nobody's command line drives the terminal. False when it could not be
 * written. */
bool vg_event_print(FILE *stream, const struct vg_event *event, const struct vg_event_style *style);

#endif
