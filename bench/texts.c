#define _GNU_SOURCE /* memmem */

#include "texts.h"

#include "fold.h"
#include "measure.h"

#include "../src/regex/compile.h"
#include "../src/regex/match.h"

#include <string.h>

/* A record's texts are far shorter in all. */
#define UNITS_MAX ((size_t)1 << 20)

void bench_texts_make(struct vg_arena *arena, struct bench_texts *texts)
{
    memset(texts, 0, sizeof(*texts));
    texts->units = bench_take(arena, UNITS_MAX, sizeof(*texts->units));
}

const struct vg_span *bench_texts_of(struct bench_texts *texts, enum vg_field field)
{
    const struct vg_fact *fact = &texts->record->facts[field];

    if (texts->folded >> field & 1)
        return texts->values[field];
    texts->folded |= (uint64_t)1 << field;
    for (unsigned i = 0; i < fact->count; i++) {
        uint16_t *units = texts->units + texts->used;

        texts->used += vg_unit_count(fact->values[i]);
        if (texts->used > UNITS_MAX)
            bench_fail("a record's texts are too long");
        bench_fold(fact->values[i], units);
        texts->values[field][i] = (struct vg_span){units, fact->values[i].size};
    }
    return texts->values[field];
}

static bool contains(struct vg_span value, struct vg_span literal)
{
    const char *at = value.bytes;
    const char *end = at + value.size;

    while ((at = memmem(at, (size_t)(end - at), literal.bytes, literal.size)) != NULL) {
        if ((at - (const char *)value.bytes) % 2 == 0)
            return true;
        at++;
    }
    return false;
}

/* One token at a time; behind the last run of anything the first that fails goes one unit on. */
static bool matches_wild(const struct vg_token *tokens, size_t count, struct vg_span value)
{
    const uint16_t *units = vg_units(value);
    uint32_t at = 0, behind = 0;
    size_t token = 0, star = SIZE_MAX;

    for (;;) {
        uint32_t left = vg_unit_count(value) - at;

        if (token < count && tokens[token].kind == VG_TOKEN_ANY_RUN) {
            star = token++;
            behind = at;
        } else if (token < count && tokens[token].kind == VG_TOKEN_ANY_ONE && left != 0) {
            token++;
            at++;
        } else if (token < count && tokens[token].kind == VG_TOKEN_LITERAL &&
                   tokens[token].text.size <= left * sizeof(*units) &&
                   memcmp(units + at, tokens[token].text.bytes, tokens[token].text.size) == 0) {
            at += vg_unit_count(tokens[token++].text);
        } else if (token == count && left == 0) {
            return true;
        } else if (star != SIZE_MAX && behind < vg_unit_count(value)) {
            token = star + 1;
            at = ++behind;
        } else {
            return false;
        }
    }
}

static bool matches_digest(const struct vg_predicate *predicate, struct vg_span value)
{
    size_t size = vg_field_digest_size(predicate->field);

    for (size_t i = 0; i < predicate->digest_count; i++) {
        if (value.size == size && memcmp(predicate->digests + i * size, value.bytes, size) == 0)
            return true;
    }
    return false;
}

static bool matches(const struct bench_predicate *predicate, struct vg_span value)
{
    struct vg_span literal = predicate->literals[0];
    const uint8_t *bytes = value.bytes;

    switch (predicate->shape) {
    case BENCH_IS:
        return value.size == literal.size && memcmp(bytes, literal.bytes, literal.size) == 0;
    case BENCH_STARTS:
        return value.size >= literal.size && memcmp(bytes, literal.bytes, literal.size) == 0;
    case BENCH_ENDS:
        return value.size >= literal.size &&
               memcmp(bytes + value.size - literal.size, literal.bytes, literal.size) == 0;
    case BENCH_CONTAINS:
        return contains(value, literal);
    case BENCH_REGEX:
        return vg_regex_match(predicate->is->regex->table, value);
    case BENCH_DIGEST:
        return matches_digest(predicate->is, value);
    default:
        return matches_wild(predicate->is->tokens, predicate->is->token_count, value);
    }
}

/* Whether the fact is, or starts or ends with, what the other one is. */
static enum bench_truth test_pair(struct bench_texts *texts, const struct vg_predicate *predicate)
{
    static const enum bench_shape shapes[] = {
        [VG_COMPARE_EQUAL] = BENCH_IS, [VG_COMPARE_STARTS] = BENCH_STARTS, [VG_COMPARE_ENDS] = BENCH_ENDS};
    const struct vg_fact *fact = &texts->record->facts[predicate->field];
    const struct vg_fact *other = &texts->record->facts[predicate->other];
    const struct vg_span *values = predicate->cased ? fact->values : bench_texts_of(texts, predicate->field);
    const struct vg_span *others = predicate->cased ? other->values : bench_texts_of(texts, predicate->other);

    if ((fact->state != VG_FACT_KNOWN && fact->state != VG_FACT_ABSENT) ||
        (other->state != VG_FACT_KNOWN && other->state != VG_FACT_ABSENT))
        return BENCH_UNKNOWN;
    for (unsigned i = 0; i < fact->count; i++) {
        for (unsigned j = 0; j < other->count; j++) {
            const struct bench_predicate part = {.shape = shapes[predicate->compare], .literals = &others[j]};

            if (matches(&part, values[i]))
                return BENCH_TRUE;
        }
    }
    return BENCH_FALSE;
}

enum bench_truth bench_texts_test(struct bench_texts *texts, const struct bench_predicate *predicate)
{
    enum vg_field field = predicate->is->field;
    const struct vg_fact *fact = &texts->record->facts[field];
    const struct vg_span *values;

    if (predicate->shape == BENCH_PAIR)
        return test_pair(texts, predicate->is);
    if (fact->state != VG_FACT_KNOWN && fact->state != VG_FACT_ABSENT)
        return BENCH_UNKNOWN;
    if (predicate->shape == BENCH_EXISTS || predicate->shape == BENCH_ABSENT)
        return (fact->state == VG_FACT_KNOWN) == (predicate->shape == BENCH_EXISTS) ? BENCH_TRUE
                                                                                    : BENCH_FALSE;
    values =
        predicate->is->cased || predicate->shape >= BENCH_REGEX ? fact->values : bench_texts_of(texts, field);
    for (unsigned i = 0; i < fact->count; i++) {
        if (matches(predicate, values[i]))
            return BENCH_TRUE;
    }
    return BENCH_FALSE;
}
