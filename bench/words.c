#include "words.h"

#include "measure.h"

#include <stdlib.h>
#include <string.h>

/* A rule to be noted under a word. */
struct entry {
    uint32_t word;
    uint32_t rule;
};

struct making {
    const struct bench_tree *tree;
    struct bench_words *words;
    struct entry *entries;
    size_t entry_count;
    size_t entry_capacity;
};

static struct vg_span folded(struct vg_arena *arena, enum vg_field field, struct vg_span text)
{
    uint16_t *units;

    if (vg_field_digest_size(field) != 0)
        return text;
    units = bench_take(arena, vg_unit_count(text), sizeof(*units));

    for (uint32_t at = 0; at < vg_unit_count(text); at++)
        units[at] = vg_upcase(vg_units(text)[at]);
    return (struct vg_span){units, text.size};
}

static int compare_words(const void *left, const void *right)
{
    const struct bench_word *a = left;
    const struct bench_word *b = right;

    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (a->text.size != b->text.size)
        return a->text.size < b->text.size ? -1 : 1;
    return memcmp(a->text.bytes, b->text.bytes, a->text.size);
}

static bool is_ascii(struct vg_span text)
{
    for (uint32_t at = 0; at < vg_unit_count(text); at++) {
        if (vg_units(text)[at] >= 0x80)
            return false;
    }
    return true;
}

static void collect(struct vg_arena *arena, const struct bench_tree *tree, struct bench_words *words)
{
    size_t literals = 0, kept = 0;

    for (uint32_t i = 0; i < tree->predicate_count; i++)
        literals += tree->predicates[i].literal_count;
    words->at = bench_take(arena, literals, sizeof(*words->at));
    for (uint32_t i = 0; i < tree->predicate_count; i++) {
        const struct bench_predicate *predicate = &tree->predicates[i];
        enum vg_field field = predicate->is->field;

        for (uint32_t k = 0; k < predicate->literal_count; k++)
            words->at[words->count++] =
                (struct bench_word){.field = field, .text = folded(arena, field, predicate->literals[k])};
    }
    qsort(words->at, words->count, sizeof(*words->at), compare_words);
    for (size_t i = 0; i < words->count; i++) {
        if (i == 0 || compare_words(&words->at[kept - 1], &words->at[i]) != 0)
            words->at[kept++] = words->at[i];
    }
    words->count = kept;
    for (size_t i = 0; i < words->count; i++) {
        words->at[i].is_ascii = is_ascii(words->at[i].text);
        words->first[words->at[i].field + 1] = i + 1;
    }
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (words->first[field + 1] == 0)
            words->first[field + 1] = words->first[field];
    }
}

const struct bench_word *bench_words_find(const struct bench_words *words, enum vg_field field,
                                          struct vg_span value)
{
    const struct bench_word key = {.field = field, .text = value};
    size_t first = words->first[field];

    return bsearch(&key, words->at + first, words->first[field + 1] - first, sizeof(key), compare_words);
}

static void link_predicates(struct vg_arena *arena, const struct bench_tree *tree, struct bench_words *words)
{
    words->of_predicate = bench_take(arena, tree->predicate_count, sizeof(*words->of_predicate));
    for (uint32_t i = 0; i < tree->predicate_count; i++) {
        const struct bench_predicate *predicate = &tree->predicates[i];
        enum vg_field field = predicate->is->field;

        words->of_predicate[i] = bench_take(arena, predicate->literal_count, sizeof(**words->of_predicate));
        for (uint32_t k = 0; k < predicate->literal_count; k++) {
            struct vg_span text = folded(arena, field, predicate->literals[k]);

            words->of_predicate[i][k] = (uint32_t)(bench_words_find(words, field, text) - words->at);
        }
    }
}

