/* What is left of a policy and a record that disagree with the reference when everything is taken away that
 * does not matter to it. */
#ifndef VG_TESTS_POLICY_SHRINK_H
#define VG_TESTS_POLICY_SHRINK_H

#include "agree.h"

#include <stdio.h>

/* A disagreement: what subject_try was asked when it found one. The model is the generator's, which is
 * changed; do not use it any more. */
struct disagreement {
    struct vg_model model;
    struct vg_record record;
    struct vg_record gathered;
    unsigned telling;
};

/* Takes away rules, parts of conditions and facts, and prints the rest; or says that it takes more than this
 * one record to disagree. */
void shrink_and_print(struct disagreement *disagreement, FILE *out);

#endif
