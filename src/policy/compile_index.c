#include "compile.h"
#include "hash.h"

#include "../regex/compile.h"

#include <stdlib.h>
#include <string.h>

/* A key that is looked for. */
struct wanted {
    uint64_t hash;
    const uint16_t *folded;
    uint32_t units;
    uint8_t field;
    uint8_t kind;
};

uint16_t vg_key_unit(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t at)
{
    bool wide = (key->units & VG_TEXT_WIDE) != 0;

    if (key->kind < VG_KEY_LITERAL) {
        const uint32_t *text = VG_BUFFER_AT(&compile->texts, uint32_t) + key->text;

        return wide ? ((const uint16_t *)(const void *)text)[at] : ((const uint8_t *)text)[at];
    }
    if (wide)
        return VG_BUFFER_AT(&compile->sections[VG_BLOB_TEXT], uint16_t)[key->text + at];
    return VG_BUFFER_AT(&compile->sections[VG_BLOB_BYTES], uint8_t)[key->text + at];
}

static bool same_key(const void *context, uint32_t index, const void *wanted)
{
    const struct vg_compile *compile = context;
    const struct vg_compiled_key *key = vg_key_at(compile, index);
    const struct wanted *other = wanted;

    if (key->hash != other->hash || (key->units & ~VG_TEXT_WIDE) != other->units ||
        key->field != other->field || key->kind != other->kind)
        return false;
    for (uint32_t i = 0; i < other->units; i++) {
        if (vg_key_unit(compile, key, i) != other->folded[i])
            return false;
    }
    return true;
}

/* Keys of different kinds share the hash of their text; the set tells them apart. */
static uint64_t set_hash(uint64_t hash, uint8_t field, uint8_t kind)
{
    return hash ^ (((uint64_t)field << 3 | kind) * 0x9E3779B97F4A7C15u) >> 32;
}

static uint64_t key_hash_of(const void *context, uint32_t index)
{
    const struct vg_compiled_key *key = vg_key_at(context, index);

    return set_hash(key->hash, key->field, key->kind);
}

/* Makes room for the text of a key; where it starts is counted in elements of `size`. */
static void *make_room(struct vg_compile *compile, struct vg_compiled_key *key, uint32_t size)
{
    uint32_t units = key->units & ~VG_TEXT_WIDE;
    struct vg_buffer *literals = &compile->sections[key->units & VG_TEXT_WIDE ? VG_BLOB_TEXT : VG_BLOB_BYTES];

    if (key->kind < VG_KEY_LITERAL) {
        key->text = VG_BUFFER_COUNT(&compile->texts, uint32_t);
        return vg_buffer_add(&compile->texts, (vg_key_words(key->units) - VG_KEY_TEXT) * sizeof(uint32_t));
    }
    key->text = (uint32_t)(literals->size / size);
    return vg_buffer_add(literals, (size_t)units * size);
}

/* Texts of ASCII are kept as bytes, others as units. */
static void put_text(struct vg_compile *compile, const struct wanted *wanted, struct vg_compiled_key *key)
{
    bool wide = !vg_is_ascii(wanted->folded, wanted->units);
    uint8_t *out;

    key->units = wanted->units | (wide ? VG_TEXT_WIDE : 0);
    out = make_room(compile, key, wide ? sizeof(uint16_t) : sizeof(uint8_t));
    if (!out)
        return;
    if (wide)
        memcpy(out, wanted->folded, wanted->units * sizeof(*wanted->folded));
    for (uint32_t i = 0; !wide && i < wanted->units; i++)
        out[i] = (uint8_t)wanted->folded[i];
}

static uint32_t new_key(struct vg_compile *compile, const struct wanted *wanted)
{
    uint32_t index = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    struct vg_compiled_key key = {
        .hash = wanted->hash,
        .postings = VG_BLOB_NONE,
        .field = wanted->field,
        .kind = wanted->kind,
    };

    put_text(compile, wanted, &key);
    vg_buffer_put(&compile->keys, &key, sizeof(key));
    if (compile->sections[VG_BLOB_TEXT].failed || compile->sections[VG_BLOB_BYTES].failed ||
        compile->texts.failed || compile->keys.failed)
        return VG_BLOB_NONE;
    if (!vg_index_set_add(&compile->key_set, index, set_hash(key.hash, key.field, key.kind), key_hash_of,
                          compile)) {
        compile->keys.failed = true;
        return VG_BLOB_NONE;
    }
    return index;
}

