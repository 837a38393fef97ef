#include "compile.h"

/* A program being written. */
struct writer {
    struct vg_compile *compile;
    struct vg_buffer *code;
    uint32_t depth; /* of AND and OR: bounds the stack and the open jumps of the program */
    bool too_deep;
};

/* Numbers predicates of conditions as they come: they are the tracked ones, and come first in PREDICATES. */
static uint32_t track(struct vg_compile *compile, uint32_t predicate)
{
    struct vg_compiled_predicate *compiled = vg_predicate_at(compile, predicate);

    if (compiled->index == VG_BLOB_NONE) {
        compiled->index = compile->tracked_count++;
        if (compiled->index >= VG_BLOB_TESTED_MAX)
            vg_compile_error(compile, compiled->source->place,
                             "more than 4,194,303 different tests in conditions", NULL);
    }
    return compiled->index & VG_CODE_OPERAND;
}

static void write_leaf(struct writer *writer, const struct vg_node *node)
{
    const struct vg_predicate *source = vg_predicate_at(writer->compile, node->predicate)->source;
    uint32_t operation = node->negated ? VG_CODE_LEAF_NOT : VG_CODE_LEAF;
    uint32_t field = source->test == VG_TEST_FIELDREF ? VG_CODE_PAIR : (uint32_t)source->field;

    vg_buffer_put32(writer->code, operation << VG_CODE_SHIFT | (source->permissive ? VG_CODE_PERMISSIVE : 0) |
                                      field << VG_CODE_FIELD_SHIFT | track(writer->compile, node->predicate));
}

static void write_node(struct writer *writer, uint32_t index);

/* Before each further child a jump over the rest, to be aimed when the end is known; the jumps are found
 * again through their own operands, each of which leads to the one before. */
static void write_join(struct writer *writer, const struct vg_node *node)
{
    bool is_and = node->kind == VG_NODE_AND;
    uint32_t jump = (uint32_t)(is_and ? VG_CODE_JUMP_FALSE : VG_CODE_JUMP_TRUE) << VG_CODE_SHIFT;
    uint32_t last = 0; /* jump written, + 1 */
    uint32_t end;

    for (uint32_t i = 0; i < node->count; i++) {
        if (i > 0) {
            vg_buffer_put32(writer->code, last);
            last = VG_BUFFER_COUNT(writer->code, uint32_t);
        }
        write_node(writer, vg_child_of(writer->compile, node, i));
        if (i > 0)
            vg_buffer_put32(writer->code, (uint32_t)(is_and ? VG_CODE_AND : VG_CODE_OR) << VG_CODE_SHIFT);
    }
    end = VG_BUFFER_COUNT(writer->code, uint32_t);
    while (last != 0 && !writer->code->failed) {
        uint32_t *instruction = VG_BUFFER_AT(writer->code, uint32_t) + (last - 1);
        uint32_t distance = end - last;

        if (distance > VG_CODE_OPERAND)
            writer->too_deep = true;
        last = *instruction;
        *instruction = jump | (distance & VG_CODE_OPERAND);
    }
}

static void write_node(struct writer *writer, uint32_t index)
{
    const struct vg_node node = *vg_node_at(writer->compile, index);

    switch (node.kind) {
    case VG_NODE_FALSE:
    case VG_NODE_TRUE:
        vg_buffer_put32(writer->code,
                        (uint32_t)VG_CODE_CONSTANT << VG_CODE_SHIFT | (node.kind == VG_NODE_TRUE));
        break;
    case VG_NODE_LEAF:
        write_leaf(writer, &node);
        break;
    case VG_NODE_AND:
    case VG_NODE_OR:
        if (++writer->depth >= VG_BLOB_STACK_MAX)
            writer->too_deep = true;
        else
            write_join(writer, &node);
        writer->depth--;
        break;
    }
}

static void add_last(struct vg_buffer *list, uint32_t value)
{
    uint32_t count = VG_BUFFER_COUNT(list, uint32_t);

    if (count == 0 || VG_BUFFER_AT(list, uint32_t)[count - 1] != value)
        vg_buffer_put32(list, value);
}

static void announce(struct vg_compile *compile, uint32_t predicate, uint32_t condition)
{
    struct vg_compiled_predicate *compiled = vg_predicate_at(compile, predicate);
    uint64_t fields = vg_predicate_fields(compiled->source);
    struct vg_anchor anchor = {compiled->index, condition};

    if (compiled->last_condition == condition)
        return;
    compiled->last_condition = condition;
    vg_buffer_put(&compile->anchors, &anchor, sizeof(anchor));
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        if (!(fields >> i & 1))
            continue;
        add_last(&compile->fields[i].anchored, condition);
        if (!compiled->source->permissive)
            add_last(&compile->fields[i].anchored_strict, condition);
    }
}

