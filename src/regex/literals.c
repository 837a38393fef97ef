#include "literals.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a part of the expression. A text that the part takes ends in one of `tails`, which may be
 * empty ones, and has one of `needs` in it; no needs: none is known. */
struct part {
    bool exact; /* a tail is all that the part takes */
    struct vg_regex_literals tails;
    struct vg_regex_literals needs;
};

static bool add(struct vg_regex_literals *texts, const struct vg_regex_literal *text)
{
    for (uint32_t at = 0; at < texts->count; at++) {
        if (texts->at[at].count == text->count &&
            memcmp(texts->at[at].units, text->units, text->count * sizeof(*text->units)) == 0)
            return true;
    }
    if (texts->count == VG_REGEX_LITERALS_MAX)
        return false;
    texts->at[texts->count++] = *text;
    return true;
}

static bool add_all(struct vg_regex_literals *texts, const struct vg_regex_literals *more)
{
    for (uint32_t at = 0; at < more->count; at++) {
        if (!add(texts, &more->at[at]))
            return false;
    }
    return true;
}

/* Each text of `before` with each of `behind` at its end; false when that is too many or too long. */
static bool join(const struct vg_regex_literals *before, const struct vg_regex_literals *behind,
                 struct vg_regex_literals *joined)
{
    joined->count = 0;
    for (uint32_t i = 0; i < before->count; i++) {
        for (uint32_t j = 0; j < behind->count; j++) {
            struct vg_regex_literal text = before->at[i];
            const struct vg_regex_literal *end = &behind->at[j];

            if (end->count > VG_REGEX_LITERAL_UNITS - text.count)
                return false;
            memcpy(text.units + text.count, end->units, end->count * sizeof(*end->units));
            text.count += end->count;
            if (!add(joined, &text))
                return false;
        }
    }
    return true;
}

/* The fewest units that one of the texts has; 0 for no texts. */
static uint32_t shortest(const struct vg_regex_literals *texts)
{
    uint32_t least = texts->count ? UINT32_MAX : 0;

    for (uint32_t at = 0; at < texts->count; at++)
        least = texts->at[at].count < least ? texts->at[at].count : least;
    return least;
}

/* Takes `other` for the needs where it tells more. */
static void improve(struct vg_regex_literals *needs, const struct vg_regex_literals *other)
{
    uint32_t ours = shortest(needs);
    uint32_t theirs = shortest(other);

    if (theirs > ours || (theirs == ours && theirs > 0 && other->count < needs->count))
        *needs = *other;
}

static void set_empty(struct vg_regex_literals *texts)
{
    texts->count = 1;
    texts->at[0].count = 0;
}

static void of_nothing(struct part *part)
{
    part->exact = true;
    set_empty(&part->tails);
    part->needs.count = 0;
}

/* A set of few characters is those; what is upper case alone counts. */
static void of_set(const struct vg_regex_set *set, struct part *part)
{
    of_nothing(part);
    part->tails.count = 0;
    for (uint32_t word = 0; word < 1024; word++) {
        for (uint32_t bit = 0; set->bits[word] >> bit != 0; bit++) {
            struct vg_regex_literal text = {.count = 1};

            if (!(set->bits[word] >> bit & 1))
                continue;
            text.units[0] = vg_upcase((uint16_t)(word * 64 + bit));
            if (!add(&part->tails, &text)) {
                part->exact = false;
                set_empty(&part->tails);
                return;
            }
            if (bit == 63)
                break;
        }
    }
}

static void of_sequence(const struct part *left, const struct part *right, struct part *part)
{
    part->needs = left->needs;
    improve(&part->needs, &right->needs);
    if (right->exact && join(&left->tails, &right->tails, &part->tails)) {
        part->exact = left->exact;
        return;
    }
    improve(&part->needs, &left->tails);
    part->exact = false;
    part->tails = right->tails;
}

static void of_alternatives(const struct part *left, const struct part *right, struct part *part)
{
    struct vg_regex_literals other = right->needs;

    part->needs = left->needs;
    improve(&part->needs, &left->tails);
    improve(&other, &right->tails);
    if (shortest(&part->needs) == 0 || shortest(&other) == 0 || !add_all(&part->needs, &other))
        part->needs.count = 0;
    part->exact = left->exact && right->exact;
    part->tails = left->tails;
    if (!add_all(&part->tails, &right->tails)) {
        part->exact = false;
        set_empty(&part->tails);
    }
}

static void of_repeat(const struct vg_regex_node *node, const struct part *once, struct part *part)
{
    struct part nothing;

    of_nothing(&nothing);
    if (node->most == 0) {
        *part = nothing;
    } else if (node->most == 1 && node->least == 0) {
        of_alternatives(once, &nothing, part);
    } else {
        *part = *once;
        part->exact = once->exact && node->most == 1;
        if (node->least == 0) {
            set_empty(&part->tails);
            part->needs.count = 0;
        }
    }
}

/* The parts of a node stand before it, so that one pass knows them all. */
static void look_at(const struct vg_regex_tree *tree, uint32_t index, struct part *parts)
{
    const struct vg_regex_node *node = &tree->nodes[index];
    struct part *part = &parts[index];

    switch (node->kind) {
    case VG_REGEX_EMPTY:
    case VG_REGEX_LOOK:
        of_nothing(part);
        break;
    case VG_REGEX_SET:
        of_set(&tree->sets[node->value], part);
        break;
    case VG_REGEX_THEN:
        of_sequence(&parts[node->left], &parts[node->right], part);
        break;
    case VG_REGEX_OR:
        of_alternatives(&parts[node->left], &parts[node->right], part);
        break;
    case VG_REGEX_REPEAT:
        of_repeat(node, &parts[node->left], part);
        break;
    }
}

void vg_regex_literals_find(const struct vg_regex_tree *tree, struct vg_regex_literals *literals)
{
    struct part *parts = calloc((size_t)tree->root + 1, sizeof(*parts));

    literals->count = 0;
    if (!parts)
        return;
    for (uint32_t index = 0; index <= tree->root; index++)
        look_at(tree, index, parts);
    *literals = parts[tree->root].needs;
    improve(literals, &parts[tree->root].tails);
    free(parts);
}
