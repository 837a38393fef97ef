#include "compile.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

/* The members of a group that is looked for: ascending, each once. */
struct members {
    const uint32_t *at;
    uint32_t count;
};

static bool same_group(const void *context, uint32_t index, const void *wanted)
{
    const struct vg_compile *compile = context;
    const struct vg_compiled_predicate *group = vg_predicate_at(compile, index);
    const struct members *members = wanted;

    return group->member_count == members->count &&
           memcmp(VG_BUFFER_AT(&compile->members, uint32_t) + group->members, members->at,
                  members->count * sizeof(*members->at)) == 0;
}

static uint64_t group_hash_of(const void *context, uint32_t index)
{
    return vg_predicate_at(context, index)->hash;
}

static uint64_t hash_members(const struct members *members)
{
    uint64_t hash = members->count;

    for (uint32_t i = 0; i < members->count; i++)
        hash = vg_hash_word(hash, members->at[i]);
    return vg_hash_end(hash, 0, members->count);
}

/* Each member knows its groups. */
static void join_group(struct vg_compile *compile, uint32_t member, uint32_t group)
{
    struct vg_compiled_predicate *predicate = vg_predicate_at(compile, member);
    struct vg_chain link = {group, predicate->groups};

    predicate->groups = VG_BUFFER_COUNT(&compile->memberships, struct vg_chain);
    vg_buffer_put(&compile->memberships, &link, sizeof(link));
}

/* What is true when any of the members is: there at once, or new. */
static uint32_t group_of(struct vg_compile *compile, const struct members *members)
{
    struct vg_compiled_predicate group = *vg_predicate_at(compile, members->at[0]);
    uint64_t cost = 0;
    uint32_t index;

    group.hash = hash_members(members);
    if (vg_index_set_find(&compile->group_set, group.hash, same_group, compile, members, &index))
        return index;
    index = VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate);
    for (uint32_t i = 0; i < members->count; i++)
        cost += vg_predicate_at(compile, members->at[i])->cost;
    group.plain_rule = group.index = group.tried = group.last_condition = group.digest_list = group.groups =
        VG_BLOB_NONE;
    group.cost = cost < VG_BLOB_NONE ? (uint32_t)cost : VG_BLOB_NONE - 1;
    group.flags &= VG_PREDICATE_PERMISSIVE;
    group.members = VG_BUFFER_COUNT(&compile->members, uint32_t);
    group.member_count = members->count;
    vg_buffer_put(&compile->members, members->at, members->count * sizeof(*members->at));
    vg_buffer_put(&compile->predicates, &group, sizeof(group));
    if (compile->members.failed || compile->predicates.failed ||
        !vg_index_set_add(&compile->group_set, index, group.hash, group_hash_of, compile)) {
        compile->predicates.failed = true;
        return VG_BLOB_NONE;
    }
    for (uint32_t i = 0; i < members->count; i++)
        join_group(compile, members->at[i], index);
    return index;
}

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

uint32_t vg_compile_sort(uint32_t *numbers, uint32_t count)
{
    uint32_t kept = 0;

    if (count > 1)
        qsort(numbers, count, sizeof(*numbers), compare_numbers);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || numbers[kept - 1] != numbers[i])
            numbers[kept++] = numbers[i];
    }
    return kept;
}

/* Whether a child of an OR (or, negated, of an AND) can be a member. A comparison of two fields rests on two
 * facts, and a regular expression is not tried before its turn. */
static bool can_join(const struct vg_compile *compile, const struct vg_node *child, enum vg_node_kind parent)
{
    enum vg_test test;

    if (child->kind != VG_NODE_LEAF || child->negated != (parent == VG_NODE_AND))
        return false;
    test = vg_predicate_at(compile, child->predicate)->source->test;
    return test != VG_TEST_FIELDREF && test != VG_TEST_REGEX;
}

/* Members of a group rest on the same fact in the same way, so that they are unknown together. */
static bool belong_together(const struct vg_compile *compile, const struct vg_node *a,
                            const struct vg_node *b)
{
    const struct vg_predicate *left = vg_predicate_at(compile, a->predicate)->source;
    const struct vg_predicate *right = vg_predicate_at(compile, b->predicate)->source;

    return left->field == right->field && left->permissive == right->permissive;
}

/* Takes the children that belong to the one at `first` out of the list, which stays in order, and collects
 * their predicates in `pending`. */
static void collect(struct vg_compile *compile, struct vg_node *node, uint32_t first)
{
    uint32_t *links = VG_BUFFER_AT(&compile->links, uint32_t) + node->first;
    const struct vg_node *like = vg_node_at(compile, links[first]);
    uint32_t kept = first + 1;

    compile->pending.size = 0;
    vg_buffer_put32(&compile->pending, like->predicate);
    for (uint32_t i = first + 1; i < node->count; i++) {
        const struct vg_node *child = vg_node_at(compile, links[i]);

        if (can_join(compile, child, node->kind) && belong_together(compile, like, child))
            vg_buffer_put32(&compile->pending, child->predicate);
        else
            links[kept++] = links[i];
    }
    node->count = kept;
}

/* Makes one leaf of the child at `first` and all that belong to it. */
static void merge(struct vg_compile *compile, struct vg_node *node, uint32_t first)
{
    struct vg_node *leaf = vg_node_at(compile, vg_child_of(compile, node, first));
    struct members members;

    collect(compile, node, first);
    if (compile->pending.failed)
        return;
    members.at = VG_BUFFER_AT(&compile->pending, uint32_t);
    members.count = vg_compile_sort(VG_BUFFER_AT(&compile->pending, uint32_t),
                                    VG_BUFFER_COUNT(&compile->pending, uint32_t));
    if (members.count > 1)
        leaf->predicate = group_of(compile, &members);
    if (compile->predicates.failed)
        return;
    if (!leaf->negated)
        leaf->cost = vg_predicate_at(compile, leaf->predicate)->cost;
}

void vg_compile_group(struct vg_compile *compile, uint32_t index)
{
    struct vg_node *node = vg_node_at(compile, index);

    for (uint32_t i = 0; i < node->count && !compile->predicates.failed; i++) {
        uint32_t child = vg_child_of(compile, node, i);

        if (can_join(compile, vg_node_at(compile, child), node->kind))
            merge(compile, node, i);
        else
            vg_compile_group(compile, child);
    }
    if (node->count == 1)
        *node = *vg_node_at(compile, vg_child_of(compile, node, 0));
}
