#include "compile.h"
#include "hash.h"

#include "../regex/compile.h"

#include <stdlib.h>
#include <string.h>

/* Fields with so few values that a predicate on them tells little about a start. */
#define FEW_VALUES                                                                                           \
    ((uint64_t)1 << VG_FIELD_REPARENTED | (uint64_t)1 << VG_FIELD_TAMPERED | (uint64_t)1 << VG_FIELD_USER |  \
     (uint64_t)1 << VG_FIELD_INTEGRITY_LEVEL | (uint64_t)1 << VG_FIELD_TERMINAL_SESSION_ID |                 \
     (uint64_t)1 << VG_FIELD_SUBSYSTEM | (uint64_t)1 << VG_FIELD_DRIVE)

/* Estimates: true so many times in a million starts, but for VG_COST_STAGED. */
#define COST_ALWAYS  1000000u
#define COST_OFTEN   100000u
#define COST_EXACT   10u
#define COST_TYPICAL 2000u

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t word;

    for (; size >= sizeof(word); size -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        hash = vg_hash_word(hash, word);
    }
    word = 0;
    if (size)
        memcpy(&word, at, size);
    return vg_hash_end(hash, word, (uint32_t)size);
}

static uint64_t hash_predicate(const struct vg_predicate *predicate)
{
    uint64_t hash = vg_hash_word((uint64_t)predicate->field << 8 | (uint64_t)predicate->test,
                                 (uint64_t)predicate->cased << 1 | (uint64_t)predicate->permissive);

    hash = vg_hash_word(hash, (uint64_t)predicate->other << 8 | (uint64_t)predicate->compare);
    hash = vg_hash_word(hash, predicate->regex_flags);
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];

        hash = vg_hash_word(hash, token->kind);
        if (token->kind == VG_TOKEN_LITERAL)
            hash = hash_bytes(hash, token->text.bytes, token->text.size);
    }
    if (predicate->digest_count)
        hash = hash_bytes(hash, predicate->digests,
                          predicate->digest_count * vg_field_digest_size(predicate->field));
    return hash;
}

static bool same_token(const struct vg_token *a, const struct vg_token *b)
{
    return a->kind == b->kind && (a->kind != VG_TOKEN_LITERAL || vg_text_equal(a->text, b->text));
}

static bool same_predicate(const void *context, uint32_t index, const void *wanted)
{
    const struct vg_predicate *a = vg_predicate_at(context, index)->source;
    const struct vg_predicate *b = wanted;

    if (a == b)
        return true;
    if (a->field != b->field || a->test != b->test || a->cased != b->cased ||
        a->permissive != b->permissive || a->other != b->other || a->compare != b->compare ||
        a->regex_flags != b->regex_flags || a->token_count != b->token_count ||
        a->digest_count != b->digest_count)
        return false;
    for (size_t i = 0; i < a->token_count; i++) {
        if (!same_token(&a->tokens[i], &b->tokens[i]))
            return false;
    }
    return a->digest_count == 0 ||
           memcmp(a->digests, b->digests, a->digest_count * vg_field_digest_size(a->field)) == 0;
}

static uint64_t predicate_hash_of(const void *context, uint32_t index)
{
    return vg_predicate_at(context, index)->hash;
}

bool vg_index_set_find(const struct vg_index_set *set, uint64_t hash,
                       bool (*same)(const void *context, uint32_t index, const void *wanted),
                       const void *context, const void *wanted, uint32_t *index)
{
    if (!set->slots)
        return false;
    for (uint32_t at = (uint32_t)hash & set->mask; set->slots[at]; at = (at + 1) & set->mask) {
        uint32_t found = (uint32_t)set->slots[at] - 1;

        if (set->slots[at] >> 32 == hash >> 32 && same(context, found, wanted)) {
            *index = found;
            return true;
        }
    }
    return false;
}

static void put_index(struct vg_index_set *set, uint32_t index, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & set->mask;

    while (set->slots[at])
        at = (at + 1) & set->mask;
    set->slots[at] = (hash >> 32) << 32 | (index + 1);
}

void vg_index_set_reserve(struct vg_index_set *set, size_t count)
{
    uint32_t mask = 1023;

    if (set->slots || count > UINT32_MAX / 8)
        return;
    while (mask / 2 < count)
        mask = mask * 2 + 1;
    set->slots = calloc((size_t)mask + 1, sizeof(*set->slots));
    if (set->slots)
        set->mask = mask;
}

