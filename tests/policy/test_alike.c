/* Texts whose hashes are alike: what decides is the text. Anybody can find such texts, as the seed is in the
 * policy and a table compares no more than 32 bits of a hash and where it leads. */
#include "subject.h"

#include "../../src/policy/blob.h"
#include "../../src/policy/hash.h"

#include <stdlib.h>
#include <string.h>

#define UNITS_MAX 24u
#define TRIES     (1u << 20)
#define ALIKE     0xFFFFFFFF0000000Fu /* the tag, and where it leads in a table of up to sixteen slots */

struct
try {
    uint64_t hash;
    uint32_t number;
};

/* Spells the number with four letters from `at` on. */
static void spell(uint16_t *text, uint32_t at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++, number /= 32)
        text[at + i] = (uint16_t)(number % 32 < 26 ? u'A' + number % 32 : u'0' + number % 32 - 26);
}

static int by_hash(const void *a, const void *b)
{
    const struct try *left = a;
    const struct try *right = b;

    return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/* Two texts like `text` that differ in the four units from `at` on only. `text` is the one, `other` the
 * other. */
static void find_alike(uint16_t *text, uint16_t *other, uint32_t units, uint32_t at)
{
    struct try *tries = calloc(TRIES, sizeof(*tries));
    uint32_t i = 1;

    assert_non_null(tries);
    for (uint32_t number = 0; number < TRIES; number++) {
        spell(text, at, number);
        tries[number] = (struct try){vg_hash_text(VG_BLOB_SEED, text, units) & ALIKE, number};
    }
    qsort(tries, TRIES, sizeof(*tries), by_hash);
    while (i < TRIES && tries[i].hash != tries[i - 1].hash)
        i++;
    assert_true(i < TRIES);
    memcpy(other, text, units * sizeof(*text));
    spell(text, at, tries[i - 1].number);
    spell(other, at, tries[i].number);
    free(tries);
}

static bool denies(const uint16_t *text, uint32_t units)
{
    vg_record_set(&record, VG_FIELD_IMAGE, at_the_edge((struct vg_span){text, units * 2}));
    assert_int_equal(decide(), VG_DECIDED);
    return decision.verdict == VG_DENY;
}

/* As a whole value, as a folder, and as a name. */
static void assert_told_apart(const uint16_t *text, const uint16_t *other, uint32_t units)
{
    static const uint16_t below[] = u"\\x";
    uint16_t value[UNITS_MAX + 2];
    uint16_t terminated[UNITS_MAX + 3] = {u'*', u'\\'};

    memcpy(terminated + 2, text, units * sizeof(*text));
    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, terminated + 2, 0));
    open_policy();
    assert_true(denies(text, units));
    assert_false(denies(other, units));

    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_under(&build, VG_FIELD_IMAGE, terminated + 2, 0));
    open_policy();
    memcpy(value, text, units * sizeof(*text));
    memcpy(value + units, below, 4);
    assert_true(denies(value, units + 2));
    memcpy(value, other, units * sizeof(*text));
    assert_false(denies(value, units + 2));

    build_start(&build);
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, terminated, 0));
    open_policy();
    value[0] = u'C';
    value[1] = u'\\';
    memcpy(value + 2, text, units * sizeof(*text));
    assert_true(denies(value, units + 2));
    memcpy(value + 2, other, units * sizeof(*text));
    assert_false(denies(value, units + 2));
}

static void texts_with_equal_hashes_are_told_apart(void **state)
{
    static const struct {
        uint32_t units;
        uint32_t at;
        uint16_t last;
    } cases[] = {{4, 0, 0}, {7, 3, 0}, {8, 4, 0}, {12, 0, 0}, {12, 8, 0}, {20, 8, 0}, {20, 1, 0x0416}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint16_t text[UNITS_MAX];
        uint16_t other[UNITS_MAX];

        for (unsigned at = 0; at < UNITS_MAX; at++)
            text[at] = u'-';
        if (cases[i].last)
            text[cases[i].units - 1] = cases[i].last;
        find_alike(text, other, cases[i].units, cases[i].at);
        assert_told_apart(text, other, cases[i].units);
    }
}

/* So long that its length, cut off, is that of the key it begins with, and the rest falls on a bit of the
 * hash that the key has. */
static void a_value_that_is_longer_than_any_key_is_none(void **state)
{
    enum { KEY = 6, LONG = VG_KEY_UNITS + 1 + KEY, WORDS = LONG / VG_WORD_UNITS * VG_WORD_UNITS };
    static uint16_t value[LONG];
    uint16_t key[KEY + 1] = u"------";
    uint64_t words = VG_BLOB_SEED;
    uint64_t wanted;
    uint64_t found;
    uint32_t number = 0;

    (void)state;
    do
        spell(key, 0, number++);
    while (!(vg_key_tag(vg_hash_text(VG_BLOB_SEED, key, KEY)) & (VG_KEY_UNITS + 1)));
    wanted = vg_hash_text(VG_BLOB_SEED, key, KEY);
    for (uint32_t i = 0; i < LONG; i++)
        value[i] = i < KEY ? key[i] : u'-';
    for (uint32_t at = 0; at < WORDS; at += VG_WORD_UNITS)
        words = vg_hash_text_word(words, vg_fold_word(value + at), value + at);
    number = 0;
    do {
        spell(value, WORDS, number);
        value[WORDS + 4] = (uint16_t)(u'A' + number++ / TRIES);
        assert_in_range(number, 0, 24 * TRIES);
        found = vg_hash_text_end(words, vg_fold_part(value + WORDS, LONG - WORDS), value + WORDS, LONG);
    } while ((vg_key_filter(found) & ~vg_key_filter(wanted)) || ((found ^ wanted) & 3) ||
             (vg_key_tag(found) | (VG_KEY_UNITS + 1)) != vg_key_tag(wanted));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_IMAGE, key, 0));
    open_policy();
    assert_true(denies(key, KEY));
    vg_record_set(&record, VG_FIELD_IMAGE, (struct vg_span){value, sizeof(value)});
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_ALLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_value_that_is_longer_than_any_key_is_none),
        CASE(texts_with_equal_hashes_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
