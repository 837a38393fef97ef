#include "log_work.h"

#include "log_filter.h"

#include <string.h>

static bool work_on_object(struct vg_log_worker *worker, struct vg_log_block *block,
                           const struct vg_log_place *place, yyjson_val *root)
{
    struct vg_record_json reader = {.input = &worker->input};
    struct vg_log_event event = vg_log_event_of(root);
    const struct vg_log_job *job = worker->job;

    if (event.kind == VG_LOG_OTHER) {
        block->counts.skipped++;
        return true;
    }
    vg_record_input_reuse(&worker->input);
    if (!vg_record_json_read(&reader, &event)) {
        vg_log_block_complain(block, place->number, reader.name, reader.problem);
        return true;
    }
    vg_record_input_settle(&worker->input);
    return job->creation(job->context, worker->number, place, &worker->input, &block->output);
}

static void complain_about_json(struct vg_log_block *block, uint64_t number, const struct vg_json *json)
{
    char where[160];

    snprintf(where, sizeof(where), "%s (at byte %zu)", json->problem, json->position);
    vg_log_block_complain(block, number, "this is not JSON", json->position != 0 ? where : json->problem);
}

static bool work_on_item(struct vg_log_worker *worker, struct vg_log_block *block, const char *text,
                         size_t size, uint64_t number)
{
    struct vg_log_place place = {.file = block->file, .number = number, .record = block->records};
    yyjson_val *root;

    block->counts.items++;
    if (!vg_log_may_create(text, size)) {
        block->counts.skipped++;
        return true;
    }
    root = vg_json_read(&worker->json, text, size);
    if (root == NULL)
        complain_about_json(block, number, &worker->json);
    else if (!yyjson_is_obj(root))
        vg_log_block_complain(block, number, "this is no JSON object", NULL);
    else
        return work_on_object(worker, block, &place, root);
    return true;
}

static bool work_on_lines(struct vg_log_worker *worker, struct vg_log_block *block)
{
    const char *at = block->bytes;
    const char *end = block->bytes + block->size;
    uint64_t number = block->first_line;
    bool good = true;

    while (good && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *last = newline != NULL ? newline : end;
        const char *next = newline != NULL ? newline + 1 : end;

        while (last > at && (last[-1] == '\r' || last[-1] == ' ' || last[-1] == '\t'))
            last--;
        if (last > at)
            good = work_on_item(worker, block, at, (size_t)(last - at), number);
        number++;
        at = next;
    }
    return good;
}

bool vg_log_work(struct vg_log_worker *worker, struct vg_log_block *block)
{
    bool good = true;

    if (block->too_long != 0) {
        block->counts.items++;
        vg_log_block_complain(block, block->too_long, "a line longer than 16 MiB is not read", NULL);
    }
    if (block->lines)
        return work_on_lines(worker, block);
    for (size_t i = 0; good && i < block->item_count; i++) {
        const struct vg_log_item *item = &block->items[i];

        good = work_on_item(worker, block, block->bytes + item->offset, item->size, item->number);
    }
    return good;
}

void vg_log_worker_free(struct vg_log_worker *worker)
{
    vg_json_free(&worker->json);
    vg_record_input_free(&worker->input);
}
