/* What the matcher's files share. A decision goes: scan (match_scan.c) each fact once into truths and
 * candidates; then settle (match.c) the candidates in order, running their conditions (match_condition.c).
 *
 * A regular expression (match_regex.c) is the one test that the scan does not answer: where one of its
 * literals was found it only notes that the expression awaits its trial. It is tried when a condition comes
 * to it whose other predicates leave the outcome open, and the answer is kept. So each predicate that is one
 * takes at most one step per unit of the values of its field in a whole decision: in all no more than (REGEX
 * predicates of the policy) x (units of a fact), whatever the values are. Freestanding. */
#ifndef VG_POLICY_MATCH_H
#define VG_POLICY_MATCH_H

#include "bitset.h"
#include "blob.h"
#include "marks.h"

#include <vigil/compiler.h>
#include <vigil/record.h>

/* One decision at work. What it points to in the blob and in the scratch is found once for all starts. */
struct vg_match {
    struct vg_blob_view blob;
    const struct vg_record *record;
    struct vg_scratch *scratch;
    struct vg_marks truths;      /* tracked predicates that are true */
    struct vg_bitset candidates; /* conditions announced by a true predicate, or one that awaits its trial */
    struct vg_bitset awaiting;   /* REGEX predicates that may be true, and were not tried */
    uint32_t *stamps;            /* per literal: the serial of the value it was last found in */
    uint32_t *outcomes; /* per predicate that is tried: the start it was last tried in, and the truth */
    struct vg_prepared *prepared; /* per field in FIELDS: its values, for trials */
    bool pairs_asked;
    const uint64_t *pairs; /* of the command line (vg_match_pairs_of), once they were asked for */
    uint32_t *audits;      /* where audit rules that match are named, */
    uint32_t audit_room;   /* as many as that */
};

/* What is kept between two calls for one start. Behind it: the sets, then the stamps. */
struct vg_scratch {
    uint64_t fields;  /* bit per field: those in FIELDS; never changes, like the next and `places` */
    uint64_t digests; /* those of them that have a table of digests */
    uint64_t taken;   /* scanned, or found unknown */
    uint64_t asked;   /* asked for by VG_NEED_FACT */
    uint64_t unknown; /* taken, and unknown to every predicate */
    uint64_t
        claimed;     /* taken, and the creator's word: false to permissive predicates, else true or unknown */
    uint32_t best;   /* the first plain rule that is true */
    uint32_t serial; /* of the value being scanned; never 0 */
    uint32_t truth_words;           /* of the truths: how many are not empty */
    uint32_t start;                 /* of a process, the one being decided about; never 0, below 2^31 */
    uint8_t places[VG_FIELD_COUNT]; /* of fields in FIELDS */
    uint8_t *end;                   /* of the scratch */
    struct vg_match match;
};

static inline struct vg_match *vg_match_in(void *memory)
{
    return &((struct vg_scratch *)memory)->match;
}

static inline uint64_t vg_field_bit(uint32_t field)
{
    return (uint64_t)1 << field;
}

