/* `detection:`: named selections, and a condition over their names. */
#ifndef VG_POLICY_CONDITION_H
#define VG_POLICY_CONDITION_H

#include "expr.h"
#include "reader.h"

struct vg_selection {
    const char *name;
    unsigned name_size;
    struct vg_place place;
    struct vg_expr *expr; /* NULL when it could not be read, which was told */
    size_t size;          /* of expr */
    bool used;
};

struct vg_selections {
    struct vg_selection *at;
    size_t count;
};

/* A map (all items hold), or a list of maps (any of them holds). `what` names it in messages. NULL after a
 * complaint. */
struct vg_expr *vg_selection_read(struct vg_reader *reader, const struct vg_yaml *node, const char *what);

/* A whole detection. NULL after a complaint. */
struct vg_expr *vg_detection_read(struct vg_reader *reader, const struct vg_yaml *node);

/* Inside: a condition over selections, which it marks as used. NULL after a complaint. */
struct vg_expr *vg_condition_read(struct vg_reader *reader, const struct vg_yaml *node,
                                  struct vg_selections *selections);

#endif
