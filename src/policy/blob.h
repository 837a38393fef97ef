/* The bytes of a compiled policy. docs/blob.md tells the story; this header is the layout itself, shared by
 * the compiler, the validator and the matcher. Everything is little-endian; every section starts at a
 * multiple of 8. Freestanding. */
#ifndef VG_POLICY_BLOB_H
#define VG_POLICY_BLOB_H

#include <assert.h>

#include <vigil/policy.h>

#define VG_BLOB_MAGIC   "VIGILPOL"
#define VG_BLOB_VERSION 10u

/* The checksum covers everything from `identity` on, the identity everything behind itself. */
#define VG_BLOB_CHECKSUM_FROM 32u
#define VG_BLOB_IDENTITY_FROM 64u

/* Limits of the format. A policy beyond them is refused by the compiler, a blob beyond them by the validator.
 */
#define VG_BLOB_RULES_MAX         0x3FFFFFFFu /* an index shares its word with two flags */
#define VG_BLOB_NAME_MAX          4096u       /* bytes of a rule's name: each start may keep some of them */
#define VG_BLOB_TESTED_MAX        0x3FFFFFu   /* predicates inside conditions: 22 bits of an instruction */
#define VG_BLOB_STACK_MAX         64u         /* values on the stack of a condition */
#define VG_BLOB_STARS_MAX         32u         /* * in one pattern */
#define VG_BLOB_TOKENS_MAX        4096u       /* tokens of one pattern */
#define VG_BLOB_PATTERN_UNITS_MAX 32768u      /* literal units of one pattern */
#define VG_BLOB_SEARCHED_MAX      1024u       /* units behind the first * of a pattern tried in full */
#define VG_BLOB_PROBES_MAX        64u         /* slots of SLOTS, or keys of a bucket, a look-up may visit */
#define VG_BLOB_FILTER_BITS_MAX   26u         /* a filter has at most 1 << so many bits: 8 MiB */
#define VG_BLOB_BUCKET_UNITS_MAX  65536u      /* literal units that may hang on one gram */
#define VG_BLOB_REGEXES_MAX       4096u       /* different regular expressions */
#define VG_BLOB_AUTOMATA_MAX      0x400000u   /* 64-bit words of their automata together: 32 MiB */

/* The seed that the compiler hashes with. A blob states its own. */
#define VG_BLOB_SEED 0x5649474C53454544u

/* No index, where an index may be missing. */
#define VG_BLOB_NONE UINT32_MAX

/* Of a text's units: it stands in TEXT, as units; else in BYTES, and is all ASCII. */
#define VG_TEXT_WIDE 0x40000000u

/* The last entry of a list in POSTINGS or ANCHORS. */
#define VG_BLOB_LAST 0x80000000u

/* In ANCHORS: no condition, but a predicate (VG_BLOB_TEST_ANY) that is true with this one. */
#define VG_ANCHOR_GROUP 0x40000000u

/* An entry of POSTINGS: a predicate. With VG_POSTING_MARK there is no more to it than its truth: it is
 * tracked, announces and decides nothing, and needs no confirmation; VG_POSTING_PERMISSIVE then says that it
 * is so. */
#define VG_POSTING_MARK       0x40000000u
#define VG_POSTING_PERMISSIVE 0x20000000u
#define VG_POSTING_INDEX      0x1FFFFFFFu

/* What a key leads to: a rule directly, when truth of the key is all there is to know, or a list in POSTINGS.
 */
#define VG_TARGET_RULE       0x80000000u
#define VG_TARGET_PERMISSIVE 0x40000000u /* only beside VG_TARGET_RULE: see vg_predicate.permissive */
#define VG_TARGET_INDEX      0x3FFFFFFFu

/* enum vg_action as it stands in ACTIONS: two bits a rule, the first rule's the lowest. */
enum vg_blob_action {
    VG_BLOB_ALLOW,
    VG_BLOB_DENY,
    VG_BLOB_ASK,
    VG_BLOB_AUDIT,
};

#define VG_ACTION_BITS     2u
#define VG_ACTIONS_IN_WORD (32u / VG_ACTION_BITS)