static inline uint32_t vg_lower(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What FIELDS has of a field, which is one of them. */
static inline const struct vg_blob_field *vg_match_field(const struct vg_match *match, uint32_t field)
{
    return &match->blob.FIELDS[match->scratch->places[field]];
}

/* The fields of a condition whose facts are unknown, or not known well enough for it. */
static inline uint64_t vg_match_unknown_to(const struct vg_match *match,
                                           const struct vg_blob_condition *condition)
{
    return (condition->fields & match->scratch->unknown) |
           (condition->strict_fields & match->scratch->claimed);
}

/* Whether a rule matches when its condition is unknown: an allow rule never does. */
static inline bool vg_match_takes_unknown(const struct vg_match *match, uint32_t rule)
{
    return (match->blob.header->flags & VG_BLOB_UNKNOWN_MATCHES) &&
           vg_blob_action_of(&match->blob, rule) != VG_BLOB_ALLOW;
}

/* A value under scan. */
struct vg_value {
    const uint16_t *units;
    uint32_t count;
    bool is_path;
    bool has_stream; /* vg_value_has_stream */
};

/* Asks for the memory that a fact of digests will be looked for in. */
void vg_match_expect(const struct vg_match *match, const struct vg_blob_field *field,
                     const struct vg_fact *fact);

/* Takes a fact that is KNOWN or ABSENT into truths, candidates and scratch->best. */
void vg_match_scan(struct vg_match *match, const struct vg_blob_field *field, const struct vg_fact *fact);

/* Notes that a predicate is true: what it decides or announces. */
void vg_match_fire(struct vg_match *match, uint32_t index, const struct vg_blob_predicate *predicate);

/* Compares the fields that predicates compare with each other, where one of `taken` (a bit per field) was
 * taken just now, and the other then or before. */
void vg_match_pairs(struct vg_match *match, const struct vg_record *record, uint64_t taken);

/* Whether the value is a number as far from zero as a predicate wants it. */
bool vg_match_number(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                     const struct vg_value *value);

/* Whether the value satisfies a predicate that has tokens, tried in full. */
bool vg_match_pattern(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                      struct vg_value *value);

/* Whether it is a path with a colon anywhere but as its second unit. */
bool vg_value_has_stream(const struct vg_value *value);

/* Whether a predicate that spells no stream may take this value of its field: a permissive one takes none
 * that has a stream. */
bool vg_match_may_take(const struct vg_blob_predicate *predicate, struct vg_span value);

/* Whether a predicate that awaits its trial is true; it awaits it no longer. */
bool vg_match_regex(struct vg_match *match, uint32_t index);

/* Whether one of the values that the record has of a regular expression's field satisfies it. */
bool vg_match_regex_values(const struct vg_match *match, const struct vg_blob_predicate *predicate);

/* match_trial.c: what is tried when a condition comes to it, the one behind those tracked at `index`. Its
 * fact is known or absent. Tried at most once for one start. */
bool vg_match_trial(struct vg_match *match, uint32_t index);

/* The pairs of units that the values of a field in FIELDS have (a vg_pair_set); NULL when they are not known
 * for certain. */
const uint64_t *vg_match_pairs_of(const struct vg_match *match, enum vg_field field);

/* Bytes of what trials keep of a field's values in the scratch, a multiple of 4. */
size_t vg_prepared_size(void);

/* Conditions that nothing announces, or a fact by not being known: what is left of an ascending list. */
struct vg_stream {
    uint32_t head; /* VG_BLOB_NONE at the end */
    const uint32_t *at;
    const uint32_t *end;
};

/* The candidates of one decision, in order: those announced by a true predicate, those that nothing
 * announces, and those announced by a fact that is not known. */
struct vg_candidates {
    struct vg_stream always;
    struct vg_stream streams[VG_FIELD_COUNT];
    uint32_t stream_count;
    uint32_t announced; /* by a true predicate: the next */
    uint64_t pending;
};

/* match_candidates.c: begins with them; then the next, ascending, each once, VG_BLOB_NONE at the end. `told`:
 * the fields that the decision names as unknown by now. What only a fact that is not known speaks for cannot
 * be true; it is left out when it could name no other, wait for nothing, and not match for being unknown. */
void vg_candidates_open(struct vg_candidates *candidates, const struct vg_match *match, uint64_t pending);
uint32_t vg_candidates_next(struct vg_candidates *candidates, const struct vg_match *match, uint64_t told);

/* Whether the command line leaves no way for the condition to be true, nor to come to be. */
bool vg_match_rules_out(struct vg_match *match, const struct vg_blob_condition *condition);

/* The value of a condition under what is known so far, in Kleene's logic, with a second reading in which a
 * pending fact may still turn out either way. */
enum vg_condition_bits {
    VG_IS_TRUE = 1,
    VG_IS_FALSE = 2,
    VG_MAY_BE_TRUE = 4,
    VG_MAY_BE_FALSE = 8,
};

/* The bits, and the field whose gathering could make the value true, and false. Each is meaningful only while
 * the value may still become so and is not. */
#define VG_ASK_TRUE_SHIFT  4u
#define VG_ASK_FALSE_SHIFT 10u
#define VG_ASK_MASK        0x3Fu

/* `pending`: bit per field that could still be gathered. */
uint16_t vg_match_condition(struct vg_match *match, const struct vg_blob_condition *condition,
                            uint64_t pending);

#endif
