#include "match.h"

/* Conditions in a list that joins the announced ones. */
#define SHORT_LIST 1024u

/* Walked beside what is announced, only as far as need be, and in this pass only. */
static void add_stream(struct vg_candidates *candidates, const struct vg_match *match,
                       struct vg_blob_slice list)
{
    struct vg_stream *stream = &candidates->streams[candidates->stream_count];

    if (list.count == 0)
        return;
    stream->at = match->blob.LISTS + list.first;
    stream->end = stream->at + list.count;
    stream->head = *stream->at;
    candidates->stream_count++;
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

/* A short list joins what is announced, where one walk finds all, in this pass and those after it. */
static void add_list(struct vg_candidates *candidates, struct vg_match *match, struct vg_blob_slice list)
{
    const uint32_t *conditions = match->blob.LISTS + list.first;

    if (list.count > SHORT_LIST) {
        add_stream(candidates, match, list);
        return;
    }
    for (uint32_t i = 0; i < list.count; i++) {
        if (!vg_match_rules_out(match, &match->blob.CONDITIONS[conditions[i]]))
            vg_bitset_add(&match->candidates, conditions[i]);
    }
}

static void find_candidates(struct vg_candidates *candidates, struct vg_match *match, uint64_t pending)
{
    const struct vg_blob_header *header = match->blob.header;

    candidates->stream_count = 0;
    add_list(candidates, match, (struct vg_blob_slice){0, header->always_count});
    if (!(pending | match->scratch->unknown | match->scratch->claimed))
        return;
    for (uint32_t i = 0; i < vg_blob_count(header, VG_BLOB_FIELDS); i++) {
        const struct vg_blob_field *field = &match->blob.FIELDS[i];

        /* What waits for a fact decides nothing once that is there, unless it is announced then. */
        if (pending & vg_field_bit(field->field))
            add_stream(candidates, match, field->anchored);
        else if (match->scratch->unknown & vg_field_bit(field->field))
            add_list(candidates, match, field->anchored);
        else if (match->scratch->claimed & vg_field_bit(field->field))
            add_list(candidates, match, field->anchored_strict);
    }
}

void vg_candidates_open(struct vg_candidates *candidates, struct vg_match *match, uint64_t pending)
{
    find_candidates(candidates, match, pending);
    candidates->announced = vg_bitset_next(&match->candidates, 0);
}

uint32_t vg_candidates_next(struct vg_candidates *candidates, const struct vg_match *match)
{
    uint32_t next = candidates->announced;

    for (uint32_t i = 0; i < candidates->stream_count; i++)
        next = vg_lower(next, candidates->streams[i].head);
    if (next == VG_BLOB_NONE)
        return next;
    if (candidates->announced == next)
        candidates->announced = vg_bitset_next(&match->candidates, next + 1);
    for (uint32_t i = 0; i < candidates->stream_count; i++) {
        struct vg_stream *stream = &candidates->streams[i];

        if (stream->head == next)
            stream->head = ++stream->at < stream->end ? *stream->at : VG_BLOB_NONE;
    }
    return next;
}