enum vg_blob_flags {
    VG_BLOB_UNKNOWN_MATCHES = 1,
    VG_BLOB_WATCH_IMAGES = 2,
    VG_BLOB_RECORD_HASHES = 4,
    VG_BLOB_FLAGS_ALL = 7,
};

/* X(identifier, element type). The order is that of the sections in the file. */
#define VG_BLOB_SECTIONS(X)                                                                                  \
    X(RULES, uint32_t)                                                                                       \
    X(ACTIONS, uint32_t)                                                                                     \
    X(NAMES, uint8_t)                                                                                        \
    X(FIELDS, struct vg_blob_field)                                                                          \
    X(CONDITIONS, struct vg_blob_condition)                                                                  \
    X(CODE, uint32_t)                                                                                        \
    X(PREDICATES, struct vg_blob_predicate)                                                                  \
    X(TRIALS, struct vg_blob_trial)                                                                          \
    X(TOKENS, struct vg_blob_token)                                                                          \
    X(TEXT, uint16_t)                                                                                        \
    X(BYTES, uint8_t)                                                                                        \
    X(LISTS, uint32_t)                                                                                       \
    X(ANCHORS, uint32_t)                                                                                     \
    X(POSTINGS, uint32_t)                                                                                    \
    X(BUCKETS, struct vg_blob_bucket)                                                                        \
    X(KEYS, uint32_t)                                                                                        \
    X(SLOTS, struct vg_blob_slot)                                                                            \
    X(FILTERS, uint64_t)                                                                                     \
    X(GRAMS, struct vg_blob_gram)                                                                            \
    X(LITERALS, struct vg_blob_literal)                                                                      \
    X(DIGESTS, uint32_t)                                                                                     \
    X(DIGEST_STARTS, uint32_t)                                                                               \
    X(REGEXES, struct vg_blob_regex)                                                                         \
    X(AUTOMATA, uint64_t)

enum vg_blob_section_id {
#define VG_BLOB_SECTION_ENUM(identifier, type) VG_BLOB_##identifier,
    VG_BLOB_SECTIONS(VG_BLOB_SECTION_ENUM)
#undef VG_BLOB_SECTION_ENUM
        VG_BLOB_SECTION_COUNT
};

struct vg_blob_section {
    uint32_t offset; /* from the start of the blob: where the section before ended, rounded up to 8 */
    uint32_t count;  /* of elements */
};

struct vg_blob_header {
    char magic[8];
    uint32_t version;
    uint32_t header_size;
    uint64_t size;     /* of the whole blob, a multiple of 8 */
    uint64_t checksum; /* vg_checksum */
    uint8_t identity[VG_POLICY_IDENTITY_SIZE];
    uint32_t mode;            /* enum vg_mode */
    uint32_t default_verdict; /* enum vg_verdict */
    uint32_t ask_otherwise;   /* VG_ALLOW or VG_DENY */
    uint32_t flags;           /* enum vg_blob_flags */
    uint32_t deny_status;
    uint32_t tracked_count; /* predicates 0..tracked_count-1: those of conditions that the scan finds */
    uint32_t tried_count;   /* the next so many: those of conditions that are tried when one comes to them */
    uint32_t first_true;    /* the rule that matches whatever the facts are; later ones are not compiled */
    uint32_t always_count;  /* conditions that no predicate announces: the first in LISTS, ascending */
    uint32_t pair_count;    /* predicates that compare two fields: behind those in LISTS, ascending */
    uint64_t seed;          /* of every hash in the blob */
    struct vg_blob_section sections[VG_BLOB_SECTION_COUNT];
};

/* A slice of a section. */
struct vg_blob_slice {
    uint32_t first;
    uint32_t count;
};

/* A hash table of texts: 1 << bits buckets; none at all when `bits` is 0. */
struct vg_blob_keys {
    uint32_t buckets; /* the first in BUCKETS */
    uint32_t bits;    /* at most VG_BLOB_KEYS_BITS_MAX */
};

#define VG_BLOB_KEYS_BITS_MAX 28u

/* A hash table of grams: 1 << bits slots, linear probing over at most `probes` of them; none at all when
 * `probes` is 0. */
struct vg_blob_table {
    uint32_t slots; /* the first in SLOTS */
    uint16_t bits;
    uint16_t probes;
};

/* Texts to be found anywhere in a value, by grams of so many units that start at every `stride`-th unit of
 * it: a filter with a bit per gram, then a table from gram to GRAMS. */
