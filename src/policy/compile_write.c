#include "compile.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

uint16_t vg_compile_tokens(struct vg_compile *compile, const struct vg_predicate *source)
{
    struct vg_buffer *text = &compile->sections[VG_BLOB_TEXT];
    struct vg_buffer *section = &compile->sections[VG_BLOB_TOKENS];
    uint32_t first = VG_BUFFER_COUNT(section, struct vg_blob_token);

    for (size_t i = 0; i < source->token_count; i++) {
        const struct vg_token *token = &source->tokens[i];
        struct vg_blob_token written = {.kind = (uint32_t)token->kind};

        if (token->kind == VG_TOKEN_LITERAL) {
            written.text = VG_BUFFER_COUNT(text, uint16_t);
            written.units = vg_unit_count(token->text);
        }
        for (uint32_t unit = 0; unit < written.units; unit++) {
            uint16_t value = vg_units(token->text)[unit];

            value = source->cased ? value : vg_fold(value);
            vg_buffer_put(text, &value, sizeof(value));
        }
        vg_buffer_put(section, &written, sizeof(written));
    }
    if (source->token_count && !section->failed &&
        vg_blob_searched(VG_BUFFER_AT(section, struct vg_blob_token) + first, (uint32_t)source->token_count) >
            VG_BLOB_SEARCHED_MAX)
        vg_compile_error(compile, source->place, "more than 1,024 characters behind the first * of a pattern",
                         "look for a shorter part of the text");
    return (uint16_t)source->token_count;
}

static void write_predicate(struct vg_compile *compile, const struct vg_compiled_predicate *predicate,
                            uint32_t anchors)
{
    struct vg_blob_predicate out = {
        .rule = predicate->plain_rule,
        .anchors = anchors,
        .trials = VG_BLOB_NONE,
        .tokens = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_TOKENS], struct vg_blob_token),
        .field = (uint8_t)predicate->source->field,
        .test = predicate->member_count ? (uint8_t)VG_BLOB_TEST_ANY : (uint8_t)predicate->source->test,
        .flags = predicate->flags,
    };

    if (predicate->source->test == VG_TEST_REGEX)
        out.flags |= vg_compile_regex(compile, predicate->source) << VG_PREDICATE_REGEX_SHIFT;
    if (predicate->flags & VG_PREDICATE_CONFIRM)
        out.token_count = vg_compile_tokens(compile, predicate->source);
    vg_buffer_put(&compile->sections[VG_BLOB_PREDICATES], &out, sizeof(out));
}

static void write_tried(struct vg_compile *compile, const struct vg_compiled_predicate *predicate)
{
    bool regex = predicate->source->test == VG_TEST_REGEX;
    struct vg_blob_predicate out = {
        .rule = VG_BLOB_NONE,
        .anchors = VG_BLOB_NONE,
        .tokens = VG_BUFFER_COUNT(&compile->sections[VG_BLOB_TOKENS], struct vg_blob_token),
        .field = (uint8_t)predicate->source->field,
        .test = regex ? (uint8_t)VG_BLOB_TEST_REGEX : (uint8_t)VG_BLOB_TEST_ANY,
        .flags = predicate->flags & VG_PREDICATE_PERMISSIVE,
    };

    if (regex)
        out.flags |= vg_compile_regex(compile, predicate->source) << VG_PREDICATE_REGEX_SHIFT;
    out.trials = vg_compile_trials(compile, predicate);
    vg_buffer_put(&compile->sections[VG_BLOB_PREDICATES], &out, sizeof(out));
}

/* Members tell their groups. */
static void add_groups(struct vg_compile *compile)
{
    const struct vg_chain *memberships = VG_BUFFER_AT(&compile->memberships, struct vg_chain);

    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate); i++) {
        const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, i);

        if (!vg_predicate_tells_groups(predicate))
            continue;
        for (uint32_t at = predicate->groups; at != VG_BLOB_NONE; at = memberships[at].next) {
            struct vg_anchor anchor = {
                .predicate = predicate->index,
                .entry = vg_predicate_at(compile, memberships[at].predicate)->index | VG_ANCHOR_GROUP,
            };

            vg_buffer_put(&compile->anchors, &anchor, sizeof(anchor));
        }
    }
}

