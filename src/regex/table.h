/* A compiled regular expression: one flat little-endian table, a deterministic automaton that takes one step
 * per UTF-16 unit. The kernel reads it as it stands; nothing in it is trusted before vg_regex_check.
 * Freestanding.
 *
 *   struct vg_regex_header   the header, with the page of each high byte
 *   uint8_t  page[pages][256]           the class of each unit: page[page_of[unit >> 8]][unit & 255]
 *   uint16_t next[states][classes]      the state after a unit of that class
 *   uint8_t  at_end[(states + 7) / 8]   bit: the text matches when it ends in this state
 *   zeroes up to a multiple of 8 bytes
 *
 * State 0 can lead to no match any more, state 1 has matched whatever follows; both lead to themselves. */
#ifndef VG_REGEX_TABLE_H
#define VG_REGEX_TABLE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define VG_REGEX_MAGIC     0x31455256u /* "VRE1" */
#define VG_REGEX_NEVER     0u
#define VG_REGEX_MATCHED   1u
#define VG_REGEX_BACKWARDS 1u /* flag: the units are taken from the last to the first */

/* What a table may have at most; the compiler refuses what needs more, the kernel what claims more. */
#define VG_REGEX_MAX_STATES  16384u
#define VG_REGEX_MAX_CLASSES 255u
#define VG_REGEX_MAX_BYTES   (512u * 1024u)

struct vg_regex_header {
    uint32_t magic;
    uint32_t size; /* of the whole table in bytes, a multiple of 8 */
    uint16_t flags;
    uint16_t states;
    uint16_t classes;
    uint16_t start;
    uint16_t pages;
    uint16_t reserved[3]; /* zero */
    uint8_t page_of[256];
};
static_assert(sizeof(struct vg_regex_header) == 280, "the header crosses into the kernel");

/* Where the parts stand. 64 bits: sums of counts that a header claims. */
struct vg_regex_layout {
    uint64_t pages;
    uint64_t next;
    uint64_t at_end;
    uint64_t used;
    uint64_t size;
};

static inline struct vg_regex_layout vg_regex_lay_out(const struct vg_regex_header *header)
{
    struct vg_regex_layout layout;

    layout.pages = sizeof(*header);
    layout.next = layout.pages + 256u * (uint64_t)header->pages;
    layout.at_end = layout.next + 2u * (uint64_t)header->states * header->classes;
    layout.used = layout.at_end + (header->states + 7u) / 8u;
    layout.size = (layout.used + 7u) & ~(uint64_t)7u;
    return layout;
}

#endif
