#include "compile.h"

/* Conditions nest as deeply as a reader lets them; beyond this the program would not fit its stack anyway. */
#define DEPTH_MAX 256u

static uint32_t add_node(struct vg_compile *compile, struct vg_node node)
{
    uint32_t index = VG_BUFFER_COUNT(&compile->nodes, struct vg_node);

    vg_buffer_put(&compile->nodes, &node, sizeof(node));
    return compile->nodes.failed ? VG_BLOB_NONE : index;
}

static uint32_t add_constant(struct vg_compile *compile, bool value)
{
    return add_node(compile,
                    (struct vg_node){.kind = value ? VG_NODE_TRUE : VG_NODE_FALSE, .cost = VG_BLOB_NONE});
}

/* A fact of a later stage costs more than anything, a regular expression more than a look at what the scan
 * found.
 */
static uint32_t effort_of(const struct vg_predicate *predicate)
{
    return (uint32_t)vg_predicate_stage(predicate) * 2 + (predicate->test == VG_TEST_REGEX);
}

static uint32_t add_leaf(struct vg_compile *compile, const struct vg_predicate *source, bool negated)
{
    uint32_t predicate = vg_compile_predicate(compile, source);

    if (predicate == VG_BLOB_NONE)
        return VG_BLOB_NONE;
    return add_node(compile, (struct vg_node){
                                 .kind = VG_NODE_LEAF,
                                 .negated = negated,
                                 .predicate = predicate,
                                 .effort = effort_of(source),
                                 .cost = negated ? VG_BLOB_NONE : vg_predicate_at(compile, predicate)->cost,
                             });
}

/* Cheap tests come first, so that a costly fact is asked for, and an expression tried, only when they leave
 * the question open; among equals of an AND, the one that is most often false. */
static bool goes_before(const struct vg_compile *compile, enum vg_node_kind kind, uint32_t a, uint32_t b)
{
    const struct vg_node *left = vg_node_at(compile, a);
    const struct vg_node *right = vg_node_at(compile, b);

    if (left->effort != right->effort)
        return left->effort < right->effort;
    return kind == VG_NODE_AND && left->cost < right->cost;
}

/* Merge sort of `count` children at `list`; stable, `spare` has room for as many. */
static void sort_children(const struct vg_compile *compile, enum vg_node_kind kind, uint32_t *list,
                          uint32_t count, uint32_t *spare)
{
    uint32_t half = count / 2;
    uint32_t left = 0;
    uint32_t right = half;

    if (count < 2)
        return;
    sort_children(compile, kind, list, half, spare);
    sort_children(compile, kind, list + half, count - half, spare);
    for (uint32_t i = 0; i < count; i++) {
        bool take_right =
            left == half || (right < count && goes_before(compile, kind, list[right], list[left]));

        spare[i] = take_right ? list[right++] : list[left++];
    }
    for (uint32_t i = 0; i < count; i++)
        list[i] = spare[i];
}

static void sum_up(const struct vg_compile *compile, struct vg_node *node)
{
    uint64_t sum = 0;
    uint32_t least = VG_BLOB_NONE;
    bool all = true;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct vg_node *child = vg_node_at(compile, vg_child_of(compile, node, i));

        node->effort = child->effort > node->effort ? child->effort : node->effort;
        least = child->cost < least ? child->cost : least;
        sum += child->cost;
        all = all && child->cost != VG_BLOB_NONE;
    }
    if (node->kind == VG_NODE_AND)
        node->cost = least;
    else if (all)
        node->cost = sum < VG_BLOB_NONE ? (uint32_t)sum : VG_BLOB_NONE - 1;
    else
        node->cost = VG_BLOB_NONE;
}

