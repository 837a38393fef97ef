#include "set.h"

#include <vigil/text.h>

#include <string.h>

struct range {
    uint16_t first;
    uint16_t last;
};

/* Each list ends at a range from 1 to 0. */
#define RANGES(...)                                                                                          \
    (const struct range[])                                                                                   \
    {                                                                                                        \
        __VA_ARGS__,                                                                                         \
        {                                                                                                    \
            1, 0                                                                                             \
        }                                                                                                    \
    }

static void add_ranges(struct vg_regex_set *set, const struct range *ranges)
{
    for (; ranges->first <= ranges->last; ranges++)
        vg_regex_set_add_range(set, ranges->first, ranges->last);
}

void vg_regex_set_add_range(struct vg_regex_set *set, uint32_t first, uint32_t last)
{
    for (uint32_t unit = first; unit <= last; unit++)
        vg_regex_set_add(set, unit);
}

void vg_regex_set_add_all(struct vg_regex_set *set, const struct vg_regex_set *other)
{
    for (unsigned word = 0; word < 1024; word++)
        set->bits[word] |= other->bits[word];
}

void vg_regex_set_invert(struct vg_regex_set *set)
{
    for (unsigned word = 0; word < 1024; word++)
        set->bits[word] = ~set->bits[word];
}

void vg_regex_case_build(struct vg_regex_case *cases)
{
    memset(cases->last, 0xFF, sizeof(cases->last));
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        uint32_t *last = &cases->last[vg_upcase((uint16_t)unit)];
        uint32_t before = *last == UINT32_MAX ? unit : *last;

        cases->next[unit] = before == unit ? (uint16_t)unit : cases->next[before];
        cases->next[before] = (uint16_t)unit;
        *last = unit;
    }
}

void vg_regex_set_fold(struct vg_regex_set *set, const struct vg_regex_case *cases)
{
    for (uint32_t word = 0; word < 1024; word++) {
        uint64_t members = set->bits[word];

        for (uint32_t unit = word * 64; members; unit++, members >>= 1) {
            for (uint32_t same = cases->next[unit]; (members & 1) && same != unit; same = cases->next[same])
                vg_regex_set_add(set, same);
        }
    }
}

bool vg_regex_set_add_escape(struct vg_regex_set *set, uint32_t letter)
{
    struct vg_regex_set known = {0};

    switch (letter) {
    case 'd':
    case 'D':
        add_ranges(&known, RANGES({'0', '9'}));
        break;
    case 'w':
    case 'W':
        add_ranges(&known, RANGES({'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}));
        break;
    case 's':
    case 'S':
        add_ranges(&known, RANGES({'\t', '\r'}, {' ', ' '}));
        break;
    case 'h':
    case 'H':
        add_ranges(&known, RANGES({'\t', '\t'}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x180E, 0x180E},
                                  {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}));
        break;
    case 'v':
    case 'V':
        add_ranges(&known, RANGES({'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}));
        break;
    case 'N':
        add_ranges(&known, RANGES({'\n', '\n'}));
        break;
    default:
        return false;
    }
    if (letter < 'a')
        vg_regex_set_invert(&known);
    vg_regex_set_add_all(set, &known);
    return true;
}

static const struct {
    const char *name;
    struct range ranges[5];
} posix[] = {
    {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {1, 0}}},
    {"alpha", {{'A', 'Z'}, {'a', 'z'}, {1, 0}}},
    {"ascii", {{0, 127}, {1, 0}}},
    {"blank", {{'\t', '\t'}, {' ', ' '}, {1, 0}}},
    {"cntrl", {{0, 31}, {127, 127}, {1, 0}}},
    {"digit", {{'0', '9'}, {1, 0}}},
    {"graph", {{33, 126}, {1, 0}}},
    {"lower", {{'a', 'z'}, {1, 0}}},
    {"print", {{32, 126}, {1, 0}}},
    {"punct", {{33, 47}, {58, 64}, {91, 96}, {123, 126}, {1, 0}}},
    {"space", {{'\t', '\r'}, {' ', ' '}, {1, 0}}},
    {"upper", {{'A', 'Z'}, {1, 0}}},
    {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}, {1, 0}}},
    {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}, {1, 0}}},
};

static bool is_name(const char *known, const uint16_t *name, uint32_t length)
{
    if (strlen(known) != length)
        return false;
    for (uint32_t at = 0; at < length; at++) {
        if (name[at] != (uint8_t)known[at])
            return false;
    }
    return true;
}

bool vg_regex_set_add_posix(struct vg_regex_set *set, const uint16_t *name, uint32_t length)
{
    for (unsigned at = 0; at < sizeof(posix) / sizeof(*posix); at++) {
        if (is_name(posix[at].name, name, length)) {
            add_ranges(set, posix[at].ranges);
            return true;
        }
    }
    return false;
}
