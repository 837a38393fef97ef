/* One field under scan: what the files that look for its values share. Freestanding. */
#ifndef VG_POLICY_MATCH_SCAN_H
#define VG_POLICY_MATCH_SCAN_H

#include "match_text.h"

#define VG_LOOKUPS 8u

/* A part of the value that is looked for in a table. */
struct vg_lookup {
    const struct vg_blob_table *table;
    uint64_t hash;
    uint32_t start;
    uint32_t units;
};

struct vg_scan {
    struct vg_match *match;
    const struct vg_blob_field *field;
    struct vg_value value;
    bool claimed; /* the fact is the creator's word: no permissive predicate is true of it */

    /* match_keys.c */
    uint64_t hash;      /* over the words so far */
    uint32_t backslash; /* the last one so far; UINT32_MAX: none */
    uint32_t lookup_count;
    struct vg_lookup lookups[VG_LOOKUPS];

    /* match_grams.c */
    uint64_t ones[4]; /* a bit per byte: ASCII units that are looked for alone and were not found yet */

    struct vg_text text;
};

/* match_scan.c: follows a target that was found. */
void vg_scan_hit(struct vg_scan *scan, uint32_t target);

/* match_keys.c: whole values, folders and names. Of the piece; then of the whole, with the last piece; then
 * what was asked for is looked up, while the piece is there. */
void vg_scan_begin_keys(struct vg_scan *scan);
void vg_scan_folders(struct vg_scan *scan);
void vg_scan_whole(struct vg_scan *scan);
void vg_scan_streams(struct vg_scan *scan);
void vg_scan_look_up(struct vg_scan *scan);

/* match_grams.c: texts anywhere in the piece; then those at the ends, with the last piece, and those that are
 * not ASCII. */
void vg_scan_begin_grams(struct vg_scan *scan);
void vg_scan_grams(struct vg_scan *scan);
void vg_scan_start(struct vg_scan *scan);
void vg_scan_end(struct vg_scan *scan);
void vg_scan_wide(struct vg_scan *scan);

#endif
