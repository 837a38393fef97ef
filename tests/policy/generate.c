#include "generator.h"

#include <stdlib.h>
#include <string.h>

/* One policy in so many is large. */
#define LARGE_EVERY 200u

static uint64_t next(struct generator *generator)
{
    uint64_t value = generator->state += 0x9E3779B97F4A7C15u; /* splitmix64 */

    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

uint32_t generator_below(struct generator *generator, uint32_t limit)
{
    return (uint32_t)(next(generator) % limit);
}

bool chance(struct generator *generator, uint32_t percent)
{
    return generator_below(generator, 100) < percent;
}

void *allocate(struct generator *generator, size_t size)
{
    void *block = calloc(1, size ? size : 1);

    if (generator->block_count % 1024 == 0)
        generator->blocks =
            realloc(generator->blocks, (generator->block_count + 1024) * sizeof(*generator->blocks));
    if (!block || !generator->blocks)
        abort();
    generator->blocks[generator->block_count++] = block;
    return block;
}

struct vg_span keep(struct generator *generator, const uint16_t *units, uint32_t count)
{
    struct vg_span span = {allocate(generator, count * sizeof(*units)), count * (uint32_t)sizeof(*units)};

    if (count)
        memcpy((void *)(uintptr_t)span.bytes, units, span.size);
    return span;
}

static void make_model(struct generator *generator)
{
    struct vg_model *model = &generator->model;

    model->mode = chance(generator, 50) ? VG_MODE_ENFORCE : VG_MODE_MONITOR;
    model->default_verdict = (enum vg_verdict)generator_below(generator, 3);
    model->ask_otherwise = (enum vg_verdict)generator_below(generator, 2);
    model->unknown_matches = chance(generator, 40);
    model->watch_images = chance(generator, 50);
    model->record_hashes = chance(generator, 50);
    model->deny_status = 0xC0000361;
    make_rules(generator);
}

struct generator *generator_new(uint64_t seed)
{
    struct generator *generator = calloc(1, sizeof(*generator));

    if (!generator)
        abort();
    generator->state = seed;
    generator->large = seed % LARGE_EVERY == LARGE_EVERY - 1;
    generator->long_values = seed % 2 != 0;
    for (uint32_t i = 0; i < STOCK; i++)
        generator->stock[i] = make_text(generator);
    for (uint32_t i = 0; i < LONGS; i++)
        generator->longs[i] = make_long_text(generator);
    for (uint32_t i = 0; i < NUMBERS; i++)
        generator->numbers[i] = make_number(generator, true);
    for (uint32_t i = 0; i < DIGESTS; i++) {
        for (unsigned byte = 0; byte < 32; byte++)
            generator->digests[i][byte] = (uint8_t)(i % 2 ? 0xAB : next(generator));
        generator->digests[i][15] = (uint8_t)i; /* the last byte of the shortest, and of the longest */
        generator->digests[i][31] = (uint8_t)i;
    }
    make_model(generator);
    return generator;
}

void generator_free(struct generator *generator)
{
    for (size_t i = 0; i < generator->block_count; i++)
        free(generator->blocks[i]);
    free(generator->blocks);
    free(generator);
}

const struct vg_model *generator_model(const struct generator *generator)
{
    return &generator->model;
}

bool generator_is_large(const struct generator *generator)
{
    return generator->large;
}

static void make_fact(struct generator *generator, struct vg_record *record, enum vg_field field)
{
    struct vg_fact *fact = &record->facts[field];
    uint32_t kind = generator_below(generator, 100);

    if (kind < 76) {
        fact->state = VG_FACT_KNOWN;
        fact->count =
            (uint8_t)(chance(generator, 80) ? 1 : 1 + generator_below(generator, VG_FACT_VALUES_MAX));
        for (unsigned i = 0; i < fact->count; i++) {
            if (vg_field_digest_size(field) != 0)
                fact->values[i] = (struct vg_span){generator->digests[generator_below(generator, DIGESTS)],
                                                   vg_field_digest_size(field)};
            else if (vg_field_kind(field) == VG_KIND_NUMBER && chance(generator, 80))
                fact->values[i] = generator->numbers[generator_below(generator, NUMBERS)];
            else if (generator->long_values && chance(generator, 10))
                fact->values[i] = generator->longs[generator_below(generator, LONGS)];
            else
                fact->values[i] = generator->stock[generator_below(generator, STOCK)];
        }
    } else {
        fact->state = (uint8_t)(kind < 84 ? VG_FACT_ABSENT : kind < 93 ? VG_FACT_UNKNOWN : VG_FACT_PENDING);
    }
    /* What a file says of itself is never the creator's word, and the matcher may rest on that. */
    if (chance(generator, 15) && vg_field_stage(field) != VG_STAGE_VERSION)
        fact->flags = VG_FACT_CLAIMED;
}

void generator_record(struct generator *generator, struct vg_record *record, struct vg_record *gathered)
{
    memset(gathered, 0, sizeof(*gathered));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        make_fact(generator, gathered, (enum vg_field)field);
    *record = *gathered;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (vg_field_is_gathered((enum vg_field)field) && chance(generator, 85))
            memset(&record->facts[field], 0, sizeof(record->facts[field]));
    }
}
