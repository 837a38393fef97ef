#include "records.h"

#include "measure.h"

#include "../src/cli/log_run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What several threads find, to be put in the order of the logs. */
struct found {
    struct vg_log_place place;
    struct vg_record record;
};

struct collection {
    pthread_mutex_t lock;
    struct vg_arena *arena;
    struct found *at;
    size_t count;
    size_t capacity;
};

void *bench_take(struct vg_arena *arena, size_t count, size_t size)
{
    void *memory = vg_arena_array(arena, count, size);

    if (memory == NULL)
        bench_fail("out of memory");
    return memory;
}

struct vg_span bench_copy(struct vg_arena *arena, struct vg_span value)
{
    void *copy = bench_take(arena, value.size, 1);

    memcpy(copy, value.bytes, value.size);
    return (struct vg_span){copy, value.size};
}

static bool has_stream(struct vg_span path)
{
    for (uint32_t at = 2; at < vg_unit_count(path); at++) {
        if (vg_units(path)[at] == u':')
            return true;
    }
    return false;
}

static void copy_fact(struct vg_arena *arena, enum vg_field field, struct vg_fact *fact)
{
    if (fact->flags & VG_FACT_CLAIMED)
        bench_fail("a fact of these logs is claimed");
    if (fact->state == VG_FACT_PENDING)
        fact->state = VG_FACT_UNKNOWN;
    for (unsigned i = 0; i < fact->count; i++) {
        if (vg_field_kind(field) == VG_KIND_PATH && has_stream(fact->values[i]))
            bench_fail("a path of these logs names a stream");
        fact->values[i] = bench_copy(arena, fact->values[i]);
    }
}

static bool collect(void *context, unsigned worker, const struct vg_log_place *place,
                    struct vg_record_input *input, struct vg_output *output)
{
    struct collection *collection = context;
    struct found *found;

    (void)worker;
    (void)output;
    pthread_mutex_lock(&collection->lock);
    if (collection->count == collection->capacity) {
        collection->capacity = collection->capacity * 2 + 64;
        collection->at = realloc(collection->at, collection->capacity * sizeof(*collection->at));
        if (collection->at == NULL)
            bench_fail("out of memory");
    }
    found = &collection->at[collection->count++];
    found->place = *place;
    found->record = input->record;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        copy_fact(collection->arena, (enum vg_field)field, &found->record.facts[field]);
    pthread_mutex_unlock(&collection->lock);
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct vg_log_place *a = &((const struct found *)left)->place;
    const struct vg_log_place *b = &((const struct found *)right)->place;
    int order = strcmp(a->file, b->file);

    return order != 0 ? order : a->number < b->number ? -1 : a->number > b->number;
}

void bench_records_read(struct vg_arena *arena, const char *const *files, size_t file_count,
                        struct bench_records *records)
{
    struct collection collection = {.lock = PTHREAD_MUTEX_INITIALIZER, .arena = arena};
    const struct vg_log_job job = {
        .files = files, .file_count = file_count, .context = &collection, .creation = collect};
    struct vg_log_result result;

    vg_log_run(&job, &result);
    if (result.failed || result.unread_files != 0 || collection.count == 0)
        bench_fail("there are no starts in the logs given");
    qsort(collection.at, collection.count, sizeof(*collection.at), compare);
    records->at = bench_take(arena, collection.count, sizeof(*records->at));
    records->count = collection.count;
    for (size_t i = 0; i < collection.count; i++)
        records->at[i] = collection.at[i].record;
    free(collection.at);
}
