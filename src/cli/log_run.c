#include "log_run.h"

#include "log_source.h"
#include "log_work.h"
#include "message.h"
#include "progress.h"
#include "thread.h"

#include <stdlib.h>
#include <string.h>

/* More blocks than workers, so that reading goes on while the oldest is being worked on. */
#define BLOCKS         6
#define COMPLAINTS_MAX 10

enum state { FREE, FULL, TAKEN, DONE };

struct slot {
    struct vg_log_block block;
    enum state state;
};

struct run {
    const struct vg_log_job *job;
    struct vg_log_result *result;
    struct slot slots[BLOCKS];
    struct vg_lock lock;
    struct vg_signal changed;
    uint64_t filled; /* blocks handed to the workers; the next one's slot is that modulo BLOCKS */
    uint64_t taken;
    uint64_t printed;
    bool over; /* no more blocks will come */
    _Atomic bool out_of_memory;
    unsigned complaints;
    uint64_t parts_named;
    struct vg_progress progress;
};

struct worker {
    struct run *run;
    struct vg_thread thread;
    struct vg_log_worker worker;
};

/* --- In a worker -------------------------------------------------------------------------------------------
 */

static void work(void *context)
{
    struct worker *worker = context;
    struct run *run = worker->run;

    vg_lock_take(&run->lock);
    for (;;) {
        struct slot *slot;
        bool good;

        while (run->taken == run->filled && !run->over)
            vg_signal_wait(&run->changed, &run->lock);
        if (run->taken == run->filled)
            break;
        slot = &run->slots[run->taken++ % BLOCKS];
        slot->state = TAKEN;
        vg_lock_release(&run->lock);
        good = vg_log_work(&worker->worker, &slot->block) && !slot->block.output.failed;
        vg_lock_take(&run->lock);
        slot->state = DONE;
        run->out_of_memory = run->out_of_memory || !good;
        vg_signal_all(&run->changed);
    }
    vg_lock_release(&run->lock);
    vg_log_worker_free(&worker->worker);
}

/* --- In the reader's thread --------------------------------------------------------------------------------
 */

static void print_complaints(struct run *run, const struct vg_output *complaints)
{
    const char *at = complaints->size != 0 ? complaints->bytes : "";
    const char *end = at + complaints->size;

    while (at < end && run->complaints < COMPLAINTS_MAX) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline != NULL ? newline + 1 : end;

        vg_progress_clear(&run->progress);
        fwrite(at, 1, (size_t)(next - at), stderr);
        run->complaints++;
        at = next;
    }
}

static void add_counts(struct vg_log_counts *sum, const struct vg_log_counts *part)
{
    sum->bytes += part->bytes;
    sum->items += part->items;
    sum->skipped += part->skipped;
    sum->broken += part->broken;
}

/* Waits for the oldest block and prints what came of it. */
static void finish_oldest(struct run *run)
{
    struct slot *slot = &run->slots[run->printed++ % BLOCKS];
    struct vg_log_block *block = &slot->block;

    vg_lock_take(&run->lock);
    while (slot->state != DONE)
        vg_signal_wait(&run->changed, &run->lock);
    vg_lock_release(&run->lock);
    print_complaints(run, &block->complaints);
    if (block->output.size != 0)
        vg_progress_clear(&run->progress);
    if (block->output.size != 0 &&
        fwrite(block->output.bytes, 1, block->output.size, stdout) != block->output.size)
        run->result->failed = true;
    add_counts(&run->result->counts, &block->counts);
    vg_log_block_clear(block);
    slot->state = FREE;
}

static void complain_file(struct run *run, const char *file, const struct vg_log_reason *reason)
{
    struct vg_output name = {0};

    /* After what was found in the file before. */
    while (run->printed < run->filled)
        finish_oldest(run);
    vg_progress_clear(&run->progress);
    run->result->unread_files++;
    vg_output_visible(&name, file, strlen(file));
    vg_output_add(&name, "", 1);
    vg_say_error("cannot read %s: %s", name.failed ? file : name.bytes, reason->text);
    vg_output_free(&name);
}

