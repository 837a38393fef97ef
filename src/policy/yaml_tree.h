/* A YAML document as a tree with places, read by libyaml. Bounded: depth, number of nodes, no anchors, no
 * tags. */
#ifndef VG_POLICY_YAML_TREE_H
#define VG_POLICY_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct vg_arena;
struct vg_reader;

enum vg_yaml_kind {
    VG_YAML_SCALAR,
    VG_YAML_LIST,
    VG_YAML_MAP,
};

enum vg_yaml_style {
    VG_YAML_PLAIN,
    VG_YAML_QUOTED,
    VG_YAML_BLOCK, /* | or > : offsets in the text say nothing about columns */
};

struct vg_yaml {
    struct vg_yaml *next;  /* the sibling */
    struct vg_yaml *first; /* of a list: its items; of a map: key, value, key, value ... (keys are scalars) */
    const char *text;      /* of a scalar: UTF-8, NUL-terminated, but may hold NULs too */
    unsigned size;         /* of text; of a list: items; of a map: pairs */
    unsigned line;         /* from 1 */
    unsigned column;       /* from 1, in characters */
    unsigned char kind;    /* enum vg_yaml_kind */
    unsigned char style;   /* enum vg_yaml_style */
};

/* Reads the document in `text`, which reader->file names, into `arena`. NULL after a complaint. `*second`, if
 * there is a second document, receives where it begins (which is a matter for the caller), else line 0. */
struct vg_yaml *vg_yaml_read(struct vg_reader *reader, struct vg_arena *arena, const char *text, size_t size,
                             struct vg_yaml *second);

/* The value of a key, or NULL. */
struct vg_yaml *vg_yaml_get(const struct vg_yaml *map, const char *key);

/* Whether a scalar is exactly this text. */
bool vg_yaml_is(const struct vg_yaml *node, const char *text);

/* Whether a scalar stands for nothing: null, ~ or no text at all, without quotes. */
bool vg_yaml_is_null(const struct vg_yaml *node);

#endif
