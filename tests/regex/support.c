#include "support.h"

#include "../cmocka_all.h"

#include <string.h>

void set_text(struct text *text, const char *utf8)
{
    size_t count;

    assert_true(vg_utf16_from_utf8(utf8, strlen(utf8), text->units, MAX_UNITS, &count, NULL));
    assert_true(count <= MAX_UNITS);
    text->count = (uint32_t)count;
}

uint64_t next_random(uint64_t *state)
{
    uint64_t value = *state += 0x9E3779B97F4A7C15u;

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(next_random(state) % limit);
}
