/* Whether a compiled policy says of a record what the reference says of it: asked in stages, asked with every
 * fact there from the start, and whatever the facts are that it did without. */
#ifndef VG_TESTS_POLICY_AGREE_H
#define VG_TESTS_POLICY_AGREE_H

#include "../../src/policy/model.h"

/* A compiled policy with what deciding by it takes. */
struct subject {
    const struct vg_model *model;
    void *blob;
    size_t size;
    struct vg_policy policy;
    void *scratch;
};

/* False when the model is not compiled, or the blob is refused. Close it in any case. */
bool subject_open(struct subject *subject, const struct vg_model *model);
void subject_close(struct subject *subject);

/* How a record is told. */
enum telling {
    TELL_TOGETHER = 1, /* with what is asked for all that takes the same reading: as the driver does */
    TELL_UNKNOWN = 2,  /* what cannot be gathered; else it stays pending though it was asked for */
    TELLINGS = 4,
};

#define WRONG_MAX 256u

/* What was found out about one record. */
struct agreement {
    struct vg_decision decision;
    uint64_t asked;        /* bit per field */
    char wrong[WRONG_MAX]; /* what differs; empty when nothing does */
};

/* `record` with its staged facts pending, and what gathering them finds (generator_record). */
void subject_try(struct subject *subject, const struct vg_record *record, const struct vg_record *gathered,
                 unsigned telling, struct agreement *agreement);

#endif
