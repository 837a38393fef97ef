#include "match_scan.h"

#include <string.h>

/* Where a gram of a table was found: where in the value it starts, and what is behind it in the piece, NULL
 * when it is made of units, not of bytes. */
struct found {
    uint32_t start;
    const uint8_t *end;
};

/* The rest of a text whose gram was found; `whole`: there is none. */
static inline void try_literal(struct vg_scan *scan, const struct vg_blob_gram *gram,
                               const struct found *found, bool whole)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    uint32_t index = gram->literal & VG_GRAM_LITERAL;
    const struct vg_blob_literal *literal = &blob->LITERALS[index];
    uint32_t start = found->start - gram->start;

    if (scan->match->stamps[index] == scan->match->scratch->serial)
        return;
    if (!whole &&
        (gram->start > found->start || (literal->units & ~VG_TEXT_WIDE) > scan->value.count - start ||
         !vg_text_is(&scan->text, blob, start, literal->text, literal->units)))
        return;
    scan->match->stamps[index] = scan->match->scratch->serial;
    vg_scan_hit(scan, literal->target);
}

/* All texts that hang on a gram. The word of each, if it lies in the piece, tells most of them apart. */
static void try_grams(struct vg_scan *scan, const struct vg_blob_gram *gram, struct found found)
{
    const uint8_t *piece_end = vg_text_at(&scan->text, scan->text.end);

    for (;; gram++) {
        if (!found.end || gram->known == 0 || gram->behind > piece_end - found.end)
            try_literal(scan, gram, &found, false);
        else if ((vg_load_word(found.end + gram->behind - VG_WORD_UNITS) ^ gram->word) >>
                     (64 - 8 * gram->known) ==
                 0)
            try_literal(scan, gram, &found, (gram->literal & VG_GRAM_WHOLE) && gram->start <= found.start);
        if (gram->literal & VG_BLOB_LAST)
            break;
    }
}

static inline void find_gram(struct vg_scan *scan, const struct vg_blob_table *table, uint32_t gram,
                             uint32_t start, const uint8_t *end)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_slot *slots = blob->SLOTS + table->slots;
    uint64_t hash = vg_gram_hash(gram);
    uint32_t mask = ((uint32_t)1 << table->bits) - 1;

    for (uint32_t probe = 0; probe < table->probes; probe++) {
        const struct vg_blob_slot *slot = &slots[((uint32_t)hash + probe) & mask];

        if (slot->item == 0)
            return;
        if (slot->tag == gram) {
            try_grams(scan, &blob->GRAMS[slot->item - 1], (struct found){start, end});
            return;
        }
    }
}

/* Where in the value a byte of its piece is. */
static inline uint32_t place_in(const struct vg_text *text, const uint8_t *byte)
{
    return text->start + (uint32_t)(byte - (text->bytes + VG_PIECE_BEFORE));
}

/* Texts of one unit: each is looked for by itself, since nearly always there are few. */
static void scan_ones(struct vg_scan *scan)
{
    const struct vg_blob_grams *ones = &scan->field->grams[VG_ASCII_ONE];
    const uint64_t *wanted = scan->match->blob.FILTERS + ones->filter;
    const struct vg_text *text = &scan->text;
    const uint8_t *end = vg_text_at(text, text->end);

    for (unsigned half = 0; half < 2; half++) {
        for (uint64_t left = wanted[half]; left; left &= left - 1) {
            uint8_t unit = (uint8_t)(64 * half + vg_lowest_bit(left));
            const uint8_t *at = vg_text_seek_one(vg_text_at(text, text->start), end, unit);

            if (at < end)
                find_gram(scan, &ones->table, unit, place_in(text, at), at + 1);
        }
    }
}

/* Four bytes, or with the mask of a shorter gram fewer. All of them are in the piece's buffer. */
static inline uint32_t gram_at(const uint8_t *bytes, uint32_t mask)
{
    return ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
            (uint32_t)bytes[3] << 24) &
           mask;
}

static inline bool is_in_filter(const uint64_t *filter, unsigned shift, uint32_t gram)
{
    uint32_t bit = vg_gram_product(gram) >> shift;

    return filter[bit / 64] >> (bit % 64) & 1;
}

/* The next place from `at` to `last` whose gram may be in the table; behind `last` when there is none. This
 * is the loop that looks at every value. */
static inline const uint8_t *next_in_filter(const uint8_t *at, const uint8_t *last, uint32_t stride,
                                            const uint64_t *filter, unsigned shift, uint32_t mask)
{
    while (at <= last && !is_in_filter(filter, shift, gram_at(at, mask)))
        at += stride;
    return at;
}

/* The grams of so many units that end in the piece. */
static void scan_grams(struct vg_scan *scan, const struct vg_blob_grams *grams, uint32_t units)
{
    const uint64_t *filter = scan->match->blob.FILTERS + grams->filter;
    const struct vg_text *text = &scan->text;
    unsigned shift = 32u - grams->filter_bits;
    uint32_t mask = UINT32_MAX >> (32 - 8 * units);
    uint32_t stride = grams->stride;
    uint32_t first = text->start ? (text->start - units + stride) / stride * stride : 0;
    const uint8_t *last = vg_text_at(text, text->end) - units;
    const uint8_t *at = next_in_filter(vg_text_at(text, first), last, stride, filter, shift, mask);

    for (; at <= last; at = next_in_filter(at + stride, last, stride, filter, shift, mask))
        find_gram(scan, &grams->table, gram_at(at, mask), place_in(text, at), at + units);
}

void vg_scan_grams(struct vg_scan *scan)
{
    const struct vg_blob_grams *tables = scan->field->grams;

    if (tables[VG_ASCII_FOUR].table.probes)
        scan_grams(scan, &tables[VG_ASCII_FOUR], 4);
    if (tables[VG_ASCII_TWO].table.probes)
        scan_grams(scan, &tables[VG_ASCII_TWO], 2);
    if (tables[VG_ASCII_ONE].table.probes)
        scan_ones(scan);
}

void vg_scan_start(struct vg_scan *scan)
{
    const uint8_t *bytes = vg_text_at(&scan->text, 0);

    if (scan->field->start.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->start, gram_at(bytes, UINT32_MAX), 0, bytes + 4);
}

void vg_scan_end(struct vg_scan *scan)
{
    const uint8_t *end = vg_text_at(&scan->text, scan->text.end);

    if (scan->field->end.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->end, gram_at(end - 4, UINT32_MAX), scan->text.end - 4, end);
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
            uint32_t gram = vg_gram_mix(vg_window_gram(window, units));

            if (tables[i].table.probes && at + 1 >= units &&
                is_in_filter(scan->match->blob.FILTERS + tables[i].filter, 32u - tables[i].filter_bits, gram))
                find_gram(scan, &tables[i].table, gram, at + 1 - units, NULL);
        }
    }
}
