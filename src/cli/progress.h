/* A line on a terminal that says how far long work is. */
#ifndef VG_CLI_PROGRESS_H
#define VG_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_progress {
    bool shown; /* false: nobody watches, and nothing is ever printed */
    int64_t last;
};

/* For standard error, when it is a terminal. */
struct vg_progress vg_progress_begin(void);

/* Draws the line anew, a few times a second at most. `done` is 0 to 1. */
void vg_progress_show(struct vg_progress *progress, double done, const char *file, uint64_t events);

/* Takes the line away, for something else to be printed. */
void vg_progress_clear(struct vg_progress *progress);

#endif
