/* A piece of a log on its way from the reader to a worker and back to the printer. */
#ifndef VG_CLI_LOG_BLOCK_H
#define VG_CLI_LOG_BLOCK_H

#include "output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line or object above this is not read. */
#define VG_LOG_ITEM_MAX ((size_t)16 << 20)

/* How much a block holds, unless one line is longer. */
#define VG_LOG_BLOCK_SIZE ((size_t)1 << 20)

/* One object in a block whose objects are not its lines. */
struct vg_log_item {
    size_t offset;
    size_t size;
    uint64_t number; /* of the line it begins on, or of the event log's record */
};

struct vg_log_counts {
    uint64_t bytes;   /* of text, after unpacking */
    uint64_t items;   /* lines, objects or records, without empty lines */
    uint64_t skipped; /* that are no creation of a process */
    uint64_t broken;  /* that could not be understood */
};

struct vg_log_block {
    const char *file;    /* as people are told of it */
    char *file_of_block; /* malloc'ed: what `file` points to when its name is nobody else's; else NULL */
    bool records;        /* numbers are those of an event log's records, not of lines */
    bool lines;          /* every line is an object; otherwise `items` says where they are */
    uint64_t first_line; /* the number of the first line */
    char *bytes;         /* malloc'ed */
    size_t size;
    size_t capacity;
    struct vg_log_item *items; /* malloc'ed */
    size_t item_count;
    size_t item_capacity;
    uint64_t too_long; /* the number of a line that was left out, or 0 */

    /* What came of it. */
    struct vg_log_counts counts;
    struct vg_output output;     /* for standard output */
    struct vg_output complaints; /* a line each, for standard error */
};

/* Makes room for `capacity` bytes, keeping what is there; false without memory. */
bool vg_log_block_reserve(struct vg_log_block *block, size_t capacity);
bool vg_log_block_add_item(struct vg_log_block *block, size_t offset, size_t size, uint64_t number);

/* Counts what cannot be understood, and keeps a line about it for standard error: "FILE:17: WHAT: WHY", where
 * WHY may be NULL. */
void vg_log_block_complain(struct vg_log_block *block, uint64_t number, const char *what, const char *why);

/* Adds an event in XML as an object at the end of `text`, which is to be the block's bytes; what cannot be
 * understood is complained about. */
void vg_log_block_add_event(struct vg_log_block *block, struct vg_output *text, const char *xml, size_t size,
                            uint64_t number);

/* Empties the block and keeps its memory. */
void vg_log_block_clear(struct vg_log_block *block);
void vg_log_block_free(struct vg_log_block *block);

#endif