bool vg_index_set_add(struct vg_index_set *set, uint32_t index, uint64_t hash,
                      uint64_t (*hash_of)(const void *context, uint32_t index), const void *context)
{
    if (!set->slots || set->used >= set->mask / 2) {
        struct vg_index_set larger = {.mask = set->slots ? set->mask * 2 + 1 : 1023};

        if (larger.mask == UINT32_MAX ||
            !(larger.slots = calloc((size_t)larger.mask + 1, sizeof(*larger.slots))))
            return false;
        for (uint32_t at = 0; set->slots && at <= set->mask; at++) {
            uint32_t moved = (uint32_t)set->slots[at] - 1;

            if (set->slots[at])
                put_index(&larger, moved, hash_of(context, moved));
        }
        larger.used = set->used;
        free(set->slots);
        *set = larger;
    }
    put_index(set, index, hash);
    set->used++;
    return true;
}

static uint32_t flags_of(const struct vg_predicate *predicate)
{
    bool has_text = predicate->test == VG_TEST_PATTERN || predicate->test == VG_TEST_UNDER;
    uint32_t flags = 0;

    if (predicate->permissive)
        flags |= VG_PREDICATE_PERMISSIVE;
    if (has_text && predicate->cased)
        flags |= VG_PREDICATE_CASED | VG_PREDICATE_CONFIRM;
    if (has_text && predicate->permissive && vg_field_kind(predicate->field) == VG_KIND_PATH &&
        vg_predicate_spells_stream(predicate))
        flags |= VG_PREDICATE_SPELLS_STREAM | VG_PREDICATE_CONFIRM;
    if (predicate->test == VG_TEST_FIELDREF)
        flags |= (predicate->cased ? VG_PREDICATE_CASED : 0u) |
                 (predicate->compare == VG_COMPARE_STARTS ? VG_PREDICATE_STARTS : 0u) |
                 (predicate->compare == VG_COMPARE_ENDS ? VG_PREDICATE_ENDS : 0u) |
                 (uint32_t)predicate->other << VG_PREDICATE_OTHER_SHIFT;
    return flags;
}

/* What a text found by its grams costs that has so many units, and whose least typical gram is so typical. */
static uint32_t cost_of_search(uint32_t units, uint32_t typical)
{
    return (COST_OFTEN >> (units < 12 ? units : 12)) + typical * COST_TYPICAL + COST_EXACT;
}

/* A regular expression is as often worth a trial as one of its literals is found. */
static uint32_t cost_of_regex(const struct vg_compile *compile, const struct vg_predicate *predicate)
{
    const struct vg_regex_literals *literals = &predicate->regex->literals;
    uint32_t cost = 0;

    for (uint32_t i = 0; i < literals->count; i++) {
        uint32_t units = literals->at[i].count;

        cost += cost_of_search(units, vg_typical_gram(compile, literals->at[i].units, units));
    }
    return literals->count && cost < COST_ALWAYS ? cost : COST_ALWAYS;
}

static uint32_t cost_of_text(const struct vg_compile *compile, const struct vg_predicate *predicate)
{
    uint32_t longest = 0;
    uint32_t typical = UINT32_MAX;

    if (predicate->test == VG_TEST_PATTERN && predicate->token_count <= 1 &&
        (predicate->token_count == 0 || predicate->tokens[0].kind == VG_TOKEN_LITERAL))
        return COST_EXACT;
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];
        uint32_t common;

        if (token->kind != VG_TOKEN_LITERAL)
            continue;
        common = vg_typical_gram(compile, vg_units(token->text), vg_unit_count(token->text));
        typical = common < typical ? common : typical;
        if (vg_unit_count(token->text) > longest)
            longest = vg_unit_count(token->text);
    }
    if (typical == UINT32_MAX)
        return COST_ALWAYS;
    return cost_of_search(longest, typical);
}

static uint32_t cost_of(const struct vg_compile *compile, const struct vg_predicate *predicate)
{
    uint32_t cost;

    if (predicate->test == VG_TEST_EXISTS)
        cost = COST_ALWAYS;
    else if (predicate->test == VG_TEST_NULL || FEW_VALUES >> predicate->field & 1 ||
             vg_blob_test_is_number(predicate->test) || predicate->test == VG_TEST_FIELDREF)
        cost = COST_OFTEN;
    else if (predicate->test == VG_TEST_DIGESTS)
        cost = COST_EXACT;
    else if (predicate->test == VG_TEST_REGEX)
        cost = cost_of_regex(compile, predicate);
    else
        cost = cost_of_text(compile, predicate);
    return vg_predicate_stage(predicate) == VG_STAGE_CHEAP ? cost : cost + VG_COST_STAGED;
}

