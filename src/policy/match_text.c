#include "match_text.h"

/* Units of ASCII are folded in blocks: sixteen in the registers that every x64 processor has, and that code
 * in its kernel may use like any other; else eight in a word. VG_PORTABLE_TEXT asks for the words, for tests.
 */
#if defined(__SSE2__) && defined(__x86_64__) && !defined(VG_PORTABLE_TEXT)
#include <emmintrin.h>

#define BLOCK_UNITS 16u

/* A bit for each of eight units in either half that is not ASCII. */
static inline uint32_t wide_units(__m128i low, __m128i high)
{
    const __m128i beyond = _mm_set1_epi16((short)0xFF80);
    const __m128i none = _mm_setzero_si128();

    return 0xFFFFu ^
           (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(_mm_and_si128(low, beyond), none),
                                                       _mm_cmpeq_epi16(_mm_and_si128(high, beyond), none)));
}

/* A bit for each unit of the block that is not ASCII; its byte is not folded. */
static inline uint32_t fold_block(const uint16_t *units, uint8_t *bytes)
{
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)units);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(units + 8));
    __m128i beyond = _mm_and_si128(_mm_or_si128(low, high), _mm_set1_epi16((short)0xFF80));
    __m128i block = _mm_packus_epi16(low, high);
    __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(block, _mm_set1_epi8('a' - 1)),
                                    _mm_cmplt_epi8(block, _mm_set1_epi8('z' + 1)));

    block = _mm_sub_epi8(block, _mm_and_si128(letters, _mm_set1_epi8('a' - 'A')));
    _mm_storeu_si128((__m128i *)(void *)bytes, block);
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(beyond, _mm_setzero_si128())) == 0xFFFF)
        return 0;
    return wide_units(low, high);
}

/* A bit for each of sixteen places where the two bytes stand. */
static inline uint32_t seek_block(const uint8_t *at, uint8_t first, uint8_t second)
{
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(at + 1));

    return (uint32_t)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8((char)first)),
                                                     _mm_cmpeq_epi8(next, _mm_set1_epi8((char)second))));
}

static inline uint32_t seek_block_one(const uint8_t *at, uint8_t byte)
{
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);

    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, _mm_set1_epi8((char)byte)));
}

#define SEEK_SHIFT 0u
#else
#define BLOCK_UNITS 8u

/* All of them, when one is not. */
static inline uint32_t fold_block(const uint16_t *units, uint8_t *bytes)
{
    if ((vg_four_units(units) | vg_four_units(units + 4)) & VG_IN_EACH_UNIT(0xFF80))
        return 0xFF;
    vg_store_word(bytes, vg_fold_word(units));
    return 0;
}

/* The highest bit of a byte for each of eight places where the two bytes stand. */
static inline uint64_t seek_block(const uint8_t *at, uint8_t first, uint8_t second)
{
    return vg_bytes_equal(vg_load_word(at), first) & vg_bytes_equal(vg_load_word(at + 1), second);
}

static inline uint64_t seek_block_one(const uint8_t *at, uint8_t byte)
{
    return vg_bytes_equal(vg_load_word(at), byte);
}

#define SEEK_SHIFT 3u
#endif

/* Fewer units than a block, at least a word: two words that overlap. */
static void fold_words(struct vg_text *text, const uint16_t *units, uint8_t *bytes, uint32_t count)
{
    uint64_t first = vg_fold_word(units);
    uint64_t last = vg_fold_word(units + count - VG_WORD_UNITS);

    vg_store_word(bytes, first);
    vg_store_word(bytes + count - VG_WORD_UNITS, last);
    text->wide |= ((first | last) & VG_WIDE) != 0;
}

static void fold_units(struct vg_text *text, const uint16_t *units, uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bytes[i] = vg_fold_byte(units[i]);
        text->wide |= (bytes[i] & 0x80) != 0;
    }
}

/* The last block overlaps the one before. */
static void fold_piece(struct vg_text *text)
{
    uint32_t left = text->count - text->start;
    uint32_t count = vg_lower(left, VG_PIECE_UNITS);
    const uint16_t *units = text->units + text->start;
    uint8_t *bytes = text->bytes + VG_PIECE_BEFORE;

    text->end = text->start + count;
    for (uint32_t i = 0; i < VG_PIECE_AFTER; i += VG_WORD_UNITS)
        vg_store_word(bytes + count + i, 0);
    if (count < BLOCK_UNITS) {
        (count < VG_WORD_UNITS ? fold_units : fold_words)(text, units, bytes, count);
        return;
    }
    for (uint32_t at = 0; at < count; at += BLOCK_UNITS) {
        uint32_t wide;

        at = vg_lower(at, count - BLOCK_UNITS);
        for (wide = fold_block(units + at, bytes + at); wide; wide &= wide - 1) {
            uint32_t unit = at + vg_lowest_bit(wide);

            fold_units(text, units + unit, bytes + unit, 1);
        }
    }
}

