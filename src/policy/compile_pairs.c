#include "compile.h"
#include "hash.h"

static void add_pair(struct vg_pairs *pairs, uint16_t pair, uint32_t typical)
{
    uint32_t at = pairs->count;

    for (uint32_t i = 0; i < pairs->count; i++) {
        if (pairs->at[i] == pair)
            return;
    }
    if (pairs->count < VG_TRIAL_PAIRS)
        pairs->count++;
    else if (pairs->typical[--at] <= typical)
        return;
    for (; at > 0 && pairs->typical[at - 1] > typical; at--) {
        pairs->at[at] = pairs->at[at - 1];
        pairs->typical[at] = pairs->typical[at - 1];
    }
    pairs->at[at] = pair;
    pairs->typical[at] = typical;
}

void vg_pairs_add(const struct vg_compile *compile, const uint16_t *units, uint32_t count,
                  struct vg_pairs *pairs)
{
    for (uint32_t i = 0; i + 1 < count; i++) {
        uint8_t first = vg_fold_byte(units[i]);
        uint8_t second = vg_fold_byte(units[i + 1]);

        if (!((first | second) & 0x80))
            add_pair(pairs, (uint16_t)vg_pair(first, second), vg_typical_gram(compile, units + i, 2));
    }
}

uint64_t vg_pairs_spell(const struct vg_pairs *pairs)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < pairs->count; i++)
        all |= (uint64_t)pairs->at[i] << 16 * i;
    return all;
}

void vg_pairs_add_tokens(const struct vg_compile *compile, const struct vg_predicate *source,
                         struct vg_pairs *pairs)
{
    for (size_t i = 0; i < source->token_count; i++) {
        if (source->tokens[i].kind == VG_TOKEN_LITERAL)
            vg_pairs_add(compile, vg_units(source->tokens[i].text), vg_unit_count(source->tokens[i].text),
                         pairs);
    }
}

/* The pair of a text that says most, among those that must be there; false when it has none. */
static bool best_pair(const struct vg_compile *compile, const struct vg_predicate *source, uint16_t *pair,
                      uint32_t *typical)
{
    struct vg_pairs pairs = {.count = 0};

    vg_pairs_add_tokens(compile, source, &pairs);
    *pair = pairs.at[0];
    *typical = pairs.typical[0];
    return pairs.count != 0 && pairs.at[0] != 0;
}

/* Of all its texts, or of any of its members one. */
static uint64_t pairs_of(const struct vg_compile *compile, const struct vg_compiled_predicate *predicate,
                         uint32_t *typical)
{
    const uint32_t *members = vg_members_of(compile, predicate);
    uint64_t all = VG_PAIRS_ANY;
    struct vg_pairs pairs = {.count = 0};

    *typical = 0;
    if (predicate->member_count == 0) {
        vg_pairs_add_tokens(compile, predicate->source, &pairs);
        *typical = pairs.count ? pairs.typical[0] : 0;
        return vg_pairs_spell(&pairs);
    }
    for (uint32_t i = 0; i < VG_TRIAL_PAIRS; i++) {
        const struct vg_predicate *source =
            vg_predicate_at(compile, members[i < predicate->member_count ? i : 0])->source;
        uint16_t pair;
        uint32_t common;

        if (source->test != VG_TEST_PATTERN || !best_pair(compile, source, &pair, &common))
            return 0;
        all |= (uint64_t)pair << 16 * i;
        *typical += i < predicate->member_count ? common + 1 : 0;
    }
    return all;
}

/* A part of an AND, or all there is, that says which texts the command line has. */
static bool tells_texts(const struct vg_compile *compile, const struct vg_node *node)
{
    const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, node->predicate);

    return node->kind == VG_NODE_LEAF && !node->negated &&
           predicate->source->field == VG_FIELD_COMMAND_LINE && predicate->source->test == VG_TEST_PATTERN &&
           predicate->member_count <= VG_TRIAL_PAIRS;
}

uint64_t vg_compile_pairs(const struct vg_compile *compile, uint32_t root)
{
    const struct vg_node *node = vg_node_at(compile, root);
    uint32_t count = node->kind == VG_NODE_AND ? node->count : 1;
    uint32_t least = UINT32_MAX;
    uint64_t best = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct vg_node *part =
            node->kind == VG_NODE_AND ? vg_node_at(compile, vg_child_of(compile, node, i)) : node;
        uint64_t pairs;
        uint32_t typical;

        if (!tells_texts(compile, part))
            continue;
        pairs = pairs_of(compile, vg_predicate_at(compile, part->predicate), &typical);
        if (pairs != 0 && typical < least) {
            least = typical;
            best = pairs;
        }
    }
    return best;
}