/* What announcing by a fact of the version resource costs at every start that has not read it yet: little
 * when the command line rules most of the conditions out, else as much as short texts that are often found.
 */
#define COST_RULED_OUT     300u
#define COST_NOT_RULED_OUT 3000u

#define NO_COVER UINT64_MAX

static uint64_t cost_of_leaf(const struct vg_compile *compile, const struct vg_node *node, bool guarded)
{
    const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, node->predicate);
    uint32_t facts = predicate->member_count ? predicate->member_count : 1;

    if (node->cost == VG_BLOB_NONE)
        return NO_COVER;
    if (vg_predicate_stage(predicate->source) != VG_STAGE_VERSION || node->cost / VG_COST_STAGED != facts)
        return node->cost;
    return node->cost % VG_COST_STAGED + (guarded ? COST_RULED_OUT : COST_NOT_RULED_OUT);
}

/* What it costs to announce by the cheapest cover of a node. `guarded`: the command line may rule the
 * condition out, so that it matters little that a fact is not known. */
static uint64_t cost_of_cover(const struct vg_compile *compile, uint32_t index, bool guarded)
{
    const struct vg_node *node = vg_node_at(compile, index);
    uint64_t least = NO_COVER;
    uint64_t sum = 0;

    if (node->kind == VG_NODE_LEAF)
        return cost_of_leaf(compile, node, guarded);
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t cost = cost_of_cover(compile, vg_child_of(compile, node, i), guarded);

        least = cost < least ? cost : least;
        sum = cost == NO_COVER || sum == NO_COVER ? NO_COVER : sum + cost;
    }
    return node->kind == VG_NODE_AND ? least : sum;
}

/* A cover: predicates of which one must hold for the condition to hold. */
static void announce_by_cover(struct vg_compile *compile, uint32_t index, uint32_t condition, bool guarded)
{
    const struct vg_node node = *vg_node_at(compile, index);
    uint64_t least = NO_COVER;
    uint32_t cheapest = 0;

    if (node.kind == VG_NODE_LEAF) {
        announce(compile, node.predicate, condition);
        return;
    }
    for (uint32_t i = 0; i < node.count; i++) {
        uint32_t child = vg_child_of(compile, &node, i);
        uint64_t cost = node.kind == VG_NODE_AND ? cost_of_cover(compile, child, guarded) : 0;

        if (node.kind == VG_NODE_OR)
            announce_by_cover(compile, child, condition, guarded);
        else if (cost < least)
            cheapest = i;
        least = cost < least ? cost : least;
    }
    if (node.kind == VG_NODE_AND)
        announce_by_cover(compile, vg_child_of(compile, &node, cheapest), condition, guarded);
}

static void name_fields(const struct vg_compile *compile, uint32_t index, struct vg_blob_condition *condition)
{
    const struct vg_node *node = vg_node_at(compile, index);

    if (node->kind == VG_NODE_LEAF) {
        const struct vg_predicate *source = vg_predicate_at(compile, node->predicate)->source;

        condition->fields |= vg_predicate_fields(source);
        if (!source->permissive)
            condition->strict_fields |= vg_predicate_fields(source);
    }
    for (uint32_t i = 0; i < node->count; i++)
        name_fields(compile, vg_child_of(compile, node, i), condition);
}

void vg_compile_condition(struct vg_compile *compile, uint32_t root)
{
    struct vg_buffer *conditions = &compile->sections[VG_BLOB_CONDITIONS];
    struct writer writer = {.compile = compile, .code = &compile->sections[VG_BLOB_CODE]};
    uint32_t index = VG_BUFFER_COUNT(conditions, struct vg_blob_condition);
    struct vg_blob_condition condition = {
        .rule = compile->rule_index,
        .code = VG_BUFFER_COUNT(writer.code, uint32_t),
    };

    name_fields(compile, root, &condition);
    vg_compile_group(compile, root);
    if (compile->predicates.failed)
        return;
    condition.pairs = vg_compile_pairs(compile, root);
    write_node(&writer, root);
    vg_buffer_put32(writer.code, (uint32_t)VG_CODE_END << VG_CODE_SHIFT);
    if (writer.too_deep) {
        vg_compile_error(compile, compile->rule->place, "a condition too deep or too long to be compiled",
                         "split the rule into several");
        return;
    }
    vg_buffer_put(conditions, &condition, sizeof(condition));
    if (vg_node_at(compile, root)->cost == VG_BLOB_NONE)
        vg_buffer_put32(&compile->always, index);
    else
        announce_by_cover(compile, root, index, condition.pairs != 0);
}
