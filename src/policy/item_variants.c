/* What modifiers make of a value before it is compared: each change turns every variant into one or more. */
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "item.h"
#include "pattern.h"

/* Dashes that begin words in one value: each multiplies the variants by five. */
#define DASHES_MAX 5u

/* Variants, in the order in which they were made. */
struct list {
    struct vg_variant *first;
    struct vg_variant *last;
};

/* A value while it is changed. */
struct change {
    struct vg_reader *reader;
    struct vg_arena *arena;
    const struct vg_yaml *value;
    struct list made;
};

static void hang(struct list *list, struct vg_variant *first, struct vg_variant *last)
{
    if (list->last)
        list->last->next = first;
    else
        list->first = first;
    list->last = last;
}

static void tell_no_memory(const struct change *change)
{
    vg_complain(change->reader, vg_place_of(change->reader, change->value), NULL,
                "there is no memory for the variants of this value");
}

/* A new variant with room for `count` codes, at the end of change->made. NULL after a complaint. */
static struct vg_variant *add_variant(struct change *change, size_t count)
{
    struct vg_reader *reader = change->reader;
    reader->expanded += count + 1;
    if (reader->expanded > VG_EXPANDED_MAX) {
        vg_complain(reader, vg_place_of(reader, change->value),
                    "shorter lists, or fewer placeholders and dashes in one value",
                    "modifiers make more than %u characters of the values of this policy", VG_EXPANDED_MAX);
        return NULL;
    }
    struct vg_variant *variant = vg_arena_alloc(change->arena, sizeof(*variant));
    uint32_t *codes = vg_arena_array(change->arena, count, sizeof(*codes));
    if (!variant || !codes) {
        tell_no_memory(change);
        return NULL;
    }
    variant->codes = codes;
    hang(&change->made, variant, variant);
    return variant;
}

static void append(struct vg_variant *variant, const uint32_t *codes, size_t count)
{
    if (count)
        memcpy(variant->codes + variant->count, codes, count * sizeof(*codes));
    variant->count += count;
}

/* - and / and what word processors make of them: en dash, em dash, horizontal bar. */
static const uint32_t dashes[] = {'-', '/', 0x2013, 0x2014, 0x2015};
enum { DASHES = sizeof(dashes) / sizeof(dashes[0]) };

static bool is_dash(uint32_t code)
{
    for (unsigned i = 0; i < DASHES; i++)
        if (code == dashes[i])
            return true;
    return false;
}

/* Letters, digits and _; beyond ASCII everything but the signs of Latin-1 and general punctuation. */
static bool is_word(uint32_t code)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || ((code | 0x20) >= 'a' && (code | 0x20) <= 'z') || code == '_';
    return code < VG_CODE_RUN && code >= 0xC0 && code != 0xD7 && code != 0xF7 &&
           !(code >= 0x2000 && code < 0x2070);
}

static bool begins_word(const struct vg_variant *variant, size_t at)
{
    return is_dash(variant->codes[at]) && (at == 0 || !is_word(variant->codes[at - 1])) &&
           at + 1 < variant->count && is_word(variant->codes[at + 1]);
}

/* Every dash that begins a word becomes each of the dashes, in all combinations. */
static bool vary_dashes(struct change *change, const struct vg_variant *from)
{
    size_t places[DASHES_MAX];
    size_t found = 0, combinations = 1;
    for (size_t at = 0; at < from->count; at++) {
        if (!begins_word(from, at))
            continue;
        if (found == DASHES_MAX) {
            vg_unsupported(change->reader, vg_place_of(change->reader, change->value),
                           "make two values of it, with |all",
                           "windash would make too many values of this one: it has more than %u dashes",
                           DASHES_MAX);
            return false;
        }
        places[found++] = at;
        combinations *= DASHES;
    }
    for (size_t i = 0; i < combinations; i++) {
        struct vg_variant *variant = add_variant(change, from->count);
        if (!variant)
            return false;
        append(variant, from->codes, from->count);
        size_t rest = i;
        for (size_t k = found; k-- > 0; rest /= DASHES)
            variant->codes[places[k]] = dashes[rest % DASHES];
    }
    return true;
}

/* The length of a placeholder's name at `at`, behind its first percent sign; 0 when none is there. */
static size_t name_length(const struct vg_variant *variant, size_t at)
{
    size_t end = at;
    while (end < variant->count && variant->codes[end] < 0x80 && is_word(variant->codes[end]))
        end++;
    return end < variant->count && variant->codes[end] == '%' ? end - at : 0;
}

