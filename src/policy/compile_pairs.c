#include "compile.h"
#include "hash.h"

/* Of a group that is looked at for pairs that any of its members must have. */
#define ALTERNATIVES_MAX 64u

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
        uint32_t pair = vg_pair(vg_fold_byte(units[i]), vg_fold_byte(units[i + 1]));

        add_pair(pairs, (uint16_t)pair, vg_typical_gram(compile, units + i, 2));
    }
}

uint64_t vg_pairs_spell(const struct vg_pairs *pairs)
{
    uint64_t all = 0;

    for (uint32_t i = 0; i < pairs->count; i++)
        all |= (uint64_t)pairs->at[i] << VG_PAIR_BITS * i;
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

/* Whether each value that satisfies a pattern has the pair. */
static bool must_have(const struct vg_predicate *source, uint16_t pair)
{
    for (size_t i = 0; i < source->token_count; i++) {
        const struct vg_token *token = &source->tokens[i];
        uint32_t count = token->kind == VG_TOKEN_LITERAL ? vg_unit_count(token->text) : 0;

        for (uint32_t at = 0; at + 1 < count; at++) {
            const uint16_t *units = vg_units(token->text) + at;

            if (vg_pair(vg_fold_byte(units[0]), vg_fold_byte(units[1])) == pair)
                return true;
        }
    }
    return false;
}

/* The alternatives that no pair chosen so far stands for. */
struct alternatives {
    const struct vg_predicate *at[ALTERNATIVES_MAX];
    uint32_t count;
};

static uint32_t count_with(const struct alternatives *left, uint16_t pair)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < left->count; i++)
        count += must_have(left->at[i], pair);
    return count;
}

/* The pair that most of them must have, of those the one that says most; false when one of them has none. */
static bool choose_pair(const struct vg_compile *compile, const struct alternatives *left, uint16_t *pair,
                        uint32_t *typical)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < left->count; i++) {
        struct vg_pairs pairs = {.count = 0};

        vg_pairs_add_tokens(compile, left->at[i], &pairs);
        for (uint32_t j = 0; j < pairs.count; j++) {
            uint32_t count = count_with(left, pairs.at[j]);

            if (count > most || (count == most && pairs.typical[j] < *typical)) {
                most = count;
                *pair = pairs.at[j];
                *typical = pairs.typical[j];
            }
        }
        if (pairs.count == 0)
            return false;
    }
    return true;
}

static void leave_out(struct alternatives *left, uint16_t pair)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < left->count; i++) {
        if (!must_have(left->at[i], pair))
            left->at[kept++] = left->at[i];
    }
    left->count = kept;
}

/* Pairs of which any alternative must have one. */
static uint64_t pairs_of_any(const struct vg_compile *compile, struct alternatives left, uint32_t *typical)
{
    uint64_t all = VG_PAIRS_ANY;
    uint16_t pair = 0;

    for (uint32_t i = 0; i < VG_TRIAL_PAIRS; i++) {
        uint32_t common = UINT32_MAX;

        if (left.count != 0) {
            if (!choose_pair(compile, &left, &pair, &common) || pair == 0)
                return 0;
            leave_out(&left, pair);
            *typical += common + 1;
        }
        all |= (uint64_t)pair << VG_PAIR_BITS * i;
    }
    return left.count == 0 ? all : 0;
}

/* Of all its texts, or of any of its members one. */
static uint64_t pairs_of(const struct vg_compile *compile, const struct vg_compiled_predicate *predicate,
                         uint32_t *typical)
{
    const uint32_t *members = vg_members_of(compile, predicate);
    struct alternatives all = {.count = predicate->member_count};
    struct vg_pairs pairs = {.count = 0};

    *typical = 0;
    if (predicate->member_count == 0) {
        vg_pairs_add_tokens(compile, predicate->source, &pairs);
        *typical = pairs.count ? pairs.typical[0] : 0;
        return vg_pairs_spell(&pairs);
    }
    for (uint32_t i = 0; i < all.count; i++) {
        all.at[i] = vg_predicate_at(compile, members[i])->source;
        if (all.at[i]->test != VG_TEST_PATTERN)
            return 0;
    }
    return pairs_of_any(compile, all, typical);
}

/* A part of an AND, or all there is, that says which texts the command line has. */
static bool tells_texts(const struct vg_compile *compile, const struct vg_node *node)
{
    const struct vg_compiled_predicate *predicate;

    if (node->kind != VG_NODE_LEAF || node->negated)
        return false;
    predicate = vg_predicate_at(compile, node->predicate);
    return predicate->source->field == VG_FIELD_COMMAND_LINE && predicate->source->test == VG_TEST_PATTERN &&
           predicate->member_count <= ALTERNATIVES_MAX;
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
