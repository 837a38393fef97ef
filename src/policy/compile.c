#include "compile.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

static_assert((unsigned)VG_ACTION_ALLOW == VG_BLOB_ALLOW && (unsigned)VG_ACTION_DENY == VG_BLOB_DENY &&
                  (unsigned)VG_ACTION_ASK == VG_BLOB_ASK && (unsigned)VG_ACTION_AUDIT == VG_BLOB_AUDIT,
              "actions stand in the blob as in the model");
static_assert((unsigned)VG_ALLOW == VG_BLOB_ALLOW && (unsigned)VG_DENY == VG_BLOB_DENY &&
                  (unsigned)VG_ASK == VG_BLOB_ASK,
              "a deciding rule's action is its verdict");
static_assert((unsigned)VG_TEST_EXISTS == VG_BLOB_TEST_EXISTS &&
                  (unsigned)VG_TEST_NULL == VG_BLOB_TEST_NULL &&
                  (unsigned)VG_TEST_PATTERN == VG_BLOB_TEST_PATTERN &&
                  (unsigned)VG_TEST_UNDER == VG_BLOB_TEST_UNDER &&
                  (unsigned)VG_TEST_DIGESTS == VG_BLOB_TEST_DIGESTS &&
                  (unsigned)VG_TEST_AT_LEAST == VG_BLOB_TEST_AT_LEAST &&
                  (unsigned)VG_TEST_AT_MOST == VG_BLOB_TEST_AT_MOST &&
                  (unsigned)VG_TEST_FIELDREF == VG_BLOB_TEST_FIELDREF &&
                  (unsigned)VG_TEST_REGEX == VG_BLOB_TEST_REGEX,
              "tests stand in the blob as in the model");
static_assert((unsigned)VG_TOKEN_LITERAL == VG_BLOB_LITERAL &&
                  (unsigned)VG_TOKEN_ANY_RUN == VG_BLOB_ANY_RUN &&
                  (unsigned)VG_TOKEN_ANY_ONE == VG_BLOB_ANY_ONE,
              "tokens stand in the blob as in the model");

/* Names that were written to NAMES. */
struct names {
    struct vg_buffer entries; /* struct name */
    struct vg_index_set set;
};

struct name {
    uint64_t hash;
    uint32_t offset;
};

struct name_lookup {
    const struct names *names;
    const struct vg_buffer *bytes;
};

void vg_compile_error(struct vg_compile *compile, struct vg_place place, const char *message,
                      const char *hint)
{
    if (!compile->failed)
        compile->reporter->report(compile->reporter->context, VG_ERROR, place, message, hint);
    compile->failed = true;
}

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0;
    uint32_t size = 0;

    for (; name[size] != '\0'; size++)
        hash = vg_hash_word(hash, (uint8_t)name[size]);
    return vg_hash_end(hash, 0, size);
}

static bool same_name(const void *context, uint32_t index, const void *wanted)
{
    const struct name_lookup *lookup = context;
    const struct name *name = VG_BUFFER_AT(&lookup->names->entries, struct name) + index;

    return strcmp((const char *)lookup->bytes->bytes + name->offset, wanted) == 0;
}

static uint64_t name_hash_of(const void *context, uint32_t index)
{
    const struct name_lookup *lookup = context;

    return VG_BUFFER_AT(&lookup->names->entries, struct name)[index].hash;
}

/* Where the name stands in NAMES; rules of one name share it. */
static uint32_t put_name(struct vg_compile *compile, struct names *names, const char *name)
{
    struct vg_buffer *bytes = &compile->sections[VG_BLOB_NAMES];
    struct name_lookup lookup = {names, bytes};
    struct name added = {hash_name(name), (uint32_t)bytes->size};
    uint32_t index;

    if (vg_index_set_find(&names->set, added.hash, same_name, &lookup, name, &index))
        return VG_BUFFER_AT(&names->entries, struct name)[index].offset;
    index = VG_BUFFER_COUNT(&names->entries, struct name);
    vg_buffer_put(bytes, name, strlen(name) + 1);
    vg_buffer_put(&names->entries, &added, sizeof(added));
    if (names->entries.failed || !vg_index_set_add(&names->set, index, added.hash, name_hash_of, &lookup))
        bytes->failed = true;
    return added.offset;
}

