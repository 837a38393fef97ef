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
};

struct vg_item_key {
    enum vg_field field;
    enum vg_item_match match;
    bool all;
    bool cased;
};

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

/* Inside: a predicate on key->field, not yet with its test. NULL without memory. */
struct vg_predicate *vg_predicate_new(struct vg_reader *reader, const struct vg_item_key *key,
                                      const struct vg_yaml *node);

#endif
