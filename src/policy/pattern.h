/* Patterns: from the text somebody wrote to the tokens of a predicate. */
#ifndef VG_POLICY_PATTERN_H
#define VG_POLICY_PATTERN_H

#include "reader.h"

/* Each of these replaces what reader->codes holds; false after a complaint. `place` is where the text stands.
 */

/* Text in Sigma's language: * and ? are wildcards; \*, \? and \\ stand for the second character; a backslash
 * before anything else stands for itself. `*escaped` tells whether a wildcard was escaped. */
bool vg_codes_from_sigma(struct vg_reader *reader, struct vg_place place, const char *text, size_t size,
                         bool *escaped);

/* A Windows path: * and ? are wildcards, everything else stands for itself. */
bool vg_codes_from_path(struct vg_reader *reader, struct vg_place place, const char *text, size_t size);

/* Text that stands for itself. */
bool vg_codes_from_text(struct vg_reader *reader, struct vg_place place, const char *text, size_t size);

/* Codes that something else made. */
bool vg_codes_set(struct vg_reader *reader, struct vg_place place, const uint32_t *codes, size_t count);

/* Appends; false without memory, after a complaint. */
bool vg_codes_add(struct vg_reader *reader, uint32_t code);

/* Puts * before the codes. */
bool vg_codes_prepend_run(struct vg_reader *reader);

/* Whether a wildcard is among them. */
bool vg_codes_wild(const struct vg_codes *codes);

/* Makes reader->codes the tokens of the predicate: folded unless it is cased, and with wildcards in one order
 * (*? is
 * ?*, ** is *), so that equal patterns have equal tokens. False without memory. */
bool vg_pattern_finish(struct vg_reader *reader, struct vg_predicate *predicate);

#endif
