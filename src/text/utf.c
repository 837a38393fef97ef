#include <vigil/text.h>

#include <string.h>

#define REPLACEMENT 0xFFFDu

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static uint32_t next_scalar(const uint16_t *units, uint32_t count, uint32_t *index)
{
    uint32_t unit = units[(*index)++];

    if (is_high_surrogate(unit) && *index < count && is_low_surrogate(units[*index]))
        return 0x10000 + ((unit - 0xD800) << 10) + (units[(*index)++] - 0xDC00u);
    return is_high_surrogate(unit) || is_low_surrogate(unit) ? REPLACEMENT : unit;
}

static size_t encode_utf8(uint32_t scalar, uint8_t out[4])
{
    if (scalar < 0x80) {
        out[0] = (uint8_t)scalar;
        return 1;
    }
    if (scalar < 0x800) {
        out[0] = (uint8_t)(0xC0 | scalar >> 6);
        out[1] = (uint8_t)(0x80 | (scalar & 0x3F));
        return 2;
    }
    if (scalar < 0x10000) {
        out[0] = (uint8_t)(0xE0 | scalar >> 12);
        out[1] = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (scalar & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | scalar >> 18);
    out[1] = (uint8_t)(0x80 | (scalar >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (scalar & 0x3F));
    return 4;
}

size_t vg_utf8_from_utf16(struct vg_span text, char *out, size_t capacity)
{
    const uint16_t *units = vg_units(text);
    uint32_t count = vg_unit_count(text);
    size_t needed = 0;
    bool fits = true;

    for (uint32_t i = 0; i < count;) {
        uint8_t bytes[4];
        size_t length = encode_utf8(next_scalar(units, count, &i), bytes);

        fits = fits && capacity - needed >= length;
        for (size_t k = 0; fits && k < length; k++)
            out[needed + k] = (char)bytes[k];
        needed += length;
    }
    return needed;
}

/* Decodes one character by the Unicode Standard's table 3-7 (well-formed byte sequences). Returns its length,
 * or 0. */
static size_t decode_utf8(const uint8_t *bytes, size_t size, uint32_t *scalar)
{
    uint8_t first = bytes[0];
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    size_t length;

    if (first < 0x80) {
        *scalar = first;
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF)
        length = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        length = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        length = 4;
    else
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (size < length || bytes[1] < low || bytes[1] > high)
        return 0;
    *scalar = first & (0xFFu >> (length + 1));
    *scalar = *scalar << 6 | (bytes[1] & 0x3Fu);
    for (size_t i = 2; i < length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xBF)
            return 0;
        *scalar = *scalar << 6 | (bytes[i] & 0x3Fu);
    }
    return length;
}

/* How many bytes from here on are ASCII, which nearly all text is: found eight at a time. */
static size_t ascii_run(const uint8_t *bytes, size_t size)
{
    size_t run = 0;
    uint64_t word;

    for (; size - run >= sizeof(word); run += sizeof(word)) {
        memcpy(&word, bytes + run, sizeof(word));
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (run < size && bytes[run] < 0x80)
        run++;
    return run;
}

static bool well_formed(const uint8_t *bytes, size_t size, size_t *bad_offset)
{
    uint32_t scalar;

    for (size_t i = ascii_run(bytes, size); i < size; i += ascii_run(bytes + i, size - i)) {
        size_t length = decode_utf8(bytes + i, size - i, &scalar);

        if (length == 0) {
            if (bad_offset != NULL)
                *bad_offset = i;
            return false;
        }
        i += length;
    }
    return true;
}

bool vg_utf16_from_utf8(const char *utf8, size_t size, uint16_t *out, size_t capacity, size_t *count,
                        size_t *bad_offset)
{
    const uint8_t *bytes = (const uint8_t *)utf8;
    size_t needed = 0;

    if (!well_formed(bytes, size, bad_offset))
        return false;
    for (size_t i = 0; i < size;) {
        size_t run = ascii_run(bytes + i, size - i);
        size_t fitting = needed < capacity ? capacity - needed : 0;
        uint32_t scalar = 0;
        uint16_t units[2];
        size_t length = 1;

        for (size_t k = 0; k < run && k < fitting; k++)
            out[needed + k] = bytes[i + k];
        needed += run;
        i += run;
        if (i == size)
            break;
        i += decode_utf8(bytes + i, size - i, &scalar);
        units[0] = (uint16_t)scalar;
        if (scalar >= 0x10000) {
            units[0] = (uint16_t)(0xD800 + ((scalar - 0x10000) >> 10));
            units[1] = (uint16_t)(0xDC00 + ((scalar - 0x10000) & 0x3FF));
            length = 2;
        }
        for (size_t k = 0; k < length; k++, needed++) {
            if (needed < capacity)
                out[needed] = units[k];
        }
    }
    *count = needed;
    return true;
}
