/* What the parser's files share. Hosted. */
#ifndef VG_REGEX_PARSE_H
#define VG_REGEX_PARSE_H

#include "tree.h"

struct vg_regex_parser {
    const uint16_t *units;
    uint32_t count;
    uint32_t at;
    unsigned flags; /* in force here; a group restores them */
    unsigned depth;
    struct vg_regex_tree *tree;
    struct vg_regex_error *error;
    struct vg_regex_case *cases; /* once something ignores case; freed by vg_regex_parse */
};

/* What an escape stands for: one unit, a set, or a look. */
struct vg_regex_escape {
    enum { VG_ESCAPE_UNIT, VG_ESCAPE_SET, VG_ESCAPE_LOOK } kind;
    uint32_t value; /* the unit, the letter of the set, enum vg_regex_look */
};

/* The unit `ahead` units on; beyond the end 0xFFFFFFFF, which is no unit. */
static inline uint32_t vg_regex_peek(const struct vg_regex_parser *parser, uint32_t ahead)
{
    return ahead < parser->count - parser->at ? parser->units[parser->at + ahead] : UINT32_MAX;
}

/* Adds every unit that is one of the set but for its case. False without memory. */
bool vg_regex_parse_fold(struct vg_regex_parser *parser, struct vg_regex_set *set);

/* Reads what stands behind a backslash; the parser is behind that. */
bool vg_regex_parse_escape(struct vg_regex_parser *parser, bool in_class, struct vg_regex_escape *escape);

/* Reads a class, the parser being behind its `[`. */
bool vg_regex_parse_class(struct vg_regex_parser *parser, struct vg_regex_set *set);

/* Reads what stands behind `(`. A group to be read on has `*group` set; flags for the rest of the group
 * around it are set at once, a comment is skipped; whatever else there is, is refused by name. */
bool vg_regex_parse_group_head(struct vg_regex_parser *parser, bool *group);

#endif
