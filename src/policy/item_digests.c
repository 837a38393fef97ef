/* Values that are digests. Sigma's Hashes is Sysmon's text `SHA1=...,MD5=...,SHA256=...,IMPHASH=...`: what a
 * rule says of it is said of the field of each hash. */
#include <string.h>

#include "digests.h"
#include "files.h"
#include "item.h"

/* What Sysmon writes into Hashes. */
static const enum vg_field in_hashes[] = {VG_FIELD_SHA1, VG_FIELD_MD5, VG_FIELD_SHA256, VG_FIELD_IMPHASH};

#define IN_HASHES (sizeof(in_hashes) / sizeof(*in_hashes))

/* Alternatives being collected: digests, and conditions that stand beside them. */
struct alternatives {
    struct vg_digest_lists lists;
    struct vg_exprs exprs;
};

/* A text inside a value. */
struct part {
    const struct vg_yaml *node;
    const char *text;
    size_t size;
};

static struct vg_item_key key_of(const struct vg_item_key *key, enum vg_field field)
{
    struct vg_item_key of = {.field = field,
                             .match = key->match == VG_MATCH_EXISTS ? VG_MATCH_EXISTS : VG_MATCH_EXACT};
    return of;
}

bool vg_item_is_of_digests(const struct vg_item_key *key)
{
    return key->hashes || (vg_field_digest_size(key->field) != 0 && key->match != VG_MATCH_EXISTS);
}

/* One predicate a field that has digests; what stands beside them comes first. */
static struct vg_expr *join(struct vg_reader *reader, const struct vg_item_key *key,
                            struct alternatives *alternatives, const struct vg_yaml *value)
{
    struct vg_exprs *exprs = &alternatives->exprs;
    bool empty = exprs->count == 0;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        empty = empty && alternatives->lists.of[field].count == 0;
    if (empty)
        vg_warn(reader, vg_place_of(reader, value), NULL, "there is no hash in it, so nothing matches");
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        struct vg_item_key of = key_of(key, (enum vg_field)field);
        if (alternatives->lists.of[field].count == 0 && !(empty && field == key->field))
            continue;
        struct vg_predicate *predicate = vg_predicate_new(reader, &of, value);
        if (!predicate || !vg_digests_finish(reader, &alternatives->lists, predicate) ||
            !vg_exprs_add(reader->arena, exprs, vg_expr_predicate(reader->arena, predicate)))
            return NULL;
    }
    return vg_expr_join(reader->arena, VG_EXPR_OR, exprs);
}

static bool add_null(struct vg_reader *reader, const struct vg_item_key *key, enum vg_field field,
                     const struct vg_yaml *value, struct vg_exprs *exprs)
{
    struct vg_item_key of = key_of(key, field);
    return vg_exprs_add(reader->arena, exprs, vg_null_read(reader, &of, value));
}

static bool refuse_zeros(struct vg_reader *reader, const struct part *part, enum vg_field field)
{
    vg_unsupported(reader, vg_place_of(reader, part->node), NULL,
                   "zeros stand for a hash that could not be computed, and no file has that %s",
                   vg_field_name(field));
    return false;
}

/* Digits of a known field. Sysmon writes zeros for the IMPHASH of what imports nothing. */
static bool add_digits(struct vg_reader *reader, const struct vg_item_key *key, enum vg_field field,
                       const struct part *digits, struct alternatives *alternatives)
{
    uint8_t digest[VG_DIGEST_SIZE_MAX];
    const char *name = vg_field_name(field);
    if (!vg_digest_parse(field, digits->text, digits->size, digest)) {
        vg_unsupported(reader, vg_place_of(reader, digits->node),
                       vg_arena_format(reader->arena,
                                       "%s has %u hexadecimal digits; %s|file reads them from a file", name,
                                       2 * vg_field_digest_size(field), key->hashes ? "Hashes" : name),
                       "not a whole %s: %s", name, vg_shown(reader, digits->text, digits->size));
        return false;
    }
    if (!vg_digest_is_zero(field, digest))
        return vg_digests_add(reader, &alternatives->lists, field, digest);
    if (field == VG_FIELD_IMPHASH)
        return add_null(reader, key, field, digits->node, &alternatives->exprs);
    return refuse_zeros(reader, digits, field);
}

