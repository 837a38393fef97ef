/* A policy as it was understood: what the reader makes, the printer shows, the reference evaluator (tests/)
 * runs and the compiler compiles. Hosted. Everything in a model lives in its arena and dies with it. */
#ifndef VG_POLICY_MODEL_H
#define VG_POLICY_MODEL_H

#include <vigil/error.h>
#include <vigil/policy.h>

struct vg_arena; /* src/policy/arena.h */
struct vg_regex; /* src/regex/compile.h */

enum vg_action {
    VG_ACTION_ALLOW,
    VG_ACTION_DENY,
    VG_ACTION_ASK,
    VG_ACTION_AUDIT,
};

/* One piece of a pattern. */
enum vg_token_kind {
    VG_TOKEN_LITERAL, /* `text`, folded already unless the predicate is cased */
    VG_TOKEN_ANY_RUN, /* * : any run of units, also none */
    VG_TOKEN_ANY_ONE, /* ? : exactly one unit */
};

struct vg_token {
    enum vg_token_kind kind;
    struct vg_span text; /* for LITERAL: UTF-16, not empty */
};

enum vg_test {
    VG_TEST_EXISTS,  /* the fact is KNOWN (negate for exists: false) */
    VG_TEST_NULL,    /* the fact is ABSENT */
    VG_TEST_PATTERN, /* some value matches the whole pattern; no tokens: the empty value */
    VG_TEST_UNDER, /* some value is the folder `tokens` (one literal, no trailing backslash) or lies below it;
                    * unless permissive, on a PATH field also what begins with the folder and a colon: its own
                    * streams */
    VG_TEST_DIGESTS,  /* some value is one of `digests` (of a field that holds digests) */
    VG_TEST_AT_LEAST, /* some value is a number not below `tokens` (kind NUMBER; one literal: decimal digits,
                         no */
    VG_TEST_AT_MOST,  /* leading zeros), or not above */
    VG_TEST_FIELDREF, /* some value compares, as `compare` says, with some value of the fact `other`. False
                       * where either fact is ABSENT, but unknown where either is unknown */
    VG_TEST_REGEX, /* the regular expression `tokens` is found in some value (one literal as it was written,
                    * not folded; no tokens: the empty one). The field is not of kind SHA256 */
};

/* How the value of one field compares with that of another. Neither field holds digests. */
enum vg_compare {
    VG_COMPARE_EQUAL,
    VG_COMPARE_STARTS, /* it starts with the other */
    VG_COMPARE_ENDS,   /* it ends with the other */
};

/* A test of one field. Equal predicates (all members equal) are one in the compiled policy. */
struct vg_predicate {
    enum vg_field field;
    enum vg_test test;
    bool cased;
    /* The predicate stands where its truth leads towards running the program: positively in an allow rule,
     * negated in a deny, ask or audit rule. Then it is false of a CLAIMED fact, and on a PATH field a named
     * stream (a colon anywhere but as the second unit) is covered only where the predicate itself spells a
     * colon that is not its second unit: never by a wildcard or by UNDER. (A wildcard counts as one unit of
     * the predicate. Exactly: a value with such a colon is matched only by a predicate that spells one, and
     * then no wildcard, nor what lies below an UNDER, takes in a colon other than the value's second unit.)
     * FIELDREF spells none, and rests on both facts; REGEX spells none. */
    bool permissive;
    enum vg_field other;          /* of FIELDREF, else 0 */
    enum vg_compare compare;      /* of FIELDREF, else 0 */
    unsigned regex_flags;         /* of REGEX: VG_REGEX_CASELESS and so on, else 0 */
    const struct vg_regex *regex; /* of REGEX: `tokens` compiled under these flags; not the predicate's own */
    const struct vg_token *tokens;
    size_t token_count;
    const uint8_t *digests; /* vg_field_digest_size bytes each, one behind the other: sorted, each once */
    size_t digest_count;
    struct vg_place place; /* where it was written */
};

/* Whether it spells the colon of a named stream, which is any colon but the second unit, that of a drive. A
 * wildcard counts as one unit. */
