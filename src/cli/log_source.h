/* A log file as a row of blocks: JSON lines, JSON documents (an object, objects one after the other, an array
 * of them), each also packed by gzip, and Windows' event log files where the library for them was there at
 * build time. */
#ifndef VG_CLI_LOG_SOURCE_H
#define VG_CLI_LOG_SOURCE_H

#include "log_block.h"

struct vg_log_source;

enum vg_log_next {
    VG_LOG_BLOCK, /* the block holds more */
    VG_LOG_END,
    VG_LOG_FAILED, /* the rest cannot be read; the reason is in words */
};

/* A place for a reason. */
struct vg_log_reason {
    char text[256];
};

/* NULL with the reason. `file` stays the caller's, in place while the source or a block of it lives. */
struct vg_log_source *vg_log_source_open(const char *file, struct vg_log_reason *reason);

/* Fills an empty block. */
enum vg_log_next vg_log_source_next(struct vg_log_source *source, struct vg_log_block *block,
                                    struct vg_log_reason *reason);

/* How far into the file the source is: 0 to 1. */
double vg_log_source_progress(const struct vg_log_source *source);

void vg_log_source_close(struct vg_log_source *source);

/* Whether a file of that name is taken for a log when it is found in a folder. */
bool vg_log_is_name(const char *name);

#endif
