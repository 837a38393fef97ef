#include "hash.h"
#include "match.h"

#include <string.h>

/* How colons of named streams may be covered. A wildcard of a permissive predicate covers none. The second
 * unit of a path is the drive's colon, which either a wildcard or a literal may cover; with that fixed
 * beforehand every other colon has one literal it can belong to, so that greedy matching stays complete. */
enum colons {
    COLONS_FREE,
    COLONS_DRIVE_BY_WILDCARD,
    COLONS_DRIVE_BY_LITERAL,
};

struct glob {
    const struct vg_blob_view *blob;
    const struct vg_blob_token *tokens;
    uint32_t token_count;
    const struct vg_value *value;
    bool cased;
    enum colons colons;
};

static bool same_text(const uint16_t *pattern, const uint16_t *units, uint32_t count, bool cased)
{
    if (cased)
        return memcmp(pattern, units, (size_t)count * sizeof(*units)) == 0;
    for (uint32_t i = 0; i < count; i++) {
        if (pattern[i] != vg_fold(units[i]))
            return false;
    }
    return true;
}

static bool wildcard_covers(const struct glob *glob, uint32_t at)
{
    if (glob->colons == COLONS_FREE || glob->value->units[at] != u':')
        return true;
    return at == 1 && glob->colons == COLONS_DRIVE_BY_WILDCARD;
}

static bool literal_covers(const struct glob *glob, const struct vg_blob_token *token, uint32_t at)
{
    const struct vg_value *value = glob->value;

    if (token->units > value->count - at)
        return false;
    if (glob->colons == COLONS_DRIVE_BY_WILDCARD && at <= 1 && token->units > 1 - at &&
        value->units[1] == u':')
        return false;
    return same_text(glob->blob->TEXT + token->text, value->units + at, token->units, glob->cased);
}

/* How many units the token covers at `at`, or UINT32_MAX when it does not. */
static uint32_t cover(const struct glob *glob, const struct vg_blob_token *token, uint32_t at)
{
    if (token->kind == VG_BLOB_LITERAL)
        return literal_covers(glob, token, at) ? token->units : UINT32_MAX;
    return at < glob->value->count && wildcard_covers(glob, at) ? 1 : UINT32_MAX;
}

/* Whether a run may cover the units from `at` up to `end`. */
static bool run_covers(const struct glob *glob, uint32_t at, uint32_t end)
{
    while (at < end && wildcard_covers(glob, at))
        at++;
    return at == end;
}

/* Whether the literal at the end, where there is one, stands at the end of the value: nearly always the end
 * of the trial. */
static bool end_matches(const struct glob *glob)
{
    const struct vg_blob_token *last = &glob->tokens[glob->token_count - 1];

    return last->kind != VG_BLOB_LITERAL || (last->units <= glob->value->count &&
                                             literal_covers(glob, last, glob->value->count - last->units));
}

/* The next place from `at` on where the token can begin, as far as its first unit tells; UINT32_MAX when the
 * run cannot reach one. */
static uint32_t next_start(const struct glob *glob, const struct vg_blob_token *token, uint32_t at)
{
    const struct vg_value *value = glob->value;
    uint16_t first;

    if (token->kind != VG_BLOB_LITERAL || token->units == 0)
        return at;
    first = glob->blob->TEXT[token->text];
    for (; at < value->count; at++) {
        if (value->units[at] == first || (!glob->cased && vg_fold(value->units[at]) == first))
            return at;
        if (!wildcard_covers(glob, at))
            break;
    }
    return UINT32_MAX;
}

/* Each run takes as little as it can; when the rest fails, the last run takes one unit more. Never more than
 * units times literal units steps. */
static bool glob_matches(const struct glob *glob)
{
    uint32_t token = 0;
    uint32_t at = 0;
    uint32_t run_token = UINT32_MAX; /* the token behind the last run; none yet */
    uint32_t run_end = 0;

    if (glob->token_count > 0 && !end_matches(glob))
        return false;
    if (glob->token_count == 2 && glob->tokens[0].kind == VG_BLOB_ANY_RUN &&
        glob->tokens[1].kind == VG_BLOB_LITERAL)
        return run_covers(glob, 0, glob->value->count - glob->tokens[1].units);
    for (;;) {
        uint32_t covered = UINT32_MAX;

        if (token == glob->token_count) {
            if (at == glob->value->count || (token == run_token && glob->colons == COLONS_FREE))
                return true;
        } else if (glob->tokens[token].kind == VG_BLOB_ANY_RUN) {
            run_token = ++token;
            run_end = at;
            continue;
        } else {
            covered = cover(glob, &glob->tokens[token], at);
        }
        if (covered != UINT32_MAX) {
            at += covered;
            token++;
            continue;
        }
        if (run_token == UINT32_MAX || run_end >= glob->value->count || !wildcard_covers(glob, run_end))
            return false;
        run_end++;
        if (run_token < glob->token_count)
            run_end = next_start(glob, &glob->tokens[run_token], run_end);
        if (run_end == UINT32_MAX)
            return false;
        at = run_end;
        token = run_token;
    }
}

/* The folder, what lies below it, and its own streams; a permissive predicate comes here with COLONS_FREE
 * only when the value has no stream. */
static bool under_matches(const struct glob *glob)
{
    const struct vg_value *value = glob->value;
    uint32_t units = glob->token_count ? glob->tokens[0].units : 0;

    if (glob->token_count && !literal_covers(glob, &glob->tokens[0], 0))
        return false;
    if (units < value->count && value->units[units] != u'\\')
        return glob->colons == COLONS_FREE && value->is_path && units != 1 && value->units[units] == u':';
    return run_covers(glob, units, value->count);
}

static bool matches(struct glob *glob, uint8_t test, enum colons colons)
{
    glob->colons = colons;
    return test == VG_BLOB_TEST_UNDER ? under_matches(glob) : glob_matches(glob);
}

bool vg_value_has_stream(const struct vg_value *value)
{
    for (uint32_t at = 0; value->is_path && at < value->count; at++) {
        if (value->units[at] == u':' && at != 1)
            return true;
    }
    return false;
}

bool vg_match_may_take(const struct vg_blob_predicate *predicate, struct vg_span text)
{
    struct vg_value value = {
        .units = vg_units(text),
        .count = vg_unit_count(text),
        .is_path = vg_field_kind((enum vg_field)predicate->field) == VG_KIND_PATH,
    };

    return !(predicate->flags & VG_PREDICATE_PERMISSIVE) || !vg_value_has_stream(&value);
}

bool vg_match_pattern(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                      struct vg_value *value)
{
    struct glob glob = {
        .blob = blob,
        .tokens = blob->TOKENS + predicate->tokens,
        .token_count = predicate->token_count,
        .value = value,
        .cased = (predicate->flags & VG_PREDICATE_CASED) != 0,
    };

    if (vg_blob_test_is_number(predicate->test))
        return vg_match_number(blob, predicate, value);
    if (!(predicate->flags & VG_PREDICATE_PERMISSIVE) || !value->has_stream)
        return matches(&glob, predicate->test, COLONS_FREE);
    if (!(predicate->flags & VG_PREDICATE_SPELLS_STREAM))
        return false;
    return matches(&glob, predicate->test, COLONS_DRIVE_BY_LITERAL) ||
           matches(&glob, predicate->test, COLONS_DRIVE_BY_WILDCARD);
}
