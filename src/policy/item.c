#include "item.h"

#include <string.h>

#include "names.h"
#include "pattern.h"

/* Fields that know only these values. */
static const char *const drives[] = {"fixed", "removable", "network", "cdrom", "ram", NULL};
static const char *const tampers[] = {"delete-pending", "transacted", "writable", "unnamed", NULL};
static const char *const booleans[] = {"true", "false", NULL};
static const char *const subsystems[] = {"Win32", "WSL", NULL};
static const char *const levels[] = {"Untrusted", "Low",    "Medium",    "MediumPlus",
                                     "High",      "System", "Protected", NULL};

static const char *const *closed_set(enum vg_field field)
{
    switch (field) {
    case VG_FIELD_DRIVE:
        return drives;
    case VG_FIELD_TAMPERED:
        return tampers;
    case VG_FIELD_REPARENTED:
        return booleans;
    case VG_FIELD_SUBSYSTEM:
        return subsystems;
    case VG_FIELD_INTEGRITY_LEVEL:
        return levels;
    default:
        return NULL;
    }
}

static bool same_letters(const char *name, const uint32_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!name[i] || ((unsigned char)name[i] | 0x20u) != (codes[i] | 0x20u))
            return false;
    return name[count] == '\0';
}

static bool are_digits(const uint32_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i] < '0' || codes[i] > '9')
            return false;
    return count > 0;
}

/* Whether reader->codes are a value that the field can have. The label of an integrity level may be its SID.
 */
static bool check_closed(struct vg_reader *reader, const struct vg_item_key *key, const struct vg_yaml *value)
{
    const char *const *names = closed_set(key->field);
    const struct vg_codes *codes = &reader->codes;
    if (!names)
        return true;
    for (const char *const *name = names; *name; name++)
        if (same_letters(*name, codes->at, codes->count))
            return true;
    if (key->field == VG_FIELD_INTEGRITY_LEVEL && codes->count > 7 && same_letters("S-1-16-", codes->at, 7) &&
        are_digits(codes->at + 7, codes->count - 7))
        return true;
    vg_unsupported(reader, vg_place_of(reader, value),
                   vg_names_hint(reader->arena, names, "values", value->text, value->size), "%s is never %s",
                   vg_field_name(key->field), vg_shown_node(reader, value));
    return false;
}

struct vg_predicate *vg_predicate_new(struct vg_reader *reader, const struct vg_item_key *key,
                                      const struct vg_yaml *node)
{
    struct vg_predicate *predicate = vg_arena_alloc(reader->arena, sizeof(*predicate));
    if (!predicate)
        return NULL;
    predicate->field = key->field;
    predicate->test = VG_TEST_PATTERN;
    predicate->cased = key->cased;
    predicate->place = vg_place_of(reader, node);
    return predicate;
}

struct vg_expr *vg_null_read(struct vg_reader *reader, const struct vg_item_key *key,
                             const struct vg_yaml *value)
{
    if (key->match != VG_MATCH_EXACT) {
        vg_complain(reader, vg_place_of(reader, value),
                    "write the field without modifiers, or the text in quotes",
                    "no value at all (null) cannot be compared in parts");
        return NULL;
    }
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate)
        return NULL;
    predicate->test = VG_TEST_NULL;
    predicate->cased = false;
    return vg_expr_predicate(reader->arena, predicate);
}

struct vg_expr *vg_exists_read(struct vg_reader *reader, const struct vg_item_key *key,
                               const struct vg_yaml *value)
{
    bool yes = value->kind == VG_YAML_SCALAR && (vg_yaml_is(value, "true") || vg_yaml_is(value, "yes"));
    bool no = value->kind == VG_YAML_SCALAR && (vg_yaml_is(value, "false") || vg_yaml_is(value, "no"));
    if (!yes && !no) {
        vg_complain(reader, vg_place_of(reader, value), "write true or false",
                    "exists is either true or false, not %s", vg_shown_node(reader, value));
        return NULL;
    }
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate)
        return NULL;
    predicate->test = VG_TEST_EXISTS;
    struct vg_expr *expr = vg_expr_predicate(reader->arena, predicate);
    return yes ? expr : vg_expr_not(reader->arena, expr);
}

#define DIGITS_MAX 64u

/* The number behind (`up`) or before `digits`, of which there are `*count`; false for the one before zero. */
static bool next_number(char digits[DIGITS_MAX + 1], size_t *count, bool up)
{
    char turn = up ? '9' : '0', turned = up ? '0' : '9';
    size_t at = *count;
    while (at > 0 && digits[at - 1] == turn)
        digits[--at] = turned;
    if (at == 0 && !up)
        return false;
    if (at == 0) {
        memmove(digits + 1, digits, *count);
        digits[0] = '1';
        ++*count;
        return true;
    }
    digits[at - 1] = (char)(digits[at - 1] + (up ? 1 : -1));
    if (digits[0] == '0' && *count > 1)
        memmove(digits, digits + 1, --*count);
    return true;
}

