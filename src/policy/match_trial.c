#include "match_text.h"

#include <string.h>

/* The values of a field, made ready for trials: the pairs of units that they have, so that nearly every trial
 * ends with these; and the text of the first. */
struct vg_prepared {
    uint32_t start; /* the one they are of */
    bool whole;     /* the text is all there is: one value, one piece */
    vg_pair_set pairs;
    struct vg_text text;
};

static_assert(sizeof(struct vg_prepared) % sizeof(uint32_t) == 0,
              "what is behind them in the scratch is aligned");

size_t vg_prepared_size(void)
{
    return sizeof(struct vg_prepared);
}

static void open_value(struct vg_text *text, struct vg_span span, struct vg_value *value)
{
    value->units = vg_units(span);
    value->count = vg_unit_count(span);
    vg_text_open(text, value);
}

/* The pairs that end in the piece; vg_pair gives a word to each first unit, a bit in it to each second. */
static void add_pairs(vg_pair_set pairs, const struct vg_text *text)
{
    const uint8_t *end = vg_text_at(text, text->end);
    const uint8_t *byte = vg_text_at(text, text->start);

    for (byte += text->start == 0; byte < end; byte++)
        pairs[byte[-1] % 64] |= (uint64_t)1 << (byte[0] % 64);
}

static void prepare(struct vg_prepared *prepared, const struct vg_fact *fact)
{
    memset(prepared->pairs, 0, sizeof(prepared->pairs));
    prepared->pairs[0] = 1;
    prepared->whole = fact->count == 1;
    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        struct vg_value value;

        open_value(&prepared->text, fact->values[i], &value);
        add_pairs(prepared->pairs, &prepared->text);
        while (vg_text_next(&prepared->text)) {
            prepared->whole = false;
            add_pairs(prepared->pairs, &prepared->text);
        }
    }
}

/* Whether the value has the text of the trial anywhere; the first piece is there. */
static bool contains(struct vg_text *text, const struct vg_blob_view *blob, const struct vg_blob_trial *trial)
{
    do {
        if (vg_text_find(text, blob, trial->text, trial->units))
            return true;
    } while (vg_text_next(text));
    return false;
}

static bool has_text_at(const struct vg_text *text, const struct vg_blob_view *blob,
                        const struct vg_blob_trial *trial, uint32_t start)
{
    return vg_text_is(text, blob, start, trial->text, trial->units);
}

/* Whether the text, which is all ASCII and one piece, has that of the token at a place. */
static bool has_token_at(const uint8_t *place, const uint16_t *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (place[i] != units[i])
            return false;
    }
    return true;
}

/* The first place from `at` on where the text, of which that much is left, has that of the token; NULL when
 * there is none. */
static const uint8_t *seek_token(const uint8_t *at, const uint8_t *end, const uint16_t *units, uint32_t count)
{
    const uint8_t *last = end - count;

    for (; at <= last; at++) {
        at = count > 1 ? vg_text_seek(at, last, (uint8_t)units[0], (uint8_t)units[1])
                       : vg_text_seek_one(at, end, (uint8_t)units[0]);
        if (at <= last && has_token_at(at, units, count))
            return at;
    }
    return NULL;
}

/* Literals with only * between: each is where it first can be, the last at the end unless a * follows. */
static bool fits_parts(const struct vg_text *text, const struct vg_blob_view *blob,
                       const struct vg_blob_trial *trial)
{
    const struct vg_blob_token *token = blob->TOKENS + trial->text;
    const struct vg_blob_token *tokens_end = token + trial->units;
    const uint8_t *at = vg_text_at(text, 0);
    const uint8_t *end = vg_text_at(text, text->end);
    bool floats = false;

    for (; token < tokens_end; token++) {
        const uint16_t *units = blob->TEXT + token->text;

        if (token->kind == VG_BLOB_ANY_RUN || token->units == 0) {
            floats = floats || token->kind == VG_BLOB_ANY_RUN;
            continue;
        }
        if (token->units > (size_t)(end - at))
            return false;
        if (floats && token + 1 == tokens_end)
            at = end - token->units;
        else if (floats && !(at = seek_token(at, end, units, token->units)))
            return false;
        if (!has_token_at(at, units, token->units))
            return false;
        at += token->units;
        floats = false;
    }
    return floats || at == end;
}

static bool has_only_parts(const struct vg_blob_view *blob, const struct vg_blob_trial *trial)
{
    for (uint32_t i = 0; i < trial->units; i++) {
        if (blob->TOKENS[trial->text + i].kind == VG_BLOB_ANY_ONE)
            return false;
    }
    return vg_trial_test(trial) == VG_BLOB_TEST_PATTERN && !(trial->flags & VG_TRIAL_CASED);
}

