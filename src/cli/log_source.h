/* A log file as a row of blocks: JSON lines, JSON documents (an object, objects one after the other, an array
 * of them) or Windows' event log, each as it is, packed by gzip, or in a zip archive. */
#ifndef VG_CLI_LOG_SOURCE_H
#define VG_CLI_LOG_SOURCE_H

#include "log_block.h"

struct vg_log_source;

enum vg_log_next {
    VG_LOG_BLOCK, /* the block holds more */
    VG_LOG_END,
    VG_LOG_FAILED,      /* the rest cannot be read; the reason is in words */
    VG_LOG_PART_FAILED, /* the rest of one log in an archive cannot be read; what is behind it goes on */
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

/* The log in an archive that the last block, or failure, is about, until the next one; NULL: it is the file
 * itself. */
const char *vg_log_source_part(const struct vg_log_source *source);

/* How many files in an archive were passed over, because their names are not those of logs. */
uint64_t vg_log_source_passed_over(const struct vg_log_source *source);

/* How far into the file the source is: 0 to 1. */
double vg_log_source_progress(const struct vg_log_source *source);

void vg_log_source_close(struct vg_log_source *source);

/* What the name of a file that is found in a folder or archive says that it is. */
enum vg_log_name {
    VG_LOG_NAME_OTHER,  /* no log */
    VG_LOG_NAME_PLAIN,  /* .json, .jsonl, .ndjson, .log, .evtx */
    VG_LOG_NAME_PACKED, /* one of these with .gz, or .zip */
};
enum vg_log_name vg_log_name_kind(const char *name);

#endif