/* Digits without a name are the hash of that length: a 32-digit one an MD5 or an IMPHASH. */
static bool add_unnamed(struct vg_reader *reader, const struct vg_item_key *key, const struct part *part,
                        struct alternatives *alternatives)
{
    bool any = false, good = true;
    for (size_t i = 0; i < IN_HASHES && good; i++) {
        uint8_t digest[VG_DIGEST_SIZE_MAX];
        if (!vg_digest_parse(in_hashes[i], part->text, part->size, digest))
            continue;
        any = true;
        good = vg_digest_is_zero(in_hashes[i], digest)
                   ? refuse_zeros(reader, part, in_hashes[i])
                   : add_digits(reader, key, in_hashes[i], part, alternatives);
    }
    if (!any)
        vg_unsupported(reader, vg_place_of(reader, part->node),
                       "write whole ones: MD5=, SHA1=, SHA256= or IMPHASH= and all digits",
                       "a part of a hash cannot be looked for: %s", vg_shown(reader, part->text, part->size));
    return any && good;
}

/* `MD5=digits`, or digits. */
static bool add_hash(struct vg_reader *reader, const struct vg_item_key *key, const struct part *part,
                     struct alternatives *alternatives)
{
    const char *sign = memchr(part->text, '=', part->size);
    size_t before = sign ? (size_t)(sign - part->text) : 0;
    enum vg_field field = sign ? vg_digest_field(part->text, before) : VG_FIELD_COUNT;
    if (!sign)
        return add_unnamed(reader, key, part, alternatives);
    if (field == VG_FIELD_COUNT) {
        vg_unsupported(reader, vg_place_of(reader, part->node),
                       "MD5, SHA1, SHA256, IMPHASH and AuthentiHash are",
                       "%s is no hash that can be supplied", vg_shown(reader, part->text, before));
        return false;
    }
    struct part digits = {part->node, sign + 1, part->size - before - 1};
    return add_digits(reader, key, field, &digits, alternatives);
}

/* Takes the part before the next comma off `rest`. */
static struct part next_part(struct part *rest)
{
    const char *comma = memchr(rest->text, ',', rest->size);
    struct part part = *rest;
    if (comma)
        part.size = (size_t)(comma - rest->text);
    rest->text += part.size + (comma != NULL);
    rest->size -= part.size + (comma != NULL);
    while (part.size && part.text[0] == ' ')
        part.text++, part.size--;
    return part;
}

/* Stars at the ends change nothing: a hash is looked for whole, wherever in Hashes it stands. */
static struct part without_stars(const struct vg_yaml *value)
{
    struct part part = {value, value->text, value->size};
    if (part.size && part.text[0] == '*')
        part.text++, part.size--;
    if (part.size && part.text[part.size - 1] == '*')
        part.size--;
    return part;
}

/* Several hashes in one value are all of one file. */
static bool add_hashes(struct vg_reader *reader, const struct vg_item_key *key, const struct vg_yaml *value,
                       struct alternatives *alternatives)
{
    struct part rest = without_stars(value);
    struct vg_exprs all = {0};
    bool good = true;
    if (!memchr(rest.text, ',', rest.size))
        return add_hash(reader, key, &rest, alternatives);
    while (good && rest.size) {
        struct part part = next_part(&rest);
        struct alternatives one = {0};
        good = add_hash(reader, key, &part, &one) &&
               vg_exprs_add(reader->arena, &all, join(reader, key, &one, value));
        vg_digests_drop(&one.lists);
    }
    return good &&
           vg_exprs_add(reader->arena, &alternatives->exprs, vg_expr_join(reader->arena, VG_EXPR_AND, &all));
}

/* Hashes without a value: no hash of them is there. */
static bool add_nulls(struct vg_reader *reader, const struct vg_item_key *key, const struct vg_yaml *value,
                      struct vg_exprs *exprs)
{
    struct vg_exprs all = {0};
    if (key->match != VG_MATCH_EXACT)
        return vg_null_read(reader, key, value) != NULL; /* which complains */
    if (!key->hashes)
        return add_null(reader, key, key->field, value, exprs);
    for (size_t i = 0; i < IN_HASHES; i++)
        if (!add_null(reader, key, in_hashes[i], value, &all))
            return false;
    return vg_exprs_add(reader->arena, exprs, vg_expr_join(reader->arena, VG_EXPR_AND, &all));
}