/* The tokens of a trial, tried as those of a predicate. */
static bool fits_tokens(const struct vg_match *match, const struct vg_blob_predicate *predicate,
                        const struct vg_blob_trial *trial, const struct vg_text *text, struct vg_value *value)
{
    struct vg_blob_predicate tried = *predicate;

    if (!text->wide && text->end == text->count && text->start == 0 && !value->has_stream &&
        has_only_parts(&match->blob, trial))
        return fits_parts(text, &match->blob, trial);

    tried.tokens = trial->text;
    tried.token_count = trial->units;
    tried.test = vg_trial_test(trial);
    if (trial->flags & VG_TRIAL_CASED)
        tried.flags |= VG_PREDICATE_CASED;
    if (trial->flags & VG_TRIAL_SPELLS_STREAM)
        tried.flags |= VG_PREDICATE_SPELLS_STREAM;
    return vg_match_pattern(&match->blob, &tried, value);
}

/* Whether the trial comes out true for a value, of which the first piece is there. */
static bool fits(struct vg_match *match, const struct vg_blob_predicate *predicate,
                 const struct vg_blob_trial *trial, struct vg_text *text, struct vg_value *value)
{
    const struct vg_blob_view *blob = &match->blob;

    switch (trial->kind) {
    case VG_TRIAL_CONTAINS:
    case VG_TRIAL_REGEX:
        return contains(text, blob, trial);
    case VG_TRIAL_STARTS:
        return trial->units <= value->count && has_text_at(text, blob, trial, 0);
    case VG_TRIAL_ENDS:
        return trial->units <= value->count && has_text_at(text, blob, trial, value->count - trial->units);
    case VG_TRIAL_EQUALS:
        return trial->units == value->count && has_text_at(text, blob, trial, 0);
    case VG_TRIAL_TOKENS:
        return fits_tokens(match, predicate, trial, text, value);
    default: /* VG_TRIAL_EXISTS */
        return true;
    }
}

/* Whether it does for any value of the fact. A permissive one takes no named stream that it does not spell.
 */
static bool fits_any(struct vg_match *match, const struct vg_blob_predicate *predicate,
                     const struct vg_blob_trial *trial, struct vg_prepared *prepared,
                     const struct vg_fact *fact)
{
    struct vg_value value = {.is_path = vg_field_kind((enum vg_field)predicate->field) == VG_KIND_PATH};

    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        if (prepared->whole) {
            value.units = vg_units(fact->values[i]);
            value.count = vg_unit_count(fact->values[i]);
        } else {
            open_value(&prepared->text, fact->values[i], &value);
        }
        value.has_stream =
            (predicate->flags & VG_PREDICATE_PERMISSIVE) && vg_text_has_stream(&prepared->text, &value);
        if (value.has_stream && trial->kind != VG_TRIAL_EXISTS && !(trial->flags & VG_TRIAL_SPELLS_STREAM))
            continue;
        if (fits(match, predicate, trial, &prepared->text, &value))
            return true;
    }
    return false;
}

static struct vg_prepared *prepared_of(const struct vg_match *match, uint32_t field,
                                       const struct vg_fact *fact)
{
    struct vg_prepared *prepared = &match->prepared[match->scratch->places[field]];

    if (prepared->start != match->scratch->start) {
        prepare(prepared, fact);
        prepared->start = match->scratch->start;
    }
    return prepared;
}

const uint64_t *vg_match_pairs_of(const struct vg_match *match, enum vg_field field)
{
    const struct vg_fact *fact = &match->record->facts[field];

    if (fact->state != VG_FACT_KNOWN || (fact->flags & VG_FACT_CLAIMED))
        return NULL;
    return prepared_of(match, field, fact)->pairs;
}

static bool is_absent(const struct vg_blob_trial *trial)
{
    while (trial->kind != VG_TRIAL_NULL && !(trial->flags & VG_TRIAL_LAST))
        trial++;
    return trial->kind == VG_TRIAL_NULL;
}

/* An expression is run once, when the first of its texts is found. */
static bool try_trials(struct vg_match *match, const struct vg_blob_predicate *predicate)
{
    const struct vg_blob_trial *trial = match->blob.TRIALS + predicate->trials;
    const struct vg_fact *fact = &match->record->facts[predicate->field];
    struct vg_prepared *prepared;

    if ((fact->flags & VG_FACT_CLAIMED) && (predicate->flags & VG_PREDICATE_PERMISSIVE))
        return false;
    if (fact->state != VG_FACT_KNOWN)
        return fact->state == VG_FACT_ABSENT && is_absent(trial);
    prepared = prepared_of(match, predicate->field, fact);
    for (;; trial++) {
        if (trial->kind != VG_TRIAL_NULL && vg_has_pairs(prepared->pairs, trial->pairs) &&
            fits_any(match, predicate, trial, prepared, fact))
            return trial->kind != VG_TRIAL_REGEX || vg_match_regex_values(match, predicate);
        if (trial->flags & VG_TRIAL_LAST)
            return false;
    }
}

bool vg_match_trial(struct vg_match *match, uint32_t index)
{
    const struct vg_blob_header *header = match->blob.header;
    uint32_t *outcome = &match->outcomes[index - header->tracked_count];

    if (*outcome / 2 != match->scratch->start)
        *outcome = match->scratch->start * 2 | try_trials(match, &match->blob.PREDICATES[index]);
    return *outcome & 1;
}