static inline bool vg_predicate_spells_stream(const struct vg_predicate *predicate)
{
    size_t position = 0;

    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        uint32_t units = token->kind == VG_TOKEN_LITERAL ? vg_unit_count(token->text) : 1;

        for (uint32_t at = 0; token->kind == VG_TOKEN_LITERAL && at < units; at++) {
            if (vg_units(token->text)[at] == u':' && position + at != 1)
                return true;
        }
        position += units;
    }
    return false;
}

static inline const uint8_t *vg_predicate_digest(const struct vg_predicate *predicate, size_t index)
{
    return predicate->digests + index * vg_field_digest_size(predicate->field);
}

enum vg_expr_kind {
    VG_EXPR_TRUE,
    VG_EXPR_FALSE,
    VG_EXPR_PREDICATE,
    VG_EXPR_NOT, /* children[0] */
    VG_EXPR_AND,
    VG_EXPR_OR,
};

/* Evaluated in Kleene's three-valued logic: a predicate on an unknown fact is unknown (EXISTS and NULL too).
 * On a CLAIMED fact a permissive predicate is false whatever the value; any other is true when it matches and
 * unknown when not. */
struct vg_expr {
    enum vg_expr_kind kind;
    const struct vg_predicate *predicate;
    struct vg_expr *const *children;
    size_t child_count;
};

struct vg_rule {
    enum vg_action action;
    const char *name;                /* UTF-8 */
    bool from_sigma;                 /* a Sigma rule's detection */
    const char *sigma_id;            /* NULL unless it came from a Sigma rule */
    const char *sigma_level;         /* NULL unless it came from a Sigma rule */
    const struct vg_expr *condition; /* `when` and not `except`, or the detection */
    struct vg_place place;
};

struct vg_model {
    struct vg_arena *arena;
    enum vg_mode mode;
    enum vg_verdict default_verdict;
    enum vg_verdict ask_otherwise;
    bool unknown_matches; /* deny, ask and audit rules whose condition is unknown match; an allow rule never
                             does */
    bool watch_images;
    bool record_hashes;
    uint32_t deny_status;
    const struct vg_rule *rules;
    size_t rule_count;
};

/* Where AppLocker's path variables lead on the machine the policy is for (UTF-8). Variables with two meanings
 * (SYSTEM32, PROGRAMFILES) have two values; the second may be NULL. */
struct vg_path_variables {
    const char *windir;           /* C:\Windows */
    const char *osdrive;          /* C: */
    const char *program_files[2]; /* C:\Program Files, C:\Program Files (x86) */
    const char *system32[2];      /* C:\Windows\System32, C:\Windows\SysWOW64 */
};

/* The values of a Windows that was installed to C: and left alone. */
extern const struct vg_path_variables vg_default_path_variables;

struct vg_read_options {
    struct vg_path_variables variables;
    bool skip_unsupported; /* `unsupported: skip` in the policy does the same */
    uint64_t regex_steps;  /* what compiling all regular expressions may take (src/regex/compile.h); 0: a
                              minute's */
};

/* Reads the policy in `file` with everything it includes. Every problem goes to `reporter`. Returns false,
 * with
 * `*model` untouched, after at least one VG_ERROR; warnings alone do not fail. Free with vg_model_free. */
bool vg_model_read_file(const char *file, const struct vg_read_options *options,
                        const struct vg_reporter *reporter, struct vg_model *model);

/* The same for text in memory; `name` stands for the file in messages and as the base of relative includes.
 */
bool vg_model_read_text(const char *name, const char *text, size_t size,
                        const struct vg_read_options *options, const struct vg_reporter *reporter,
                        struct vg_model *model);

void vg_model_free(struct vg_model *model);

/* Compiles a model to a blob (docs/blob.md). The blob is malloc'ed, aligned to 8, the caller's to free.
 * Returns false after a report (out of memory; a limit of the format exceeded). The same model gives the same
 * bytes. */
bool vg_model_compile(const struct vg_model *model, const struct vg_reporter *reporter, void **blob,
                      size_t *size);

#endif
