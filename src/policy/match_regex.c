#include "match.h"

#include "../regex/match.h"

bool vg_match_regex_values(const struct vg_match *match, const struct vg_blob_predicate *predicate)
{
    const struct vg_fact *fact = &match->record->facts[predicate->field];
    const struct vg_blob_regex *regex = &match->blob.REGEXES[vg_blob_regex_of(predicate)];
    const void *automaton = match->blob.AUTOMATA + regex->automaton;

    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        if (vg_match_may_take(predicate, fact->values[i]) && vg_regex_match(automaton, fact->values[i]))
            return true;
    }
    return false;
}

/* Over all values of its field, of which only those without one of its literals could be left out. */
bool vg_match_regex(struct vg_match *match, uint32_t index)
{
    const struct vg_blob_predicate *predicate = &match->blob.PREDICATES[index];

    vg_bitset_remove(&match->awaiting, index);
    if (match->record->facts[predicate->field].state != VG_FACT_KNOWN ||
        !vg_match_regex_values(match, predicate))
        return false;
    vg_marks_add(&match->truths, index);
    return true;
}