enum vg_stage vg_predicate_stage(const struct vg_predicate *predicate)
{
    enum vg_stage stage = vg_field_stage(predicate->field);
    enum vg_stage other =
        predicate->test == VG_TEST_FIELDREF ? vg_field_stage(predicate->other) : VG_STAGE_CHEAP;

    return stage > other ? stage : other;
}

static bool is_number(const struct vg_predicate *predicate)
{
    uint32_t units = predicate->token_count == 1 ? vg_unit_count(predicate->tokens[0].text) : 0;
    const uint16_t *digits = units ? vg_units(predicate->tokens[0].text) : NULL;

    for (uint32_t i = 0; i < units; i++) {
        if (digits[i] < u'0' || digits[i] > u'9')
            return false;
    }
    return units != 0 && (units == 1 || digits[0] != u'0');
}

static const char *limit_broken_by(const struct vg_predicate *predicate)
{
    bool has_text = predicate->test == VG_TEST_PATTERN || predicate->test == VG_TEST_UNDER;
    bool holds_digests = vg_field_digest_size(predicate->field) != 0;
    size_t stars = 0;
    size_t units = 0;

    if (has_text && holds_digests)
        return "this field holds a hash: a pattern cannot test it";
    if (predicate->test == VG_TEST_REGEX && holds_digests)
        return "this field holds a hash: a regular expression cannot test it";
    if (predicate->test == VG_TEST_DIGESTS && !holds_digests)
        return "this field holds text: a list of hashes cannot test it";
    if (vg_blob_test_is_number(predicate->test) && vg_field_kind(predicate->field) != VG_KIND_NUMBER)
        return "this field holds no number: less and greater cannot test it";
    if (vg_blob_test_is_number(predicate->test) && !is_number(predicate))
        return "a number that is not written in decimal digits";
    if (predicate->test == VG_TEST_FIELDREF && (holds_digests || vg_field_digest_size(predicate->other) != 0))
        return "a field that holds a hash cannot be compared with another field";
    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];

        stars += token->kind == VG_TOKEN_ANY_RUN;
        units += token->kind == VG_TOKEN_LITERAL ? vg_unit_count(token->text) : 0;
    }
    if (stars > VG_BLOB_STARS_MAX)
        return "more than 32 * in one pattern";
    if (predicate->token_count > VG_BLOB_TOKENS_MAX)
        return "more than 4,096 wildcards and texts in one pattern";
    if (units > VG_BLOB_PATTERN_UNITS_MAX)
        return "a pattern longer than 32,768 characters";
    return NULL;
}

uint32_t vg_compile_predicate(struct vg_compile *compile, const struct vg_predicate *predicate)
{
    uint64_t hash = hash_predicate(predicate);
    const char *limit = limit_broken_by(predicate);
    struct vg_compiled_predicate *added;
    uint32_t index;

    if (limit) {
        vg_compile_error(compile, predicate->place, limit, NULL);
        return VG_BLOB_NONE;
    }
    if (vg_index_set_find(&compile->predicate_set, hash, same_predicate, compile, predicate, &index))
        return index;
    index = VG_BUFFER_COUNT(&compile->predicates, struct vg_compiled_predicate);
    added = vg_buffer_add(&compile->predicates, sizeof(*added));
    if (!added)
        return VG_BLOB_NONE;
    added->source = predicate;
    added->hash = hash;
    added->plain_rule = VG_BLOB_NONE;
    added->index = VG_BLOB_NONE;
    added->tried = VG_BLOB_NONE;
    added->last_condition = VG_BLOB_NONE;
    added->digest_list = VG_BLOB_NONE;
    added->groups = VG_BLOB_NONE;
    added->cost = cost_of(compile, predicate);
    added->flags = flags_of(predicate);
    compile->fields[predicate->field].used = true;
    if (predicate->test == VG_TEST_FIELDREF)
        compile->fields[predicate->other].used = true;
    if (!vg_index_set_add(&compile->predicate_set, index, hash, predicate_hash_of, compile)) {
        compile->predicates.failed = true;
        return VG_BLOB_NONE;
    }
    return index;
}
