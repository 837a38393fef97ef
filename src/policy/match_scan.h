/* One field under scan: what the files that look for its values share. Freestanding. */
#ifndef VG_POLICY_MATCH_SCAN_H
#define VG_POLICY_MATCH_SCAN_H

#include "match_text.h"

#define VG_LOOKUPS 16u

/* A part of the value that is looked for in a table: that of folders if it says so, else that of names unless
 * it starts with the value. */
#define VG_LOOKUP_FOLDER 0x80000000u

struct vg_lookup {
    uint64_t hash;
    uint32_t start;
    uint32_t units; /* with VG_LOOKUP_FOLDER; a value has fewer than 2^31 */
};

struct vg_scan {
    struct vg_match *match;
    const struct vg_blob_field *field;
    struct vg_value value;

    /* match_keys.c */
    uint64_t hash;      /* over the first words, */
    uint32_t hashed;    /* of so many units */
    uint32_t backslash; /* the last one so far; UINT32_MAX: none */
    uint32_t lookup_count;
    bool claimed; /* the fact is the creator's word: no permissive predicate is true of it (stands here, where
                     it makes the structure no larger: it lies on the kernel's stack) */
    struct vg_lookup lookups[VG_LOOKUPS];

    struct vg_text text;
};

/* match_scan.c: follows a target that was found. */
void vg_scan_hit(struct vg_scan *scan, uint32_t target);

/* match_keys.c: whole values, folders and names, as far as they end in the piece. What is found out to be
 * worth it is looked up later, by vg_scan_look_up, while the piece is still there. */
void vg_scan_begin_keys(struct vg_scan *scan);
void vg_scan_keys(struct vg_scan *scan);
void vg_scan_look_up(struct vg_scan *scan);
void vg_scan_streams(struct vg_scan *scan);

/* match_grams.c: texts anywhere in the piece; those at the start, with the first piece; those at the end,
 * with the last; those that are not ASCII, in the whole value. */
void vg_scan_grams(struct vg_scan *scan);
void vg_scan_start(struct vg_scan *scan);
void vg_scan_end(struct vg_scan *scan);
void vg_scan_wide(struct vg_scan *scan);

#endif
