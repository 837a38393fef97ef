#include "match.h"

/* Walked only as far as need be. */
static struct vg_stream stream_of(const struct vg_match *match, struct vg_blob_slice list)
{
    const uint32_t *conditions = match->blob.LISTS + list.first;

    return (struct vg_stream){list.count ? *conditions : VG_BLOB_NONE, conditions, conditions + list.count};
}

static void advance(struct vg_stream *stream)
{
    stream->head = ++stream->at < stream->end ? *stream->at : VG_BLOB_NONE;
}

bool vg_match_rules_out(struct vg_match *match, const struct vg_blob_condition *condition)
{
    if (condition->pairs == 0)
        return false;
    if (!match->pairs_asked) {
        match->pairs_asked = true;
        match->pairs = vg_match_pairs_of(match, VG_FIELD_COMMAND_LINE);
    }
    if (match->pairs == NULL)
        return false;
    if (condition->pairs & VG_PAIRS_ANY)
        return !vg_has_any_pair(match->pairs, condition->pairs);
    return !vg_has_pairs(match->pairs, condition->pairs);
}

void vg_candidates_open(struct vg_candidates *candidates, const struct vg_match *match, uint64_t pending)
{
    uint64_t open = pending | match->scratch->unknown | match->scratch->claimed;

    candidates->pending = pending;
    candidates->announced = vg_bitset_next(&match->candidates, 0);
    candidates->always = stream_of(match, (struct vg_blob_slice){0, match->blob.header->always_count});
    candidates->stream_count = 0;
    for (; open; open &= open - 1) {
        const struct vg_blob_field *field = vg_match_field(match, vg_lowest_bit(open));
        bool claimed = match->scratch->claimed >> field->field & 1;

        candidates->streams[candidates->stream_count++] =
            stream_of(match, claimed ? field->anchored_strict : field->anchored);
    }
}

/* Whether running a condition that no true predicate announced could come to anything. */
static bool may_matter(const struct vg_candidates *candidates, const struct vg_match *match, uint32_t index,
                       uint64_t told)
{
    const struct vg_blob_condition *condition = &match->blob.CONDITIONS[index];
    uint64_t open = (condition->fields & candidates->pending) | vg_match_unknown_to(match, condition);

    return (open & ~told) || vg_match_takes_unknown(match, condition->rule);
}

uint32_t vg_candidates_next(struct vg_candidates *candidates, const struct vg_match *match, uint64_t told)
{
    uint32_t next = vg_lower(candidates->announced, candidates->always.head);

    for (uint32_t i = 0; i < candidates->stream_count; i++)
        next = vg_lower(next, candidates->streams[i].head);
    if (next == VG_BLOB_NONE)
        return next;
    if (candidates->announced == next)
        candidates->announced = vg_bitset_next(&match->candidates, next + 1);
    if (candidates->always.head == next)
        advance(&candidates->always);
    for (uint32_t i = 0; i < candidates->stream_count; i++) {
        struct vg_stream *stream = &candidates->streams[i];

        if (stream->head != next)
            continue;
        do
            advance(stream);
        while (stream->head != VG_BLOB_NONE && !may_matter(candidates, match, stream->head, told));
    }
    return next;
}
