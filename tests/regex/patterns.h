/* The expressions that are tried: those of the corpus, our own, made-up ones. */
#ifndef VG_TESTS_REGEX_PATTERNS_H
#define VG_TESTS_REGEX_PATTERNS_H

#include "support.h"

struct pattern {
    const char *text;
    unsigned flags;
};

extern const struct pattern own_patterns[];
extern const unsigned own_pattern_count;

/* An expression of a few parts, as ASCII. */
void make_pattern(uint64_t *random, char *out, size_t room);

/* Signs of the language without order. */
void make_soup(uint64_t *random, char *out, size_t room);

/* Calls `visit` for each `|re` value in the rules below `folder`; returns how many there were, 0 without the
 * folder. */
unsigned visit_corpus(const char *folder, void (*visit)(const char *pattern, unsigned flags, void *context),
                      void *context);

#endif