/* Where the list of each of the predicates starts in ANCHORS, and one more. */
static uint32_t *write_anchors(struct vg_compile *compile, uint32_t predicates)
{
    const struct vg_anchor *anchors = VG_BUFFER_AT(&compile->anchors, struct vg_anchor);
    uint32_t count = VG_BUFFER_COUNT(&compile->anchors, struct vg_anchor);
    uint32_t *starts = calloc((size_t)predicates + 2, sizeof(*starts));
    uint32_t *out = vg_buffer_add(&compile->sections[VG_BLOB_ANCHORS], count * sizeof(*out));

    if (!starts || !out) {
        free(starts);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        starts[anchors[i].predicate + 2]++;
    for (uint32_t i = 0; i < predicates; i++)
        starts[i + 2] += starts[i + 1];
    for (uint32_t i = 0; i < count; i++)
        out[starts[anchors[i].predicate + 1]++] = anchors[i].entry;
    for (uint32_t i = 0; i < predicates; i++) {
        if (starts[i + 1] > starts[i])
            out[starts[i + 1] - 1] |= VG_BLOB_LAST;
    }
    return starts;
}

static void write_predicates(struct vg_compile *compile)
{
    uint32_t tried = compile->tracked_count + compile->tried_count;
    uint32_t count = tried + VG_BUFFER_COUNT(&compile->placed, uint32_t);
    uint32_t *order = vg_compile_by_index(compile, count);
    uint32_t *starts;

    add_groups(compile);
    starts = compile->anchors.failed ? NULL : write_anchors(compile, count);
    if (!order || !starts)
        compile->predicates.failed = true;
    for (uint32_t i = 0; order && starts && i < count; i++) {
        if (i >= compile->tracked_count && i < tried)
            write_tried(compile, vg_predicate_at(compile, order[i]));
        else
            write_predicate(compile, vg_predicate_at(compile, order[i]),
                            starts[i + 1] > starts[i] ? starts[i] : VG_BLOB_NONE);
    }
    free(order);
    free(starts);
}

static struct vg_blob_slice write_list(struct vg_compile *compile, const struct vg_buffer *list)
{
    struct vg_buffer *lists = &compile->sections[VG_BLOB_LISTS];
    struct vg_blob_slice slice = {VG_BUFFER_COUNT(lists, uint32_t), VG_BUFFER_COUNT(list, uint32_t)};

    vg_buffer_put(lists, list->bytes, list->size);
    return slice;
}

/* PREDICATES and LISTS are complete. */
static uint32_t searches_of(const struct vg_compile *compile, const struct vg_blob_field *field)
{
    const struct vg_blob_view view = {
        .PREDICATES = VG_BUFFER_AT(&compile->sections[VG_BLOB_PREDICATES], struct vg_blob_predicate),
        .LISTS = VG_BUFFER_AT(&compile->sections[VG_BLOB_LISTS], uint32_t),
    };

    return vg_blob_searches_of(&view, field);
}

static void write_fields(struct vg_compile *compile)
{
    for (uint32_t i = 0; i < VG_FIELD_COUNT; i++) {
        struct vg_compiled_field *field = &compile->fields[i];
        uint32_t *general = VG_BUFFER_AT(&field->general, uint32_t);
        uint32_t count = VG_BUFFER_COUNT(&field->general, uint32_t);

        if (!field->used)
            continue;
        for (uint32_t j = 0; j < count; j++)
            general[j] = vg_predicate_at(compile, general[j])->index;
        (void)vg_compile_sort(general, count);
        field->out.field = i;
        field->out.anchored = write_list(compile, &field->anchored);
        field->out.anchored_strict = write_list(compile, &field->anchored_strict);
        field->out.general = write_list(compile, &field->general);
        if (compile->sections[VG_BLOB_LISTS].failed || compile->sections[VG_BLOB_PREDICATES].failed ||
            compile->predicates.failed)
            return;
        field->out.searches = searches_of(compile, &field->out);
        vg_buffer_put(&compile->sections[VG_BLOB_FIELDS], &field->out, sizeof(field->out));
    }
}

/* What compares two fields hangs on neither: the matcher tries it when both are taken. */
static void collect_pairs(struct vg_compile *compile)
{
    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate); i++) {
        const struct vg_compiled_predicate *predicate = vg_predicate_at(compile, i);

        if (predicate->source->test == VG_TEST_FIELDREF && predicate->index != VG_BLOB_NONE)
            vg_buffer_put32(&compile->pairs, predicate->index);
    }
    (void)vg_compile_sort(VG_BUFFER_AT(&compile->pairs, uint32_t),
                          VG_BUFFER_COUNT(&compile->pairs, uint32_t));
}

