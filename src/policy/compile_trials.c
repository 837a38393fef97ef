#include "compile.h"
#include "hash.h"

#include "../regex/compile.h"

#include <stdlib.h>
#include <string.h>

/* Of a group that is tried; larger ones are found by the scan. */
#define TRIALS_MAX 255u

/* What a pattern says when it is no more than a text of ASCII in one place. */
struct shape {
    enum vg_trial_kind kind; /* TOKENS when it is more */
    const struct vg_token *literal;
};

static bool is_run(const struct vg_predicate *source, size_t token)
{
    return token < source->token_count && source->tokens[token].kind == VG_TOKEN_ANY_RUN;
}

static struct shape shape_of(const struct vg_compiled_predicate *predicate)
{
    const struct vg_predicate *source = predicate->source;
    bool starts = is_run(source, 0);
    bool ends = is_run(source, source->token_count - 1);
    struct shape shape = {VG_TRIAL_TOKENS, NULL};

    if (source->test != VG_TEST_PATTERN || source->cased || (predicate->flags & VG_PREDICATE_SPELLS_STREAM) ||
        source->token_count != (size_t)starts + ends + 1)
        return shape;
    shape.literal = &source->tokens[starts];
    if (shape.literal->kind != VG_TOKEN_LITERAL ||
        !vg_is_ascii(vg_units(shape.literal->text), vg_unit_count(shape.literal->text)) ||
        vg_unit_count(shape.literal->text) > VG_LITERAL_UNITS_MAX)
        return shape;
    shape.kind = starts && ends ? VG_TRIAL_CONTAINS
                 : starts       ? VG_TRIAL_ENDS
                 : ends         ? VG_TRIAL_STARTS
                                : VG_TRIAL_EQUALS;
    return shape;
}

/* One that is compared once in a value. */
static bool is_in_one_place(enum vg_trial_kind kind)
{
    return kind == VG_TRIAL_STARTS || kind == VG_TRIAL_ENDS || kind == VG_TRIAL_EQUALS;
}

/* What may be tried in full whatever the value is. */
static bool is_short(const struct vg_predicate *source)
{
    uint32_t units = 0;

    for (size_t i = 0; i < source->token_count; i++)
        units += 1 + vg_unit_count(source->tokens[i].text);
    return units <= VG_BLOB_SEARCHED_MAX;
}

static bool test_can_be_tried(const struct vg_compiled_predicate *predicate)
{
    const struct vg_predicate *source = predicate->source;

    if (vg_field_digest_size(source->field) != 0)
        return false;
    switch (source->test) {
    case VG_TEST_EXISTS:
    case VG_TEST_NULL:
        return true;
    case VG_TEST_PATTERN:
        return is_short(source) || is_in_one_place(shape_of(predicate).kind);
    case VG_TEST_UNDER:
    case VG_TEST_AT_LEAST:
    case VG_TEST_AT_MOST:
        return is_short(source);
    case VG_TEST_REGEX:
        return source->regex->literals.count <= TRIALS_MAX;
    default:
        return false;
    }
}

/* Whether it can wait until a condition comes to it: it announces and decides nothing. */
static bool can_be_tried(const struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    const uint32_t *members = vg_members_of(compile, predicate);

    if (predicate->last_condition != VG_BLOB_NONE || predicate->plain_rule != VG_BLOB_NONE ||
        predicate->member_count > TRIALS_MAX)
        return false;
    for (uint32_t i = 0; i < predicate->member_count; i++) {
        if (!test_can_be_tried(vg_predicate_at(compile, members[i])))
            return false;
    }
    return predicate->member_count != 0 || test_can_be_tried(predicate);
}

uint32_t *vg_compile_by_index(const struct vg_compile *compile, uint32_t count)
{
    uint32_t *order = malloc(count * sizeof(*order) + 1);

    for (uint32_t i = 0; order && i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate);
         i++) {
        const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, i);

        if (predicate->index < count)
            order[predicate->index] = i;
        if (predicate->tried < count)
            order[predicate->tried] = i;
    }
    return order;
}

/* Numbers what is tracked anew, and what is tried behind it; `numbers` by the old ones. */
static void number(struct vg_compile *compile, const uint32_t *order, uint32_t *numbers)
{
    uint32_t count = compile->tracked_count;
    uint32_t tracked = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (!can_be_tried(compile, vg_predicate_at(compile, order[i])))
            numbers[i] = tracked++;
        else
            numbers[i] = VG_BLOB_NONE;
    }
    compile->tracked_count = tracked;
    for (uint32_t i = 0; i < count; i++) {
        struct vg_compiled_predicate *predicate = vg_predicate_at(compile, order[i]);

        predicate->index = numbers[i];
        if (numbers[i] == VG_BLOB_NONE)
            numbers[i] = predicate->tried = tracked + compile->tried_count++;
    }
}

static void renumber_uses(struct vg_compile *compile, const uint32_t *numbers)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_CODE];
    uint32_t *code = VG_BUFFER_AT(section, uint32_t);
    struct vg_anchor *anchors = VG_BUFFER_AT(&compile->anchors, struct vg_anchor);

    for (uint32_t i = 0; i < VG_BUFFER_COUNT(section, uint32_t); i++) {
        uint32_t operation = code[i] >> VG_CODE_SHIFT;

        if (operation == VG_CODE_LEAF || operation == VG_CODE_LEAF_NOT)
            code[i] = (code[i] & ~VG_CODE_OPERAND) | numbers[code[i] & VG_CODE_OPERAND];
    }
    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->anchors, struct vg_anchor); i++)
        anchors[i].predicate = numbers[anchors[i].predicate];
}