/* Puts the predicate under the key of this text. */
static void add_key(struct vg_compile *compile, uint32_t predicate, enum vg_key_kind kind,
                    const uint16_t *units, uint32_t count)
{
    struct vg_chain link = {predicate, VG_BLOB_NONE};
    struct wanted wanted = {
        .units = count,
        .field = (uint8_t)vg_predicate_at(compile, predicate)->source->field,
        .kind = (uint8_t)kind,
    };
    uint16_t *folded;
    uint32_t key;

    compile->pending.size = 0;
    folded = vg_buffer_add(&compile->pending, (size_t)count * sizeof(*folded));
    if (!folded)
        return;
    for (uint32_t i = 0; i < count; i++)
        folded[i] = vg_fold(units[i]);
    wanted.folded = folded;
    wanted.hash = vg_hash_text(VG_BLOB_SEED, folded, count);
    if (!vg_index_set_find(&compile->key_set, set_hash(wanted.hash, wanted.field, wanted.kind), same_key,
                           compile, &wanted, &key))
        key = new_key(compile, &wanted);
    if (key == VG_BLOB_NONE)
        return;
    link.next = vg_key_at(compile, key)->postings;
    vg_key_at(compile, key)->postings = VG_BUFFER_COUNT(&compile->chain, struct vg_chain);
    vg_buffer_put(&compile->chain, &link, sizeof(link));
}

/* A folder's own streams are found by the colon behind it. */
static void add_stream_key(struct vg_compile *compile, uint32_t predicate, struct vg_span folder)
{
    uint32_t count = vg_unit_count(folder);
    uint16_t *units = malloc(((size_t)count + 1) * sizeof(*units));

    if (!units) {
        compile->keys.failed = true;
        return;
    }
    if (count != 0)
        memcpy(units, folder.bytes, folder.size);
    units[count] = u':';
    add_key(compile, predicate, VG_KEY_FOLDER, units, count + 1);
    free(units);
}

/* Whether the key of a folder could be taken for that of a stream. */
static bool ends_like_stream(const struct vg_predicate *source, const uint16_t *units, uint32_t count)
{
    return vg_field_kind(source->field) == VG_KIND_PATH && count != 0 && count != 2 &&
           units[count - 1] == u':';
}

static bool is_literal(const struct vg_token *token)
{
    return token->kind == VG_TOKEN_LITERAL;
}

/* Where the text behind the last backslash starts; 0 when there is no backslash. */
static uint32_t behind_last_backslash(struct vg_span text)
{
    uint32_t at = vg_unit_count(text);

    while (at > 0 && vg_units(text)[at - 1] != u'\\')
        at--;
    return at;
}

static void need_confirmation(struct vg_compile *compile, uint32_t predicate)
{
    vg_predicate_at(compile, predicate)->flags |= VG_PREDICATE_CONFIRM;
}

/* The literal that tells most: the one with the least typical gram, the longest among equals. */
static const struct vg_token *most_telling(const struct vg_compile *compile,
                                           const struct vg_predicate *source)
{
    const struct vg_token *best = NULL;
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < source->token_count; i++) {
        const struct vg_token *token = &source->tokens[i];
        uint32_t common;

        if (!is_literal(token) || vg_unit_count(token->text) == 0)
            continue;
        common = vg_typical_gram(compile, vg_units(token->text), vg_unit_count(token->text));
        if (!best || common < least || (common == least && token->text.size > best->text.size)) {
            best = token;
            least = common;
        }
    }
    return best;
}

/* Whether there is room for one more text that begins, or ends, a value with the same units. */
static bool has_room(struct vg_compile *compile, const struct vg_predicate *source,
                     const struct vg_token *literal, enum vg_key_kind kind)
{
    uint32_t first = kind == VG_KEY_START ? 0 : vg_unit_count(literal->text) - VG_GRAM_MAX;
    uint64_t hash =
        vg_hash_text((uint64_t)source->field << 8 | kind, vg_units(literal->text) + first, VG_GRAM_MAX);
    uint8_t *count = &compile->ends[hash >> (64 - VG_ENDS_BITS)];

    if (*count == VG_ENDS_MAX)
        return false;
    ++*count;
    return true;
}

/* Where a literal of a pattern is looked for: anywhere in the value, unless it is long enough to be found at
 * an end. */
static enum vg_key_kind place_of(struct vg_compile *compile, const struct vg_predicate *source,
                                 const struct vg_token *literal)
{
    if (vg_unit_count(literal->text) < VG_GRAM_MAX)
        return VG_KEY_LITERAL;
    if (literal == &source->tokens[0] && has_room(compile, source, literal, VG_KEY_START))
        return VG_KEY_START;
    if (literal == &source->tokens[source->token_count - 1] && has_room(compile, source, literal, VG_KEY_END))
        return VG_KEY_END;
    return VG_KEY_LITERAL;
}

/* Whether the pattern says no more than that the value has the literal in this place. */
static bool says_no_more(const struct vg_predicate *source, const struct vg_token *literal,
                         enum vg_key_kind place)
{
    for (size_t i = 0; i < source->token_count; i++) {
        if (&source->tokens[i] != literal && source->tokens[i].kind != VG_TOKEN_ANY_RUN)
            return false;
    }
    if (place == VG_KEY_LITERAL)
        return literal != &source->tokens[0] && literal != &source->tokens[source->token_count - 1];
    return source->token_count == 2;
}

