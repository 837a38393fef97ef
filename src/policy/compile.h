/* What the compiler's files share. The way through: compile.c walks the rules; compile_rule.c brings a
 * condition into a normal form, compile_code.c writes it as a program and announces it by its rarest
 * predicates; compile_predicate.c knows each predicate once; compile_index.c turns predicates into keys,
 * compile_trials.c lets those wait that need not be found,
 * compile_grams.c picks the part of a text by which it is found, compile_tables.c, compile_literals.c and
 * compile_digests.c lay out the tables, compile_write.c the blob. Hosted. */
#ifndef VG_POLICY_COMPILE_H
#define VG_POLICY_COMPILE_H

#include "blob.h"
#include "buffer.h"
#include "model.h"

/* Part of the cost of a predicate on a staged field, which takes reading a file. */
#define VG_COST_STAGED 0x01000000u

/* A predicate, once. */
struct vg_compiled_predicate {
    const struct vg_predicate *source;
    uint64_t hash;
    uint32_t plain_rule;     /* the first rule it decides by itself, or VG_BLOB_NONE */
    uint32_t index;          /* in PREDICATES; VG_BLOB_NONE while it needs no place there */
    uint32_t tried;          /* the same of one that waits for its trial: conditions know it by this one */
    uint32_t last_condition; /* that it was made to announce */
    uint32_t digest_list;    /* the list of this predicate alone in POSTINGS, once there is one */
    uint32_t cost;           /* how often it is estimated to be true; the lower, the better it announces */
    uint32_t flags;          /* enum vg_blob_predicate_flags */
    uint32_t groups;         /* that it is a member of: the last added of a chain in vg_compile.memberships */
    uint32_t members;        /* of a group: the first in vg_compile.members */
    uint32_t member_count;   /* 0: it is no group */
};

/* A condition in normal form: NOT stands only at leaves, no AND is a child of an AND, no OR of an OR,
 * constants are alone. */
enum vg_node_kind {
    VG_NODE_FALSE,
    VG_NODE_TRUE,
    VG_NODE_LEAF,
    VG_NODE_AND,
    VG_NODE_OR,
};

struct vg_node {
    enum vg_node_kind kind;
    bool negated;       /* of a LEAF */
    uint32_t predicate; /* of a LEAF: in vg_compile.predicates */
    uint32_t effort;    /* of the dearest test in it; what is cheap is tried first */
    uint32_t cost;      /* of its cheapest cover; VG_BLOB_NONE when it has none */
    uint32_t first;     /* children: a slice of vg_compile.links */
    uint32_t count;
};

enum vg_key_kind {
    VG_KEY_EXACT,
    VG_KEY_FOLDER,
    VG_KEY_NAME,
    VG_KEY_LITERAL, /* anywhere in the value */
    VG_KEY_START,   /* a literal that begins it */
    VG_KEY_END,     /* one that ends it */
    VG_KEY_KIND_COUNT
};

/* A text by which predicates are found. */
struct vg_compiled_key {
    uint64_t hash;     /* of a literal, once it is chosen: its gram */
    uint32_t text;     /* of a literal: the first in BYTES or TEXT; else the first word in vg_compile.texts */
    uint32_t units;    /* with VG_TEXT_WIDE */
    uint32_t postings; /* the last added of a chain in vg_compile.chain */
    uint32_t gram;     /* of a literal: where its first gram starts */
    uint32_t target;   /* once it is marked: the rule it leads to directly, or VG_BLOB_NONE */
    uint8_t field;
    uint8_t kind;
};

/* A predicate under a key. */
struct vg_chain {
    uint32_t predicate;
    uint32_t next; /* VG_BLOB_NONE at the end */
};

/* A digest that a predicate lists. */
struct vg_compiled_digest {
    uint64_t prefix; /* its first eight bytes as a number, the first the highest */
    const uint8_t *bytes;
    uint32_t predicate;
    uint32_t field;
    uint32_t target; /* of the first of equal ones, once it is marked: as of a key */
};

/* What the truth of a predicate leads to. */
struct vg_anchor {
    uint32_t predicate; /* index in PREDICATES */
    uint32_t entry;     /* of ANCHORS: a condition that it announces, or its group and VG_ANCHOR_GROUP */
};

