/* A value folded in blocks is what it is unit by unit, and what is sought in it is found where it is first.
 */
#include "../cmocka_all.h"

#include "../../src/policy/match_text.h"

#define LONGEST 40u

static uint16_t units[LONGEST];
static struct vg_text text;

static void open_units(uint32_t count)
{
    const struct vg_value value = {.units = units, .count = count, .is_path = true};

    vg_text_open(&text, &value);
}

static void assert_folded(uint32_t count)
{
    const uint8_t *bytes = vg_text_at(&text, 0);
    bool wide = false;

    for (uint32_t i = 0; i < count; i++) {
        if (bytes[i] != vg_fold_byte(units[i]))
            fail_msg("unit %04x at %u of %u is folded to %02x", units[i], i, count, bytes[i]);
        wide |= vg_fold(units[i]) >= 0x80;
    }
    for (uint32_t i = 0; i < VG_PIECE_AFTER; i++)
        assert_int_equal(bytes[count + i], 0);
    assert_int_equal(text.wide, wide);
}

/* Every unit, at every place of a text of some blocks. */
static void each_unit_is_folded_wherever_it_is(void **state)
{
    static const uint32_t counts[] = {1, 7, 8, 15, 16, 17, 24, 31, 33, LONGEST};

    (void)state;
    for (uint32_t unit = 0; unit <= 0xFFFF; unit++) {
        uint32_t count = counts[unit % (sizeof(counts) / sizeof(counts[0]))];

        for (uint32_t at = 0; at < count; at++) {
            for (uint32_t i = 0; i < count; i++)
                units[i] = (uint16_t)(u'S' + i);
            units[at] = (uint16_t)unit;
            units[(at + 5) % count] = (uint16_t)(unit ^ 0xE9);
            open_units(count);
            assert_folded(count);
        }
    }
}

/* A text of few kinds of units, another for each seed. */
static void make_up(uint32_t seed, uint32_t count)
{
    static const uint16_t kinds[] = {u'a', u':', u'\\', u'b', 0xE9, u'a', u'z', 0x3A00};

    for (uint32_t i = 0; i < count; i++) {
        seed = seed * 1103515245u + 12345u;
        units[i] = kinds[seed >> 16 & 7u];
        if (seed >> 20 & 3u)
            units[i] = u'x';
    }
}

static uint32_t first_of(uint8_t byte, uint32_t from, uint32_t count)
{
    while (from < count && vg_fold_byte(units[from]) != byte)
        from++;
    return from;
}

static void what_is_sought_is_found_where_it_is_first(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 20000; seed++) {
        uint32_t count = seed % (LONGEST + 1);
        struct vg_value value = {.units = units, .count = count, .is_path = true};
        const uint8_t *start, *end;

        make_up(seed, count);
        open_units(count);
        start = vg_text_at(&text, 0);
        end = vg_text_at(&text, count);
        for (uint32_t from = 0; from <= count; from++) {
            const uint8_t *found = vg_text_seek_one(start + from, end, '\\');

            assert_int_equal(found < end ? (uint32_t)(found - start) : count, first_of('\\', from, count));
        }
        assert_int_equal(vg_text_has_stream(&text, &value), vg_value_has_stream(&value));
        value.is_path = false;
        assert_false(vg_text_has_stream(&text, &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_unit_is_folded_wherever_it_is),
        cmocka_unit_test(what_is_sought_is_found_where_it_is_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
