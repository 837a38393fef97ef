/* SHA-256 digests as text, alone and by the file. */
#ifndef VG_POLICY_DIGESTS_H
#define VG_POLICY_DIGESTS_H

#include "model.h"
#include "reader.h"

/* Digests being collected. Starts zeroed; malloc'ed, freed by vg_digests_finish or vg_digests_drop. */
struct vg_digests {
    uint8_t (*at)[32];
    size_t count;
    size_t capacity;
};

/* 64 hexadecimal digits to 32 bytes; false for anything else. */
bool vg_digest_parse(const char *text, size_t size, uint8_t digest[32]);

bool vg_digests_add(struct vg_reader *reader, struct vg_digests *digests, const uint8_t digest[32]);

/* Adds every digest of a file: one a line, comments from # to the end of the line, empty lines, LF or CRLF.
 * Complains, with the line, about anything else; `asked` is where the policy names the file. */
bool vg_digests_add_file(struct vg_reader *reader, struct vg_digests *digests, const char *file,
                         struct vg_place asked);

/* Moves what was collected into the predicate, sorted, each once. Frees the collection. False without memory.
 */
bool vg_digests_finish(struct vg_reader *reader, struct vg_digests *digests, struct vg_predicate *predicate);
void vg_digests_drop(struct vg_digests *digests);

/* Adds the digests of `other` to those of `predicate`. False without memory. */
bool vg_digests_unite(struct vg_arena *arena, struct vg_predicate *predicate,
                      const struct vg_predicate *other);

#endif
