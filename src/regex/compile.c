#include "compile.h"
#include "dfa.h"
#include "literals.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

/* Pages that are the same are kept once. */
static uint16_t make_pages(const struct vg_regex_alphabet *alphabet, uint8_t page_of[256],
                           uint8_t (*pages)[256])
{
    uint16_t count = 0;

    for (uint32_t high = 0; high < 256; high++) {
        const uint8_t *classes = alphabet->class_of + high * 256;
        uint16_t page = 0;

        while (page < count && memcmp(pages[page], classes, 256) != 0)
            page++;
        if (page == count)
            memcpy(pages[count++], classes, 256);
        page_of[high] = (uint8_t)page;
    }
    return count;
}

static void fill(uint8_t *table, const struct vg_regex_header *header, const uint8_t (*pages)[256],
                 const struct vg_regex_dfa *dfa)
{
    struct vg_regex_layout layout = vg_regex_lay_out(header);
    uint16_t *next = (uint16_t *)(void *)(table + layout.next);

    memcpy(table, header, sizeof(*header));
    memcpy(table + layout.pages, pages, (size_t)header->pages * 256);
    for (size_t at = 0; at < (size_t)dfa->states * dfa->classes; at++)
        next[at] = (uint16_t)dfa->next[at];
    for (uint32_t state = 0; state < dfa->states; state++)
        table[layout.at_end + state / 8] |= (uint8_t)(dfa->at_end[state] << state % 8);
}

static bool write_table(const struct vg_regex_dfa *dfa, const struct vg_regex_alphabet *alphabet,
                        bool backwards, struct vg_regex *regex, struct vg_regex_error *error)
{
    static_assert(sizeof(struct vg_regex_header) % 2 == 0, "the steps are aligned");
    uint8_t pages[256][256];
    struct vg_regex_header header = {.magic = VG_REGEX_MAGIC, .flags = backwards ? VG_REGEX_BACKWARDS : 0};
    struct vg_regex_layout layout;
    uint8_t *table;

    if (dfa->states > VG_REGEX_MAX_STATES)
        return vg_regex_fail(error, 0, "it needs %u states, and at most %u are supported", dfa->states,
                             VG_REGEX_MAX_STATES);
    header.pages = make_pages(alphabet, header.page_of, pages);
    header.states = (uint16_t)dfa->states;
    header.classes = (uint16_t)dfa->classes;
    header.start = (uint16_t)dfa->start;
    layout = vg_regex_lay_out(&header);
    if (layout.size > VG_REGEX_MAX_BYTES)
        return vg_regex_fail(error, 0, "its table needs %u bytes, and at most %u are supported",
                             (unsigned)layout.size, VG_REGEX_MAX_BYTES);
    header.size = (uint32_t)layout.size;
    table = calloc(1, header.size);
    if (!table)
        return vg_regex_fail(error, 0, "no memory");
    fill(table, &header, (const uint8_t(*)[256])pages, dfa);
    regex->table = table;
    regex->size = header.size;
    return true;
}

static bool compile_direction(const struct vg_regex_tree *tree, const struct vg_regex_alphabet *alphabet,
                              bool backwards, uint64_t *steps, struct vg_regex *regex,
                              struct vg_regex_error *error)
{
    struct vg_regex_nfa nfa = {0};
    struct vg_regex_dfa dfa = {0};
    bool done = vg_regex_nfa_build(tree, backwards, &nfa, error) &&
                vg_regex_dfa_build(&nfa, alphabet, steps, &dfa, error) &&
                vg_regex_dfa_minimise(&dfa, error) && write_table(&dfa, alphabet, backwards, regex, error);

    vg_regex_dfa_free(&dfa);
    vg_regex_nfa_free(&nfa);
    return done;
}

/* Whether a table of a few states over the same characters could be less than half as large. */
static bool may_shrink(const struct vg_regex *regex)
{
    struct vg_regex_header smallest = *(const struct vg_regex_header *)regex->table;

    smallest.states = 2;
    return vg_regex_lay_out(&smallest).size < regex->size / 2;
}

/* Both ways give the same answer, and one can be far smaller: what counts characters up to the end of the
 * text is short when read from there. Forwards wins unless it is twice as large. */
static bool compile_tree(const struct vg_regex_tree *tree, const struct vg_regex_alphabet *alphabet,
                         uint64_t *steps, struct vg_regex *regex, struct vg_regex_error *error)
{
    struct vg_regex_error ignored = {0};
    struct vg_regex forwards = {0};
    struct vg_regex backwards = {0};

    compile_direction(tree, alphabet, false, steps, &forwards, error);
    if (!forwards.table || may_shrink(&forwards))
        compile_direction(tree, alphabet, true, steps, &backwards, &ignored);
    if (backwards.table && (!forwards.table || backwards.size < forwards.size / 2)) {
        free(forwards.table);
        forwards = backwards;
    } else {
        free(backwards.table);
    }
    if (!forwards.table)
        return false;
    *error = (struct vg_regex_error){0};
    vg_regex_literals_find(tree, &forwards.literals);
    *regex = forwards;
    return true;
}

/* What else a set of characters costs, more or less. */
static bool charge_sets(const struct vg_regex_tree *tree, uint64_t *steps, struct vg_regex_error *error)
{
    uint64_t cost = (uint64_t)tree->set_count * 0x1000;

    if (cost > *steps) {
        *steps = 0;
        return vg_regex_fail(error, 0, "its characters and classes take too long");
    }
    *steps -= cost;
    return true;
}

bool vg_regex_compile(struct vg_span pattern, unsigned flags, struct vg_regex *regex,
                      struct vg_regex_error *error)
{
    uint64_t steps = UINT64_MAX;

    return vg_regex_compile_within(pattern, flags, &steps, regex, error);
}

bool vg_regex_compile_within(struct vg_span pattern, unsigned flags, uint64_t *steps, struct vg_regex *regex,
                             struct vg_regex_error *error)
{
    struct vg_regex_tree tree = {0};
    struct vg_regex_alphabet *alphabet = calloc(1, sizeof(*alphabet));
    bool done = false;

    *error = (struct vg_regex_error){0};
    if (!alphabet) {
        vg_regex_fail(error, 0, "no memory");
    } else {
        done = vg_regex_parse(pattern, flags, &tree, error) && charge_sets(&tree, steps, error) &&
               vg_regex_alphabet_build(&tree, alphabet, error) &&
               compile_tree(&tree, alphabet, steps, regex, error);
        vg_regex_alphabet_free(alphabet);
    }
    free(alphabet);
    vg_regex_tree_free(&tree);
    return done;
}

void vg_regex_free(struct vg_regex *regex)
{
    free(regex->table);
    *regex = (struct vg_regex){0};
}
