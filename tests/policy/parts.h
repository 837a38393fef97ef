/* A compiled policy taken apart into its sections, to be damaged on purpose and put together again: rightly
 * sized, laid out and summed up, so that nothing but the damage is wrong with it. */
#ifndef VG_TESTS_POLICY_PARTS_H
#define VG_TESTS_POLICY_PARTS_H

#include "../../src/policy/blob.h"

/* Each section has room for so many elements more; they are zeros. */
#define PARTS_ROOM 8u

/* What parts_verdict says of a blob that is none the worse. */
#define ACCEPTED "accepted"

struct parts {
    struct vg_blob_header header; /* its size, checksum and section table are made anew each time */
#define PARTS_MEMBER(identifier, type) type *identifier;
    VG_BLOB_SECTIONS(PARTS_MEMBER)
#undef PARTS_MEMBER
    uint32_t counts[VG_BLOB_SECTION_COUNT];
};

/* A policy with at least one element in every section, taken apart. parts_free gives everything back. */
void parts_of_everything(struct parts *parts);
void parts_free(struct parts *parts);

/* Gives a section room for `count` elements and that count; those it had stay. Returns it. */
void *parts_resize(struct parts *parts, enum vg_blob_section_id id, uint32_t count);

/* The whole blob, to be freed by the caller. */
void *parts_together(const struct parts *parts, size_t *size);

/* The check that refuses the blob, or ACCEPTED. */
const char *parts_verdict(const struct parts *parts);

/* The verdict with these bytes, which belong to the parts, set to a value for as long as it takes. */
const char *parts_verdict_with(const struct parts *parts, void *place, size_t size, uint64_t value);
#define VERDICT_WITH(parts, place, value) parts_verdict_with((parts), &(place), sizeof(place), (value))

/* The first predicate with that test (enum vg_blob_test); there must be one. */
struct vg_blob_predicate *parts_predicate(const struct parts *parts, uint32_t test);

/* The first rule with that action (enum vg_blob_action). */
uint32_t parts_rule(const struct parts *parts, uint32_t action);

/* What belongs to that field; something must. */
struct vg_blob_field *parts_field(const struct parts *parts, enum vg_field field);

#endif
