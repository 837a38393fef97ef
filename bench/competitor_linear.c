/* A list of patterns tried one after the other, as PathMatchSpec does: `*` and `?`, case ignored. The path is
 * put in upper case once a start, the patterns are in upper case. */
#include "competitor.h"
#include "fold.h"
#include "measure.h"

#include <stdlib.h>
#include <string.h>

struct pattern {
    const uint16_t *units; /* NULL: a hash */
    const uint8_t *digest;
    uint32_t count;
    bool is_folder; /* also what goes on with a backslash behind it */
};

struct state {
    const struct bench_policy *policy;
    struct pattern *patterns;
    uint16_t *text;
    uint16_t *image;
};

static bool matches(const struct pattern *pattern, const uint16_t *text, uint32_t count)
{
    uint32_t at = 0, star = UINT32_MAX, behind = 0, i = 0;

    while (i < count) {
        if (at < pattern->count && pattern->units[at] == u'*') {
            star = at++;
            behind = i;
        } else if (at < pattern->count && (pattern->units[at] == text[i] || pattern->units[at] == u'?')) {
            at++;
            i++;
        } else if (at == pattern->count && pattern->is_folder && text[i] == u'\\') {
            return true;
        } else if (star != UINT32_MAX) {
            at = star + 1;
            i = ++behind;
        } else {
            return false;
        }
    }
    while (at < pattern->count && pattern->units[at] == u'*')
        at++;
    return at == pattern->count;
}

static void make_pattern(const struct bench_rule *rule, uint16_t **text, struct pattern *pattern)
{
    pattern->digest = rule->digest;
    if (rule->kind == BENCH_HASH)
        return;
    pattern->units = *text;
    pattern->is_folder = rule->kind == BENCH_FOLDER;
    if (rule->kind == BENCH_NAME)
        *(*text)++ = u'*';
    memcpy(*text, rule->folded.bytes, rule->folded.size);
    *text += vg_unit_count(rule->folded);
    pattern->count = (uint32_t)(*text - pattern->units);
}

static void *prepare(const struct bench_policy *policy)
{
    struct state *state = calloc(1, sizeof(*state));
    size_t units = 0;
    uint16_t *text;

    for (size_t i = 0; i < policy->list->count; i++)
        units += vg_unit_count(policy->list->at[i].folded) + 1;
    if (state == NULL || (state->patterns = calloc(policy->list->count, sizeof(*state->patterns))) == NULL ||
        (state->text = calloc(units, sizeof(*state->text))) == NULL ||
        (state->image = calloc(UINT16_MAX, sizeof(*state->image))) == NULL)
        bench_fail("out of memory");
    state->policy = policy;
    text = state->text;
    for (size_t i = 0; i < policy->list->count; i++)
        make_pattern(&policy->list->at[i], &text, &state->patterns[i]);
    return state;
}

static void decide(void *context, const struct vg_record *record, struct bench_answer *answer)
{
    struct state *state = context;
    const struct vg_fact *image = &record->facts[VG_FIELD_IMAGE];
    const struct vg_fact *hash = &record->facts[VG_FIELD_SHA256];
    bool has_image = image->state == VG_FACT_KNOWN && image->values[0].size <= UINT16_MAX;
    bool has_hash = hash->state == VG_FACT_KNOWN;
    uint32_t rule = 0;

    if (has_image)
        bench_fold(image->values[0], state->image);
    for (; rule < state->policy->list->count; rule++) {
        const struct pattern *pattern = &state->patterns[rule];

        if (pattern->units != NULL
                ? has_image && matches(pattern, state->image, vg_unit_count(image->values[0]))
                : has_hash && memcmp(pattern->digest, hash->values[0].bytes, 32) == 0)
            break;
    }
    *answer = bench_answer_of(state->policy, rule < state->policy->list->count ? rule : VG_RULE_NONE);
}

static void release(void *context)
{
    struct state *state = context;

    free(state->patterns);
    free(state->text);
    free(state->image);
    free(state);
}

const struct bench_competitor bench_linear = {
    .name = "linear", .rereads_all_rules = true, .prepare = prepare, .decide = decide, .release = release};
