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

enum vg_gram_table vg_gram_table_of(uint32_t units)
{
    uint32_t count = units & ~VG_TEXT_WIDE;

    if (units & VG_TEXT_WIDE)
        return count >= 4 ? VG_WIDE_FOUR : count >= 2 ? VG_WIDE_TWO : VG_WIDE_ONE;
    return count >= 4 ? VG_ASCII_FOUR : count >= 2 ? VG_ASCII_TWO : VG_ASCII_ONE;
}

uint16_t vg_key_unit(const struct vg_compile *compile, const struct vg_compiled_key *key, uint32_t at)
{
    if (key->units & VG_TEXT_WIDE)
        return VG_BUFFER_AT(&compile->sections[VG_BLOB_TEXT], uint16_t)[key->text + at];
    return VG_BUFFER_AT(&compile->sections[VG_BLOB_BYTES], uint8_t)[key->text + at];
}

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

static bool is_wide(const uint16_t *text, uint32_t units)
{
    for (uint32_t i = 0; i < units; i++) {
        if (vg_fold(text[i]) >= 0x80)
            return true;
    }
    return false;
}

uint32_t vg_typical_gram(const struct vg_compile *compile, const uint16_t *text, uint32_t units,
                         const struct vg_gram_load *load, uint32_t field, uint32_t *start)
{
    const uint8_t *counts = compile->typical;
    uint32_t gram_units = vg_gram_units(vg_gram_table_of(units));
    bool wide = is_wide(text, units);
    uint64_t least = UINT64_MAX;
    uint32_t common = 0;

    *start = 0;
    for (uint32_t at = 0; at + gram_units <= units; at++) {
        uint64_t gram = wide_gram(text + at, gram_units);
        uint32_t typical = counts[place_of(gram, gram_units, 0, VG_TYPICAL_BITS)];
        uint64_t weight =
            (uint64_t)typical * 256 + (load ? load->units[place_of(gram, gram_units, field, load->bits)] : 0);

        /* The grams of a text that is not all ASCII are looked for where a value is not, either. */
        if (wide && !is_wide(text + at, gram_units))
            continue;
        if (weight < least) {
            least = weight;
            common = typical;
            *start = at;
        }
    }
    return common;
}

/* The gram of a literal as the matcher computes it; those at the ends of a value are made of bytes always. */
static uint64_t gram_of_key(const struct vg_compile *compile, const struct vg_compiled_key *key)
{
    uint32_t units = vg_gram_units(vg_gram_table_of(key->units));
    uint64_t gram = 0;

    for (uint32_t i = 0; i < units; i++) {
        uint16_t unit = vg_key_unit(compile, key, key->gram + i);

        if (key->kind == VG_KEY_LITERAL && (key->units & VG_TEXT_WIDE))
            gram |= (uint64_t)unit << 16 * i;
        else
            gram |= (uint64_t)vg_fold_byte(unit) << 8 * i;
    }
    return gram;
}

/* A literal that may be anywhere takes the one of its grams that is least typical and least taken. */
static void choose_gram(struct vg_compile *compile, struct vg_compiled_key *key, struct vg_gram_load *load)
{
    uint32_t count = key->units & ~VG_TEXT_WIDE;
    uint32_t units = vg_gram_units(vg_gram_table_of(count));
    uint16_t *text;

    compile->pending.size = 0;
    text = vg_buffer_add(&compile->pending, count * sizeof(*text));
    if (!text)
        return;
    for (uint32_t i = 0; i < count; i++)
        text[i] = vg_key_unit(compile, key, i);
    (void)vg_typical_gram(compile, text, count, load, key->field, &key->gram);
    load->units[place_of(wide_gram(text + key->gram, units), units, key->field, load->bits)] += count;
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
    for (uint32_t i = 0; i < count && !compile->pending.failed; i++) {
        if (keys[i].kind < VG_KEY_LITERAL)
            continue;
        if (keys[i].kind == VG_KEY_LITERAL)
            choose_gram(compile, &keys[i], &load);
        else if (keys[i].kind == VG_KEY_END)
            keys[i].gram = (keys[i].units & ~VG_TEXT_WIDE) - VG_GRAM_MAX;
        keys[i].hash = gram_of_key(compile, &keys[i]);
    }
    free(load.units);
}