static bool add_value(struct vg_reader *reader, const struct vg_item_key *key, const struct vg_yaml *value,
                      struct alternatives *alternatives)
{
    struct vg_place place = vg_place_of(reader, value);
    if (key->match == VG_MATCH_FILE) {
        const char *name = vg_name_of(reader, value, "the name of a file with hashes");
        char *file = name ? vg_file_beside(reader->arena, reader->file, name) : NULL;
        return file && vg_digests_add_file(reader, &alternatives->lists,
                                           key->hashes ? VG_FIELD_COUNT : key->field, file, place);
    }
    if (value->kind != VG_YAML_SCALAR) {
        vg_complain(reader, place, "a field has one value, or a list of values",
                    "%s cannot be the value of a field", vg_shown_node(reader, value));
        return false;
    }
    if (vg_yaml_is_null(value))
        return add_nulls(reader, key, value, &alternatives->exprs);
    if (key->hashes)
        return add_hashes(reader, key, value, alternatives);
    struct part digits = {value, value->text, value->size};
    return add_digits(reader, key, key->field, &digits, alternatives);
}

/* Whether any hash of Hashes is known. */
static struct vg_expr *read_exists(struct vg_reader *reader, const struct vg_item_key *key,
                                   const struct vg_yaml *value)
{
    struct vg_exprs exprs = {0};
    bool negated = false;
    for (size_t i = 0; i < IN_HASHES; i++) {
        struct vg_item_key of = key_of(key, in_hashes[i]);
        struct vg_expr *expr = vg_exists_read(reader, &of, value);
        negated = expr && expr->kind == VG_EXPR_NOT;
        if (!vg_exprs_add(reader->arena, &exprs, expr))
            return NULL;
    }
    return vg_expr_join(reader->arena, negated ? VG_EXPR_AND : VG_EXPR_OR, &exprs);
}

/* Whether one file can have all these hashes. */
static bool check_all(struct vg_reader *reader, const struct vg_yaml *key_node, const struct vg_exprs *exprs)
{
    const struct vg_predicate *firsts[VG_FIELD_COUNT] = {0};
    for (size_t i = 0; i < exprs->count; i++) {
        const struct vg_predicate *predicate = exprs->at[i]->predicate;
        if (exprs->at[i]->kind != VG_EXPR_PREDICATE || predicate->test != VG_TEST_DIGESTS)
            continue;
        if (!firsts[predicate->field])
            firsts[predicate->field] = predicate;
        if (memcmp(firsts[predicate->field]->digests, predicate->digests,
                   vg_field_digest_size(predicate->field)) != 0) {
            vg_complain(reader, vg_place_of(reader, key_node), "leave |all out",
                        "no file has all the hashes of a list");
            return false;
        }
    }
    return true;
}

/* `all`: every value by itself. */
static struct vg_expr *read_all(struct vg_reader *reader, const struct vg_item_key *key,
                                const struct vg_yaml *key_node, const struct vg_yaml *value)
{
    struct vg_exprs exprs = {0};
    bool good = true;
    for (const struct vg_yaml *item = value->first; item; item = item->next) {
        struct alternatives one = {0};
        good = add_value(reader, key, item, &one) &&
               vg_exprs_add(reader->arena, &exprs, join(reader, key, &one, item)) && good;
        vg_digests_drop(&one.lists);
    }
    return good && check_all(reader, key_node, &exprs) ? vg_expr_join(reader->arena, VG_EXPR_AND, &exprs)
                                                       : NULL;
}

struct vg_expr *vg_digests_read(struct vg_reader *reader, const struct vg_item_key *key,
                                const struct vg_yaml *key_node, const struct vg_yaml *value)
{
    struct alternatives alternatives = {0};
    bool list = value->kind == VG_YAML_LIST;
    bool good = true;
    if (key->match == VG_MATCH_EXISTS)
        return read_exists(reader, key, value);
    if (key->all && list && value->size > 1)
        return read_all(reader, key, key_node, value);
    for (const struct vg_yaml *item = list ? value->first : value; item; item = list ? item->next : NULL)
        good = add_value(reader, key, item, &alternatives) && good;
    struct vg_expr *expr = good ? join(reader, key, &alternatives, value) : NULL;
    vg_digests_drop(&alternatives.lists);
    return expr;
}
