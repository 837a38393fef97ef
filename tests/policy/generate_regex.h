/* Regular expressions made of a text. */
#ifndef VG_TESTS_POLICY_GENERATE_REGEX_H
#define VG_TESTS_POLICY_GENERATE_REGEX_H

#include "generate.h"

#include "../../src/regex/compile.h"

#define REGEX_PATTERN_MAX 1024u

/* Writes an expression that spells a part of `text`, some of it by classes, alternatives and repetitions;
 * returns its units. */
uint32_t generate_regex(struct generator *generator, struct vg_span text,
                        uint16_t pattern[REGEX_PATTERN_MAX]);

#endif
