#include "digest_text.h"

#include <string.h>

/* The value of each hexadecimal digit, plus one; 0 for every other byte. */
static const uint8_t nibbles[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static bool same_letters(const char *known, const char *name, size_t size)
{
    size_t i = 0;
    while (i < size && known[i] && ((unsigned char)known[i] | 0x20u) == ((unsigned char)name[i] | 0x20u))
        i++;
    return i == size && !known[i];
}

enum vg_field vg_digest_field(const char *name, size_t size)
{
    unsigned field = 0;
    while (field < VG_FIELD_COUNT && (vg_field_digest_size((enum vg_field)field) == 0 ||
                                      !same_letters(vg_field_name((enum vg_field)field), name, size)))
        field++;
    return (enum vg_field)field;
}

bool vg_digest_parse(enum vg_field field, const char *text, size_t size, uint8_t digest[VG_DIGEST_SIZE_MAX])
{
    uint8_t bytes[VG_DIGEST_SIZE_MAX];
    size_t count = vg_field_digest_size(field);
    if (size != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned high = nibbles[(unsigned char)text[2 * i]];
        unsigned low = nibbles[(unsigned char)text[2 * i + 1]];
        if (!high || !low)
            return false;
        bytes[i] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    memcpy(digest, bytes, count);
    return true;
}

bool vg_digest_is_zero(enum vg_field field, const uint8_t *digest)
{
    for (size_t i = 0; i < vg_field_digest_size(field); i++)
        if (digest[i])
            return false;
    return true;
}
