/* One item of a selection: `Field|modifier...: value or values`. */
#ifndef VG_POLICY_ITEM_H
#define VG_POLICY_ITEM_H

#include "expr.h"
#include "reader.h"

enum vg_item_match {
    VG_MATCH_EXACT,
    VG_MATCH_CONTAINS,
    VG_MATCH_STARTSWITH,
    VG_MATCH_ENDSWITH,
    VG_MATCH_UNDER,
    VG_MATCH_PATH,
    VG_MATCH_EXISTS,
    VG_MATCH_FILE,
    VG_MATCH_LESS,
    VG_MATCH_AT_MOST,
    VG_MATCH_GREATER,
    VG_MATCH_AT_LEAST,
    VG_MATCH_REGEX,
};

/* What a modifier makes of a value before it is compared. In a key they stand in the order in which they
 * apply. */
enum vg_item_change {
    VG_CHANGE_EXPAND,       /* %name% becomes each value of that list of the policy */
    VG_CHANGE_WINDASH,      /* a dash that begins a word becomes each that Windows takes for one */
    VG_CHANGE_UTF16LE,      /* bytes */
    VG_CHANGE_UTF16BE,      /* bytes */
    VG_CHANGE_UTF16,        /* bytes: a byte order mark, then UTF-16LE */
    VG_CHANGE_BASE64,       /* of the text's UTF-8, or of bytes */
    VG_CHANGE_BASE64OFFSET, /* the same, as a part of something longer: three texts */
};

#define VG_CHANGES_MAX 8u

struct vg_item_key {
    enum vg_field field;
    enum vg_item_match match;
    bool all;
    bool cased;
    bool negated;
    bool fieldref;        /* the value is the name of another field */
    bool hashes;          /* Sigma's Hashes: any field of digests, and `field` is one of them */
    unsigned regex_flags; /* of VG_MATCH_REGEX: enum of src/regex/compile.h */
    unsigned change_count;
    enum vg_item_change changes[VG_CHANGES_MAX];
};

/* The field of that name. VG_FIELD_COUNT after a complaint. */
enum vg_field vg_item_field(struct vg_reader *reader, struct vg_place place, const char *text, size_t size);

/* Reads a key such as CommandLine|contains|all. False after a complaint. */
bool vg_item_key_read(struct vg_reader *reader, const struct vg_yaml *node, struct vg_item_key *key);

/* The condition that an item states. NULL after a complaint. */
struct vg_expr *vg_item_read(struct vg_reader *reader, const struct vg_yaml *key,
                             const struct vg_yaml *value);

/* Inside: the condition that one scalar states. */
struct vg_expr *vg_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                              const struct vg_yaml *value);

/* Inside: the condition that one value of `under` or `path` states; path variables expand. */
struct vg_expr *vg_path_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                                   const struct vg_yaml *value);

/* Inside: the condition that one regular expression states. */
struct vg_expr *vg_regex_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                                    const struct vg_yaml *value);

/* Inside: values that reader->codes become under the changes of a key. In an arena of their own. */
struct vg_variant {
    uint32_t *codes;
    size_t count;
    bool bytes; /* the codes are bytes, not UTF-16 units */
    struct vg_variant *next;
};

/* Inside: changes what reader->codes hold, `value` as Sigma reads it. There is at least one variant, in
 * `arena`; NULL after a complaint. */
struct vg_variant *vg_variants_of(struct vg_reader *reader, const struct vg_item_key *key,
                                  const struct vg_yaml *value, struct vg_arena *arena);

/* Inside: what null and `exists` state. */
struct vg_expr *vg_null_read(struct vg_reader *reader, const struct vg_item_key *key,
                             const struct vg_yaml *value);
struct vg_expr *vg_exists_read(struct vg_reader *reader, const struct vg_item_key *key,
                               const struct vg_yaml *value);

/* Inside: whether the values are digests (or, of Hashes, anything), and the condition that all of them
 * state. */
bool vg_item_is_of_digests(const struct vg_item_key *key);
struct vg_expr *vg_digests_read(struct vg_reader *reader, const struct vg_item_key *key,
                                const struct vg_yaml *key_node, const struct vg_yaml *value);

/* Inside: the first of `*count` values (siblings) of a list of the policy; NULL after a complaint, when there
 * is no such list. */
const struct vg_yaml *vg_list_find(struct vg_reader *reader, struct vg_place place, const char *name,
                                   size_t size, size_t *count);

/* Inside: whether a scalar is a placeholder and nothing else; its name is then what stands between the
 * percent signs. */
bool vg_is_placeholder(const struct vg_yaml *value);

/* Inside: a predicate on key->field, not yet with its test. NULL without memory. */
struct vg_predicate *vg_predicate_new(struct vg_reader *reader, const struct vg_item_key *key,
                                      const struct vg_yaml *node);

#endif
