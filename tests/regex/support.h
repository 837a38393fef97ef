/* What the tests of regular expressions share. */
#ifndef VG_TESTS_REGEX_SUPPORT_H
#define VG_TESTS_REGEX_SUPPORT_H

#include "../../src/regex/compile.h"
#include "../../src/regex/match.h"
#include "../../src/regex/table.h"

#define MAX_UNITS 8192u

struct text {
    uint16_t units[MAX_UNITS];
    uint32_t count;
};

static inline struct vg_span span_of(const struct text *text)
{
    return (struct vg_span){text->units, text->count * 2};
}

/* UTF-8 as text; fails the test when it is not well-formed. */
void set_text(struct text *text, const char *utf8);

/* The next of a sequence of numbers that is the same in every run. */
uint64_t next_random(uint64_t *state);
uint32_t below(uint64_t *state, uint32_t limit);

#endif
