#include "match.h"
#include "table.h"

static uint32_t step(const struct vg_regex_header *header, const uint8_t *pages, const uint16_t *next,
                     uint32_t state, uint16_t unit)
{
    uint32_t page = header->page_of[unit >> 8];

    return next[state * header->classes + pages[page * 256u + (unit & 255u)]];
}

bool vg_regex_match(const void *table, struct vg_span text)
{
    const struct vg_regex_header *header = table;
    struct vg_regex_layout layout = vg_regex_lay_out(header);
    const uint8_t *bytes = table;
    const uint8_t *pages = bytes + layout.pages;
    const uint16_t *next = (const uint16_t *)(const void *)(bytes + layout.next);
    const uint16_t *units = vg_units(text);
    uint32_t count = vg_unit_count(text);
    uint32_t state = header->start;

    if (header->flags & VG_REGEX_BACKWARDS) {
        for (uint32_t left = count; left > 0 && state > VG_REGEX_MATCHED; left--)
            state = step(header, pages, next, state, units[left - 1]);
    } else {
        for (uint32_t at = 0; at < count && state > VG_REGEX_MATCHED; at++)
            state = step(header, pages, next, state, units[at]);
    }
    return (bytes[layout.at_end + state / 8] >> state % 8 & 1) != 0;
}
