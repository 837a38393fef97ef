/* What is done with a block: its objects are parsed, and the creations among them handed to the job. */
#ifndef VG_CLI_LOG_WORK_H
#define VG_CLI_LOG_WORK_H

#include "json_text.h"
#include "log_run.h"

/* One a thread; zero but for the first two. */
struct vg_log_worker {
    const struct vg_log_job *job;
    unsigned number;
    struct vg_json json;
    struct vg_record_input input;
};

/* Fills the block's counts, output and complaints. False: out of memory. */
bool vg_log_work(struct vg_log_worker *worker, struct vg_log_block *block);
void vg_log_worker_free(struct vg_log_worker *worker);

#endif