struct vg_blob_grams {
    struct vg_blob_table table;
    uint32_t filter;      /* the first word in FILTERS */
    uint16_t filter_bits; /* the filter has 1 << filter_bits bits */
    uint16_t stride;      /* 1, 2 or 4; a text has as many grams, one behind the other */
};

/* Texts that are all ASCII, and others, by the units of their grams. */
enum vg_gram_table {
    VG_ASCII_ONE,
    VG_ASCII_TWO,
    VG_ASCII_FOUR,
    VG_WIDE_ONE,
    VG_WIDE_TWO,
    VG_WIDE_FOUR,
    VG_GRAM_TABLES
};

/* Units of the longest gram. */
#define VG_GRAM_MAX 4u

static inline uint32_t vg_gram_units(uint32_t table)
{
    return (uint32_t)1 << table % VG_WIDE_ONE;
}

/* The filter of ASCII texts of one unit has this size, a bit per unit. */
#define VG_ONES_BITS 7u

/* What there is to do with a value of a field. */
enum vg_blob_searches {
    VG_SEARCH_WHOLE = 1, /* exact */
    VG_SEARCH_PARTS = 2, /* folder or name */
    VG_SEARCH_ENDS = 4,  /* start or end */
    VG_SEARCH_GRAMS = 8, /* grams of ASCII texts */
    VG_SEARCH_WIDE = 16, /* grams of others */
    VG_SEARCH_DIGESTS = 32,
    VG_SEARCH_IN_PATH = 64, /* not a table: it is a path */
    VG_SEARCH_TEXT = VG_SEARCH_WHOLE | VG_SEARCH_PARTS | VG_SEARCH_ENDS | VG_SEARCH_GRAMS | VG_SEARCH_WIDE,
};

/* And behind those, a bit per enum vg_blob_test: the tests in `general`. */
#define VG_SEARCH_TESTS_SHIFT 8u

/* Everything about one field that some rule mentions. Ascending by field. */
struct vg_blob_field {
    uint64_t exact_lengths;     /* of the keys of `exact`: a bit per number of units modulo 64 */
    uint64_t folder_lengths;    /* the same of `folder` */
    uint64_t name_lengths;      /* and of `name` */
    uint32_t field;             /* enum vg_field */
    uint32_t searches;          /* enum vg_blob_searches: what is there of the tables below */
    uint32_t first_rule;        /* the first plain rule that a predicate of this field can decide */
    uint32_t first_strict_rule; /* the same among predicates that are not permissive */
    uint32_t
        first_unknown_rule; /* what first_rule would be if there were no allow rules: the first that an */
    uint32_t first_claimed_rule; /* unknown fact can make match; and first_strict_rule, for a claimed one */
    struct vg_blob_slice
        anchored; /* of LISTS: conditions announced by a predicate of this field, ascending */
    struct vg_blob_slice anchored_strict; /* by one that is not permissive */
    struct vg_blob_slice general;         /* of LISTS: predicates that no table finds; each is tried */
    struct vg_blob_keys exact;            /* the whole value */
    struct vg_blob_keys folder;           /* the value up to one of its backslashes */
    struct vg_blob_keys name;             /* the value behind its last backslash */
    struct vg_blob_table start;           /* by the first four units of a text that begins the value */
    struct vg_blob_table end;             /* by the last four units of one that ends it */
    struct vg_blob_grams grams[VG_GRAM_TABLES];
    struct vg_blob_slice digests; /* the first word in DIGESTS, and how many digests, ascending as bytes */
    uint32_t digest_starts;       /* the first of (1 << digest_bits) + 1 in DIGEST_STARTS */
    uint32_t digest_bits;         /* leading bits of a digest that choose its start; 1..24 */
};

/* The bit of a text's length in a field's lengths. */
static inline uint64_t vg_blob_length(uint32_t units)
{
    return (uint64_t)1 << units % 64;
}

/* A rule that is more than "one of these predicates holds". Ascending by rule. */
struct vg_blob_condition {
    uint32_t rule;
    uint32_t code; /* the first instruction in CODE; programs follow each other without gaps */
    uint64_t fields;
    uint64_t strict_fields; /* those of `fields` that a predicate tests which is not permissive */
    uint64_t pairs; /* of units that the command line has if it is true: all VG_TRIAL_PAIRS; with VG_PAIRS_ANY
                       one of them; 0 when there is nothing to say */
};

