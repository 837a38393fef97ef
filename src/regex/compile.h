/* Compiles a regular expression into a table (table.h). Hosted.
 *
 * The language is PCRE's as detection rules use it: literals, classes, \d \w \s \h \v \N and their negations,
 * \x \0 \c and the named control characters, groups of every capturing kind, alternation, quantifiers greedy
 * or lazy, \b \B \A \z \Z ^ $, the inline flags i, m and s, comments. \d, \w and \s know ASCII only, as in
 * PCRE without UCP; a newline is U+000A. A unit is a UTF-16 unit: `.` takes half of a surrogate pair.
 * Ignoring case means vg_upcase. What no automaton of bounded size can tell is refused by its name:
 * look-around, back-references, recursion, conditions, atomic groups, possessive quantifiers. */
#ifndef VG_REGEX_COMPILE_H
#define VG_REGEX_COMPILE_H

#include <vigil/text.h>

enum {
    VG_REGEX_CASELESS = 1,  /* i */
    VG_REGEX_MULTILINE = 2, /* m: ^ and $ also at each newline */
    VG_REGEX_DOTALL = 4,    /* s: . takes a newline too */
};

#define VG_REGEX_MAX_PATTERN 4096u /* units */

#define VG_REGEX_LITERALS_MAX  8u
#define VG_REGEX_LITERAL_UNITS 32u

/* Texts of which at least one stands, in any case, in every text that matches; none at all when `count` is 0.
 */
struct vg_regex_literals {
    uint32_t count;
    struct vg_regex_literal {
        uint32_t count;                         /* of units; not 0 */
        uint16_t units[VG_REGEX_LITERAL_UNITS]; /* as vg_upcase has them */
    } at[VG_REGEX_LITERALS_MAX];
};

struct vg_regex {
    void *table; /* owned; aligned for any type */
    size_t size;
    struct vg_regex_literals literals;
};

struct vg_regex_error {
    uint32_t offset; /* in the pattern, in units; for a limit of the whole: 0 */
    char message[160];
};

/* Compiles `pattern` under `flags`. Returns false with `*error` filled and `*regex` untouched when the
 * pattern is wrong, needs what is refused, or exceeds a limit (pattern, automaton, work or memory). Takes
 * bounded time and memory whatever the pattern is. */
bool vg_regex_compile(struct vg_span pattern, unsigned flags, struct vg_regex *regex,
                      struct vg_regex_error *error);

/* The same for one of many: takes what it cost from `*steps`, a few nanoseconds each, and fails where these
 * do not suffice; then none are left. */
bool vg_regex_compile_within(struct vg_span pattern, unsigned flags, uint64_t *steps, struct vg_regex *regex,
                             struct vg_regex_error *error);
void vg_regex_free(struct vg_regex *regex);

#endif
