/* Inside the printer: keys and values of one item. */
#ifndef VG_POLICY_PRINT_VALUE_H
#define VG_POLICY_PRINT_VALUE_H

#include "print.h"

/* What stands before the colon. Equal keys may share a list of values. */
struct vg_print_key {
    enum vg_field field;
    const char *match; /* the modifier that says how to compare, or "" */
    bool cased;
};

/* The key of a leaf: a predicate, or the negation of EXISTS. */
struct vg_print_key vg_print_key_of(const struct vg_expr *leaf);
bool vg_print_same_key(const struct vg_print_key *a, const struct vg_print_key *b);

void vg_print_key(FILE *out, const struct vg_print_key *key, bool all);

/* The value of a leaf other than DIGESTS, as a YAML scalar. */
void vg_print_value(FILE *out, const struct vg_expr *leaf, const struct vg_print_key *key);

/* Text in single quotes, in double quotes where it must be, or plain where it may be and `plain` is set. */
void vg_print_text(FILE *out, const char *text, size_t size, bool plain);

#endif
