#include "nfa.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Splits each class into what is in `set` and what is not. */
static bool refine(struct vg_regex_alphabet *alphabet, const struct vg_regex_set *set)
{
    uint32_t split[2][256]; /* outside and inside: the new class, or 0xFFFF for none yet */
    uint32_t classes = 0;

    memset(split, 0xFF, sizeof(split));
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        uint32_t *class = &split[vg_regex_set_has(set, unit)][alphabet->class_of[unit]];

        if (*class == UINT32_MAX) {
            if (classes == VG_REGEX_MAX_CLASSES)
                return false;
            *class = classes++;
        }
        alphabet->class_of[unit] = (uint8_t) * class;
    }
    alphabet->classes = classes;
    return true;
}

static bool refine_sorts(struct vg_regex_alphabet *alphabet)
{
    struct vg_regex_set words = {0};
    struct vg_regex_set newline = {0};

    vg_regex_set_add_escape(&words, 'w');
    vg_regex_set_add(&newline, '\n');
    if (!refine(alphabet, &words) || !refine(alphabet, &newline))
        return false;
    for (uint32_t unit = 0; unit < 0x10000; unit++)
        alphabet->sort_of[alphabet->class_of[unit]] = unit == '\n'             ? VG_SORT_NEWLINE
                                                      : vg_regex_is_word(unit) ? VG_SORT_WORD
                                                                               : VG_SORT_OTHER;
    return true;
}

static bool note_members(const struct vg_regex_tree *tree, struct vg_regex_alphabet *alphabet)
{
    alphabet->members = calloc((size_t)tree->set_count + 1, alphabet->classes);
    if (!alphabet->members)
        return false;
    for (uint32_t set = 0; set < tree->set_count; set++) {
        uint8_t *members = alphabet->members + (size_t)set * alphabet->classes;

        for (uint32_t unit = 0; unit < 0x10000; unit++)
            members[alphabet->class_of[unit]] = vg_regex_set_has(&tree->sets[set], unit);
    }
    return true;
}

bool vg_regex_alphabet_build(const struct vg_regex_tree *tree, struct vg_regex_alphabet *alphabet,
                             struct vg_regex_error *error)
{
    bool fits = true;

    memset(alphabet, 0, sizeof(*alphabet));
    alphabet->classes = 1;
    for (uint32_t set = 0; fits && set < tree->set_count; set++)
        fits = refine(alphabet, &tree->sets[set]);
    if (fits && tree->looks)
        fits = refine_sorts(alphabet);
    if (!fits)
        return vg_regex_fail(error, 0, "it tells more than %u kinds of characters apart",
                             VG_REGEX_MAX_CLASSES);
    return note_members(tree, alphabet) || vg_regex_fail(error, 0, "no memory");
}

void vg_regex_alphabet_free(struct vg_regex_alphabet *alphabet)
{
    free(alphabet->members);
}
