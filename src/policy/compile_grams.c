#include "compile.h"
#include "compile_typical.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

/* How many literal units hang on a gram of a field so far; hashes may share a place, again only an estimate.
 */
struct vg_gram_load {
    uint32_t *units;
    uint32_t bits;
};

/* Made of units. */
static uint64_t wide_gram(const uint16_t *text, uint32_t units)
{
    uint64_t window = 0;

    for (uint32_t i = 0; i < units; i++)
        window = vg_window_push(window, vg_fold(text[i]));
    return vg_window_gram(window, units);
}

static uint64_t place_of(uint64_t gram, uint32_t units, uint32_t field, uint32_t bits)
{
    return vg_hash_end((uint64_t)field << 8 | units, gram, 0) >> (64 - bits);
}

void vg_typical_count(uint8_t sample[VG_TYPICAL_SIZE])
{
    for (size_t text = 0; text < sizeof(vg_typical_text) / sizeof(*vg_typical_text); text++) {
        const char *at = vg_typical_text[text];
        uint64_t window = 0;

        for (uint32_t i = 0; at[i] != '\0'; i++) {
            window = vg_window_push(window, vg_fold((uint8_t)at[i]));
            for (uint32_t table = VG_ASCII_ONE; table <= VG_ASCII_FOUR; table++) {
                uint32_t units = vg_gram_units(table);
                uint8_t *count = &sample[place_of(vg_window_gram(window, units), units, 0, VG_TYPICAL_BITS)];

                if (i + 1 >= units)
                    *count = (uint8_t)(*count + (*count < UINT8_MAX));
            }
        }
    }
}

/* As many units as the grams of a text of `units` have. */
static uint32_t gram_units_of(uint32_t units)
{
    return units >= 4 ? 4 : units >= 2 ? 2 : 1;
}

uint32_t vg_typical_gram(const struct vg_compile *compile, const uint16_t *text, uint32_t units)
{
    uint32_t gram_units = gram_units_of(units);
    uint32_t least = UINT32_MAX;

    for (uint32_t at = 0; at + gram_units <= units; at++) {
        uint64_t gram = wide_gram(text + at, gram_units);
        uint32_t typical = compile->typical[place_of(gram, gram_units, 0, VG_TYPICAL_BITS)];

        least = typical < least ? typical : least;
    }
    return least;
}

enum vg_gram_table vg_gram_table_of(const struct vg_compile *compile, const struct vg_compiled_key *key)
{
    uint32_t units = key->units & ~VG_TEXT_WIDE;

    if (key->units & VG_TEXT_WIDE)
        return units >= 4 ? VG_WIDE_FOUR : units >= 2 ? VG_WIDE_TWO : VG_WIDE_ONE;
    if (units >= VG_GRAM_MAX + compile->fields[key->field].stride - 1)
        return VG_ASCII_FOUR;
    return units >= 2 ? VG_ASCII_TWO : VG_ASCII_ONE;
}

uint32_t vg_gram_stride(const struct vg_compile *compile, const struct vg_compiled_key *key)
{
    if (key->kind != VG_KEY_LITERAL || vg_gram_table_of(compile, key) != VG_ASCII_FOUR)
        return 1;
    return compile->fields[key->field].stride;
}

uint32_t vg_key_gram(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t start,
                     uint32_t units)
{
    bool wide = key->kind == VG_KEY_LITERAL && (key->units & VG_TEXT_WIDE);
    uint64_t gram = 0;

    for (uint32_t i = 0; i < units; i++) {
        uint16_t unit = vg_key_unit(compile, key, start + i);

        gram |= wide ? (uint64_t)unit << 16 * i : (uint64_t)vg_fold_byte(unit) << 8 * i;
    }
    return wide ? vg_gram_mix(gram) : (uint32_t)gram;
}

/* What it costs that a text hangs on a gram: that typical values have it, a quarter of which is paid when
 * other texts do already, and what hangs on it. */
static uint64_t weight_of(const struct vg_compile *compile, const struct vg_gram_load *load, uint64_t gram,
                          uint32_t units, uint32_t field)
{
    uint32_t hanging = load->units[place_of(gram, units, field, load->bits)];

    return (uint64_t)compile->typical[place_of(gram, units, 0, VG_TYPICAL_BITS)] * (hanging ? 64 : 256) +
           hanging;
}