/* What is written as less or greater is kept as at most or at least. */
static enum vg_test number_test(enum vg_item_match match)
{
    if (match == VG_MATCH_LESS || match == VG_MATCH_AT_MOST)
        return VG_TEST_AT_MOST;
    return match == VG_MATCH_EXACT ? VG_TEST_PATTERN : VG_TEST_AT_LEAST;
}

static struct vg_expr *read_number(struct vg_reader *reader, const struct vg_item_key *key,
                                   const struct vg_yaml *value)
{
    char digits[DIGITS_MAX + 1];
    struct vg_place place = vg_place_of(reader, value);
    size_t zeros = 0, count = value->size;
    if (count == 0 || count > DIGITS_MAX || strspn(value->text, "0123456789") != count) {
        vg_unsupported(reader, place, "write the whole number in decimal digits", "%s is a number, not %s",
                       vg_field_name(key->field), vg_shown_node(reader, value));
        return NULL;
    }
    while (zeros + 1 < count && value->text[zeros] == '0')
        zeros++;
    count -= zeros;
    memcpy(digits, value->text + zeros, count);
    if ((key->match == VG_MATCH_LESS || key->match == VG_MATCH_GREATER) &&
        !next_number(digits, &count, key->match == VG_MATCH_GREATER)) {
        vg_complain(reader, place, NULL, "no number is less than 0");
        return NULL;
    }
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate || !vg_codes_from_text(reader, place, digits, count) ||
        !vg_pattern_finish(reader, predicate))
        return NULL;
    predicate->test = number_test(key->match);
    return vg_expr_predicate(reader->arena, predicate);
}

/* Traps in values of paths, told to whoever wrote the policy (the authors of Sigma rules are elsewhere). */
static void warn_of_traps(struct vg_reader *reader, const struct vg_item_key *key,
                          const struct vg_yaml *value, bool escaped)
{
    struct vg_place place = vg_place_of(reader, value);
    if (reader->sigma || vg_field_kind(key->field) != VG_KIND_PATH)
        return;
    if (escaped)
        vg_warn(reader, place,
                "write \\\\* for a backslash and a wildcard, or use |path, where a backslash only separates",
                "here \\* and \\? stand for the characters * and ? themselves, which no path has");
    for (unsigned i = 0; i < value->size; i++)
        if ((unsigned char)value->text[i] < 0x20) {
            vg_warn(reader, place,
                    "in double quotes a backslash begins an escape: put paths in single quotes",
                    "this path holds a control character");
            break;
        }
    if (value->text[0] == '%' && value->size > 1 && memchr(value->text + 1, '%', value->size - 1))
        vg_warn(reader, place, "use |under or |path", "path variables are not expanded here");
}

/* The condition that reader->codes state, which the key's modifiers put wildcards around. */
static struct vg_expr *read_codes(struct vg_reader *reader, const struct vg_item_key *key,
                                  const struct vg_yaml *value)
{
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate)
        return NULL;
    if (key->match == VG_MATCH_EXACT && !vg_codes_wild(&reader->codes) && !check_closed(reader, key, value))
        return NULL;
    if ((key->match == VG_MATCH_CONTAINS || key->match == VG_MATCH_STARTSWITH) &&
        !vg_codes_add(reader, VG_CODE_RUN))
        return NULL;
    if ((key->match == VG_MATCH_CONTAINS || key->match == VG_MATCH_ENDSWITH) && !vg_codes_prepend_run(reader))
        return NULL;
    return vg_pattern_finish(reader, predicate) ? vg_expr_predicate(reader->arena, predicate) : NULL;
}

/* Any of what the modifiers make of the value. */
static struct vg_expr *read_variants(struct vg_reader *reader, const struct vg_item_key *key,
                                     const struct vg_yaml *value)
{
    struct vg_exprs exprs = {0};
    struct vg_arena *arena = vg_arena_new();
    if (!arena) {
        vg_complain(reader, vg_place_of(reader, value), NULL, "there is no memory for another value");
        return NULL;
    }
    struct vg_variant *variant = vg_variants_of(reader, key, value, arena);
    bool good = variant != NULL;
    for (; good && variant; variant = variant->next)
        good = vg_codes_set(reader, vg_place_of(reader, value), variant->codes, variant->count) &&
               vg_exprs_add(reader->arena, &exprs, read_codes(reader, key, value));
    vg_arena_free(arena);
    return good ? vg_expr_join(reader->arena, VG_EXPR_OR, &exprs) : NULL;
}

