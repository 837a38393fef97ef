/* The deterministic automaton: which sets of parts of the expression can be reached. Hosted. */
#ifndef VG_REGEX_DFA_H
#define VG_REGEX_DFA_H

#include "nfa.h"

/* Limits of the way to a table, whose own limits (table.h) hold only after minimising. */
#define VG_REGEX_MAX_RAW_STATES 40000u
#define VG_REGEX_MAX_RAW_STEPS  4000000u   /* states times classes */
#define VG_REGEX_MAX_POOL       33554432u  /* parts of all states together: 128 MB */
#define VG_REGEX_MAX_WORK       400000000u /* parts looked at; a second or two */

struct vg_regex_dfa {
    uint32_t *next;  /* next[state * classes + class] */
    uint8_t *at_end; /* per state: whether the text matches when it ends here */
    uint32_t states;
    uint32_t classes;
    uint32_t start;
};

/* Builds the automaton: state 0 is VG_REGEX_NEVER, state 1 VG_REGEX_MATCHED. Takes what it looks at from
 * `*steps`, and fails where these do not suffice. Free with vg_regex_dfa_free in any case. */
bool vg_regex_dfa_build(const struct vg_regex_nfa *nfa, const struct vg_regex_alphabet *alphabet,
                        uint64_t *steps, struct vg_regex_dfa *dfa, struct vg_regex_error *error);

/* Merges states that no text tells apart (Hopcroft's algorithm); numbers as above are kept, the start becomes
 * what it is. Untouched on failure, which is want of memory. */
bool vg_regex_dfa_minimise(struct vg_regex_dfa *dfa, struct vg_regex_error *error);

void vg_regex_dfa_free(struct vg_regex_dfa *dfa);

/* What stands on the scanned side of a place: a sort, or one of these. */
enum { VG_SIDE_EDGE = VG_SORTS, VG_SIDE_FIRST_NEWLINE };

/* Whether `look` holds between what was taken before and what comes after, both a sort or VG_SIDE_EDGE;
 * before may be VG_SIDE_FIRST_NEWLINE. Forwards, VG_LOOK_LAST before a newline is VG_LOOK_DEPENDS: it holds
 * if the text ends behind that. */
enum vg_regex_answer { VG_LOOK_NO, VG_LOOK_YES, VG_LOOK_DEPENDS };
enum vg_regex_answer vg_regex_look(enum vg_regex_look look, bool backwards, unsigned before, unsigned after);

#endif