/* Of what is in an archive there may be any number. */
static void complain_part(struct run *run, const char *part, const struct vg_log_reason *reason)
{
    if (run->parts_named++ < COMPLAINTS_MAX)
        complain_file(run, part, reason);
    else
        run->result->unread_files++;
}

static void hand_over(struct run *run, struct slot *slot)
{
    vg_lock_take(&run->lock);
    slot->state = FULL;
    run->filled++;
    vg_signal_all(&run->changed);
    vg_lock_release(&run->lock);
}

/* The next block, or what else there is, after waiting for a free slot. */
static enum vg_log_next read_block(struct run *run, const char *file, struct vg_log_source *source)
{
    struct slot *slot = &run->slots[run->filled % BLOCKS];
    struct vg_log_reason reason = {{0}};
    enum vg_log_next next;

    while (run->filled - run->printed >= BLOCKS)
        finish_oldest(run);
    next = vg_log_source_next(source, &slot->block, &reason);
    if (next == VG_LOG_BLOCK) {
        hand_over(run, slot);
        return next;
    }
    vg_log_block_clear(&slot->block);
    if (next == VG_LOG_PART_FAILED)
        complain_part(run, vg_log_source_part(source), &reason);
    else if (next == VG_LOG_FAILED)
        complain_file(run, file, &reason);
    return next;
}

static void read_file(struct run *run, size_t index)
{
    const char *file = run->job->files[index];
    struct vg_log_reason reason = {{0}};
    struct vg_log_source *source = vg_log_source_open(file, &reason);
    enum vg_log_next next = VG_LOG_BLOCK;

    if (source == NULL) {
        complain_file(run, file, &reason);
        return;
    }
    while ((next == VG_LOG_BLOCK || next == VG_LOG_PART_FAILED) && !run->result->failed &&
           !run->out_of_memory) {
        next = read_block(run, file, source);
        vg_progress_show(&run->progress,
                         ((double)index + vg_log_source_progress(source)) / (double)run->job->file_count,
                         file, run->result->counts.items);
    }
    run->result->passed_over += vg_log_source_passed_over(source);
    vg_log_source_close(source);
}

unsigned vg_log_workers(void)
{
    unsigned count = vg_processor_count();

    return count < 2 ? 1 : count > VG_LOG_WORKERS_MAX ? VG_LOG_WORKERS_MAX : count;
}

static void read_files(struct run *run)
{
    for (size_t i = 0; i < run->job->file_count && !run->result->failed && !run->out_of_memory; i++)
        read_file(run, i);
    while (run->printed < run->filled)
        finish_oldest(run);
}

void vg_log_run(const struct vg_log_job *job, struct vg_log_result *result)
{
    struct run run = {.job = job, .result = result, .progress = vg_progress_begin()};
    struct worker workers[VG_LOG_WORKERS_MAX] = {{0}};
    unsigned wanted = vg_log_workers();
    unsigned started = 0;

    *result = (struct vg_log_result){0};
    vg_lock_init(&run.lock);
    vg_signal_init(&run.changed);
    while (started < wanted) {
        workers[started].run = &run;
        workers[started].worker = (struct vg_log_worker){.job = job, .number = started};
        if (!vg_thread_start(&workers[started].thread, work, &workers[started]))
            break;
        started++;
    }
    if (started != 0)
        read_files(&run);
    vg_lock_take(&run.lock);
    run.over = true;
    vg_signal_all(&run.changed);
    vg_lock_release(&run.lock);
    for (unsigned i = 0; i < started; i++)
        vg_thread_join(&workers[i].thread);
    vg_progress_clear(&run.progress);
    for (unsigned i = 0; i < BLOCKS; i++)
        vg_log_block_free(&run.slots[i].block);
    if (started == 0 || run.out_of_memory) {
        vg_say_error(started == 0 ? "the system gives no thread" : "out of memory");
        result->failed = true;
    }
}