struct vg_blob_predicate {
    uint32_t rule;    /* the first plain rule it decides, or VG_BLOB_NONE */
    uint32_t anchors; /* a list in ANCHORS: the conditions it announces and its groups, or VG_BLOB_NONE */
    uint32_t trials;  /* the first in TRIALS, or VG_BLOB_NONE when it is not tried */
    uint32_t tokens;  /* the first in TOKENS */
    uint16_t token_count;
    uint8_t field;
    uint8_t test; /* enum vg_blob_test */
    uint32_t flags;
};

/* enum vg_test as it stands in PREDICATES, and one that only a blob has. */
enum vg_blob_test {
    VG_BLOB_TEST_EXISTS,
    VG_BLOB_TEST_NULL,
    VG_BLOB_TEST_PATTERN,
    VG_BLOB_TEST_UNDER,
    VG_BLOB_TEST_DIGESTS,
    VG_BLOB_TEST_AT_LEAST,
    VG_BLOB_TEST_AT_MOST,
    VG_BLOB_TEST_FIELDREF,
    VG_BLOB_TEST_REGEX,
    VG_BLOB_TEST_ANY, /* any of its members, which tell it so: an OR over one field; or of its trials. Only
                         of conditions */
    VG_BLOB_TEST_COUNT
};

/* Whether the test compares with a number. */
static inline bool vg_blob_test_is_number(uint32_t test)
{
    return test == VG_BLOB_TEST_AT_LEAST || test == VG_BLOB_TEST_AT_MOST;
}

enum vg_blob_predicate_flags {
    VG_PREDICATE_CASED = 1,
    VG_PREDICATE_PERMISSIVE = 2,
    VG_PREDICATE_SPELLS_STREAM = 4, /* has a literal colon that is not its second unit */
    VG_PREDICATE_CONFIRM = 8,       /* a hit of its key is only a hint: the pattern itself must be tried */
    VG_PREDICATE_FLAGS_ALL = 15,
    VG_PREDICATE_STARTS = 16, /* of FIELDREF: the value starts with the other field's */
    VG_PREDICATE_ENDS = 32,   /* of FIELDREF: it ends with it; without both it is equal */
};

/* Of FIELDREF: the other field, in these bits of its flags. */
#define VG_PREDICATE_OTHER_SHIFT 8u
#define VG_PREDICATE_OTHER_MASK  0x3F00u

/* Of REGEX: its index in REGEXES, in these bits of its flags. */
#define VG_PREDICATE_REGEX_SHIFT 8u
#define VG_PREDICATE_REGEX_MASK  0xFFFFFF00u

struct vg_blob_token {
    uint32_t kind; /* enum vg_blob_token_kind */
    uint32_t text; /* the first unit in TEXT */
    uint32_t units;
};

/* A way for a predicate to be true that no table leads to: it is tried when a condition comes to it. The last
 * of a predicate has VG_TRIAL_LAST. */
struct vg_blob_trial {
    uint64_t
        pairs; /* of units that a value has if it is true: VG_TRIAL_PAIRS, of VG_PAIR_BITS each (vg_pair) */
    uint32_t text;  /* the first in BYTES; of PATTERN, UNDER and NUMBER tests the first in TOKENS */
    uint16_t units; /* of the text, or tokens */
    uint8_t kind;   /* enum vg_trial_kind */
    uint8_t flags;  /* enum vg_trial_flags */
};

enum vg_trial_kind {
    VG_TRIAL_EXISTS,
    VG_TRIAL_NULL,
    VG_TRIAL_CONTAINS, /* this and the next three: a text of ASCII, folded */
    VG_TRIAL_STARTS,
    VG_TRIAL_ENDS,
    VG_TRIAL_EQUALS,
    VG_TRIAL_TOKENS, /* tokens, as of a predicate of the test in bits 4..7 of `flags` */
    VG_TRIAL_REGEX,  /* the predicate's expression, when the value has the text, which may be empty */
    VG_TRIAL_KIND_COUNT
};

