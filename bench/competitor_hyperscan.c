/* Hyperscan finds which words of the rules are in a start's texts, all words of a field at once; only rules
 * of which a word was found, one they cannot match without, are evaluated, and only predicates whose word was
 * found are tested. The longest literal of a pattern is its word; a regular
 * expression has those of which one is in every match; digests are looked up. */
#include "competitor.h"
#include "measure.h"
#include "texts.h"
#include "words.h"

#include <hs/hs.h>
#include <string.h>

#define TEXT_MAX 65536u

struct state {
    const struct bench_policy *policy;
    struct vg_arena *arena;
    struct bench_tree tree;
    struct bench_texts texts;
    struct bench_words words;
    hs_database_t *bases[VG_FIELD_COUNT];
    hs_scratch_t *scratch;
    uint8_t *narrow;      /* the text being scanned */
    uint32_t serial;      /* of the record */
    uint32_t *found;      /* per word: the serial of the record it was last found in */
    uint32_t *tested;     /* per predicate: the serial of the record `truths` is of */
    uint8_t *truths;      /* enum bench_truth */
    uint64_t *candidates; /* bit per rule */
};

/* Texts are scanned as bytes: what has no byte of its own shares one, and is told apart by the test. */
static void narrow(struct vg_span text, uint8_t *out)
{
    const uint16_t *units = vg_units(text);

    for (uint32_t at = 0; at < vg_unit_count(text); at++)
        out[at] = (uint8_t)(units[at] < 0x80 ? units[at] : 0x80);
}

static void compile_field(struct state *state, enum vg_field field)
{
    const struct bench_words *words = &state->words;
    bool digests = vg_field_digest_size(field) != 0; /* are looked up */
    size_t count = digests ? 0 : words->first[field + 1] - words->first[field];
    const char **texts = bench_take(state->arena, count, sizeof(*texts));
    size_t *sizes = bench_take(state->arena, count, sizeof(*sizes));
    unsigned *ids = bench_take(state->arena, count, sizeof(*ids));
    unsigned *flags = bench_take(state->arena, count, sizeof(*flags));
    hs_compile_error_t *error;

    for (size_t i = 0; i < count; i++) {
        const struct bench_word *word = &words->at[words->first[field] + i];
        uint8_t *bytes = bench_take(state->arena, vg_unit_count(word->text) + 1, 1);

        narrow(word->text, bytes);
        texts[i] = (const char *)bytes;
        sizes[i] = vg_unit_count(word->text);
        ids[i] = (unsigned)(words->first[field] + i);
        flags[i] = HS_FLAG_CASELESS;
    }
    if (count != 0 && (hs_compile_lit_multi(texts, flags, ids, sizes, (unsigned)count, HS_MODE_BLOCK, NULL,
                                            &state->bases[field], &error) != HS_SUCCESS ||
                       hs_alloc_scratch(state->bases[field], &state->scratch) != HS_SUCCESS))
        bench_fail("Hyperscan does not compile the words");
}

static void *prepare(const struct bench_policy *policy)
{
    struct vg_arena *arena = vg_arena_new();
    struct state *state;

    if (arena == NULL)
        bench_fail("out of memory");
    state = bench_take(arena, 1, sizeof(*state));
    state->arena = arena;
    state->policy = policy;
    bench_tree_make(arena, policy->model, &state->tree);
    bench_texts_make(arena, &state->texts);
    bench_words_make(arena, &state->tree, &state->words);
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        compile_field(state, (enum vg_field)field);
    state->narrow = bench_take(arena, TEXT_MAX, 1);
    state->found = bench_take(arena, state->words.count, sizeof(*state->found));
    state->tested = bench_take(arena, state->tree.predicate_count, sizeof(*state->tested));
    state->truths = bench_take(arena, state->tree.predicate_count, sizeof(*state->truths));
    state->candidates = bench_take(arena, state->words.row, sizeof(*state->candidates));
    return state;
}

static int note(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    struct state *state = context;

    (void)from;
    (void)to;
    (void)flags;
    if (state->found[id] == state->serial)
        return 0;
    state->found[id] = state->serial;
    for (uint32_t i = state->words.at[id].first_rule; i < state->words.at[id].rules_end; i++)
        state->candidates[state->words.rules[i] / 64] |= (uint64_t)1 << state->words.rules[i] % 64;
    return 0;
}

static void look_up(struct state *state, enum vg_field field)
{
    const struct vg_fact *fact = &state->texts.record->facts[field];

    for (unsigned i = 0; i < fact->count; i++) {
        const struct bench_word *word = bench_words_find(&state->words, field, fact->values[i]);

        if (word != NULL)
            (void)note((unsigned)(word - state->words.at), 0, 0, 0, state);
    }
}

static void scan(struct state *state, enum vg_field field)
{
    const struct vg_fact *fact = &state->texts.record->facts[field];
    const struct vg_span *values;

    if (state->bases[field] == NULL || fact->state != VG_FACT_KNOWN)
        return;
    values = bench_texts_of(&state->texts, field);
    for (unsigned i = 0; i < fact->count; i++) {
        if (vg_unit_count(values[i]) > TEXT_MAX)
            bench_fail("a record's text is too long");
        narrow(values[i], state->narrow);
        (void)hs_scan(state->bases[field], (const char *)state->narrow, vg_unit_count(values[i]), 0,
                      state->scratch, note, state);
    }
}

static bool any_found(const struct state *state, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (state->found[words[i]] == state->serial)
            return true;
    }
    return false;
}

static enum bench_truth truth_of(void *context, uint32_t index)
{
    struct state *state = context;
    const struct bench_predicate *predicate = &state->tree.predicates[index];
    const uint32_t *words = state->words.of_predicate[index];

    if (predicate->literal_count != 0 && !any_found(state, words, predicate->literal_count)) {
        const struct vg_fact *fact = &state->texts.record->facts[predicate->is->field];

        return fact->state == VG_FACT_KNOWN || fact->state == VG_FACT_ABSENT ? BENCH_FALSE : BENCH_UNKNOWN;
    }
    if (predicate->shape == BENCH_CONTAINS && state->words.at[words[0]].is_ascii && !predicate->is->cased)
        return BENCH_TRUE;
    if (state->tested[index] != state->serial) {
        state->tested[index] = state->serial;
        state->truths[index] = (uint8_t)bench_texts_test(&state->texts, predicate);
    }
    return (enum bench_truth)state->truths[index];
}

static uint32_t first_true(struct state *state)
{
    for (size_t at = 0; at < state->words.row; at++) {
        for (uint64_t left = state->candidates[at]; left != 0; left &= left - 1) {
            uint32_t rule = (uint32_t)(at * 64) + (uint32_t)__builtin_ctzll(left);

            if (bench_tree_evaluate(&state->tree, state->tree.roots[rule], truth_of, state) == BENCH_TRUE)
                return rule;
        }
    }
    return VG_RULE_NONE;
}

static void decide(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;

    state->serial++;
    bench_texts_begin(&state->texts, record);
    memcpy(state->candidates, state->words.always, state->words.row * sizeof(*state->candidates));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        (vg_field_digest_size((enum vg_field)field) != 0 ? look_up : scan)(state, (enum vg_field)field);
    *answer = bench_answer_of(state->policy, first_true(state));
}

static void release(void *context)
{
    struct state *state = context;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        hs_free_database(state->bases[field]);
    hs_free_scratch(state->scratch);
    vg_arena_free(state->arena);
}

const struct bench_competitor bench_hyperscan = {
    .name = "hyperscan", .prepare = prepare, .decide = decide, .release = release};