/* A set of indexes into an array of things with 64-bit hashes. */
struct vg_index_set {
    uint64_t *slots; /* upper half: that of the hash; lower half: index + 1; 0: empty */
    uint32_t mask;
    uint32_t used;
};

/* How often grams occur in what Windows usually runs, by their hash: exact enough for an estimate. */
#define VG_TYPICAL_BITS 17u
#define VG_TYPICAL_SIZE ((size_t)1 << VG_TYPICAL_BITS)

/* How many keys begin or end a value with the same units, by their hash: an estimate, too. Beyond
 * VG_ENDS_MAX such a text is looked for by a gram that fewer others have. */
#define VG_ENDS_BITS 14u
#define VG_ENDS_SIZE ((size_t)1 << VG_ENDS_BITS)
#define VG_ENDS_MAX  32u

/* What one field collects. */
struct vg_compiled_field {
    bool used;
    struct vg_buffer anchored; /* uint32_t */
    struct vg_buffer anchored_strict;
    struct vg_buffer general; /* uint32_t: in vg_compile.predicates */
    uint32_t stride;          /* of its ASCII grams of four units */
    struct vg_blob_field out;
};

struct vg_compile {
    uint8_t typical[VG_TYPICAL_SIZE];
    uint8_t ends[VG_ENDS_SIZE];
    const struct vg_model *model;
    const struct vg_reporter *reporter;
    bool failed;            /* and reported */
    uint32_t tracked_count; /* until vg_compile_choose_trials with those that are tried */
    uint32_t tried_count;
    uint32_t first_true;

    struct vg_buffer predicates; /* struct vg_compiled_predicate */
    struct vg_index_set predicate_set;
    struct vg_buffer keys; /* struct vg_compiled_key */
    struct vg_index_set key_set;
    struct vg_buffer texts;   /* uint32_t: texts of keys as they stand in KEYS */
    struct vg_buffer chain;   /* struct vg_chain */
    struct vg_buffer anchors; /* struct vg_anchor */
    struct vg_buffer always;  /* uint32_t: conditions */
    struct vg_buffer placed;  /* uint32_t: untracked predicates with a place in PREDICATES, in order */
    struct vg_buffer members; /* uint32_t: predicates of groups */
    struct vg_index_set group_set;
    struct vg_buffer memberships; /* struct vg_chain: groups of predicates */
    struct vg_buffer pairs;   /* uint32_t: indexes of tracked predicates that compare two fields, ascending */
    struct vg_buffer digests; /* struct vg_compiled_digest, ascending by field, then as bytes */
    struct vg_buffer regexes; /* uint64_t: the hash of each in REGEXES */
    struct vg_index_set regex_set;
    struct vg_compiled_field fields[VG_FIELD_COUNT];

    /* Of the rule at hand. */
    const struct vg_rule *rule;
    uint32_t rule_index;
    struct vg_buffer nodes;   /* struct vg_node */
    struct vg_buffer links;   /* uint32_t */
    struct vg_buffer pending; /* uint32_t: children being collected */
    struct vg_buffer listed;  /* uint32_t: a list for POSTINGS being collected */

    struct vg_buffer sections[VG_BLOB_SECTION_COUNT];
};

/* Reports an error at `place` once; later calls are silent, since the compilation has failed. */
void vg_compile_error(struct vg_compile *compile, struct vg_place place, const char *message,
                      const char *hint);

/* compile_predicate.c: the index of a predicate, VG_BLOB_NONE after an error. */
uint32_t vg_compile_predicate(struct vg_compile *compile, const struct vg_predicate *predicate);

/* The latest stage among the facts that a predicate tests. */
enum vg_stage vg_predicate_stage(const struct vg_predicate *predicate);

/* The members of a group; NULL when it is none. */
static inline const uint32_t *vg_members_of(const struct vg_compile *compile,
                                            const struct vg_compiled_predicate *group)
{
    return group->member_count ? VG_BUFFER_AT(&compile->members, uint32_t) + group->members : NULL;
}

/* The fields that a predicate tests, as bits. */
static inline uint64_t vg_predicate_fields(const struct vg_predicate *predicate)
{
    uint64_t field = (uint64_t)1 << predicate->field;

    return predicate->test == VG_TEST_FIELDREF ? field | (uint64_t)1 << predicate->other : field;
}