enum vg_trial_flags {
    VG_TRIAL_CASED = 1,
    VG_TRIAL_SPELLS_STREAM = 4, /* VG_PREDICATE_SPELLS_STREAM */
    VG_TRIAL_LAST = 8,
    VG_TRIAL_TEST_SHIFT = 4,
};

#define VG_TRIAL_PAIRS 5u
#define VG_PAIR_BITS   12u

/* Two units one behind the other, as folded bytes, among VG_PAIRS: two that differ may share a number. Number
 * 0 stands for none, and every value has it. */
#define VG_PAIRS 4096u

static inline uint32_t vg_pair(uint8_t first, uint8_t second)
{
    return (uint32_t)(first & 0x3F) << 6 | (second & 0x3F);
}

/* The test of TOKENS. */
static inline uint8_t vg_trial_test(const struct vg_blob_trial *trial)
{
    return trial->flags >> VG_TRIAL_TEST_SHIFT;
}

/* A set of pairs, and whether it has all, or any, of those in `wanted`. */
typedef uint64_t vg_pair_set[VG_PAIRS / 64];

static inline bool vg_has_pair(const vg_pair_set set, uint64_t wanted, uint32_t which)
{
    uint32_t pair = (uint32_t)(wanted >> VG_PAIR_BITS * which) & (VG_PAIRS - 1);

    return set[pair / 64] >> (pair % 64) & 1;
}

static inline bool vg_has_pairs(const vg_pair_set set, uint64_t wanted)
{
    return vg_has_pair(set, wanted, 0) && vg_has_pair(set, wanted, 1) && vg_has_pair(set, wanted, 2) &&
           vg_has_pair(set, wanted, 3) && vg_has_pair(set, wanted, 4);
}

static inline bool vg_has_any_pair(const vg_pair_set set, uint64_t wanted)
{
    return vg_has_pair(set, wanted, 0) || vg_has_pair(set, wanted, 1) || vg_has_pair(set, wanted, 2) ||
           vg_has_pair(set, wanted, 3) || vg_has_pair(set, wanted, 4);
}

/* Beside pairs of a condition: any of them will do. */
#define VG_PAIRS_ANY ((uint64_t)1 << 63)

/* enum vg_token_kind as it stands in TOKENS. */
enum vg_blob_token_kind { VG_BLOB_LITERAL, VG_BLOB_ANY_RUN, VG_BLOB_ANY_ONE, VG_BLOB_TOKEN_KIND_COUNT };

/* The keys of an exact, folder or name table that share the lowest bits of their hashes. They are few, and
 * what is no key nearly always has a bit that the filter has not: then no other memory is touched. */
struct vg_blob_bucket {
    uint32_t key;    /* the first in KEYS; those of a bucket follow each other */
    uint32_t filter; /* two bits a key (vg_key_filter); 0: an empty bucket, whose `key` is 0, too */
};

/* A key in KEYS: its target, its head, and its text in bytes, folded, or with VG_TEXT_WIDE in units; filled
 * up with zeros to a full word. */
#define VG_KEY_TEXT  2u          /* the text's place in words */
#define VG_KEY_LAST  0x80000000u /* of a head: the last key of its bucket */
#define VG_KEY_TAG   0x3FFE0000u /* bits of the hash in their place (vg_key_tag) */
#define VG_KEY_UNITS 0x0001FFFFu

static inline uint32_t vg_key_words(uint32_t head)
{
    return VG_KEY_TEXT + ((head & VG_KEY_UNITS) * (head & VG_TEXT_WIDE ? 2 : 1) + 3) / 4;
}

/* The lowest bits of a hash choose the bucket; these are others. */
static inline uint32_t vg_key_filter(uint64_t hash)
{
    return (uint32_t)1 << (hash >> 32 & 31) | (uint32_t)1 << (hash >> 37 & 31);
}

static inline uint32_t vg_key_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32) & VG_KEY_TAG;
}

/* A slot of a table of grams. */
struct vg_blob_slot {
    uint32_t tag;  /* vg_gram_tag */
    uint32_t item; /* the first of the gram in GRAMS, + 1; 0: an empty slot */
};

/* Where a gram is in a literal. Those of equal grams follow each other; the last has VG_BLOB_LAST in
 * `literal`.
 */