static bool is_escaped(const struct vg_variant *variant, size_t at)
{
    return at > 0 && variant->codes[at - 1] == '\\';
}

/* Where the first placeholder from `at` on begins; variant->count when there is none. */
static size_t find_placeholder(const struct vg_variant *variant, size_t at)
{
    while (at < variant->count &&
           !(variant->codes[at] == '%' && !is_escaped(variant, at) && name_length(variant, at + 1)))
        at++;
    return at;
}

/* Told to whoever wrote the policy: in a path a backslash before a placeholder comes naturally. */
static void warn_of_escapes(struct change *change, const struct vg_variant *from)
{
    struct vg_reader *reader = change->reader;
    for (size_t at = 1; at < from->count && !reader->sigma; at++)
        if (from->codes[at] == '%' && is_escaped(from, at) && name_length(from, at + 1)) {
            vg_warn(reader, vg_place_of(reader, change->value),
                    "put the backslash into the values of the list",
                    "here \\%% stands for a percent sign, and begins no placeholder");
            return;
        }
}

/* Copies codes from `at` to `end`; \% becomes %. */
static void append_unescaped(struct vg_variant *variant, const struct vg_variant *from, size_t at, size_t end)
{
    for (; at < end; at++)
        if (!(from->codes[at] == '\\' && at + 1 < end && from->codes[at + 1] == '%'))
            variant->codes[variant->count++] = from->codes[at];
}

/* Every one of `heads` goes on with what stands in `from` between `at` and `end`. NULL after a complaint. */
static struct vg_variant *extend(struct change *change, const struct vg_variant *heads,
                                 const struct vg_variant *from, size_t at, size_t end)
{
    change->made = (struct list){0};
    for (; heads; heads = heads->next) {
        struct vg_variant *variant = add_variant(change, heads->count + (end - at));
        if (!variant)
            return NULL;
        append(variant, heads->codes, heads->count);
        append_unescaped(variant, from, at, end);
    }
    return change->made.first;
}

/* Every one of `heads` goes on with each value of the list that the placeholder at `at` names. */
static struct vg_variant *extend_by_list(struct change *change, const struct vg_variant *heads,
                                         const struct vg_variant *from, size_t at)
{
    struct vg_reader *reader = change->reader;
    struct vg_place place = vg_place_of(reader, change->value);
    size_t size = name_length(from, at + 1), count;
    char *name = vg_arena_alloc(reader->arena, size + 1);
    for (size_t i = 0; name && i < size; i++)
        name[i] = (char)from->codes[at + 1 + i];
    const struct vg_yaml *item = name ? vg_list_find(reader, place, name, size, &count) : NULL;
    change->made = (struct list){0};
    for (; item && count; item = item->next, count--) {
        bool escaped;
        if (!vg_codes_from_sigma(reader, place, item->text, item->size, &escaped))
            return NULL;
        for (const struct vg_variant *head = heads; head; head = head->next) {
            struct vg_variant *variant = add_variant(change, head->count + reader->codes.count);
            if (!variant)
                return NULL;
            append(variant, head->codes, head->count);
            append(variant, reader->codes.at, reader->codes.count);
        }
    }
    return change->made.first;
}

/* Every placeholder becomes each value of its list, in all combinations. */
static bool expand(struct change *change, const struct vg_variant *from)
{
    static const struct vg_variant nothing = {0};
    struct list before = change->made;
    warn_of_escapes(change, from);
    const struct vg_variant *heads = &nothing;
    for (size_t at = 0; heads;) {
        size_t begin = find_placeholder(from, at);
        heads = extend(change, heads, from, at, begin);
        if (begin == from->count)
            break;
        if (heads)
            heads = extend_by_list(change, heads, from, begin);
        at = begin + name_length(from, begin + 1) + 2;
    }
    if (!heads)
        return false;
    hang(&before, change->made.first, change->made.last);
    change->made = before;
    return true;
}

