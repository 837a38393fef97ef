#include <string.h>

#include "digest_text.h"
#include "item.h"
#include "names.h"

#include "../regex/compile.h"

static const char *const modifier_names[] = {
    "contains", "startswith", "endswith", "all",    "cased",   "neq",    "exists",
    "under",    "path",       "file",     "expand", "windash", "base64", "base64offset",
    "wide",     "utf16le",    "utf16be",  "utf16",  "lt",      "lte",    "gt",
    "gte",      "fieldref",   "re",       "i",      "m",       "s",      NULL};

enum modifier_kind {
    MODIFIER_MATCH,  /* says how to compare */
    MODIFIER_CHANGE, /* says what the value becomes before */
    MODIFIER_ALL,
    MODIFIER_CASED,
    MODIFIER_NEQ,
    MODIFIER_FIELDREF,
    MODIFIER_REGEX_FLAG,
};

/* In the order of their names. */
static const struct modifier {
    enum modifier_kind kind;
    unsigned value;
} modifiers[] = {
    {MODIFIER_MATCH, VG_MATCH_CONTAINS},
    {MODIFIER_MATCH, VG_MATCH_STARTSWITH},
    {MODIFIER_MATCH, VG_MATCH_ENDSWITH},
    {MODIFIER_ALL, 0},
    {MODIFIER_CASED, 0},
    {MODIFIER_NEQ, 0},
    {MODIFIER_MATCH, VG_MATCH_EXISTS},
    {MODIFIER_MATCH, VG_MATCH_UNDER},
    {MODIFIER_MATCH, VG_MATCH_PATH},
    {MODIFIER_MATCH, VG_MATCH_FILE},
    {MODIFIER_CHANGE, VG_CHANGE_EXPAND},
    {MODIFIER_CHANGE, VG_CHANGE_WINDASH},
    {MODIFIER_CHANGE, VG_CHANGE_BASE64},
    {MODIFIER_CHANGE, VG_CHANGE_BASE64OFFSET},
    {MODIFIER_CHANGE, VG_CHANGE_UTF16LE},
    {MODIFIER_CHANGE, VG_CHANGE_UTF16LE},
    {MODIFIER_CHANGE, VG_CHANGE_UTF16BE},
    {MODIFIER_CHANGE, VG_CHANGE_UTF16},
    {MODIFIER_MATCH, VG_MATCH_LESS},
    {MODIFIER_MATCH, VG_MATCH_AT_MOST},
    {MODIFIER_MATCH, VG_MATCH_GREATER},
    {MODIFIER_MATCH, VG_MATCH_AT_LEAST},
    {MODIFIER_FIELDREF, 0},
    {MODIFIER_MATCH, VG_MATCH_REGEX},
    {MODIFIER_REGEX_FLAG, VG_REGEX_CASELESS},
    {MODIFIER_REGEX_FLAG, VG_REGEX_MULTILINE},
    {MODIFIER_REGEX_FLAG, VG_REGEX_DOTALL},
};

/* Sigma's, about dates. */
static const char *const date_modifiers[] = {"minute", "hour", "day", "week", "month", "year", NULL};

static const char *const cidr_modifiers[] = {"cidr", NULL};

/* Sysmon's fields of a process start that nobody supplies yet. */
static const char *const coming_fields[] = {
    "LogonGuid", "ProcessGuid", "ParentProcessGuid", "RuleName", "UtcTime", "Signature", "SignatureStatus",
    "Signed",    NULL,
};

/* To whoever wrote the policy every known name is told; of a Sigma rule, which is theirs as it is, only the
 * one meant. */
static const char *hint_for(struct vg_reader *reader, const char *const *names, const char *what,
                            const char *text, size_t size)
{
    return reader->sigma ? vg_nearest_hint(reader->arena, names, text, size)
                         : vg_names_hint(reader->arena, names, what, text, size);
}

static void refuse_modifier(struct vg_reader *reader, struct vg_place place, const char *text, size_t size)
{
    const char *hint = hint_for(reader, modifier_names, "modifiers", text, size);
    if (vg_is_name(cidr_modifiers, text, size))
        vg_unsupported(reader, place, NULL,
                       "the modifier 'cidr' compares network addresses, and a start has none");
    else if (vg_is_name(date_modifiers, text, size))
        vg_unsupported(reader, place, NULL,
                       "the modifier %s takes a part of a date, and no field of a start is one",
                       vg_shown(reader, text, size));
    else
        vg_unsupported(reader, place, hint, "unknown modifier %s", vg_shown(reader, text, size));
}

static bool set_match(struct vg_reader *reader, struct vg_place place, struct vg_item_key *key,
                      enum vg_item_match match)
{
    if (key->match != VG_MATCH_EXACT) {
        vg_complain(
            reader, place,
            "use one of contains, startswith, endswith, re, exists, under, path, file, lt, lte, gt and gte",
            "two modifiers here say how to compare");
        return false;
    }
    key->match = match;
    return true;
}