/* Makes a node of the children collected in `pending` from `base` on. */
static uint32_t join(struct vg_compile *compile, enum vg_node_kind kind, uint32_t base)
{
    uint32_t count = VG_BUFFER_COUNT(&compile->pending, uint32_t) - base;
    struct vg_node node = {.kind = kind, .count = count};
    uint32_t *spare;

    node.first = VG_BUFFER_COUNT(&compile->links, uint32_t);
    vg_buffer_put(&compile->links, VG_BUFFER_AT(&compile->pending, uint32_t) + base,
                  count * sizeof(uint32_t));
    spare = vg_buffer_add(&compile->pending, count * sizeof(uint32_t));
    if (!spare || compile->links.failed)
        return VG_BLOB_NONE;
    sort_children(compile, kind, VG_BUFFER_AT(&compile->links, uint32_t) + node.first, count, spare);
    sum_up(compile, &node);
    return add_node(compile, node);
}

static uint32_t normalize(struct vg_compile *compile, const struct vg_expr *expr, bool negated,
                          unsigned depth);

/* AND and OR, which trade places under a negation. A child of the same kind gives its children; a neutral
 * constant vanishes; the other one is all there is. */
static uint32_t normalize_join(struct vg_compile *compile, const struct vg_expr *expr, bool negated,
                               unsigned depth)
{
    enum vg_node_kind kind = (expr->kind == VG_EXPR_AND) != negated ? VG_NODE_AND : VG_NODE_OR;
    enum vg_node_kind neutral = kind == VG_NODE_AND ? VG_NODE_TRUE : VG_NODE_FALSE;
    uint32_t base = VG_BUFFER_COUNT(&compile->pending, uint32_t);
    uint32_t result = VG_BLOB_NONE;
    uint32_t count;

    for (size_t i = 0; i < expr->child_count; i++) {
        uint32_t child = normalize(compile, expr->children[i], negated, depth + 1);
        struct vg_node node;

        if (child == VG_BLOB_NONE)
            return VG_BLOB_NONE;
        node = *vg_node_at(compile, child);
        if (node.kind == neutral)
            continue;
        if (node.kind == VG_NODE_TRUE || node.kind == VG_NODE_FALSE) {
            result = child;
            break;
        }
        if (node.kind == kind)
            vg_buffer_put(&compile->pending, VG_BUFFER_AT(&compile->links, uint32_t) + node.first,
                          node.count * sizeof(uint32_t));
        else
            vg_buffer_put32(&compile->pending, child);
    }
    if (compile->pending.failed)
        return VG_BLOB_NONE;
    count = VG_BUFFER_COUNT(&compile->pending, uint32_t) - base;
    if (result == VG_BLOB_NONE && count == 0)
        result = add_constant(compile, neutral == VG_NODE_TRUE);
    else if (result == VG_BLOB_NONE && count == 1)
        result = VG_BUFFER_AT(&compile->pending, uint32_t)[base];
    else if (result == VG_BLOB_NONE)
        result = join(compile, kind, base);
    compile->pending.size = base * sizeof(uint32_t);
    return result;
}

static uint32_t normalize(struct vg_compile *compile, const struct vg_expr *expr, bool negated,
                          unsigned depth)
{
    if (depth > DEPTH_MAX) {
        vg_compile_error(compile, compile->rule->place, "a condition nested too deeply",
                         "split the rule into several");
        return VG_BLOB_NONE;
    }
    switch (expr->kind) {
    case VG_EXPR_TRUE:
    case VG_EXPR_FALSE:
        return add_constant(compile, (expr->kind == VG_EXPR_TRUE) != negated);
    case VG_EXPR_PREDICATE:
        return add_leaf(compile, expr->predicate, negated);
    case VG_EXPR_NOT:
        return normalize(compile, expr->children[0], !negated, depth + 1);
    case VG_EXPR_AND:
    case VG_EXPR_OR:
        return normalize_join(compile, expr, negated, depth);
    }
    return VG_BLOB_NONE;
}

uint32_t vg_compile_normalize(struct vg_compile *compile, const struct vg_expr *expr)
{
    compile->nodes.size = 0;
    compile->links.size = 0;
    compile->pending.size = 0;
    return normalize(compile, expr, false, 0);
}
