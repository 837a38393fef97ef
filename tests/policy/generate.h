/* Models and records from a seed, made of one small stock of texts so that they hit each other often: alone,
 * behind long runs that end at the border of a piece, and by what the compiler makes groups, trials and pairs
 * of units of. */
#ifndef VG_TESTS_POLICY_GENERATE_H
#define VG_TESTS_POLICY_GENERATE_H

#include "../../src/policy/model.h"

struct generator;

/* One generator is one policy: its stock, its model, its records. Equal seeds give equal ones. */
struct generator *generator_new(uint64_t seed);
void generator_free(struct generator *generator);

const struct vg_model *generator_model(const struct generator *generator);

/* Whether the policy has thousands of rules: then a few records will do. */
bool generator_is_large(const struct generator *generator);

/* A further record. Staged facts are pending in `record`; what gathering them would find is in `gathered`,
 * where all other facts are the same. */
void generator_record(struct generator *generator, struct vg_record *record, struct vg_record *gathered);

/* A number below `limit`. */
uint32_t generator_below(struct generator *generator, uint32_t limit);

#endif
