#include <vigil/text.h>

#include "fold_table.h"

#include <string.h>

#define BLOCK_MASK ((1u << VG_FOLD_BLOCK_BITS) - 1u)

uint16_t vg_upcase(uint16_t unit)
{
    uint16_t delta = vg_fold_delta[vg_fold_index[unit >> VG_FOLD_BLOCK_BITS]][unit & BLOCK_MASK];

    return (uint16_t)(unit + delta);
}

bool vg_text_equal(struct vg_span a, struct vg_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

bool vg_text_equal_folded(struct vg_span a, struct vg_span b)
{
    const uint16_t *left = vg_units(a);
    const uint16_t *right = vg_units(b);
    uint32_t count = vg_unit_count(a);

    if (count != vg_unit_count(b))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (left[i] != right[i] && vg_upcase(left[i]) != vg_upcase(right[i]))
            return false;
    }
    return true;
}

bool vg_text_ends_with_folded(struct vg_span text, struct vg_span suffix)
{
    struct vg_span tail;

    if (text.size < suffix.size)
        return false;
    tail.bytes = (const uint8_t *)text.bytes + (text.size - suffix.size);
    tail.size = suffix.size;
    return vg_text_equal_folded(tail, suffix);
}
