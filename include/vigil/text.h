/* Text as Windows has it: counted runs of UTF-16 units, never NUL-terminated, compared under Windows' own
 * upcase table. Freestanding: no allocation, no libc beyond mem*, callable at any IRQL on resident memory. */
#ifndef VIGIL_TEXT_H
#define VIGIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of bytes that somebody else owns. For text `size` is even and `bytes` is aligned to 2. */
struct vg_span {
    const void *bytes;
    uint32_t size; /* in bytes */
};

/* Upper case of one UTF-16 unit under Windows' table ([MS-UCODEREF]; the same values as
 * RtlUpcaseUnicodeChar). Surrogates map to themselves. */
uint16_t vg_upcase(uint16_t unit);

/* The units of a text span, and how many there are. */
static inline const uint16_t *vg_units(struct vg_span text)
{
    return (const uint16_t *)text.bytes;
}

static inline uint32_t vg_unit_count(struct vg_span text)
{
    return text.size / 2;
}

/* Whether two texts are equal, unit by unit; the folded form ignores case under vg_upcase. */
bool vg_text_equal(struct vg_span a, struct vg_span b);
bool vg_text_equal_folded(struct vg_span a, struct vg_span b);

/* Whether `text` ends with `suffix`, ignoring case under vg_upcase. */
bool vg_text_ends_with_folded(struct vg_span text, struct vg_span suffix);

/* Writes at most `capacity` bytes of UTF-8 for `text` and returns how many the whole needs (so a result above
 * `capacity` means: cut at a character boundary, call again with more). An unpaired surrogate becomes U+FFFD.
 * Writes no NUL. */
size_t vg_utf8_from_utf16(struct vg_span text, char *out, size_t capacity);

/* Writes at most `capacity` UTF-16 units for `size` bytes of UTF-8 into `out`; `*count` receives how many the
 * whole needs. Returns false, with outputs untouched, for anything that is not well-formed UTF-8 (Unicode 15,
 * table 3-7);
 * `*bad_offset`, if given, then receives the offset of the first bad byte. */
bool vg_utf16_from_utf8(const char *utf8, size_t size, uint16_t *out, size_t capacity, size_t *count,
                        size_t *bad_offset);

#endif