static void write_rules(struct vg_compile *compile)
{
    const struct vg_model *model = compile->model;
    uint32_t *action = NULL; /* the last word */
    const char *last = NULL;
    uint32_t name = 0; /* where it stands */
    struct names names = {{NULL, 0, 0, false}, {NULL, 0, 0}};

    for (size_t i = 0; i < model->rule_count; i++) {
        const struct vg_rule *rule = &model->rules[i];
        const char *text = rule->name ? rule->name : "";

        if (!last || strcmp(last, text) != 0)
            name = put_name(compile, &names, text);
        last = text;

        if (strlen(text) > VG_BLOB_NAME_MAX)
            vg_compile_error(compile, rule->place, "a rule's name of more than 4,096 bytes", NULL);
        if (compile->sections[VG_BLOB_NAMES].size > UINT32_MAX)
            vg_compile_error(compile, rule->place, "the names of all rules take more than 4 GiB", NULL);
        if (i % VG_ACTIONS_IN_WORD == 0)
            action = vg_buffer_add(&compile->sections[VG_BLOB_ACTIONS], sizeof(*action));
        if (compile->failed || compile->sections[VG_BLOB_NAMES].failed || !action)
            break;
        *action |= (uint32_t)rule->action << i % VG_ACTIONS_IN_WORD * VG_ACTION_BITS;
        vg_buffer_put32(&compile->sections[VG_BLOB_RULES], name);
    }
    vg_buffer_free(&names.entries);
    free(names.set.slots);
}

/* Whether a leaf can decide by itself. What compares two fields waits for both, a regular expression for its
 * turn, as only a condition does. */
static bool is_plain_leaf(const struct vg_compile *compile, const struct vg_node *node)
{
    enum vg_test test;

    if (node->kind != VG_NODE_LEAF || node->negated)
        return false;
    test = vg_predicate_at(compile, node->predicate)->source->test;
    return test != VG_TEST_FIELDREF && test != VG_TEST_REGEX;
}

/* Whether the condition is one predicate, or any of several: its truth can then be read off the predicates.
 */
static bool is_plain(const struct vg_compile *compile, const struct vg_node *root)
{
    if (root->kind == VG_NODE_LEAF)
        return is_plain_leaf(compile, root);
    if (root->kind != VG_NODE_OR)
        return false;
    for (uint32_t i = 0; i < root->count; i++) {
        if (!is_plain_leaf(compile, vg_node_at(compile, vg_child_of(compile, root, i))))
            return false;
    }
    return true;
}

/* Rules come in order: the first one stays. */
static void note_first(uint32_t *first, uint32_t rule)
{
    if (*first == VG_BLOB_NONE)
        *first = rule;
}

static void decide_by(struct vg_compile *compile, const struct vg_node *leaf)
{
    struct vg_compiled_predicate *predicate = vg_predicate_at(compile, leaf->predicate);
    struct vg_blob_field *field = &compile->fields[predicate->source->field].out;
    bool matches_unknown = compile->rule->action != VG_ACTION_ALLOW;

    note_first(&predicate->plain_rule, compile->rule_index);
    note_first(&field->first_rule, compile->rule_index);
    if (matches_unknown)
        note_first(&field->first_unknown_rule, compile->rule_index);
    if (predicate->source->permissive)
        return;
    note_first(&field->first_strict_rule, compile->rule_index);
    if (matches_unknown)
        note_first(&field->first_claimed_rule, compile->rule_index);
}

static void compile_rule(struct vg_compile *compile)
{
    uint32_t index = vg_compile_normalize(compile, compile->rule->condition);
    const struct vg_node *root;

    if (index == VG_BLOB_NONE)
        return;
    root = vg_node_at(compile, index);
    if (root->kind == VG_NODE_FALSE)
        return;
    if (compile->rule->action == VG_ACTION_AUDIT ||
        (root->kind != VG_NODE_TRUE && !is_plain(compile, root))) {
        vg_compile_condition(compile, index);
    } else if (root->kind == VG_NODE_TRUE) {
        compile->first_true = compile->rule_index;
    } else if (root->kind == VG_NODE_LEAF) {
        decide_by(compile, root);
    } else {
        for (uint32_t i = 0; i < root->count; i++)
            decide_by(compile, vg_node_at(compile, vg_child_of(compile, root, i)));
    }
}