void vg_compile_write(struct vg_compile *compile)
{
    write_predicates(compile);
    (void)write_list(compile, &compile->always);
    collect_pairs(compile);
    (void)write_list(compile, &compile->pairs);
    write_fields(compile);
}

static void fill_header(const struct vg_compile *compile, struct vg_blob_header *header, size_t size)
{
    const struct vg_model *model = compile->model;

    memcpy(header->magic, VG_BLOB_MAGIC, sizeof(header->magic));
    header->version = VG_BLOB_VERSION;
    header->header_size = sizeof(*header);
    header->size = size;
    header->mode = (uint32_t)model->mode;
    header->default_verdict = (uint32_t)model->default_verdict;
    header->ask_otherwise = (uint32_t)model->ask_otherwise;
    header->flags = (model->unknown_matches ? VG_BLOB_UNKNOWN_MATCHES : 0u) |
                    (model->watch_images ? VG_BLOB_WATCH_IMAGES : 0u) |
                    (model->record_hashes ? VG_BLOB_RECORD_HASHES : 0u);
    header->deny_status = model->deny_status;
    header->tracked_count = compile->tracked_count;
    header->tried_count = compile->tried_count;
    header->first_true = compile->first_true;
    header->always_count = VG_BUFFER_COUNT(&compile->always, uint32_t);
    header->pair_count = VG_BUFFER_COUNT(&compile->pairs, uint32_t);
    header->seed = VG_BLOB_SEED;
}

static size_t round_up(size_t size)
{
    return (size + 7) / 8 * 8;
}

bool vg_compile_blob(struct vg_compile *compile, void **blob, size_t *size)
{
    struct vg_place whole = {NULL, 0, 0};
    struct vg_blob_header *header;
    size_t total = sizeof(*header);
    size_t at = sizeof(*header);
    uint8_t *bytes;

    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        total += round_up(compile->sections[id].size);
    if (total > UINT32_MAX) {
        vg_compile_error(compile, whole, "the compiled policy would be larger than 4 GiB", NULL);
        return false;
    }
    bytes = calloc(1, total);
    if (!bytes) {
        vg_compile_error(compile, whole, "out of memory", NULL);
        return false;
    }
    header = (struct vg_blob_header *)(void *)bytes;
    fill_header(compile, header, total);
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++) {
        const struct vg_buffer *section = &compile->sections[id];

        header->sections[id].offset = (uint32_t)at;
        header->sections[id].count = (uint32_t)(section->size / vg_blob_element_size(id));
        if (section->size)
            memcpy(bytes + at, section->bytes, section->size);
        at += round_up(section->size);
    }
    if (!vg_identity(bytes + VG_BLOB_IDENTITY_FROM, total - VG_BLOB_IDENTITY_FROM, header->identity)) {
        vg_compile_error(compile, whole, "the system's SHA-256 failed", NULL);
        free(bytes);
        return false;
    }
    header->checksum = vg_checksum(bytes + VG_BLOB_CHECKSUM_FROM, total - VG_BLOB_CHECKSUM_FROM);
    *blob = bytes;
    *size = total;
    return true;
}
