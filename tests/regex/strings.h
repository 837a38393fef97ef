/* Texts to try an expression on. */
#ifndef VG_TESTS_REGEX_STRINGS_H
#define VG_TESTS_REGEX_STRINGS_H

#include "support.h"

struct string_maker {
    uint16_t units[256]; /* what texts are made of: ASCII, and units that PCRE too takes to have no case */
    uint32_t unit_count;
    uint16_t *by_class; /* per class of the table: where its units begin in `sorted` */
    uint16_t sorted[256];
    uint32_t *distance; /* per state: steps to a match, UINT32_MAX for none */
    const struct vg_regex_header *table;
    const uint16_t *next;
    const struct text *pattern;
};

void string_maker_begin(struct string_maker *maker, const struct vg_regex *regex, const struct text *pattern);
void string_maker_end(struct string_maker *maker);

/* One of three kinds: a walk through the automaton that is drawn to a match, a mixture of the pattern's own
 * units, and pieces of the pattern with noise. */
void make_string(struct string_maker *maker, uint64_t *random, struct text *out);

#endif
