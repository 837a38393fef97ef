/* What the parser makes and the automaton is built from: the expression as a tree. Hosted. */
#ifndef VG_REGEX_TREE_H
#define VG_REGEX_TREE_H

#include "compile.h"
#include "set.h"

enum vg_regex_kind {
    VG_REGEX_EMPTY,
    VG_REGEX_SET,    /* one unit of sets[value] */
    VG_REGEX_THEN,   /* left, then right */
    VG_REGEX_OR,     /* left or right */
    VG_REGEX_REPEAT, /* left, `least` to `most` times */
    VG_REGEX_LOOK,   /* nothing, where enum vg_regex_look `value` holds */
};

enum vg_regex_look {
    VG_LOOK_BEGIN,        /* \A, and ^ without m */
    VG_LOOK_END,          /* \z */
    VG_LOOK_LAST,         /* \Z, and $ without m: at the end, or before a newline that ends the text */
    VG_LOOK_LINE_BEGIN,   /* ^ with m: also behind a newline that does not end the text */
    VG_LOOK_LINE_END,     /* $ with m: also before any newline */
    VG_LOOK_BOUNDARY,     /* \b */
    VG_LOOK_NOT_BOUNDARY, /* \B */
};

#define VG_REGEX_NO_LIMIT UINT32_MAX
#define VG_REGEX_NO_NODE  UINT32_MAX

struct vg_regex_node {
    enum vg_regex_kind kind;
    uint32_t left;
    uint32_t right;
    uint32_t least;
    uint32_t most;
    uint32_t value;
};

struct vg_regex_tree {
    struct vg_regex_node *nodes;
    uint32_t count;
    uint32_t room;
    struct vg_regex_set *sets; /* each once */
    uint32_t set_count;
    uint32_t set_room;
    uint32_t root;
    bool looks; /* whether there is a VG_REGEX_LOOK */
};

/* Fills the error, unless one is there already; returns false. */
bool vg_regex_fail(struct vg_regex_error *error, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads the pattern into `tree`, which is all zeroes before; free it with vg_regex_tree_free in any case. */
bool vg_regex_parse(struct vg_span pattern, unsigned flags, struct vg_regex_tree *tree,
                    struct vg_regex_error *error);
void vg_regex_tree_free(struct vg_regex_tree *tree);

#endif