void vg_text_open(struct vg_text *text, const struct vg_value *value)
{
    text->units = value->units;
    text->count = value->count;
    text->start = 0;
    text->wide = false;
    vg_store_word(text->bytes, 0);
    fold_piece(text);
}

bool vg_text_next(struct vg_text *text)
{
    if (text->end == text->count)
        return false;
    vg_store_word(text->bytes, vg_load_word(text->bytes + VG_PIECE_UNITS));
    text->start = text->end;
    fold_piece(text);
    return true;
}

bool vg_text_has_stream(const struct vg_text *text, const struct vg_value *value)
{
    const uint8_t *start = vg_text_at(text, 0);
    const uint8_t *end = vg_text_at(text, text->end);
    const uint8_t *colon;

    if (!value->is_path || text->end < text->count)
        return vg_value_has_stream(value);
    colon = vg_text_seek_one(start, end, ':');
    if (colon == start + 1) /* behind a drive's letter */
        colon = vg_text_seek_one(colon + 1, end, ':');
    return colon < end;
}

static bool same_few_bytes(const uint8_t *a, const uint8_t *b, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        if (a[at] != b[at])
            return false;
    }
    return true;
}

/* The last words overlap those before. */
static bool same_bytes(const uint8_t *a, const uint8_t *b, uint32_t count)
{
    if (count < VG_WORD_UNITS)
        return same_few_bytes(a, b, count);
    count -= VG_WORD_UNITS;
    for (uint32_t at = 0; at < count; at += VG_WORD_UNITS) {
        if (vg_load_word(a + at) != vg_load_word(b + at))
            return false;
    }
    return vg_load_word(a + count) == vg_load_word(b + count);
}

bool vg_text_equals(const struct vg_text *text, uint32_t start, const void *other, uint32_t units)
{
    uint32_t count = units & ~VG_TEXT_WIDE;
    const uint8_t *bytes = other;

    if (units & VG_TEXT_WIDE) {
        for (uint32_t i = 0; i < count; i++) {
            if (((const uint16_t *)other)[i] != vg_fold(text->units[start + i]))
                return false;
        }
        return true;
    }
    if (start >= text->start && start + count <= text->end)
        return same_bytes(bytes, vg_text_at(text, start), count);
    for (uint32_t i = 0; i < count; i++) {
        if (bytes[i] != vg_fold(text->units[start + i]))
            return false;
    }
    return true;
}

const uint8_t *vg_text_seek(const uint8_t *at, const uint8_t *last, uint8_t first, uint8_t second)
{
    for (; at <= last; at += BLOCK_UNITS) {
        uint64_t found = seek_block(at, first, second);

        if (found)
            return at + (vg_lowest_bit(found) >> SEEK_SHIFT);
    }
    return at;
}

const uint8_t *vg_text_seek_one(const uint8_t *at, const uint8_t *end, uint8_t byte)
{
    for (; at < end; at += BLOCK_UNITS) {
        uint64_t found = seek_block_one(at, byte);

        if (found)
            return at + (vg_lowest_bit(found) >> SEEK_SHIFT);
    }
    return at;
}

static bool find_unit(const struct vg_text *text, uint8_t unit)
{
    const uint8_t *end = vg_text_at(text, text->end);

    return vg_text_seek_one(vg_text_at(text, text->start), end, unit) < end;
}

bool vg_text_find(const struct vg_text *text, const struct vg_blob_view *blob, uint32_t at, uint32_t units)
{
    const uint8_t *wanted = blob->BYTES + at;
    uint32_t start = text->start - (text->start != 0);
    const uint8_t *last = vg_text_at(text, text->end);
    const uint8_t *place = vg_text_at(text, start);

    if (units < 2)
        return units == 0 || find_unit(text, *wanted);
    for (last -= 2; (place = vg_text_seek(place, last, wanted[0], wanted[1])) <= last; place++) {
        start = text->start + (uint32_t)(place - (text->bytes + VG_PIECE_BEFORE));
        if (units > text->count - start)
            return false;
        if (vg_text_is(text, blob, start, at, units))
            return true;
    }
    return false;
}
