#include "parts.h"

#include "../../src/policy/hash.h"
#include "build.h"

#include "../cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static void fail_on_report(void *context, enum vg_severity severity, struct vg_place place,
                           const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    fail_msg("the compiler complains: %s (%s)", message, hint ? hint : "");
}

static void *copied(const void *bytes, uint32_t count, size_t element)
{
    void *copy = calloc((size_t)count + PARTS_ROOM, element);

    assert_non_null(copy);
    memcpy(copy, bytes, count * element);
    return copy;
}

static void take_apart(struct parts *parts, const struct vg_model *model)
{
    static const struct vg_reporter reporter = {fail_on_report, NULL};
    struct vg_blob_view view;
    void *blob;
    size_t size;

    assert_true(vg_model_compile(model, &reporter, &blob, &size));
    view = vg_blob_view_of(blob);
    parts->header = *view.header;
#define COPY(identifier, type)                                                                               \
    parts->counts[VG_BLOB_##identifier] = vg_blob_count(view.header, VG_BLOB_##identifier);                  \
    parts->identifier = copied(view.identifier, parts->counts[VG_BLOB_##identifier], sizeof(type));
    VG_BLOB_SECTIONS(COPY)
#undef COPY
    free(blob);
}

void parts_free(struct parts *parts)
{
#define FREE(identifier, type) free(parts->identifier);
    VG_BLOB_SECTIONS(FREE)
#undef FREE
}

void *parts_resize(struct parts *parts, enum vg_blob_section_id id, uint32_t count)
{
    void **sections[] = {
#define PLACE(identifier, type) (void **)(void *)&parts->identifier,
        VG_BLOB_SECTIONS(PLACE)
#undef PLACE
    };
    uint32_t kept = count < parts->counts[id] ? count : parts->counts[id];
    void *resized = calloc((size_t)count + PARTS_ROOM, vg_blob_element_size(id));

    assert_non_null(resized);
    memcpy(resized, *sections[id], kept * vg_blob_element_size(id));
    free(*sections[id]);
    *sections[id] = resized;
    parts->counts[id] = count;
    return resized;
}

static struct vg_expr *or_of(struct build *build, enum vg_field field, const uint16_t *const *patterns)
{
    struct vg_expr *joined = build_pattern(build, field, patterns[0], 0);

    for (unsigned i = 1; patterns[i]; i++)
        joined = build_join(build, VG_EXPR_OR, joined, build_pattern(build, field, patterns[i], 0));
    return joined;
}

static void deny(struct build *build, struct vg_expr *condition)
{
    build_rule(build, VG_ACTION_DENY, condition);
}

/* Rules that decide by one predicate: every table, list and digest. */
static void add_plain_rules(struct build *build)
{
    static const uint16_t *const texts[] = {
        u"*abcdef*",       u"*xy*",     u"*q*",       u"*\u4E2D\u6587\u5B57\u7B26*",
        u"*\u4E2D\u6587*", u"*\u4E2D*", u"start of*", u"*the end",
        u"*a1b2*c3?*",     u"*?*",      u"??*",       NULL,
    };
    static const uint8_t digests[3 * 32] = {[0] = 1, [32] = 2, [64] = 0xFF};
    static const uint8_t others[16] = {7};

    build_rule(build, VG_ACTION_ALLOW, build_under(build, VG_FIELD_IMAGE, u"C:\\Tools", PERMISSIVE));
    deny(build, build_pattern(build, VG_FIELD_IMAGE, u"*\\evil.exe", 0));
    deny(build, build_pattern(build, VG_FIELD_IMAGE, u"C:\\one.exe", 0));
    deny(build, or_of(build, VG_FIELD_COMMAND_LINE, texts));
    deny(build, build_number(build, VG_FIELD_PROCESS_ID, VG_TEST_AT_LEAST, u"100"));
    deny(build, build_test(build, VG_FIELD_USER, VG_TEST_EXISTS, 0));
    deny(build, build_test(build, VG_FIELD_DRIVE, VG_TEST_NULL, 0));
    deny(build, build_digests(build, VG_FIELD_SHA256, digests, 3, 0));
    build_rule(build, VG_ACTION_AUDIT, build_digests(build, VG_FIELD_MD5, others, 1, 0));
}

/* Rules that need a program. */
static void add_conditions(struct build *build)
{
    static const uint8_t digest[32] = {0xFF};
    static const uint16_t *const names[] = {u"*\\a.exe", u"*\\b.exe", u"*\\c.exe", u"*\\d.exe", NULL};
    struct vg_expr *quiet = build_pattern(build, VG_FIELD_COMMAND_LINE, u"*quiet*", 0);
    struct vg_expr *regex = build_regex(build, VG_FIELD_COMMAND_LINE, u"[0-9]+x", 0, 0);
    struct vg_expr *pair = build_fieldref(build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, VG_COMPARE_STARTS, 0);

    deny(build, build_not(build, build_pattern(build, VG_FIELD_PARENT_IMAGE, u"D:\\*", 0)));
    build_rule(build, VG_ACTION_ALLOW,
               build_join(build, VG_EXPR_AND, build_pattern(build, VG_FIELD_IMAGE, u"*\\p.exe", PERMISSIVE),
                          build_pattern(build, VG_FIELD_USER, u"S-1-5-*", PERMISSIVE)));
    deny(build, build_join(build, VG_EXPR_AND, or_of(build, VG_FIELD_IMAGE, names), build_not(build, quiet)));
    build_rule(build, VG_ACTION_AUDIT, build_join(build, VG_EXPR_AND, regex, quiet));
    deny(build, build_join(build, VG_EXPR_AND, pair, regex));
    build_rule(build, VG_ACTION_AUDIT,
               build_not(build, build_digests(build, VG_FIELD_SHA256, digest, 1, PERMISSIVE)));
    build_rule(build, VG_ACTION_AUDIT, build_test(build, VG_FIELD_SUBSYSTEM, VG_TEST_EXISTS, 0));
}

void parts_of_everything(struct parts *parts)
{
    struct build *build = calloc(1, sizeof(*build));

    assert_non_null(build);
    build_start(build);
    add_plain_rules(build);
    add_conditions(build);
    take_apart(parts, &build->model);
    build_start(build);
    free(build);
}

static size_t rounded_up(size_t size)
{
    return (size + 7) / 8 * 8;
}

void *parts_together(const struct parts *parts, size_t *size)
{
    const void *const sections[] = {
#define SECTION(identifier, type) parts->identifier,
        VG_BLOB_SECTIONS(SECTION)
#undef SECTION
    };
    struct vg_blob_header header = parts->header;
    uint8_t *blob;

    *size = sizeof(header);
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++) {
        header.sections[id] = (struct vg_blob_section){(uint32_t)*size, parts->counts[id]};
        *size = rounded_up(*size + parts->counts[id] * vg_blob_element_size(id));
    }
    header.size = *size;
    blob = calloc(1, *size);
    assert_non_null(blob);
    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++)
        memcpy(blob + header.sections[id].offset, sections[id], parts->counts[id] * vg_blob_element_size(id));
    memcpy(blob, &header, sizeof(header));
    header.checksum = vg_checksum(blob + VG_BLOB_CHECKSUM_FROM, *size - VG_BLOB_CHECKSUM_FROM);
    memcpy(blob, &header, sizeof(header));
    return blob;
}

const char *parts_verdict(const struct parts *parts)
{
    struct vg_blob_error error = {ACCEPTED, 0};
    struct vg_policy policy;
    size_t size;
    void *blob = parts_together(parts, &size);
    bool opened = vg_policy_open(&policy, blob, size, &error);

    assert_int_equal(opened, strcmp(error.check, ACCEPTED) == 0);
    assert_in_range(error.offset, 0, size);
    free(blob);
    return error.check;
}

const char *parts_verdict_with(const struct parts *parts, void *place, size_t size, uint64_t value)
{
    uint64_t kept = 0;
    const char *verdict;

    memcpy(&kept, place, size);
    memcpy(place, &value, size);
    verdict = parts_verdict(parts);
    memcpy(place, &kept, size);
    return verdict;
}

struct vg_blob_predicate *parts_predicate(const struct parts *parts, uint32_t test)
{
    for (uint32_t i = 0; i < parts->counts[VG_BLOB_PREDICATES]; i++) {
        if (parts->PREDICATES[i].test == test)
            return &parts->PREDICATES[i];
    }
    fail_msg("no predicate has the test %u", test);
    return NULL;
}

uint32_t parts_rule(const struct parts *parts, uint32_t action)
{
    uint32_t rule = 0;

    while ((parts->ACTIONS[0] >> rule * VG_ACTION_BITS & 3) != action)
        rule++;
    return rule;
}

struct vg_blob_field *parts_field(const struct parts *parts, enum vg_field field)
{
    for (uint32_t i = 0; i < parts->counts[VG_BLOB_FIELDS]; i++) {
        if (parts->FIELDS[i].field == (uint32_t)field)
            return &parts->FIELDS[i];
    }
    fail_msg("nothing is said of %s", vg_field_name(field));
    return NULL;
}