static uint32_t shortest_literal(const struct bench_predicate *predicate)
{
    uint32_t shortest = predicate->literal_count != 0 ? UINT32_MAX : 0;

    for (uint32_t k = 0; k < predicate->literal_count; k++) {
        if (vg_unit_count(predicate->literals[k]) < shortest)
            shortest = vg_unit_count(predicate->literals[k]);
    }
    return shortest;
}

/* How rare what has to be found for the node to be true is: the length of the shortest of the words; 0 when
 * it can be true without any. */
static uint32_t rarity(const struct making *making, uint32_t index)
{
    const struct bench_node *node = &making->tree->nodes[index];
    uint32_t best = node->kind == VG_EXPR_OR ? UINT32_MAX : 0;

    if (node->kind == VG_EXPR_PREDICATE)
        return shortest_literal(&making->tree->predicates[node->predicate]);
    if (node->kind != VG_EXPR_AND && node->kind != VG_EXPR_OR)
        return node->kind == VG_EXPR_FALSE ? UINT32_MAX : 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        uint32_t child = rarity(making, making->tree->children[node->first_child + i]);

        if (node->kind == VG_EXPR_AND ? child > best : child < best)
            best = child;
    }
    return best;
}

static void add_entry(struct making *making, uint32_t word, uint32_t rule)
{
    if (making->entry_count == making->entry_capacity) {
        making->entry_capacity = making->entry_capacity * 2 + 1024;
        making->entries = realloc(making->entries, making->entry_capacity * sizeof(*making->entries));
        if (making->entries == NULL)
            bench_fail("out of memory");
    }
    making->entries[making->entry_count++] = (struct entry){word, rule};
}

static void anchor_predicate(struct making *making, uint32_t predicate, uint32_t rule)
{
    for (uint32_t k = 0; k < making->tree->predicates[predicate].literal_count; k++)
        add_entry(making, making->words->of_predicate[predicate][k], rule);
}

/* Notes the rule under words of which one is found whenever the node is true. */
static void anchor(struct making *making, uint32_t index, uint32_t rule)
{
    const struct bench_node *node = &making->tree->nodes[index];
    const uint32_t *children = making->tree->children + node->first_child;
    uint32_t best = 0;

    if (node->kind == VG_EXPR_PREDICATE)
        anchor_predicate(making, node->predicate, rule);
    for (uint32_t i = 0; node->kind == VG_EXPR_OR && i < node->child_count; i++)
        anchor(making, children[i], rule);
    if (node->kind != VG_EXPR_AND || node->child_count == 0)
        return;
    for (uint32_t i = 1; i < node->child_count; i++) {
        if (rarity(making, children[i]) > rarity(making, children[best]))
            best = i;
    }
    anchor(making, children[best], rule);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static void write_rules(struct vg_arena *arena, struct making *making)
{
    struct bench_words *words = making->words;

    qsort(making->entries, making->entry_count, sizeof(*making->entries), compare_entries);
    words->rules = bench_take(arena, making->entry_count, sizeof(*words->rules));
    for (size_t i = 0; i < making->entry_count; i++) {
        struct bench_word *word = &words->at[making->entries[i].word];

        words->rules[i] = making->entries[i].rule;
        if (word->rules_end == 0)
            word->first_rule = (uint32_t)i;
        word->rules_end = (uint32_t)i + 1;
    }
    free(making->entries);
}

void bench_words_make(struct vg_arena *arena, const struct bench_tree *tree, struct bench_words *words)
{
    struct making making = {.tree = tree, .words = words};

    memset(words, 0, sizeof(*words));
    collect(arena, tree, words);
    link_predicates(arena, tree, words);
    words->row = (tree->rule_count + 63u) / 64;
    words->always = bench_take(arena, words->row, sizeof(*words->always));
    for (uint32_t rule = 0; rule < tree->rule_count; rule++) {
        if (rarity(&making, tree->roots[rule]) == 0)
            words->always[rule / 64] |= (uint64_t)1 << rule % 64;
        else
            anchor(&making, tree->roots[rule], rule);
    }
    write_rules(arena, &making);
}
