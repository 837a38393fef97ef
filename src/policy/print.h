/* A model as the text of a policy: what was understood. Reading it again gives an equal model, but for places
 * in files and for `sigma:` and `include:`, in whose place the rules themselves stand. */
#ifndef VG_POLICY_PRINT_H
#define VG_POLICY_PRINT_H

#include <stdio.h>

#include "model.h"

struct vg_print_options {
    size_t digests_most; /* of one list; further ones are only counted, in a comment. 0: all, so that it can
                            be re-read */
};

/* Letters of text that is compared without regard to case are printed small. `options` may be NULL. Errors of
 * `out` are left to ferror. */
void vg_model_print(const struct vg_model *model, const struct vg_print_options *options, FILE *out);

#endif