static inline struct vg_compiled_predicate *vg_predicate_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->predicates, struct vg_compiled_predicate) + index;
}

static inline struct vg_compiled_key *vg_key_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->keys, struct vg_compiled_key) + index;
}

/* Finds an index whose element has `hash` and for which `same` holds, or the slot for a new one. */
bool vg_index_set_find(const struct vg_index_set *set, uint64_t hash,
                       bool (*same)(const void *context, uint32_t index, const void *wanted),
                       const void *context, const void *wanted, uint32_t *index);

/* Makes room for so many, where that is known; without memory it is made when it is needed. */
void vg_index_set_reserve(struct vg_index_set *set, size_t count);
bool vg_index_set_add(struct vg_index_set *set, uint32_t index, uint64_t hash,
                      uint64_t (*hash_of)(const void *context, uint32_t index), const void *context);

/* compile_rule.c: the condition of the rule at hand in normal form; the index of its root in `nodes`. */
uint32_t vg_compile_normalize(struct vg_compile *compile, const struct vg_expr *expr);

static inline struct vg_node *vg_node_at(const struct vg_compile *compile, uint32_t index)
{
    return VG_BUFFER_AT(&compile->nodes, struct vg_node) + index;
}

static inline uint32_t vg_child_of(const struct vg_compile *compile, const struct vg_node *node,
                                   uint32_t child)
{
    return VG_BUFFER_AT(&compile->links, uint32_t)[node->first + child];
}

/* compile_groups.c: makes one predicate (a group) of all children of an OR that test the same field in the
 * same way, and likewise of negated ones of an AND; in the whole condition. */
void vg_compile_group(struct vg_compile *compile, uint32_t root);

/* Sorts numbers, drops those that repeat, and returns how many are left. */
uint32_t vg_compile_sort(uint32_t *numbers, uint32_t count);

/* Whether anything rests on the truth of this predicate itself. */
static inline bool vg_predicate_is_wanted(const struct vg_compiled_predicate *predicate)
{
    return predicate->member_count == 0 &&
           (predicate->index != VG_BLOB_NONE || predicate->plain_rule != VG_BLOB_NONE ||
            predicate->groups != VG_BLOB_NONE);
}

/* Whether its truth is told to its groups by itself. Otherwise whatever finds it finds them, too. */
static inline bool vg_predicate_tells_groups(const struct vg_compiled_predicate *predicate)
{
    return predicate->groups != VG_BLOB_NONE &&
           ((predicate->flags & VG_PREDICATE_CONFIRM) || predicate->source->test == VG_TEST_EXISTS ||
            predicate->source->test == VG_TEST_NULL);
}

/* compile_code.c: adds the rule at hand as a condition. */
void vg_compile_condition(struct vg_compile *compile, uint32_t root);

/* compile_trials.c: lets predicates of conditions that announce nothing wait for their trial, and numbers
 * both anew. Then: writes the trials of one that waits to TRIALS; returns the first. */
void vg_compile_choose_trials(struct vg_compile *compile);
uint32_t vg_compile_trials(struct vg_compile *compile, const struct vg_compiled_predicate *predicate);

/* Those of the first `count` indexes by index, to be freed; NULL without memory. */
uint32_t *vg_compile_by_index(const struct vg_compile *compile, uint32_t count);

/* compile_pairs.c. The pairs of a text that say most, so far; those that are not there are the last of them
 * again. */
struct vg_pairs {
    uint32_t typical[VG_TRIAL_PAIRS];
    uint16_t at[VG_TRIAL_PAIRS];
    uint32_t count;
};

/* Adds those of a text, and of the texts of a pattern; then: all of them, as a trial has them. */
void vg_pairs_add(const struct vg_compile *compile, const uint16_t *units, uint32_t count,
                  struct vg_pairs *pairs);
void vg_pairs_add_tokens(const struct vg_compile *compile, const struct vg_predicate *source,
                         struct vg_pairs *pairs);
uint64_t vg_pairs_spell(const struct vg_pairs *pairs);

/* What the command line must have for the rule at hand to match; 0 when that is not known. */
uint64_t vg_compile_pairs(const struct vg_compile *compile, uint32_t root);

/* compile_index.c: gives every predicate that matters its keys. */
void vg_compile_index(struct vg_compile *compile);