/* The text of a key, in `pending`; NULL without memory. */
static const uint16_t *spell_key(struct vg_compile *compile, const struct vg_compiled_key *key)
{
    uint32_t count = key->units & ~VG_TEXT_WIDE;
    uint16_t *text;

    compile->pending.size = 0;
    text = vg_buffer_add(&compile->pending, count * sizeof(*text));
    for (uint32_t i = 0; text && i < count; i++)
        text[i] = vg_key_unit(compile, key, i);
    return text;
}

/* A literal that may be anywhere takes those of its grams, one behind the other, that are least typical and
 * least taken. Those of a text that is not all ASCII are not, either. */
static void choose_grams(struct vg_compile *compile, struct vg_compiled_key *key, struct vg_gram_load *load)
{
    const uint16_t *text = spell_key(compile, key);
    uint32_t count = key->units & ~VG_TEXT_WIDE;
    uint32_t units = vg_gram_units(vg_gram_table_of(compile, key));
    uint32_t stride = vg_gram_stride(compile, key);
    uint64_t least = UINT64_MAX;

    for (uint32_t at = 0; text && at + units + stride - 1 <= count; at++) {
        uint64_t weight = 0;

        if ((key->units & VG_TEXT_WIDE) && vg_is_ascii(text + at, units))
            continue;
        for (uint32_t i = 0; i < stride; i++)
            weight += weight_of(compile, load, wide_gram(text + at + i, units), units, key->field);
        if (weight < least) {
            least = weight;
            key->gram = at;
        }
    }
    for (uint32_t i = 0; text && i < stride; i++)
        load->units[place_of(wide_gram(text + key->gram + i, units), units, key->field, load->bits)] += count;
}

/* How many texts of two units more each field looks for in the units between its grams: a few short texts may
 * be found by pairs of units, so that a longer stride leaves most units out. */
#define SHORT_MAX 64u

/* Chooses the stride at which fewest places of a value are looked at. `counts`: of the field's ASCII literals
 * by units, up to 7. */
static uint32_t choose_stride(const uint32_t counts[8])
{
    uint32_t pairs = counts[2] + counts[3];
    uint32_t best = 1;
    uint32_t least = 4 + (pairs ? 4 : 0); /* places of four units, in either table */

    for (uint32_t stride = 2; stride <= 4; stride *= 2) {
        uint32_t moved = counts[4] + (stride == 4 ? counts[5] + counts[6] : 0);
        uint32_t places = 4 / stride + (pairs + moved ? 4 : 0);

        if (moved <= SHORT_MAX && places < least) {
            least = places;
            best = stride;
        }
    }
    return best;
}

static void choose_strides(struct vg_compile *compile)
{
    const struct vg_compiled_key *keys = VG_BUFFER_AT(&compile->keys, struct vg_compiled_key);
    uint32_t counts[VG_FIELD_COUNT][8] = {{0}};

    for (uint32_t i = 0; i < VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key); i++) {
        if (keys[i].kind == VG_KEY_LITERAL && !(keys[i].units & VG_TEXT_WIDE))
            counts[keys[i].field][keys[i].units < 7 ? keys[i].units : 7]++;
    }
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        compile->fields[field].stride = choose_stride(counts[field]);
}

void vg_compile_grams(struct vg_compile *compile)
{
    struct vg_compiled_key *keys = VG_BUFFER_AT(&compile->keys, struct vg_compiled_key);
    uint32_t count = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    struct vg_gram_load load = {.bits = 12};

    while (load.bits < 24 && (uint32_t)1 << load.bits < count * 2)
        load.bits++;
    load.units = calloc((size_t)1 << load.bits, sizeof(*load.units));
    if (!load.units) {
        compile->keys.failed = true;
        return;
    }
    choose_strides(compile);
    for (uint32_t i = 0; i < count && !compile->pending.failed; i++) {
        if (keys[i].kind == VG_KEY_LITERAL)
            choose_grams(compile, &keys[i], &load);
        else if (keys[i].kind == VG_KEY_END)
            keys[i].gram = (keys[i].units & ~VG_TEXT_WIDE) - VG_GRAM_MAX;
    }
    free(load.units);
}
