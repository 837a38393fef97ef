#include "encode.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t vg_base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

/* Six bits from bit `at` on; bits outside of `bytes` are zero. */
static unsigned six_bits(const uint8_t *bytes, size_t size, size_t at)
{
    unsigned first = at / 8 < size ? bytes[at / 8] : 0;
    unsigned second = at / 8 + 1 < size ? bytes[at / 8 + 1] : 0;
    return (first << 8 | second) >> (10 - at % 8) & 0x3F;
}

void vg_base64(const uint8_t *bytes, size_t size, char *out)
{
    size_t whole = (size * 8 + 5) / 6;
    for (size_t i = 0; i < whole; i++)
        out[i] = letters[six_bits(bytes, size, i * 6)];
    memset(out + whole, '=', vg_base64_size(size) - whole);
}

/* Each character stands for six bits of the whole; those whose bits are all of `bytes` are kept. */
size_t vg_base64_part(const uint8_t *bytes, size_t size, unsigned offset, char *out)
{
    size_t before = (size_t)offset * 8;
    size_t first = (before + 5) / 6;
    size_t end = (before + size * 8) / 6;
    size_t count = 0;
    for (size_t i = first; i < end; i++)
        out[count++] = letters[six_bits(bytes, size, i * 6 - before)];
    return count;
}