static bool out_of_memory(const struct vg_compile *compile)
{
    bool failed = compile->predicates.failed || compile->keys.failed || compile->texts.failed ||
                  compile->chain.failed || compile->anchors.failed || compile->always.failed ||
                  compile->placed.failed || compile->digests.failed || compile->pairs.failed ||
                  compile->nodes.failed || compile->links.failed || compile->pending.failed ||
                  compile->listed.failed || compile->members.failed || compile->memberships.failed ||
                  compile->regexes.failed;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        failed = failed || compile->fields[field].anchored.failed ||
                 compile->fields[field].anchored_strict.failed || compile->fields[field].general.failed;
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        failed = failed || compile->sections[id].failed;
    return failed;
}

static bool goes_on(struct vg_compile *compile)
{
    if (!compile->failed && out_of_memory(compile))
        vg_compile_error(compile, (struct vg_place){NULL, 0, 0}, "out of memory", NULL);
    return !compile->failed;
}

/* Rules behind one that is always true can neither decide nor be recorded: they keep their names only. */
static void compile_rules(struct vg_compile *compile)
{
    vg_index_set_reserve(&compile->predicate_set, compile->model->rule_count);
    for (size_t i = 0; i < compile->model->rule_count && goes_on(compile); i++) {
        compile->rule = &compile->model->rules[i];
        compile->rule_index = (uint32_t)i;
        compile_rule(compile);
        if (compile->first_true != VG_BLOB_NONE)
            break;
    }
}

static void place_general(struct vg_compile *compile)
{
    for (unsigned i = 0; i < VG_FIELD_COUNT; i++) {
        const uint32_t *general = VG_BUFFER_AT(&compile->fields[i].general, uint32_t);

        for (uint32_t j = 0; j < VG_BUFFER_COUNT(&compile->fields[i].general, uint32_t); j++)
            vg_compile_place(compile, general[j]);
    }
}

static bool compile_all(struct vg_compile *compile, void **blob, size_t *size)
{
    static void (*const steps[])(struct vg_compile *) = {
        write_rules,       compile_rules,        vg_compile_choose_trials,
        vg_compile_index,  vg_compile_grams,     vg_compile_sort_digests,
        place_general,     vg_compile_mark_keys, vg_compile_mark_digests,
        vg_compile_tables, vg_compile_digests,   vg_compile_write,
    };

    if (compile->model->rule_count > VG_BLOB_RULES_MAX)
        vg_compile_error(compile, (struct vg_place){NULL, 0, 0}, "more than 1,073,741,823 rules", NULL);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && goes_on(compile); i++)
        steps[i](compile);
    return goes_on(compile) && vg_compile_blob(compile, blob, size);
}

static void free_all(struct vg_compile *compile)
{
    struct vg_buffer *const buffers[] = {
        &compile->predicates, &compile->keys,    &compile->texts,       &compile->chain,
        &compile->anchors,    &compile->always,  &compile->placed,      &compile->digests,
        &compile->nodes,      &compile->links,   &compile->pending,     &compile->pairs,
        &compile->listed,     &compile->members, &compile->memberships, &compile->regexes,
    };

    for (size_t i = 0; i < sizeof(buffers) / sizeof(*buffers); i++)
        vg_buffer_free(buffers[i]);
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        vg_buffer_free(&compile->fields[field].anchored);
        vg_buffer_free(&compile->fields[field].anchored_strict);
        vg_buffer_free(&compile->fields[field].general);
    }
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        vg_buffer_free(&compile->sections[id]);
    free(compile->predicate_set.slots);
    free(compile->key_set.slots);
    free(compile->group_set.slots);
    free(compile->regex_set.slots);
    free(compile);
}

bool vg_model_compile(const struct vg_model *model, const struct vg_reporter *reporter, void **blob,
                      size_t *size)
{
    struct vg_compile *compile = calloc(1, sizeof(*compile));
    bool compiled;

    if (!compile) {
        reporter->report(reporter->context, VG_ERROR, (struct vg_place){NULL, 0, 0}, "out of memory", NULL);
        return false;
    }
    compile->model = model;
    compile->reporter = reporter;
    compile->first_true = VG_BLOB_NONE;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        struct vg_blob_field *out = &compile->fields[field].out;

        out->first_rule = out->first_strict_rule = VG_BLOB_NONE;
        out->first_unknown_rule = out->first_claimed_rule = VG_BLOB_NONE;
    }
    vg_typical_count(compile->typical);
    compiled = compile_all(compile, blob, size);
    free_all(compile);
    return compiled;
}
