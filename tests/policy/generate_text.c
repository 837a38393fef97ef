#include "../../src/policy/match_text.h"
#include "generator.h"

#define PIECES_MAX 3u
#define LONG_MAX   (PIECES_MAX * VG_PIECE_UNITS + 2 * TEXT_MAX)

static uint32_t append(uint16_t *units, uint32_t count, const uint16_t *piece)
{
    for (; *piece && count < TEXT_MAX; piece++)
        units[count++] = *piece;
    return count;
}

/* Folders and names with the pieces where mistakes hide: letters that Unicode folds and Windows does not,
 * surrogates, streams, doubled and final backslashes, long runs of one letter. */
struct vg_span make_text(struct generator *generator)
{
    static const uint16_t *const roots[] = {u"C:", u"c:", u"D:",          u"\\\\srv\\share",
                                            u"",   u"\\", u"\\Device\\X", u":"};
    static const uint16_t *const pieces[] = {
        u"\\Windows", u"\\WINDOWS", u"\\System32", u"\\Users",   u"\\a", u"\\b",
        u"\\aa",      u"\\cmd.exe", u"\\a.exe",    u"\\",        u":s",  u":S.exe",
        u"\\\u0430",  u"\\\u0410",  u"\\\u0131i",  u"\\\u017Fs", u" -e", u" /c aab",
        u"aaaa",      u"aab",       u"\U0001F600", u"b",         u"\"",  u"\\x\\y",
    };
    uint16_t units[TEXT_MAX];
    uint32_t count = 0;

    if (chance(generator, 4))
        return keep(generator, units, 0);
    if (chance(generator, 80))
        count = append(units, count, roots[generator_below(generator, sizeof(roots) / sizeof(*roots))]);
    for (uint32_t i = generator_below(generator, 5); i > 0; i--)
        count = append(units, count, pieces[generator_below(generator, sizeof(pieces) / sizeof(*pieces))]);
    return keep(generator, units, count);
}

static uint32_t append_stock(struct generator *generator, uint16_t *units, uint32_t count)
{
    struct vg_span text = generator->stock[generator_below(generator, STOCK)];

    for (uint32_t i = 0; i < vg_unit_count(text); i++)
        units[count++] = vg_units(text)[i];
    return count;
}

/* A text of the stock across the border of two pieces, or near it, behind a long run of something. */
struct vg_span make_long_text(struct generator *generator)
{
    static const uint16_t *const fillers[] = {u"a",      u"aab", u"\\a", u"\\a\\cmd.exe",
                                              u"\u0410", u"x:",  u" -e"};
    const uint16_t *filler = fillers[generator_below(generator, sizeof(fillers) / sizeof(*fillers))];
    const uint16_t *at = filler;
    uint32_t border = VG_PIECE_UNITS * (1 + generator_below(generator, PIECES_MAX));
    uint32_t until = border - generator_below(generator, TEXT_MAX);
    uint16_t units[LONG_MAX];
    uint32_t count = 0;

    if (chance(generator, 50))
        count = append_stock(generator, units, count);
    for (; count < until; at = at[1] ? at + 1 : filler)
        units[count++] = *at;
    count = append_stock(generator, units, count);
    if (chance(generator, 30))
        count = append_stock(generator, units, count);
    return keep(generator, units, count);
}

/* Numbers of few digits, so that they meet. */
struct vg_span make_number(struct generator *generator, bool may_be_odd)
{
    uint16_t units[4];
    uint32_t count = generator_below(generator, 4) + !may_be_odd;

    count = count > 4 ? 4 : count;
    for (uint32_t i = 0; i < count; i++)
        units[i] = (uint16_t)(u'0' + generator_below(generator, 3));
    if (!may_be_odd && count > 1 && units[0] == u'0')
        units[0] = u'1';
    return keep(generator, units, count);
}
