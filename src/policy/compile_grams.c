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

uint32_t vg_gram_units(uint32_t literal_units)
{
    return literal_units < VG_BLOB_GRAM_MAX ? literal_units : VG_BLOB_GRAM_MAX;
}

static uint64_t gram_at(const uint16_t *text, uint32_t units)
{
    uint64_t window = 0;

    for (uint32_t i = 0; i < units; i++)
        window = vg_gram_push(window, vg_fold(text[i]));
    return vg_gram_of(window, units);
}

static uint64_t place_of(uint64_t gram, uint32_t units, uint32_t field, uint32_t bits)
{
    return vg_gram_hash((uint64_t)field << 8 | units, gram) >> (64 - bits);
}

void vg_typical_count(uint8_t sample[VG_TYPICAL_SIZE])
{
    for (size_t text = 0; text < sizeof(vg_typical_text) / sizeof(*vg_typical_text); text++) {
        const char *at = vg_typical_text[text];
        uint16_t window[VG_BLOB_GRAM_MAX];

        for (size_t i = 0; at[i] != '\0'; i++) {
            for (uint32_t units = 1; units <= VG_BLOB_GRAM_MAX && units <= i + 1; units++) {
                uint8_t *count;

                for (uint32_t unit = 0; unit < units; unit++)
                    window[unit] = (uint8_t)at[i + 1 - units + unit];
                count = &sample[place_of(gram_at(window, units), units, 0, VG_TYPICAL_BITS)];
                *count = (uint8_t)(*count + (*count < UINT8_MAX));
            }
        }
    }
}

uint32_t vg_typical_gram(const struct vg_compile *compile, const uint16_t *text, uint32_t units,
                         const struct vg_gram_load *load, uint32_t field, uint32_t *start)
{
    const uint8_t *counts = compile->typical;
    uint32_t gram_units = vg_gram_units(units);
    uint64_t least = UINT64_MAX;
    uint32_t common = 0;

    *start = 0;
    for (uint32_t at = 0; at + gram_units <= units; at++) {
        uint64_t gram = gram_at(text + at, gram_units);
        uint32_t typical = counts[place_of(gram, gram_units, 0, VG_TYPICAL_BITS)];
        uint64_t weight =
            (uint64_t)typical * 256 + (load ? load->units[place_of(gram, gram_units, field, load->bits)] : 0);

        if (weight < least) {
            least = weight;
            common = typical;
            *start = at;
        }
    }
    return common;
}

/* Spreads the literals over grams: each takes the one of its grams that is least typical and least taken. */
void vg_compile_grams(struct vg_compile *compile)
{
    struct vg_compiled_key *keys = VG_BUFFER_AT(&compile->keys, struct vg_compiled_key);
    const uint16_t *text = VG_BUFFER_AT(&compile->sections[VG_BLOB_TEXT], uint16_t);
    uint32_t count = VG_BUFFER_COUNT(&compile->keys, struct vg_compiled_key);
    struct vg_gram_load load = {.bits = 12};

    while (load.bits < 24 && (uint32_t)1 << load.bits < count * 2)
        load.bits++;
    load.units = calloc((size_t)1 << load.bits, sizeof(*load.units));
    if (!load.units) {
        compile->keys.failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t units = vg_gram_units(keys[i].units);
        uint64_t gram;

        if (keys[i].kind != VG_KEY_LITERAL)
            continue;
        (void)vg_typical_gram(compile, text + keys[i].text, keys[i].units, &load, keys[i].field,
                              &keys[i].gram);
        gram = gram_at(text + keys[i].text + keys[i].gram, units);
        load.units[place_of(gram, units, keys[i].field, load.bits)] += keys[i].units;
        keys[i].hash = gram;
    }
    free(load.units);
}
