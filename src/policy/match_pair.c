#include "match.h"

/* Whether a value is equal to another, or starts or ends with it. */
static bool compares(const struct vg_blob_predicate *predicate, struct vg_span value, struct vg_span other)
{
    const uint8_t *bytes = value.bytes;

    if (predicate->flags & (VG_PREDICATE_STARTS | VG_PREDICATE_ENDS)) {
        if (value.size < other.size)
            return false;
        if (predicate->flags & VG_PREDICATE_ENDS)
            bytes += value.size - other.size;
        value = (struct vg_span){bytes, other.size};
    }
    return predicate->flags & VG_PREDICATE_CASED ? vg_text_equal(value, other)
                                                 : vg_text_equal_folded(value, other);
}

static bool holds(const struct vg_blob_predicate *predicate, const struct vg_record *record)
{
    const struct vg_fact *fact = &record->facts[predicate->field];
    const struct vg_fact *other = &record->facts[vg_blob_other(predicate)];

    if (fact->state != VG_FACT_KNOWN || other->state != VG_FACT_KNOWN)
        return false;
    for (unsigned i = 0; i < fact->count && i < VG_FACT_VALUES_MAX; i++) {
        for (unsigned j = 0; j < other->count && j < VG_FACT_VALUES_MAX; j++) {
            if (compares(predicate, fact->values[i], other->values[j]) &&
                vg_match_may_take(predicate, fact->values[i]))
                return true;
        }
    }
    return false;
}

/* Each pair is compared once: when the later of its facts is taken. Whether a fact is the creator's word only
 * is the condition's business. */
void vg_match_pairs(struct vg_match *match, const struct vg_record *record, uint64_t taken)
{
    const struct vg_blob_header *header = match->blob.header;
    const uint32_t *pairs = match->blob.LISTS + header->always_count;
    uint64_t usable = match->scratch->taken & ~match->scratch->unknown;

    for (uint32_t i = 0; i < header->pair_count; i++) {
        const struct vg_blob_predicate *predicate = &match->blob.PREDICATES[pairs[i]];
        uint64_t fields = vg_blob_pair_fields(predicate);

        if (!(fields & taken) || (fields & ~usable))
            continue;
        if (holds(predicate, record))
            vg_match_fire(match, pairs[i], predicate);
    }
}