static bool is_encoding(enum vg_item_change change)
{
    return change != VG_CHANGE_EXPAND && change != VG_CHANGE_WINDASH;
}

static bool add_change(struct vg_reader *reader, struct vg_place place, struct vg_item_key *key,
                       enum vg_item_change change)
{
    if (is_encoding(change) && key->match != VG_MATCH_EXACT) {
        vg_complain(reader, place, "for example: CommandLine|base64offset|contains",
                    "what encodes the value stands before what says how to compare it");
        return false;
    }
    if (key->change_count == VG_CHANGES_MAX) {
        vg_complain(reader, place, NULL, "more than %u modifiers change the value", VG_CHANGES_MAX);
        return false;
    }
    key->changes[key->change_count++] = change;
    return true;
}

static bool add_regex_flag(struct vg_reader *reader, struct vg_place place, struct vg_item_key *key,
                           unsigned flag)
{
    if (key->match != VG_MATCH_REGEX) {
        vg_complain(reader, place, "for example: CommandLine|re|i",
                    "i, m and s say how a regular expression is read: they stand behind re");
        return false;
    }
    key->regex_flags |= flag;
    return true;
}

static bool read_modifier(struct vg_reader *reader, struct vg_place place, struct vg_item_key *key,
                          const char *text, size_t size)
{
    unsigned i = 0;
    while (modifier_names[i] &&
           !(strlen(modifier_names[i]) == size && memcmp(modifier_names[i], text, size) == 0))
        i++;
    if (!modifier_names[i]) {
        refuse_modifier(reader, place, text, size);
        return false;
    }
    switch (modifiers[i].kind) {
    case MODIFIER_ALL:
        key->all = true;
        return true;
    case MODIFIER_CASED:
        key->cased = true;
        return true;
    case MODIFIER_NEQ:
        key->negated = true;
        return true;
    case MODIFIER_FIELDREF:
        key->fieldref = true;
        return true;
    case MODIFIER_REGEX_FLAG:
        return add_regex_flag(reader, place, key, modifiers[i].value);
    case MODIFIER_CHANGE:
        return add_change(reader, place, key, (enum vg_item_change)modifiers[i].value);
    case MODIFIER_MATCH:
        break;
    }
    return set_match(reader, place, key, (enum vg_item_match)modifiers[i].value);
}

enum vg_field vg_item_field(struct vg_reader *reader, struct vg_place place, const char *text, size_t size)
{
    enum vg_field field = vg_field_find(text, size);
    if (field == VG_FIELD_COUNT)
        field = vg_digest_field(text, size); /* Sigma writes md5, Imphash and so on, too */
    if (field < VG_FIELD_COUNT)
        return field;
    const char *hint = hint_for(reader, vg_field_names, "fields", text, size);
    if (vg_is_name(coming_fields, text, size))
        vg_unsupported(reader, place, hint, "the field %s cannot be supplied yet",
                       vg_shown(reader, text, size));
    else
        vg_unsupported(reader, place, hint, "unknown field %s", vg_shown(reader, text, size));
    return VG_FIELD_COUNT;
}

static bool read_field(struct vg_reader *reader, struct vg_place place, struct vg_item_key *key,
                       const char *text, size_t size)
{
    if (size == 0) {
        vg_unsupported(reader, place, "say in which field: CommandLine|contains, for example",
                       "a keyword without a field cannot be looked for: a start is not a line of text");
        return false;
    }
    key->hashes = size == strlen("Hashes") && memcmp(text, "Hashes", size) == 0;
    key->field = key->hashes ? VG_FIELD_SHA256 : vg_item_field(reader, place, text, size);
    return key->field < VG_FIELD_COUNT;
}

/* Whether the changes of a value can follow each other, and what they make of it can be compared. */
static bool check_changes(struct vg_reader *reader, struct vg_place place, const struct vg_item_key *key)
{
    bool bytes = false;
    if (key->match == VG_MATCH_REGEX && key->change_count == 1 && key->changes[0] == VG_CHANGE_EXPAND) {
        vg_unsupported(reader, place, "write the values into the expression",
                       "placeholders are not filled into a regular expression");
        return false;
    }
    if (key->change_count &&
        (key->fieldref || key->match == VG_MATCH_EXISTS || key->match == VG_MATCH_UNDER ||
         key->match == VG_MATCH_PATH || key->match == VG_MATCH_FILE || key->match == VG_MATCH_REGEX)) {
        vg_complain(
            reader, place, "it goes with contains, startswith, endswith, or none of them",
            "a modifier that changes the value does not go with exists, under, path, file, re and fieldref");
        return false;
    }
    for (unsigned i = 0; i < key->change_count; i++) {
        enum vg_item_change change = key->changes[i];
        bool base64 = change == VG_CHANGE_BASE64 || change == VG_CHANGE_BASE64OFFSET;
        if (bytes && !base64) {
            vg_complain(reader, place, "for example: CommandLine|wide|base64offset|contains",
                        "wide and utf16 make bytes: only base64 and base64offset can follow");
            return false;
        }
        bytes = !base64 && is_encoding(change);
    }
    if (bytes)
        vg_unsupported(reader, place, "put base64 or base64offset behind it",
                       "wide and utf16 make bytes, and no field of a start holds bytes");
    return !bytes;
}