static void index_by_literal(struct vg_compile *compile, uint32_t predicate)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;
    const struct vg_token *literal = most_telling(compile, source);
    enum vg_key_kind place;

    if (!literal) {
        need_confirmation(compile, predicate);
        vg_buffer_put32(&compile->fields[source->field].general, predicate);
        return;
    }
    place = place_of(compile, source, literal);
    if (!says_no_more(source, literal, place))
        need_confirmation(compile, predicate);
    add_key(compile, predicate, place, vg_units(literal->text), vg_unit_count(literal->text));
}

/* A pattern that ends in a literal with a backslash: `*\cmd.exe`, `C:\*\Temp\x.exe`. */
static void index_by_name(struct vg_compile *compile, uint32_t predicate, const struct vg_token *last,
                          uint32_t start)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;

    if (source->token_count != 2 || source->tokens[0].kind != VG_TOKEN_ANY_RUN || start != 1)
        need_confirmation(compile, predicate);
    add_key(compile, predicate, VG_KEY_NAME, vg_units(last->text) + start, vg_unit_count(last->text) - start);
}

static void index_pattern(struct vg_compile *compile, uint32_t predicate)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;
    const struct vg_token *tokens = source->tokens;
    const struct vg_token *last;
    uint32_t start;

    if (source->token_count == 0) {
        add_key(compile, predicate, VG_KEY_EXACT, NULL, 0);
        return;
    }
    last = &tokens[source->token_count - 1];
    if (source->token_count == 1 && is_literal(last)) {
        add_key(compile, predicate, VG_KEY_EXACT, vg_units(last->text), vg_unit_count(last->text));
        return;
    }
    if (source->token_count == 2 && is_literal(&tokens[0]) && last->kind == VG_TOKEN_ANY_RUN) {
        uint32_t units = vg_unit_count(tokens[0].text);

        if (units > 0 && vg_units(tokens[0].text)[units - 1] == u'\\') {
            if (ends_like_stream(source, vg_units(tokens[0].text), units - 1))
                need_confirmation(compile, predicate);
            add_key(compile, predicate, VG_KEY_FOLDER, vg_units(tokens[0].text), units - 1);
            return;
        }
    }
    if (is_literal(last) && (start = behind_last_backslash(last->text)) > 0)
        index_by_name(compile, predicate, last, start);
    else
        index_by_literal(compile, predicate);
}

/* A folder is found as a whole value, as the folder of one, and by its streams where these may not be missed.
 */
static void index_folder(struct vg_compile *compile, uint32_t predicate)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;
    struct vg_span text = source->token_count ? source->tokens[0].text : (struct vg_span){NULL, 0};

    add_key(compile, predicate, VG_KEY_EXACT, vg_units(text), vg_unit_count(text));
    add_key(compile, predicate, VG_KEY_FOLDER, vg_units(text), vg_unit_count(text));
    if (ends_like_stream(source, vg_units(text), vg_unit_count(text)))
        need_confirmation(compile, predicate);
    if (!source->permissive && vg_field_kind(source->field) == VG_KIND_PATH && vg_unit_count(text) != 1)
        add_stream_key(compile, predicate, text);
}

/* Found by the literals of which a match has one, else tried on every value. */
static void index_regex(struct vg_compile *compile, uint32_t predicate)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;
    const struct vg_regex_literals *literals = &source->regex->literals;

    for (uint32_t i = 0; i < literals->count; i++)
        add_key(compile, predicate, VG_KEY_LITERAL, literals->at[i].units, literals->at[i].count);
    if (literals->count == 0)
        vg_buffer_put32(&compile->fields[source->field].general, predicate);
}

static void index_predicate(struct vg_compile *compile, uint32_t predicate)
{
    const struct vg_predicate *source = vg_predicate_at(compile, predicate)->source;

    switch (source->test) {
    case VG_TEST_EXISTS:
    case VG_TEST_NULL:
        vg_buffer_put32(&compile->fields[source->field].general, predicate);
        break;
    case VG_TEST_PATTERN:
        index_pattern(compile, predicate);
        break;
    case VG_TEST_UNDER:
        index_folder(compile, predicate);
        break;
    case VG_TEST_AT_LEAST:
    case VG_TEST_AT_MOST:
        need_confirmation(compile, predicate);
        vg_buffer_put32(&compile->fields[source->field].general, predicate);
        break;
    case VG_TEST_DIGESTS:  /* compile_digests.c */
    case VG_TEST_FIELDREF: /* compile_write.c */
        break;
    case VG_TEST_REGEX:
        index_regex(compile, predicate);
        break;
    }
}

void vg_compile_index(struct vg_compile *compile)
{
    vg_index_set_reserve(&compile->key_set,
                         VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate));
    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate); i++) {
        if (vg_predicate_is_wanted(vg_predicate_at(compile, i)))
            index_predicate(compile, i);
    }
}