/* Members tell only groups that are tracked. */
static void leave_groups(struct vg_compile *compile)
{
    struct vg_chain *memberships = VG_BUFFER_AT(&compile->memberships, struct vg_chain);

    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate); i++) {
        uint32_t *at = &vg_predicate_at(compile, i)->groups;

        while (*at != VG_BLOB_NONE) {
            if (vg_predicate_at(compile, memberships[*at].predicate)->tried != VG_BLOB_NONE)
                *at = memberships[*at].next;
            else
                at = &memberships[*at].next;
        }
    }
}

void vg_compile_choose_trials(struct vg_compile *compile)
{
    uint32_t *order = vg_compile_by_index(compile, compile->tracked_count);
    uint32_t *numbers = malloc(compile->tracked_count * sizeof(*numbers) + 1);

    if (order && numbers) {
        number(compile, order, numbers);
        renumber_uses(compile, numbers);
        leave_groups(compile);
    } else {
        compile->predicates.failed = true;
    }
    free(order);
    free(numbers);
}

/* The text of a trial, in BYTES. */
static void put_text(struct vg_compile *compile, const uint16_t *units, uint32_t count,
                     struct vg_blob_trial *trial)
{
    struct vg_buffer *section = &compile->sections[VG_BLOB_BYTES];
    struct vg_pairs pairs = {.count = 0};
    uint8_t *bytes;

    trial->text = VG_BUFFER_COUNT(section, uint8_t);
    trial->units = (uint16_t)count;
    bytes = vg_buffer_add(section, count);
    for (uint32_t i = 0; bytes && i < count; i++)
        bytes[i] = vg_fold_byte(units[i]);
    vg_pairs_add(compile, units, count, &pairs);
    trial->pairs = vg_pairs_spell(&pairs);
}

/* A number is no text that a value must have: it may have zeros in front. */
static void put_tokens(struct vg_compile *compile, const struct vg_compiled_predicate *predicate,
                       struct vg_blob_trial *trial)
{
    const struct vg_predicate *source = predicate->source;
    struct vg_pairs pairs = {.count = 0};

    trial->text = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_TOKENS], struct vg_blob_token);
    trial->units = vg_compile_tokens(compile, source);
    trial->flags = (uint8_t)((unsigned)source->test << VG_TRIAL_TEST_SHIFT);
    if (source->cased)
        trial->flags |= VG_TRIAL_CASED;
    if (predicate->flags & VG_PREDICATE_SPELLS_STREAM)
        trial->flags |= VG_TRIAL_SPELLS_STREAM;
    if (!vg_blob_test_is_number((uint32_t)source->test))
        vg_pairs_add_tokens(compile, source, &pairs);
    trial->pairs = vg_pairs_spell(&pairs);
}

static void put_trial(struct vg_compile *compile, struct vg_blob_trial trial, bool last)
{
    if (last)
        trial.flags |= VG_TRIAL_LAST;
    vg_buffer_put(&compile->sections[VG_BLOB_TRIALS], &trial, sizeof(trial));
}

static void write_trial(struct vg_compile *compile, const struct vg_compiled_predicate *predicate, bool last)
{
    struct vg_blob_trial trial = {.kind = VG_TRIAL_TOKENS};
    struct shape shape = shape_of(predicate);

    if (predicate->source->test == VG_TEST_EXISTS) {
        trial.kind = VG_TRIAL_EXISTS;
    } else if (predicate->source->test == VG_TEST_NULL) {
        trial.kind = VG_TRIAL_NULL;
    } else if (shape.kind != VG_TRIAL_TOKENS) {
        trial.kind = (uint8_t)shape.kind;
        put_text(compile, vg_units(shape.literal->text), vg_unit_count(shape.literal->text), &trial);
    } else {
        put_tokens(compile, predicate, &trial);
    }
    put_trial(compile, trial, last);
}

/* An expression is run when one of its texts is found; a text that is not ASCII does not stand in its way. */
static void write_regex(struct vg_compile *compile, const struct vg_regex_literals *literals)
{
    bool any = literals->count != 0;

    for (uint32_t i = 0; any && i < literals->count; i++)
        any = vg_is_ascii(literals->at[i].units, literals->at[i].count);
    if (!any)
        put_trial(compile, (struct vg_blob_trial){.kind = VG_TRIAL_REGEX}, true);
    for (uint32_t i = 0; any && i < literals->count; i++) {
        struct vg_blob_trial trial = {.kind = VG_TRIAL_REGEX};

        put_text(compile, literals->at[i].units, literals->at[i].count, &trial);
        put_trial(compile, trial, i == literals->count - 1);
    }
}

uint32_t vg_compile_trials(struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    uint32_t first = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_TRIALS], struct vg_blob_trial);
    const uint32_t *members = vg_members_of(compile, predicate);

    if (predicate->source->test == VG_TEST_REGEX)
        write_regex(compile, &predicate->source->regex->literals);
    else if (predicate->member_count == 0)
        write_trial(compile, predicate, true);
    for (uint32_t i = 0; i < predicate->member_count; i++)
        write_trial(compile, vg_predicate_at(compile, members[i]), i == predicate->member_count - 1);
    return first;
}
