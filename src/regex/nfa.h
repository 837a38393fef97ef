/* The expression as a non-deterministic automaton (Thompson's construction), and its alphabet: units that no
 * part of the expression tells apart are one class. Hosted. */
#ifndef VG_REGEX_NFA_H
#define VG_REGEX_NFA_H

#include "tree.h"

#define VG_REGEX_MAX_NODES 16384u /* of the automaton, quantifiers written out */

enum vg_regex_step {
    VG_STEP_UNIT,  /* takes a unit of set `value`, goes to `first` */
    VG_STEP_SPLIT, /* goes to `first` and `second` */
    VG_STEP_LOOK,  /* goes to `first` where `value` holds */
    VG_STEP_FOUND,
};

struct vg_regex_nfa_node {
    uint16_t step;
    uint16_t first;
    uint16_t second;
    uint16_t value; /* VG_STEP_UNIT: of a set, or VG_REGEX_ANY */
};

#define VG_REGEX_ANY UINT16_MAX

struct vg_regex_nfa {
    struct vg_regex_nfa_node *nodes;
    uint32_t count;
    uint32_t start; /* skips any number of units first: the expression may be found anywhere */
    bool backwards; /* takes the text from its end */
};

/* Builds the automaton for `tree`, read forwards or backwards; free with vg_regex_nfa_free in any case. */
bool vg_regex_nfa_build(const struct vg_regex_tree *tree, bool backwards, struct vg_regex_nfa *nfa,
                        struct vg_regex_error *error);
void vg_regex_nfa_free(struct vg_regex_nfa *nfa);

/* What looks can ask about a unit. */
enum vg_regex_sort { VG_SORT_OTHER, VG_SORT_WORD, VG_SORT_NEWLINE, VG_SORTS };

struct vg_regex_alphabet {
    uint8_t class_of[0x10000];
    uint16_t first[256];  /* unit of a class */
    uint8_t sort_of[256]; /* of a class; all VG_SORT_OTHER when the tree has no looks */
    uint32_t classes;
    uint8_t *members; /* members[set * classes + class]: whether the class is in the set */
};

bool vg_regex_alphabet_build(const struct vg_regex_tree *tree, struct vg_regex_alphabet *alphabet,
                             struct vg_regex_error *error);
void vg_regex_alphabet_free(struct vg_regex_alphabet *alphabet);

#endif
