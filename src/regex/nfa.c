#include "nfa.h"

#include <stdlib.h>

#define FAILED UINT32_MAX

struct builder {
    const struct vg_regex_tree *tree;
    struct vg_regex_nfa *nfa;
    bool failed;
};

static uint32_t build(struct builder *builder, uint32_t index, uint32_t next);

static uint32_t add(struct builder *builder, enum vg_regex_step step, uint32_t first, uint32_t second,
                    uint32_t value)
{
    struct vg_regex_nfa *nfa = builder->nfa;

    if (nfa->count == VG_REGEX_MAX_NODES)
        builder->failed = true;
    if (builder->failed)
        return FAILED;
    nfa->nodes[nfa->count] = (struct vg_regex_nfa_node){.step = (uint16_t)step,
                                                        .first = (uint16_t)first,
                                                        .second = (uint16_t)second,
                                                        .value = (uint16_t)value};
    return nfa->count++;
}

/* `index` as often as wanted, then `next`. */
static uint32_t build_loop(struct builder *builder, uint32_t index, uint32_t next, bool once)
{
    uint32_t loop = add(builder, VG_STEP_SPLIT, next, next, 0);
    uint32_t body = build(builder, index, loop);

    if (builder->failed)
        return FAILED;
    builder->nfa->nodes[loop].first = (uint16_t)body;
    return once ? body : loop;
}

static uint32_t build_repeat(struct builder *builder, const struct vg_regex_node *node, uint32_t next)
{
    uint32_t least = node->least;
    uint32_t entry = next;

    if (node->most == VG_REGEX_NO_LIMIT) {
        entry = build_loop(builder, node->left, next, least > 0);
        least -= least > 0;
    } else {
        for (uint32_t left = node->most - least; left > 0 && !builder->failed; left--) {
            uint32_t body = build(builder, node->left, entry);

            entry = add(builder, VG_STEP_SPLIT, body, next, 0);
        }
    }
    for (; least > 0 && !builder->failed; least--) {
        uint32_t body = build(builder, node->left, entry);

        if (body == entry)
            break; /* of nothing, one is as good as many */
        entry = body;
    }
    return entry;
}

/* Alternatives hang to the left, one below the other. */
static uint32_t build_or(struct builder *builder, const struct vg_regex_node *node, uint32_t next)
{
    uint32_t entry = build(builder, node->right, next);

    for (;;) {
        uint32_t left = node->left;
        bool more = builder->tree->nodes[left].kind == VG_REGEX_OR;
        uint32_t body;

        node = &builder->tree->nodes[left];
        body = build(builder, more ? node->right : left, next);
        entry = add(builder, VG_STEP_SPLIT, body, entry, 0);
        if (!more)
            return entry;
    }
}

static uint32_t build(struct builder *builder, uint32_t index, uint32_t next)
{
    const struct vg_regex_node *node = &builder->tree->nodes[index];

    if (builder->failed)
        return FAILED;
    switch (node->kind) {
    case VG_REGEX_EMPTY:
        return next;
    case VG_REGEX_SET:
        return add(builder, VG_STEP_UNIT, next, next, node->value);
    case VG_REGEX_LOOK:
        return add(builder, VG_STEP_LOOK, next, next, node->value);
    case VG_REGEX_THEN:
        if (builder->nfa->backwards)
            return build(builder, node->right, build(builder, node->left, next));
        return build(builder, node->left, build(builder, node->right, next));
    case VG_REGEX_OR:
        return build_or(builder, node, next);
    case VG_REGEX_REPEAT:
        return build_repeat(builder, node, next);
    }
    return FAILED;
}

bool vg_regex_nfa_build(const struct vg_regex_tree *tree, bool backwards, struct vg_regex_nfa *nfa,
                        struct vg_regex_error *error)
{
    struct builder builder = {.tree = tree, .nfa = nfa};
    uint32_t entry;
    uint32_t skip;

    *nfa = (struct vg_regex_nfa){.backwards = backwards};
    nfa->nodes = malloc(VG_REGEX_MAX_NODES * sizeof(*nfa->nodes));
    if (!nfa->nodes)
        return vg_regex_fail(error, 0, "no memory");
    entry = build(&builder, tree->root, add(&builder, VG_STEP_FOUND, 0, 0, 0));
    nfa->start = add(&builder, VG_STEP_SPLIT, entry, 0, 0);
    skip = add(&builder, VG_STEP_UNIT, nfa->start, 0, VG_REGEX_ANY);
    if (builder.failed)
        return vg_regex_fail(error, 0, "with its quantifiers written out it has more than %u parts",
                             VG_REGEX_MAX_NODES);
    nfa->nodes[nfa->start].second = (uint16_t)skip;
    return true;
}

void vg_regex_nfa_free(struct vg_regex_nfa *nfa)
{
    free(nfa->nodes);
}
