#include "checksum.h"

#include "bytes.h"

/* Sums 32 bits at a time: 2^32 is 1 modulo 0xFFFF, so the sum folds to the same 16 bits as the sum of 16-bit
 * words. An odd last byte counts as a word whose high byte is 0. Sixty-four bits hold the sum of 16 GiB. */
static uint32_t sum_words(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0;
    size_t i = 0;

    for (; size - i >= 4; i += 4)
        sum += vg_read32(bytes + i);
    for (; size - i >= 2; i += 2)
        sum += vg_read16(bytes + i);
    if (i < size)
        sum += bytes[i];
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint32_t)sum;
}

/* Subtracts one word of the field as CheckSumMappedFile does, borrow and all: a sum of 0 and one of 0xFFFF
 * are the same number in ones' complement, but not the same checksum. */
static uint32_t without_word(uint32_t sum, uint16_t word)
{
    return (sum - (sum < word) - word) & 0xFFFF;
}

uint32_t vg_image_checksum(const uint8_t *bytes, size_t size, size_t field)
{
    uint32_t sum = sum_words(bytes, size);

    sum = without_word(sum, vg_read16(bytes + field));
    sum = without_word(sum, vg_read16(bytes + field + 2));
    return sum + (uint32_t)size;
}
