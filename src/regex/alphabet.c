#include "nfa.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* The alphabet on its way, whose classes have no order yet. */
struct split {
    struct vg_regex_alphabet *alphabet;
    uint32_t units[VG_REGEX_MAX_CLASSES + 1]; /* of each class */
};

/* What is to be done with a unit that is to be told from those of its class that are not in the set. */
typedef void visit_unit(struct split *split, uint32_t unit, uint32_t *counts);

static void count_unit(struct split *split, uint32_t unit, uint32_t *counts)
{
    counts[split->alphabet->class_of[unit]]++;
}

/* `targets`: per class where its units go, itself where they stay. */
static void move_unit(struct split *split, uint32_t unit, uint32_t *targets)
{
    uint8_t *class = &split->alphabet->class_of[unit];

    split->units[*class]--;
    *class = (uint8_t)targets[*class];
    split->units[*class]++;
}

/* The units of the set, or those that are not in it where they are fewer: that splits the same. */
static void visit(struct split *split, const struct vg_regex_set *set, bool inverted, visit_unit *each,
                  uint32_t *numbers)
{
    for (uint32_t word = 0; word < 1024; word++) {
        uint64_t bits = inverted ? ~set->bits[word] : set->bits[word];

        for (uint32_t unit = word * 64; bits; unit++, bits >>= 1) {
            if (bits & 1)
                each(split, unit, numbers);
        }
    }
}

static uint32_t count_members(const struct vg_regex_set *set)
{
    uint32_t count = 0;

    for (uint32_t word = 0; word < 1024; word++)
        count += (uint32_t)__builtin_popcountll(set->bits[word]);
    return count;
}

/* Splits each class into what is in `set` and what is not. */
static bool refine(struct split *split, const struct vg_regex_set *set)
{
    struct vg_regex_alphabet *alphabet = split->alphabet;
    uint32_t counts[VG_REGEX_MAX_CLASSES + 1] = {0};
    bool inverted = count_members(set) > 0x8000;
    uint32_t classes = alphabet->classes;

    visit(split, set, inverted, count_unit, counts);
    for (uint32_t class = 0; class < classes; class ++) {
        bool splits = counts[class] > 0 && counts[class] < split->units[class];

        counts[class] = splits ? alphabet->classes++ : class;
        if (alphabet->classes > VG_REGEX_MAX_CLASSES)
            return false;
    }
    if (alphabet->classes > classes)
        visit(split, set, inverted, move_unit, counts);
    return true;
}

/* Numbers the classes as they come, so that they do not depend on the order of the sets. */
static void number_classes(struct vg_regex_alphabet *alphabet)
{
    uint32_t numbers[VG_REGEX_MAX_CLASSES + 1];
    uint32_t count = 0;

    memset(numbers, 0xFF, sizeof(numbers));
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        uint32_t *number = &numbers[alphabet->class_of[unit]];

        if (*number == UINT32_MAX) {
            alphabet->first[count] = (uint16_t)unit;
            *number = count++;
        }
        alphabet->class_of[unit] = (uint8_t)*number;
    }
}

static bool refine_sorts(struct split *split)
{
    struct vg_regex_set words = {0};
    struct vg_regex_set newline = {0};

    vg_regex_set_add_escape(&words, 'w');
    vg_regex_set_add(&newline, '\n');
    return refine(split, &words) && refine(split, &newline);
}

static void note_sorts(struct vg_regex_alphabet *alphabet)
{
    for (uint32_t class = 0; class < alphabet->classes; class ++) {
        uint16_t unit = alphabet->first[class];

        alphabet->sort_of[class] = unit == '\n'             ? VG_SORT_NEWLINE
                                   : vg_regex_is_word(unit) ? VG_SORT_WORD
                                                            : VG_SORT_OTHER;
    }
}

static bool note_members(const struct vg_regex_tree *tree, struct vg_regex_alphabet *alphabet)
{
    alphabet->members = calloc((size_t)tree->set_count + 1, alphabet->classes);
    if (!alphabet->members)
        return false;
    for (uint32_t set = 0; set < tree->set_count; set++) {
        uint8_t *members = alphabet->members + (size_t)set * alphabet->classes;

        for (uint32_t class = 0; class < alphabet->classes; class ++)
            members[class] = vg_regex_set_has(&tree->sets[set], alphabet->first[class]);
    }
    return true;
}

bool vg_regex_alphabet_build(const struct vg_regex_tree *tree, struct vg_regex_alphabet *alphabet,
                             struct vg_regex_error *error)
{
    struct split split = {.alphabet = alphabet, .units = {0x10000}};
    bool fits = true;

    memset(alphabet, 0, sizeof(*alphabet));
    alphabet->classes = 1;
    for (uint32_t set = 0; fits && set < tree->set_count; set++)
        fits = refine(&split, &tree->sets[set]);
    if (fits && tree->looks)
        fits = refine_sorts(&split);
    if (!fits)
        return vg_regex_fail(error, 0, "it tells more than %u kinds of characters apart",
                             VG_REGEX_MAX_CLASSES);
    number_classes(alphabet);
    if (tree->looks)
        note_sorts(alphabet);
    return note_members(tree, alphabet) || vg_regex_fail(error, 0, "no memory");
}

void vg_regex_alphabet_free(struct vg_regex_alphabet *alphabet)
{
    free(alphabet->members);
}
