/* Lists of digests, also by the file. */
#ifndef VG_POLICY_DIGESTS_H
#define VG_POLICY_DIGESTS_H

#include "digest_text.h"
#include "model.h"
#include "reader.h"

/* Digests of one field being collected. */
struct vg_digests {
    uint8_t *at; /* vg_field_digest_size bytes each */
    size_t count;
    size_t capacity;
};

/* Digests being collected, by field. Starts zeroed; freed by vg_digests_drop. */
struct vg_digest_lists {
    struct vg_digests of[VG_FIELD_COUNT];
};

/* False after a complaint: without memory. */
bool vg_digests_add(struct vg_reader *reader, struct vg_digest_lists *lists, enum vg_field field,
                    const uint8_t *digest);

/* Adds every digest of a file: one a line, in digits or as MD5=digits; comments from # to the end of the
 * line, empty lines, LF or CRLF. All are of `field`; VG_FIELD_COUNT: each line says of which. Complains, with
 * the line, about anything else; `asked` is where the policy names the file. */
bool vg_digests_add_file(struct vg_reader *reader, struct vg_digest_lists *lists, enum vg_field field,
                         const char *file, struct vg_place asked);

/* Moves what was collected for the predicate's field into it, sorted, each once. False without memory. */
bool vg_digests_finish(struct vg_reader *reader, struct vg_digest_lists *lists,
                       struct vg_predicate *predicate);
void vg_digests_drop(struct vg_digest_lists *lists);

/* Adds the digests of `other`, which is of the same field, to those of `predicate`. False without memory. */
bool vg_digests_unite(struct vg_arena *arena, struct vg_predicate *predicate,
                      const struct vg_predicate *other);

#endif