/* The unit of a key's text at `at`. */
uint16_t vg_key_unit(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t at);

/* compile_grams.c: how common the least common gram of a text is in what Windows usually runs (0: not at
 * all).
 */
uint32_t vg_typical_gram(const struct vg_compile *compile, const uint16_t *text, uint32_t units);
void vg_typical_count(uint8_t sample[VG_TYPICAL_SIZE]);

/* Chooses the grams of every literal. Then: the table that finds a literal anywhere in a value; how many
 * grams, one behind the other, each literal has there; and a gram of a literal as the matcher computes it. */
void vg_compile_grams(struct vg_compile *compile);
enum vg_gram_table vg_gram_table_of(const struct vg_compile *compile, const struct vg_compiled_key *key);
uint32_t vg_gram_stride(const struct vg_compile *compile, const struct vg_compiled_key *key);
uint32_t vg_key_gram(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t start,
                     uint32_t units);

/* compile_tables.c: BUCKETS, KEYS, and POSTINGS for them and for LITERALS. A predicate that some key reaches
 * by a list needs a place in PREDICATES; all such are marked before the tables are written. */
void vg_compile_mark_keys(struct vg_compile *compile);
void vg_compile_tables(struct vg_compile *compile);

/* The entries of one table on their way into slots. */
struct vg_entries {
    uint64_t *hashes;
    uint32_t *items; /* what each stands for */
    uint32_t count;
};

/* Finds the smallest table that has `room` slots for every two entries, at least, and keeps every way short.
 * Returns its slots, each the number of an entry + 1, to be freed; NULL after an error. */
uint32_t *vg_compile_lay_out(struct vg_compile *compile, const struct vg_entries *entries, uint32_t room,
                             struct vg_blob_table *table);

/* What a key leads to; writes its list, so it is called once, in the order of KEYS, then of LITERALS. */
uint32_t vg_compile_target(struct vg_compile *compile, const struct vg_compiled_key *key);

/* compile_keys.c: BUCKETS and KEYS of one field and kind: these keys, in the order that they came. */
void vg_compile_keys(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                     struct vg_blob_keys *table);

/* compile_literals.c: LITERALS, GRAMS, SLOTS, FILTERS of one field and kind. */
void vg_compile_literals(struct vg_compile *compile, const uint32_t *keys, uint32_t count,
                         struct vg_blob_field *field);

/* Whether the truth of any of these predicates says no more than "rule so-and-so decides", and if so, the
 * target that says it. */
bool vg_compile_direct(const struct vg_compile *compile, const uint32_t *predicates, uint32_t count,
                       uint32_t *target);

/* Gives a predicate a place in PREDICATES, unless it has one; the second, only if it is needed in a list. */
void vg_compile_place(struct vg_compile *compile, uint32_t predicate);
void vg_compile_place_listed(struct vg_compile *compile, uint32_t predicate);

/* Writes a list of predicates, and of the groups that they do not tell themselves, to POSTINGS; returns where
 * it starts. */
uint32_t vg_compile_list(struct vg_compile *compile, const uint32_t *predicates, uint32_t count);

/* compile_digests.c: DIGESTS, DIGEST_STARTS, and POSTINGS for them. */
void vg_compile_sort_digests(struct vg_compile *compile);
void vg_compile_mark_digests(struct vg_compile *compile);
void vg_compile_digests(struct vg_compile *compile);

/* compile_regex.c: the index in REGEXES of a predicate's expression, which is written there and to AUTOMATA
 * unless an equal one was. */
uint32_t vg_compile_regex(struct vg_compile *compile, const struct vg_predicate *predicate);

/* compile_write.c: writes the tokens of a predicate to TOKENS; returns how many. */
uint16_t vg_compile_tokens(struct vg_compile *compile, const struct vg_predicate *source);

/* PREDICATES, TRIALS, TOKENS, ANCHORS, LISTS, FIELDS; then the blob of all sections. */
void vg_compile_write(struct vg_compile *compile);
bool vg_compile_blob(struct vg_compile *compile, void **blob, size_t *size);

/* identity.c: SHA-256 of bytes; false when the platform's library fails. */
bool vg_identity(const void *bytes, size_t size, uint8_t identity[VG_POLICY_IDENTITY_SIZE]);

#endif
