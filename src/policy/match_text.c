#include "match_text.h"

#include <string.h>

static void store_word(uint8_t *bytes, uint64_t word)
{
    bytes[0] = (uint8_t)word;
    bytes[1] = (uint8_t)(word >> 8);
    bytes[2] = (uint8_t)(word >> 16);
    bytes[3] = (uint8_t)(word >> 24);
    bytes[4] = (uint8_t)(word >> 32);
    bytes[5] = (uint8_t)(word >> 40);
    bytes[6] = (uint8_t)(word >> 48);
    bytes[7] = (uint8_t)(word >> 56);
}

static void fold_piece(struct vg_text *text)
{
    uint32_t left = text->count - text->start;
    uint32_t count = left < VG_PIECE_UNITS ? left : VG_PIECE_UNITS;
    const uint16_t *units = text->units + text->start;
    uint8_t *bytes = text->bytes + VG_PIECE_BEFORE;
    uint32_t at = 0;
    uint64_t word;

    text->end = text->start + count;
    for (; count - at >= VG_WORD_UNITS; at += VG_WORD_UNITS) {
        word = vg_fold_word(units + at);
        text->wide |= word & VG_WIDE;
        store_word(bytes + at, word);
    }
    word = count < VG_WORD_UNITS || count == at
               ? vg_fold_part(units + at, count - at)
               : vg_fold_word(units + count - VG_WORD_UNITS) >> 8 * (VG_WORD_UNITS - (count - at));
    text->wide |= word & VG_WIDE;
    store_word(bytes + at, word);
}

void vg_text_open(struct vg_text *text, const struct vg_value *value)
{
    text->units = value->units;
    text->count = value->count;
    text->start = 0;
    text->wide = 0;
    store_word(text->bytes, 0);
    fold_piece(text);
}

bool vg_text_next(struct vg_text *text)
{
    if (text->end == text->count)
        return false;
    store_word(text->bytes, vg_load_word(text->bytes + VG_PIECE_UNITS));
    text->start = text->end;
    fold_piece(text);
    return true;
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, uint32_t count)
{
    uint32_t at = 0;

    for (; count - at >= 8; at += 8) {
        if (vg_load_word(a + at) != vg_load_word(b + at))
            return false;
    }
    if (count >= 8)
        return vg_load_word(a + count - 8) == vg_load_word(b + count - 8);
    for (; at < count; at++) {
        if (a[at] != b[at])
            return false;
    }
    return true;
}

bool vg_text_is(const struct vg_text *text, const struct vg_blob_view *blob, uint32_t start, uint32_t at,
                uint32_t units)
{
    uint32_t count = units & ~VG_TEXT_WIDE;

    if (units & VG_TEXT_WIDE) {
        for (uint32_t i = 0; i < count; i++) {
            if (blob->TEXT[at + i] != vg_fold(text->units[start + i]))
                return false;
        }
        return true;
    }
    if (start >= text->start && start + count <= text->end)
        return same_bytes(blob->BYTES + at, vg_text_at(text, start), count);
    for (uint32_t i = 0; i < count; i++) {
        if (blob->BYTES[at + i] != vg_fold(text->units[start + i]))
            return false;
    }
    return true;
}