/* The bytes that a variant is: themselves, or the UTF-8 of its text. NULL after a complaint. */
static uint8_t *bytes_of(struct change *change, const struct vg_variant *from, size_t *size)
{
    uint8_t *bytes = vg_arena_alloc(change->arena, 3 * from->count);
    uint16_t *units = vg_arena_array(change->arena, from->count, sizeof(*units));
    for (size_t i = 0; bytes && units && i < from->count; i++) {
        if (from->codes[i] >= VG_CODE_RUN) {
            vg_complain(change->reader, vg_place_of(change->reader, change->value),
                        "a backslash before * or ? makes it stand for itself", "a wildcard has no Base64: %s",
                        vg_shown_node(change->reader, change->value));
            return NULL;
        }
        bytes[i] = (uint8_t)from->codes[i];
        units[i] = (uint16_t)from->codes[i];
    }
    if (!bytes || !units) {
        tell_no_memory(change);
        return NULL;
    }
    struct vg_span text = {.bytes = units, .size = (uint32_t)(from->count * sizeof(*units))};
    *size = from->bytes ? from->count : vg_utf8_from_utf16(text, (char *)bytes, 3 * from->count);
    return bytes;
}

/* The bytes of the text's units, the low one first unless `big`. */
static bool widen(struct change *change, const struct vg_variant *from, bool big, bool mark)
{
    struct vg_variant *variant = add_variant(change, 2 * (from->count + mark));
    if (!variant)
        return false;
    variant->bytes = true;
    for (size_t i = 0; i < from->count + mark; i++) {
        uint32_t unit = !mark ? from->codes[i] : i == 0 ? 0xFEFF : from->codes[i - 1];
        if (unit >= VG_CODE_RUN) {
            vg_complain(change->reader, vg_place_of(change->reader, change->value),
                        "a backslash before * or ? makes it stand for itself", "a wildcard has no bytes: %s",
                        vg_shown_node(change->reader, change->value));
            return false;
        }
        variant->codes[variant->count++] = big ? unit >> 8 : unit & 0xFF;
        variant->codes[variant->count++] = big ? unit & 0xFF : unit >> 8;
    }
    return true;
}

static bool add_ascii(struct change *change, const char *text, size_t count)
{
    struct vg_variant *variant = add_variant(change, count);
    if (!variant)
        return false;
    for (size_t i = 0; i < count; i++)
        variant->codes[variant->count++] = (uint32_t)text[i];
    return true;
}

/* Base64 of the whole, or what three different neighbourhoods leave of it. */
static bool encode(struct change *change, const struct vg_variant *from, bool parts)
{
    size_t size;
    const uint8_t *bytes = bytes_of(change, from, &size);
    char *text = bytes ? vg_arena_alloc(change->arena, vg_base64_size(size + 2)) : NULL;
    if (!text) {
        if (bytes)
            tell_no_memory(change);
        return false;
    }
    if (size < (parts ? 2 : 1)) {
        vg_complain(change->reader, vg_place_of(change->reader, change->value), "give it a longer text",
                    "%s is too short to be recognized in Base64",
                    vg_shown_node(change->reader, change->value));
        return false;
    }
    if (!parts) {
        vg_base64(bytes, size, text);
        return add_ascii(change, text, vg_base64_size(size));
    }
    for (unsigned offset = 0; offset < 3; offset++)
        if (!add_ascii(change, text, vg_base64_part(bytes, size, offset, text)))
            return false;
    return true;
}

static bool apply(struct change *change, enum vg_item_change what, const struct vg_variant *from)
{
    switch (what) {
    case VG_CHANGE_EXPAND:
        return expand(change, from);
    case VG_CHANGE_WINDASH:
        return vary_dashes(change, from);
    case VG_CHANGE_UTF16LE:
    case VG_CHANGE_UTF16BE:
    case VG_CHANGE_UTF16:
        return widen(change, from, what == VG_CHANGE_UTF16BE, what == VG_CHANGE_UTF16);
    case VG_CHANGE_BASE64:
    case VG_CHANGE_BASE64OFFSET:
        return encode(change, from, what == VG_CHANGE_BASE64OFFSET);
    }
    return false;
}

struct vg_variant *vg_variants_of(struct vg_reader *reader, const struct vg_item_key *key,
                                  const struct vg_yaml *value, struct vg_arena *arena)
{
    struct change change = {.reader = reader, .arena = arena, .value = value};
    struct vg_variant *first = add_variant(&change, reader->codes.count);
    if (!first)
        return NULL;
    append(first, reader->codes.at, reader->codes.count);
    for (unsigned i = 0; i < key->change_count; i++) {
        const struct vg_variant *from = change.made.first;
        change.made = (struct list){0};
        for (; from; from = from->next)
            if (!apply(&change, key->changes[i], from))
                return NULL;
    }
    return change.made.first;
}
