/* A value under scan, folded piece by piece. Freestanding. */
#ifndef VG_POLICY_MATCH_TEXT_H
#define VG_POLICY_MATCH_TEXT_H

#include "hash.h"
#include "match.h"

/* Units that are folded at once: nearly every value is one piece. A multiple of VG_WORD_UNITS. */
#define VG_PIECE_UNITS 512u

/* Bytes in front of a piece: the end of the piece before, else zeros. */
#define VG_PIECE_BEFORE VG_WORD_UNITS

/* Zeros behind it: as far as looking for a text may read. */
#define VG_PIECE_AFTER (3 * VG_WORD_UNITS)

struct vg_text {
    const uint16_t *units;
    uint32_t count;
    uint32_t start; /* of the piece, in units */
    uint32_t end;
    bool wide; /* whether a unit so far is not ASCII */
    /* The piece as words (hash.h), and zeros behind the last. */
    uint8_t bytes[VG_PIECE_BEFORE + VG_PIECE_UNITS + VG_PIECE_AFTER];
};

/* Begins with the first piece, which may be empty. */
void vg_text_open(struct vg_text *text, const struct vg_value *value);

/* Goes on to the next piece; false when there is none. */
bool vg_text_next(struct vg_text *text);

/* The byte of the unit at `at`, which is in the piece, at its end or at most VG_PIECE_BEFORE before it. */
static inline const uint8_t *vg_text_at(const struct vg_text *text, uint32_t at)
{
    return text->bytes + (VG_PIECE_BEFORE + at - text->start);
}

/* vg_value_has_stream of the value whose first piece is there, faster: nearly every path is a single one. */
bool vg_text_has_stream(const struct vg_text *text, const struct vg_value *value);

/* Whether the value has, from `start` on, this folded text of `units`: bytes, or with VG_TEXT_WIDE units. All
 * of it lies within the value. */
bool vg_text_equals(const struct vg_text *text, uint32_t start, const void *other, uint32_t units);

/* The same with the text that stands at `at` in BYTES or TEXT. */
static inline bool vg_text_is(const struct vg_text *text, const struct vg_blob_view *blob, uint32_t start,
                              uint32_t at, uint32_t units)
{
    return vg_text_equals(text, start,
                          units & VG_TEXT_WIDE ? (const void *)(blob->TEXT + at) : blob->BYTES + at, units);
}

/* The next place from `at` to `last` where these two bytes stand; behind `last` when there is none. All of it
 * is in a piece. */
const uint8_t *vg_text_seek(const uint8_t *at, const uint8_t *last, uint8_t first, uint8_t second);

/* The same of one byte, before `end`. */
const uint8_t *vg_text_seek_one(const uint8_t *at, const uint8_t *end, uint8_t byte);

/* Whether the value has this text of ASCII, whose first units end in the piece, anywhere. An empty one it
 * has. */
bool vg_text_find(const struct vg_text *text, const struct vg_blob_view *blob, uint32_t at, uint32_t units);

#endif