struct vg_blob_gram {
    uint64_t word;    /* `known` bytes of the literal, the last the highest, up to `behind` behind the gram */
    uint32_t literal; /* in LITERALS; with VG_GRAM_WHOLE when the bytes of `word` are all of it */
    uint16_t start;   /* of the gram in the literal */
    uint8_t known;    /* 0..8; 0 for a wide text */
    uint8_t behind;   /* 0..7 */
};

#define VG_GRAM_WHOLE   0x40000000u
#define VG_GRAM_LITERAL 0x3FFFFFFFu

/* A text that is looked for in values. */
struct vg_blob_literal {
    uint32_t text;  /* folded: the first in BYTES or TEXT */
    uint32_t units; /* with VG_TEXT_WIDE; at most VG_LITERAL_UNITS_MAX */
    uint32_t target;
};

#define VG_LITERAL_UNITS_MAX 65535u

/* The words of one digest of a field in DIGESTS: its bytes in their order, then its target. */
static inline uint32_t vg_blob_digest_words(uint32_t field)
{
    return vg_field_digest_size((enum vg_field)field) / (uint32_t)sizeof(uint32_t) + 1;
}

/* A regular expression: a table as src/regex/table.h has it. Tables follow each other without gaps. */
struct vg_blob_regex {
    uint32_t automaton; /* the first word in AUTOMATA */
    uint32_t words;
};

/* An instruction: operation in bits 29..31. LEAF and LEAF_NOT: permissive in bit 28, field in bits 22..27
 * (VG_CODE_PAIR for a FIELDREF), predicate in bits 0..21. JUMP_*: distance, forward, in bits 0..21. CONSTANT:
 * 1 for true in bit 0. */
enum vg_blob_operation {
    VG_CODE_END,
    VG_CODE_LEAF,
    VG_CODE_LEAF_NOT,
    VG_CODE_AND,
    VG_CODE_OR,
    VG_CODE_JUMP_FALSE, /* when the top is false whatever comes: over the rest of an AND */
    VG_CODE_JUMP_TRUE,
    VG_CODE_CONSTANT,
};

#define VG_CODE_SHIFT       29u
#define VG_CODE_PERMISSIVE  0x10000000u
#define VG_CODE_FIELD_SHIFT 22u
#define VG_CODE_FIELD_MASK  0x3Fu
#define VG_CODE_OPERAND     0x3FFFFFu
#define VG_CODE_PAIR        0x3Fu

static_assert(VG_BLOB_TEST_COUNT <= 32 - VG_SEARCH_TESTS_SHIFT, "a test is a bit of `searches`");
static_assert(VG_FIELD_COUNT <= VG_CODE_PAIR, "a field is a bit of 64, and none is VG_CODE_PAIR");
static_assert(sizeof(struct vg_blob_header) == 112 + 8 * VG_BLOB_SECTION_COUNT, "blob");
static_assert(offsetof(struct vg_blob_header, identity) == VG_BLOB_CHECKSUM_FROM, "blob");
static_assert(offsetof(struct vg_blob_header, mode) == VG_BLOB_IDENTITY_FROM, "blob");
static_assert(sizeof(struct vg_blob_field) == 24 + 48 + 40 + 96 + 16, "blob");
static_assert(sizeof(struct vg_blob_condition) == 32, "blob");
static_assert(sizeof(struct vg_blob_predicate) == 24, "blob");
static_assert(sizeof(struct vg_blob_trial) == 16, "blob");
static_assert(sizeof(struct vg_blob_token) == 12, "blob");
static_assert(sizeof(struct vg_blob_slot) == 8, "blob");
static_assert(sizeof(struct vg_blob_bucket) == 8, "blob");
static_assert(sizeof(struct vg_blob_gram) == 16, "blob");
static_assert(sizeof(struct vg_blob_literal) == 12, "blob");
static_assert(sizeof(struct vg_blob_regex) == 8, "blob");

/* Of a FIELDREF: its second field, and both as bits. */
static inline uint32_t vg_blob_other(const struct vg_blob_predicate *predicate)
{
    return (predicate->flags & VG_PREDICATE_OTHER_MASK) >> VG_PREDICATE_OTHER_SHIFT;
}

