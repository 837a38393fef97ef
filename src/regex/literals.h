/* Texts by which an index finds where an expression is worth trying. Hosted. */
#ifndef VG_REGEX_LITERALS_H
#define VG_REGEX_LITERALS_H

#include "tree.h"

/* Finds texts of which at least one stands, in any case, in every text that the expression is found in: the
 * set whose shortest text is longest. `literals->count` is 0 where there are none (`[a-z]+`), where they
 * would be too many, or where memory runs out: then nothing can be said without trying. */
void vg_regex_literals_find(const struct vg_regex_tree *tree, struct vg_regex_literals *literals);

#endif
