/* Every creation of a process in a row of logs, handed to somebody: read by one thread, parsed and judged by
 * several, printed in the order of the input. Memory is bounded by the number of blocks. */
#ifndef VG_CLI_LOG_RUN_H
#define VG_CLI_LOG_RUN_H

#include "log_block.h"
#include "record_json.h"

#include <vigil/record.h>

#define VG_LOG_WORKERS_MAX 16

struct vg_log_place {
    const char *file;
    uint64_t number;
    bool record; /* of an event log's record; else of a line */
};

struct vg_log_job {
    const char *const *files;
    size_t file_count;
    void *context;
    /* Called in the thread of `worker` for each creation; what it adds to `output` is printed. False: out of
     * memory. The record lives during the call. */
    bool (*creation)(void *context, unsigned worker, const struct vg_log_place *place,
                     struct vg_record_input *input, struct vg_output *output);
};

struct vg_log_result {
    struct vg_log_counts counts;
    uint64_t unread_files; /* files, and logs in archives, that could not be read, or not to their end */
    uint64_t passed_over;  /* files in archives whose names are not those of logs */
    bool failed;           /* out of memory, or standard output cannot be written; already said */
};

/* How many threads vg_log_run works with: creation() is called with `worker` below that. */
unsigned vg_log_workers(void);

/* Complaints about lines and files go to standard error: the first few lines each, the others are only
 * counted. */
void vg_log_run(const struct vg_log_job *job, struct vg_log_result *result);

#endif