static inline uint64_t vg_blob_pair_fields(const struct vg_blob_predicate *predicate)
{
    return (uint64_t)1 << predicate->field | (uint64_t)1 << vg_blob_other(predicate);
}

/* Of a REGEX: its index in REGEXES. */
static inline uint32_t vg_blob_regex_of(const struct vg_blob_predicate *predicate)
{
    return (predicate->flags & VG_PREDICATE_REGEX_MASK) >> VG_PREDICATE_REGEX_SHIFT;
}

/* How many units of a pattern may be compared anew at each unit of a value: those behind its first *. `*text`
 * and `text*` are compared once. */
static inline uint32_t vg_blob_searched(const struct vg_blob_token *tokens, uint32_t count)
{
    uint32_t first = 0;
    uint32_t units = 0;

    while (first < count && tokens[first].kind != VG_BLOB_ANY_RUN)
        first++;
    for (uint32_t i = first + 1; count > 2 && i < count; i++)
        units += tokens[i].kind == VG_BLOB_LITERAL ? tokens[i].units : 1;
    return units;
}

/* The blob's sections as arrays. Valid for a blob whose header and section table were checked. */
struct vg_blob_view {
    const struct vg_blob_header *header;
#define VG_BLOB_VIEW_MEMBER(identifier, type) const type *identifier;
    VG_BLOB_SECTIONS(VG_BLOB_VIEW_MEMBER)
#undef VG_BLOB_VIEW_MEMBER
};

/* Bytes of an element of a section. */
static inline uint32_t vg_blob_element_size(uint32_t id)
{
    static const uint8_t sizes[VG_BLOB_SECTION_COUNT] = {
#define VG_BLOB_ELEMENT_SIZE(identifier, type) sizeof(type),
        VG_BLOB_SECTIONS(VG_BLOB_ELEMENT_SIZE)
#undef VG_BLOB_ELEMENT_SIZE
    };

    return sizes[id];
}

static inline const void *vg_blob_section(const struct vg_blob_header *header, enum vg_blob_section_id id)
{
    return (const uint8_t *)header + header->sections[id].offset;
}

static inline uint32_t vg_blob_count(const struct vg_blob_header *header, enum vg_blob_section_id id)
{
    return header->sections[id].count;
}

static inline struct vg_blob_view vg_blob_view_of(const void *blob)
{
    const struct vg_blob_header *header = blob;
    struct vg_blob_view view = {.header = header,
#define VG_BLOB_VIEW_FILL(identifier, type)                                                                  \
    .identifier = (const type *)vg_blob_section(header, VG_BLOB_##identifier),
                                VG_BLOB_SECTIONS(VG_BLOB_VIEW_FILL)
#undef VG_BLOB_VIEW_FILL
    };

    return view;
}

/* The action of a rule (enum vg_blob_action). */
static inline uint32_t vg_blob_action_of(const struct vg_blob_view *blob, uint32_t rule)
{
    return blob->ACTIONS[rule / VG_ACTIONS_IN_WORD] >> rule % VG_ACTIONS_IN_WORD * VG_ACTION_BITS & 3;
}

/* What `searches` of a field must say. Its list of `general` lies within LISTS, and names predicates. */
static inline uint32_t vg_blob_searches_of(const struct vg_blob_view *blob, const struct vg_blob_field *field)
{
    uint32_t searches = field->digests.count ? VG_SEARCH_DIGESTS : 0;

    if (field->exact.bits)
        searches |= VG_SEARCH_WHOLE;
    if (field->folder.bits || field->name.bits)
        searches |= VG_SEARCH_PARTS;
    if (field->start.probes || field->end.probes)
        searches |= VG_SEARCH_ENDS;
    for (uint32_t table = 0; table < VG_GRAM_TABLES; table++) {
        if (field->grams[table].table.probes)
            searches |= table < VG_WIDE_ONE ? VG_SEARCH_GRAMS : VG_SEARCH_WIDE;
    }
    for (uint32_t i = 0; i < field->general.count; i++)
        searches |= (uint32_t)1 << VG_SEARCH_TESTS_SHIFT
                                << blob->PREDICATES[blob->LISTS[field->general.first + i]].test;
    if (vg_field_kind((enum vg_field)field->field) == VG_KIND_PATH)
        searches |= VG_SEARCH_IN_PATH;
    return searches;
}

#endif
