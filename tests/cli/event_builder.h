/* Builds events as the driver lays them out, for the tests of what reads them. */
#ifndef VG_TESTS_EVENT_BUILDER_H
#define VG_TESTS_EVENT_BUILDER_H

#include <vigil/abi.h>
#include <vigil/record.h>

#include <stddef.h>
#include <stdint.h>

#define EVENT_CAPACITY  16384u
#define EVENT_FACTS_MAX 32u

struct event_builder {
    _Alignas(8) uint8_t bytes[EVENT_CAPACITY];
    uint32_t size; /* so far; event_finish rounds it up and writes it into the header */
    struct vg_event_fact facts[EVENT_FACTS_MAX];
    uint16_t fact_count;
};

/* Starts an event whose fixed structure (with any header) is copied from `fixed`. */
void event_begin(struct event_builder *builder, uint16_t type, const void *fixed, uint32_t fixed_size);

/* Appends bytes and returns their offset. */
uint32_t event_append(struct event_builder *builder, const void *bytes, uint32_t size);

void event_fact(struct event_builder *builder, enum vg_field field, enum vg_fact_state state,
                const void *value, uint32_t size);

/* A known fact given as a u"" literal. */
#define EVENT_TEXT(builder, field, literal)                                                                  \
    event_fact((builder), (field), VG_FACT_KNOWN, u"" literal, sizeof(u"" literal) - 2)

/* Writes the table of facts and the header. */
void event_finish(struct event_builder *builder);

/* A start of cmd.exe by winword.exe with every fact that the driver gives, denied by a rule. */
void event_full_start(struct event_builder *builder);

/* The builder's fixed structure, to change before or after event_finish. */
#define EVENT_AS(builder, type) ((type *)(void *)(builder)->bytes)

#endif
