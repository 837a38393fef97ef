/* What the generator's files share. */
#ifndef VG_TESTS_POLICY_GENERATOR_H
#define VG_TESTS_POLICY_GENERATOR_H

#include "generate.h"

#define STOCK      24u
#define LONGS      8u
#define TEXT_MAX   48u
#define DIGESTS    8u
#define NUMBERS    10u
#define RULES_MAX  40u
#define DEPTH_MAX  5u
#define SHARED_MAX 32u

struct generator {
    uint64_t state;
    struct vg_model model;
    bool large;                      /* thousands of rules, and few records to try them */
    bool long_values;                /* and no regular expressions, which take PCRE2 too long on them */
    struct vg_span numbers[NUMBERS]; /* some with leading zeros, one empty */
    struct vg_span stock[STOCK];     /* each a block of exactly its size, so that reading past it is seen */
    struct vg_span longs[LONGS];     /* texts of several pieces (match_text.h), made of those */
    uint8_t digests[DIGESTS][32];
    const struct vg_predicate *shared[SHARED_MAX]; /* predicates that may be used again */
    uint32_t shared_count;
    void **blocks;
    size_t block_count;
};

bool chance(struct generator *generator, uint32_t percent);

/* Zeros that last as long as the generator. */
void *allocate(struct generator *generator, size_t size);
struct vg_span keep(struct generator *generator, const uint16_t *units, uint32_t count);

/* generate_text.c: those of the stock, and of several pieces; digits. */
struct vg_span make_text(struct generator *generator);
struct vg_span make_long_text(struct generator *generator);
struct vg_span make_number(struct generator *generator, bool may_be_odd);

/* generate_predicate.c: any; and one of a field that holds text. */
const struct vg_predicate *make_predicate(struct generator *generator);
const struct vg_predicate *make_test_of_text(struct generator *generator, enum vg_field field,
                                             bool permissive);

/* A text of the stock, somewhere in the value, or behind a backslash at its end. */
const struct vg_predicate *make_search(struct generator *generator, enum vg_field field, bool permissive);
const struct vg_predicate *make_name(struct generator *generator, enum vg_field field, bool permissive);

enum vg_field any_text_field(struct generator *generator);

/* generate_rule.c: the rules of the model. */
void make_rules(struct generator *generator);

#endif
