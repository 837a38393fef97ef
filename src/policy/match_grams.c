#include "match_scan.h"

/* A gram that may be one of a table's. */
struct gram {
    uint64_t value;
    uint32_t start;     /* in the value */
    const uint8_t *end; /* behind it in the piece; NULL when it is made of units, not of bytes */
};

void vg_scan_begin_grams(struct vg_scan *scan)
{
    const struct vg_blob_grams *ones = &scan->field->grams[VG_ASCII_ONE];
    const uint64_t *filter = scan->match->blob.FILTERS + ones->filter;

    scan->ones[0] = ones->table.probes ? filter[0] : 0;
    scan->ones[1] = ones->table.probes ? filter[1] : 0;
    scan->ones[2] = scan->ones[3] = 0;
}

/* Whether the bytes of its word tell that the literal is not here. `rest`: whether they leave anything open.
 */
static inline bool is_elsewhere(const struct vg_scan *scan, const struct vg_blob_literal *literal,
                                const struct gram *gram, uint32_t count, bool *rest)
{
    const uint8_t *end = gram->end + literal->behind;

    *rest = true;
    if (!gram->end || literal->known == 0 || end > vg_text_at(&scan->text, scan->text.end))
        return false;
    *rest = literal->known != count;
    return (vg_load_word(end - VG_WORD_UNITS) ^ literal->word) >> (64 - 8 * literal->known) != 0;
}

static void try_literal(struct vg_scan *scan, uint32_t index, const struct gram *gram)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_literal *literal = &blob->LITERALS[index];
    uint32_t count = literal->units & ~(VG_BLOB_LAST | VG_TEXT_WIDE);
    uint32_t start = gram->start - literal->gram;
    bool rest;

    if (literal->gram > gram->start || count > scan->value.count - start ||
        is_elsewhere(scan, literal, gram, count, &rest) ||
        scan->match->stamps[index] == scan->match->scratch->serial)
        return;
    if (rest && !vg_text_is(&scan->text, blob, start, literal->text, literal->units & ~VG_BLOB_LAST))
        return;
    scan->match->stamps[index] = scan->match->scratch->serial;
    vg_scan_hit(scan, literal->target);
}

static void try_literals(struct vg_scan *scan, uint32_t index, const struct gram *gram)
{
    for (;; index++) {
        try_literal(scan, index, gram);
        if (scan->match->blob.LITERALS[index].units & VG_BLOB_LAST)
            break;
    }
}

static void find_gram(struct vg_scan *scan, const struct vg_blob_table *table, const struct gram *gram)
{
    const struct vg_blob_slot *slots = scan->match->blob.SLOTS + table->slots;
    uint64_t hash = vg_gram_hash(gram->value);
    uint32_t mask = ((uint32_t)1 << table->bits) - 1;

    for (uint32_t probe = 0; probe < table->probes; probe++) {
        const struct vg_blob_slot *slot = &slots[((uint32_t)hash + probe) & mask];

        if (slot->item == 0)
            return;
        if (slot->tag == hash >> 32)
            try_literals(scan, slot->item - 1, gram);
    }
}

static void scan_ones(struct vg_scan *scan)
{
    const struct vg_blob_table *table = &scan->field->grams[VG_ASCII_ONE].table;
    const struct vg_text *text = &scan->text;
    const uint8_t *end = vg_text_at(text, text->end);

    for (const uint8_t *byte = vg_text_at(text, text->start); byte < end; byte++) {
        struct gram gram;

        if (!(scan->ones[*byte / 64] >> (*byte % 64) & 1))
            continue;
        scan->ones[*byte / 64] &= ~((uint64_t)1 << (*byte % 64));
        gram = (struct gram){*byte, text->start + (uint32_t)(byte - vg_text_at(text, text->start)), byte + 1};
        find_gram(scan, table, &gram);
    }
}

static inline uint64_t gram_of_bytes(const uint8_t *bytes, uint32_t units)
{
    uint64_t two = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8;

    return units == 2 ? two : two | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
}

static inline bool is_in_filter(const uint64_t *filter, unsigned shift, uint64_t gram)
{
    uint64_t bit = vg_gram_product(gram) >> shift;

    return filter[bit / 64] >> (bit % 64) & 1;
}

/* The grams of so many units that end in the piece. */
static inline void scan_grams(struct vg_scan *scan, const struct vg_blob_grams *grams, uint32_t units)
{
    const uint64_t *filter = scan->match->blob.FILTERS + grams->filter;
    unsigned shift = 64 - grams->filter_bits;
    const struct vg_text *text = &scan->text;
    uint32_t first = text->start ? text->start + 1 - units : 0;
    const uint8_t *bytes = vg_text_at(text, first);
    const uint8_t *end = vg_text_at(text, text->end);

    for (const uint8_t *at = bytes; at + units <= end; at++) {
        struct gram gram = {gram_of_bytes(at, units), 0, at + units};

        if (!is_in_filter(filter, shift, gram.value))
            continue;
        gram.start = first + (uint32_t)(at - bytes);
        find_gram(scan, &grams->table, &gram);
    }
}

void vg_scan_grams(struct vg_scan *scan)
{
    const struct vg_blob_grams *tables = scan->field->grams;

    if (tables[VG_ASCII_FOUR].table.probes)
        scan_grams(scan, &tables[VG_ASCII_FOUR], 4);
    if (tables[VG_ASCII_TWO].table.probes)
        scan_grams(scan, &tables[VG_ASCII_TWO], 2);
    if (scan->ones[0] | scan->ones[1])
        scan_ones(scan);
}

void vg_scan_start(struct vg_scan *scan)
{
    const uint8_t *bytes = vg_text_at(&scan->text, 0);
    struct gram gram = {gram_of_bytes(bytes, 4), 0, bytes + 4};

    if (scan->field->start.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->start, &gram);
}

void vg_scan_end(struct vg_scan *scan)
{
    const uint8_t *end = vg_text_at(&scan->text, scan->text.end);
    struct gram gram = {gram_of_bytes(end - 4, 4), scan->text.end - 4, end};

    if (scan->field->end.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->end, &gram);
}

/* Texts that are not all ASCII, by grams that are not, either: in nearly all values there are none. */
void vg_scan_wide(struct vg_scan *scan)
{
    const struct vg_blob_grams *tables = scan->field->grams;
    uint64_t window = 0;

    for (uint32_t at = 0; at < scan->value.count; at++) {
        window = vg_window_push(window, vg_fold(scan->value.units[at]));
        if (!(window & VG_IN_EACH_UNIT(0xFF80)))
            continue;
        for (uint32_t i = VG_WIDE_ONE; i < VG_GRAM_TABLES; i++) {
            uint32_t units = vg_gram_units(i);
            struct gram gram = {vg_window_gram(window, units), at + 1 - units, NULL};

            if (tables[i].table.probes && at + 1 >= units &&
                is_in_filter(scan->match->blob.FILTERS + tables[i].filter, 64 - tables[i].filter_bits,
                             gram.value))
                find_gram(scan, &tables[i].table, &gram);
        }
    }
}
