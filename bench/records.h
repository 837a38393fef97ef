/* The starts that the benchmarks decide about: real ones, from logs. */
#ifndef VG_BENCH_RECORDS_H
#define VG_BENCH_RECORDS_H

#include "../src/policy/arena.h"

#include <vigil/record.h>

struct bench_records {
    struct vg_record *at;
    size_t count;
};

/* Every creation of a process in these logs (JSON, or lines of it), in their order, read as `vigil replay`
 * reads them. A fact that a log does not have is unknown; none is pending, so that a decision is one call.
 * Ends the program when there is none, or one that competitors of other kinds could not be given: a named
 * stream, a claimed fact. */
void bench_records_read(struct vg_arena *arena, const char *const *files, size_t file_count,
                        struct bench_records *records);

/* A copy of text or bytes in the arena. */
struct vg_span bench_copy(struct vg_arena *arena, struct vg_span value);

/* What vg_arena_alloc returns, or the end of the program. */
void *bench_take(struct vg_arena *arena, size_t count, size_t size);

#endif
