#include "hash.h"

#define FIRST  0x9E3779B185EBCA87u
#define SECOND 0xC2B2AE3D27D4EB4Fu

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t mix(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * SECOND, 31) * FIRST;
}

uint64_t vg_checksum(const void *bytes, size_t size)
{
    const uint64_t *words = bytes;
    size_t count = size / sizeof(*words);
    uint64_t lanes[4] = {FIRST, SECOND, FIRST ^ SECOND, ~FIRST};
    uint64_t sum = size;
    size_t at = 0;

    for (; count - at >= 4; at += 4) {
        lanes[0] = mix(lanes[0], words[at]);
        lanes[1] = mix(lanes[1], words[at + 1]);
        lanes[2] = mix(lanes[2], words[at + 2]);
        lanes[3] = mix(lanes[3], words[at + 3]);
    }
    for (; at < count; at++)
        sum = mix(sum, words[at]);
    for (unsigned lane = 0; lane < 4; lane++)
        sum = mix(sum, lanes[lane]);
    return sum ^ sum >> 29;
}
