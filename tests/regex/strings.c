#include "strings.h"

#include "../cmocka_all.h"

#include <stdlib.h>
#include <string.h>

static uint8_t class_of(const struct vg_regex_header *table, uint16_t unit)
{
    const uint8_t *pages = (const uint8_t *)table + sizeof(*table);

    return pages[table->page_of[unit >> 8] * 256u + (unit & 255u)];
}

static bool matches_at_end(const struct vg_regex_header *table, uint32_t state)
{
    const uint8_t *bits = (const uint8_t *)table + vg_regex_lay_out(table).at_end;

    return (bits[state / 8] >> state % 8 & 1) != 0;
}

static void sort_units(struct string_maker *maker)
{
    uint32_t at = 0;

    maker->by_class = calloc(maker->table->classes + 1u, sizeof(*maker->by_class));
    assert_non_null(maker->by_class);
    for (uint32_t class = 0; class < maker->table->classes; class ++) {
        maker->by_class[class] = (uint16_t)at;
        for (uint32_t unit = 0; unit < maker->unit_count; unit++) {
            if (class_of(maker->table, maker->units[unit]) == class)
                maker->sorted[at++] = maker->units[unit];
        }
    }
    maker->by_class[maker->table->classes] = (uint16_t)at;
}

static bool has_units(const struct string_maker *maker, uint32_t class)
{
    return maker->by_class[class] < maker->by_class[class + 1];
}

static void measure(struct string_maker *maker)
{
    uint32_t states = maker->table->states;
    bool changed = true;

    maker->distance = malloc(states * sizeof(*maker->distance));
    assert_non_null(maker->distance);
    for (uint32_t state = 0; state < states; state++)
        maker->distance[state] = matches_at_end(maker->table, state) ? 0 : UINT32_MAX;
    while (changed) {
        changed = false;
        for (uint32_t state = states; state-- > 0;) {
            for (uint32_t class = 0; class < maker->table->classes; class ++) {
                uint32_t target = maker->distance[maker->next[state * maker->table->classes + class]];

                if (has_units(maker, class) && target != UINT32_MAX && target + 1 < maker->distance[state]) {
                    maker->distance[state] = target + 1;
                    changed = true;
                }
            }
        }
    }
}

void string_maker_begin(struct string_maker *maker, const struct vg_regex *regex, const struct text *pattern)
{
    static const uint16_t others[] = {0x85, 0xA0, 0x2028, 0x3000, 0x4E00, 0xD83D, 0xDE00, 0xFFFF};

    *maker = (struct string_maker){.table = regex->table, .pattern = pattern};
    maker->next =
        (const uint16_t *)(const void *)((const uint8_t *)regex->table + vg_regex_lay_out(regex->table).next);
    for (uint16_t unit = 0; unit < 128; unit++)
        maker->units[maker->unit_count++] = unit;
    for (unsigned at = 0; at < sizeof(others) / sizeof(*others); at++)
        maker->units[maker->unit_count++] = others[at];
    sort_units(maker);
    measure(maker);
}

void string_maker_end(struct string_maker *maker)
{
    free(maker->by_class);
    free(maker->distance);
}

static uint16_t any_unit(const struct string_maker *maker, uint64_t *random)
{
    return maker->units[below(random, maker->unit_count)];
}

/* A class with units: one on the shortest way to a match if `drawn`. */
static uint32_t pick_class(const struct string_maker *maker, uint64_t *random, uint32_t state, bool drawn)
{
    uint32_t classes = maker->table->classes;
    uint32_t at = below(random, classes);

    for (uint32_t tried = 0; drawn && tried < classes; tried++) {
        uint32_t class = (at + tried) % classes;
        uint32_t target = maker->next[state * classes + class];

        if (has_units(maker, class) && maker->distance[target] < maker->distance[state])
            return class;
    }
    while (!has_units(maker, at))
        at = (at + 1) % classes;
    return at;
}

static void walk(const struct string_maker *maker, uint64_t *random, struct text *out)
{
    uint32_t length = below(random, 8) == 0 ? below(random, 700) : below(random, 60);
    uint32_t drawn = 50 + below(random, 51);
    uint32_t state = maker->table->start;

    for (out->count = 0; out->count < length; out->count++) {
        uint32_t class = pick_class(maker, random, state, below(random, 100) < drawn);
        uint32_t first = maker->by_class[class];

        if (state == VG_REGEX_MATCHED && below(random, 4) == 0)
            break;
        out->units[out->count] = maker->sorted[first + below(random, maker->by_class[class + 1] - first)];
        state = maker->next[state * maker->table->classes + class];
    }
    for (uint32_t at = 0; (maker->table->flags & VG_REGEX_BACKWARDS) && at < out->count / 2; at++) {
        uint16_t unit = out->units[at];

        out->units[at] = out->units[out->count - 1 - at];
        out->units[out->count - 1 - at] = unit;
    }
}

static void mix_pattern(const struct string_maker *maker, uint64_t *random, struct text *out)
{
    uint32_t length = below(random, 24);

    for (out->count = 0; out->count < length; out->count++) {
        bool own = maker->pattern->count > 0 && below(random, 8) != 0;
        uint16_t unit =
            own ? maker->pattern->units[below(random, maker->pattern->count)] : any_unit(maker, random);

        out->units[out->count] = below(random, 12) == 0 ? '\n' : unit;
    }
}

static void cut_pattern(const struct string_maker *maker, uint64_t *random, struct text *out)
{
    uint32_t pieces = 1 + below(random, 4);

    out->count = 0;
    for (uint32_t piece = 0; piece < pieces && maker->pattern->count > 0; piece++) {
        uint32_t from = below(random, maker->pattern->count);
        uint32_t length = below(random, maker->pattern->count - from + 1);

        for (uint32_t at = 0; at < length && out->count < 1000; at++) {
            uint16_t unit = maker->pattern->units[from + at];

            if (unit != '\\' || below(random, 3) == 0)
                out->units[out->count++] = below(random, 20) == 0 ? any_unit(maker, random) : unit;
        }
    }
}

void make_string(struct string_maker *maker, uint64_t *random, struct text *out)
{
    switch (below(random, 4)) {
    case 0:
        mix_pattern(maker, random, out);
        break;
    case 1:
        cut_pattern(maker, random, out);
        break;
    default:
        walk(maker, random, out);
        break;
    }
}