static bool is_order(enum vg_item_match match)
{
    return match == VG_MATCH_LESS || match == VG_MATCH_AT_MOST || match == VG_MATCH_GREATER ||
           match == VG_MATCH_AT_LEAST;
}

/* Which modifiers go with which fields. */
static bool check_kind(struct vg_reader *reader, struct vg_place place, const struct vg_item_key *key)
{
    enum vg_kind kind = vg_field_kind(key->field);
    const char *name = vg_field_name(key->field);
    bool digests = vg_field_digest_size(key->field) != 0;
    if ((key->match == VG_MATCH_UNDER || key->match == VG_MATCH_PATH) && kind != VG_KIND_PATH) {
        vg_complain(reader, place, "Image, ParentImage and CreatorImage are paths",
                    "under and path compare paths, and %s is none", name);
        return false;
    }
    if (key->match == VG_MATCH_FILE && !digests) {
        vg_complain(reader, place, "SHA256|file reads hashes from a file",
                    "file goes with hashes, not with %s", name);
        return false;
    }
    if (is_order(key->match) && kind != VG_KIND_NUMBER) {
        vg_unsupported(reader, place, "ProcessId and TerminalSessionId are numbers, for example",
                       "lt, lte, gt and gte compare numbers, and %s is none", name);
        return false;
    }
    bool whole = is_order(key->match) || key->match == VG_MATCH_EXACT || key->match == VG_MATCH_EXISTS ||
                 key->match == VG_MATCH_FILE || (key->hashes && key->match != VG_MATCH_REGEX);
    bool changed = key->change_count > 0;
    if (kind == VG_KIND_NUMBER && key->change_count == 1 && key->changes[0] == VG_CHANGE_EXPAND)
        changed = false;
    if ((kind == VG_KIND_NUMBER || digests) && (!whole || key->cased || changed)) {
        vg_unsupported(reader, place, "leave the modifier out", "%s is compared as a whole",
                       kind == VG_KIND_NUMBER ? vg_arena_format(reader->arena, "the number %s", name)
                                              : "a hash");
        return false;
    }
    if (key->match == VG_MATCH_REGEX && key->cased) {
        vg_complain(reader, place, "leave |cased out; |re|i is what ignores case",
                    "a regular expression compares case as it is written");
        return false;
    }
    if (key->match == VG_MATCH_EXISTS && (key->all || key->cased || key->negated)) {
        vg_complain(reader, place, "write the field, |exists, and true or false",
                    "exists goes with no other modifier");
        return false;
    }
    if (key->all && key->match == VG_MATCH_FILE) {
        vg_complain(reader, place, "leave |all out", "no file has all the hashes of a list");
        return false;
    }
    return true;
}

/* What another field's value can be compared by. Looking for it anywhere could take the product of both
 * lengths, and whoever starts the program chooses both texts. */
static bool check_fieldref(struct vg_reader *reader, struct vg_place place, const struct vg_item_key *key)
{
    if (!key->fieldref)
        return true;
    if (key->match == VG_MATCH_CONTAINS)
        vg_unsupported(reader, place, "use startswith, endswith, or compare the whole value",
                       "fieldref with contains is not supported: it could take too long");
    else if (key->match != VG_MATCH_EXACT && key->match != VG_MATCH_STARTSWITH &&
             key->match != VG_MATCH_ENDSWITH)
        vg_complain(reader, place, "it goes with startswith, endswith, or none of them",
                    "fieldref does not go with exists, under, path, file, re, lt, lte, gt and gte");
    else if (vg_field_digest_size(key->field) != 0)
        vg_unsupported(reader, place, NULL, "a hash is not compared with another field");
    else
        return true;
    return false;
}

bool vg_item_key_read(struct vg_reader *reader, const struct vg_yaml *node, struct vg_item_key *key)
{
    const char *end = node->text + node->size;
    const char *bar = memchr(node->text, '|', node->size);
    const char *at = bar ? bar : end;
    struct vg_place place = vg_place_of(reader, node);
    memset(key, 0, sizeof(*key));
    if (!read_field(reader, place, key, node->text, (size_t)(at - node->text)))
        return false;
    while (at < end) {
        const char *begin = at + 1;
        bar = memchr(begin, '|', (size_t)(end - begin));
        at = bar ? bar : end;
        struct vg_place there = place;
        if (node->style == VG_YAML_PLAIN)
            there.column += (unsigned)(begin - node->text);
        if (!read_modifier(reader, there, key, begin, (size_t)(at - begin)))
            return false;
    }
    return check_changes(reader, place, key) && check_kind(reader, place, key) &&
           check_fieldref(reader, place, key);
}
