#include "fold.h"

/* Two loops without a branch in them, which compilers make wide ones of. */
void bench_fold(struct vg_span text, uint16_t *out)
{
    const uint16_t *units = vg_units(text);
    uint32_t count = vg_unit_count(text);
    uint16_t seen = 0;

    for (uint32_t at = 0; at < count; at++)
        seen |= units[at];
    for (uint32_t at = 0; at < count; at++) {
        uint16_t from_a = (uint16_t)(units[at] - 'a');

        out[at] = (uint16_t)(units[at] - (from_a < 26 ? 'a' - 'A' : 0));
    }
    for (uint32_t at = 0; seen >= 0x80 && at < count; at++)
        out[at] = vg_upcase(units[at]);
}
