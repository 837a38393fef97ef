#include "match_scan.h"

#include <string.h>

/* A gram that may be one of a table's. */
struct found {
    uint64_t gram;
    uint32_t start;     /* in the value */
    const uint8_t *end; /* behind it in the piece; NULL when it is made of units, not of bytes */
};

/* The rest of a text whose gram was found, and whose word, if it lies in the piece, is there. */
static void try_literal(struct vg_scan *scan, const struct vg_blob_gram *gram, const struct found *found,
                        bool whole)
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

static void try_gram(struct vg_scan *scan, const struct vg_blob_gram *gram, const struct found *found)
{
    const uint8_t *end;

    if (!found->end || gram->known == 0 ||
        gram->behind > vg_text_at(&scan->text, scan->text.end) - found->end) {
        try_literal(scan, gram, found, false);
        return;
    }
    end = found->end + gram->behind;
    if ((vg_load_word(end - VG_WORD_UNITS) ^ gram->word) >> (64 - 8 * gram->known) == 0)
        try_literal(scan, gram, found, (gram->literal & VG_GRAM_WHOLE) && gram->start <= found->start);
}

static void find_gram(struct vg_scan *scan, const struct vg_blob_table *table, const struct found *found)
{
    const struct vg_blob_view *blob = &scan->match->blob;
    const struct vg_blob_slot *slots = blob->SLOTS + table->slots;
    uint64_t hash = vg_gram_hash(found->gram);
    uint32_t mask = ((uint32_t)1 << table->bits) - 1;

    for (uint32_t probe = 0; probe < table->probes; probe++) {
        const struct vg_blob_slot *slot = &slots[((uint32_t)hash + probe) & mask];
        const struct vg_blob_gram *gram;

        if (slot->item == 0)
            return;
        if (slot->tag != hash >> 32)
            continue;
        for (gram = &blob->GRAMS[slot->item - 1];; gram++) {
            try_gram(scan, gram, found);
            if (gram->literal & VG_BLOB_LAST)
                break;
        }
        if (found->end) /* a tag of bytes is the gram: there is no other */
            return;
    }
}

/* Where in the value a byte of its piece is. */
static uint32_t place_in(const struct vg_text *text, const uint8_t *byte)
{
    return text->start + (uint32_t)(byte - (text->bytes + VG_PIECE_BEFORE));
}

/* Texts of one unit, each of those that the piece has. */
static void find_one(struct vg_scan *scan, uint8_t unit)
{
    const struct vg_text *text = &scan->text;
    const uint8_t *at = vg_text_at(text, text->start);
    struct found found = {.gram = unit};

    while (*at != unit)
        at++;
    found.start = place_in(text, at);
    found.end = at + 1;
    find_gram(scan, &scan->field->grams[VG_ASCII_ONE].table, &found);
}

static void scan_ones(struct vg_scan *scan)
{
    const uint64_t *wanted = scan->match->blob.FILTERS + scan->field->grams[VG_ASCII_ONE].filter;
    const struct vg_text *text = &scan->text;
    const uint8_t *end = vg_text_at(text, text->end);
    uint8_t there[256];

    memset(there, 0, 128);
    for (const uint8_t *byte = vg_text_at(text, text->start); byte < end; byte++)
        there[*byte] = 1;
    for (unsigned half = 0; half < 2; half++) {
        for (uint64_t left = wanted[half]; left; left &= left - 1) {
            unsigned unit = 64 * half + vg_lowest_bit(left);

            if (there[unit])
                find_one(scan, (uint8_t)unit);
        }
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
    uint32_t stride = grams->stride;
    uint32_t first = text->start ? (text->start - units + stride) / stride * stride : 0;
    const uint8_t *end = vg_text_at(text, text->end) - units;

    for (const uint8_t *at = vg_text_at(text, first); at <= end; at += stride) {
        uint64_t gram = gram_of_bytes(at, units);

        if (is_in_filter(filter, shift, gram)) {
            struct found found = {gram, place_in(text, at), at + units};

            find_gram(scan, &grams->table, &found);
        }
    }
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
    struct found found = {gram_of_bytes(bytes, 4), 0, bytes + 4};

    if (scan->field->start.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->start, &found);
}

void vg_scan_end(struct vg_scan *scan)
{
    const uint8_t *end = vg_text_at(&scan->text, scan->text.end);
    struct found found = {gram_of_bytes(end - 4, 4), scan->text.end - 4, end};

    if (scan->field->end.probes && scan->text.end >= 4)
        find_gram(scan, &scan->field->end, &found);
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
            struct found found = {vg_window_gram(window, units), at + 1 - units, NULL};

            if (tables[i].table.probes && at + 1 >= units &&
                is_in_filter(scan->match->blob.FILTERS + tables[i].filter, 64u - tables[i].filter_bits,
                             found.gram))
                find_gram(scan, &tables[i].table, &found);
        }
    }
}