static struct vg_expr *read_text(struct vg_reader *reader, const struct vg_item_key *key,
                                 const struct vg_yaml *value)
{
    struct vg_place place = vg_place_of(reader, value);
    bool escaped;
    if (value->size == 0 && key->match != VG_MATCH_EXACT && !reader->sigma) {
        vg_complain(reader, place, "to ask whether there is a value, write |exists: true",
                    "every value contains the empty text");
        return NULL;
    }
    if (!vg_codes_from_sigma(reader, place, value->text, value->size, &escaped))
        return NULL;
    if (key->change_count)
        return read_variants(reader, key, value);
    warn_of_traps(reader, key, value, escaped);
    return read_codes(reader, key, value);
}

/* A number, or with `expand` the numbers of a list. */
static struct vg_expr *read_numbers(struct vg_reader *reader, const struct vg_item_key *key,
                                    const struct vg_yaml *value)
{
    struct vg_exprs exprs = {0};
    size_t count;
    bool good = true;
    if (!key->change_count || !vg_is_placeholder(value))
        return read_number(reader, key, value);
    const struct vg_yaml *item =
        vg_list_find(reader, vg_place_of(reader, value), value->text + 1, value->size - 2, &count);
    if (!item)
        return NULL;
    for (; count; item = item->next, count--)
        good = vg_exprs_add(reader->arena, &exprs, read_number(reader, key, item)) && good;
    return good ? vg_expr_join(reader->arena, VG_EXPR_OR, &exprs) : NULL;
}

static enum vg_compare compare_of(enum vg_item_match match)
{
    if (match == VG_MATCH_STARTSWITH)
        return VG_COMPARE_STARTS;
    return match == VG_MATCH_ENDSWITH ? VG_COMPARE_ENDS : VG_COMPARE_EQUAL;
}

/* A comparison with the value of the field that the value names. */
static struct vg_expr *read_fieldref(struct vg_reader *reader, const struct vg_item_key *key,
                                     const struct vg_yaml *value)
{
    struct vg_place place = vg_place_of(reader, value);
    enum vg_field other = vg_item_field(reader, place, value->text, value->size);
    if (other == VG_FIELD_COUNT)
        return NULL;
    if (vg_field_digest_size(other) != 0) {
        vg_unsupported(reader, place, NULL, "a hash is not compared with another field");
        return NULL;
    }
    struct vg_predicate *predicate = vg_predicate_new(reader, key, value);
    if (!predicate)
        return NULL;
    predicate->test = VG_TEST_FIELDREF;
    predicate->other = other;
    predicate->compare = compare_of(key->match);
    return vg_expr_predicate(reader->arena, predicate);
}

struct vg_expr *vg_value_read(struct vg_reader *reader, const struct vg_item_key *key,
                              const struct vg_yaml *value)
{
    if (value->kind != VG_YAML_SCALAR) {
        vg_complain(reader, vg_place_of(reader, value), "a field has one value, or a list of values",
                    "%s cannot be the value of a field", vg_shown_node(reader, value));
        return NULL;
    }
    if (key->match == VG_MATCH_EXISTS)
        return vg_exists_read(reader, key, value);
    if (key->fieldref)
        return read_fieldref(reader, key, value);
    if (vg_yaml_is_null(value))
        return vg_null_read(reader, key, value);
    if (key->match == VG_MATCH_UNDER || key->match == VG_MATCH_PATH)
        return vg_path_value_read(reader, key, value);
    if (key->match == VG_MATCH_REGEX)
        return vg_regex_value_read(reader, key, value);
    if (vg_field_kind(key->field) == VG_KIND_NUMBER)
        return read_numbers(reader, key, value);
    return read_text(reader, key, value);
}

static struct vg_expr *read_values(struct vg_reader *reader, const struct vg_item_key *key,
                                   const struct vg_yaml *key_node, const struct vg_yaml *value)
{
    struct vg_exprs exprs = {0};
    bool good = true;
    if (vg_item_is_of_digests(key))
        return vg_digests_read(reader, key, key_node, value);
    if (value->kind == VG_YAML_LIST && value->size == 0) {
        vg_complain(reader, vg_place_of(reader, value), "give it values, or leave it out",
                    "an empty list of values matches nothing");
        return NULL;
    }
    if (value->kind != VG_YAML_LIST)
        return vg_value_read(reader, key, value);
    for (const struct vg_yaml *item = value->first; item; item = item->next)
        good = vg_exprs_add(reader->arena, &exprs, vg_value_read(reader, key, item)) && good;
    return good ? vg_expr_join(reader->arena, key->all ? VG_EXPR_AND : VG_EXPR_OR, &exprs) : NULL;
}

struct vg_expr *vg_item_read(struct vg_reader *reader, const struct vg_yaml *key_node,
                             const struct vg_yaml *value)
{
    struct vg_item_key key;
    if (!vg_item_key_read(reader, key_node, &key))
        return NULL;
    struct vg_expr *expr = read_values(reader, &key, key_node, value);
    return key.negated ? vg_expr_not(reader->arena, expr) : expr;
}
