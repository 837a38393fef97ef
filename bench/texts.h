/* The texts of a record, put in upper case when they are first asked for, and predicates tested on them. */
#ifndef VG_BENCH_TEXTS_H
#define VG_BENCH_TEXTS_H

#include "tree.h"

#include <vigil/record.h>

struct bench_texts {
    const struct vg_record *record;
    uint64_t folded; /* bit per field: `values` has it */
    struct vg_span values[VG_FIELD_COUNT][VG_FACT_VALUES_MAX];
    size_t used;
    uint16_t *units; /* of all of them */
};

void bench_texts_make(struct vg_arena *arena, struct bench_texts *texts);

/* Goes on to the next record. */
static inline void bench_texts_begin(struct bench_texts *texts, const struct vg_record *record)
{
    texts->record = record;
    texts->folded = 0;
    texts->used = 0;
}

/* The values of a fact that is known, in upper case. */
const struct vg_span *bench_texts_of(struct bench_texts *texts, enum vg_field field);

enum bench_truth bench_texts_test(struct bench_texts *texts, const struct bench_predicate *predicate);

#endif
