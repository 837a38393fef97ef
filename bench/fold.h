/* Text in upper case, as Windows folds it, for those that are compared with Vigil: done as fast as plain C
 * can, because it is a part of the time they are given. */
#ifndef VG_BENCH_FOLD_H
#define VG_BENCH_FOLD_H

#include <vigil/text.h>

/* Writes the units of `text` in upper case; `out` has room for them. */
void bench_fold(struct vg_span text, uint16_t *out);

#endif
