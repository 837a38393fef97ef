#include "../cmocka_all.h"

#include "event_builder.h"
#include "event_decode.h"
#include "event_json.h"
#include "event_text.h"

#include <stdlib.h>
#include <string.h>

/* Decodes from a heap copy of exactly `size` bytes, so that AddressSanitizer sees the first byte read too
 * many, and prints what was decoded in both forms. */
static bool decode_and_use(const uint8_t *bytes, size_t size, FILE *sink, const char **problem)
{
    static const struct vg_event_style style = {.colour = true, .columns = 80};
    uint8_t *copy = malloc(size != 0 ? size : 1);
    struct vg_event event;
    bool decoded;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    decoded = vg_event_decode(copy, size, &event, problem);
    if (decoded) {
        assert_true(event.header.size <= size);
        assert_true(vg_event_print(sink, &event, &style));
        assert_true(vg_event_write_json(sink, &event));
        rewind(sink);
    }
    free(copy);
    return decoded;
}

static void check_problem(const struct event_builder *builder, const char *expected)
{
    struct vg_event event;
    struct vg_event before;
    const char *problem = "none";

    memset(&event, 0x5A, sizeof(event));
    before = event;
    assert_false(vg_event_decode(builder->bytes, builder->size, &event, &problem));
    assert_string_equal(problem, expected);
    assert_memory_equal(&event, &before, sizeof(event));
}

static struct vg_event_fact *fact_entry(struct event_builder *builder, unsigned index)
{
    return (struct vg_event_fact *)(void *)(builder->bytes +
                                            EVENT_AS(builder, struct vg_event_header)->fact_offset) +
           index;
}

static void a_whole_start_is_decoded(void **state)
{
    struct event_builder builder;
    struct vg_event event;
    const char *problem = NULL;

    (void)state;
    event_full_start(&builder);
    assert_true(vg_event_decode(builder.bytes, builder.size, &event, &problem));
    assert_int_equal(event.header.sequence, 17);
    assert_int_equal(event.start.process_id, 4312);
    assert_int_equal(event.record.facts[VG_FIELD_USER].count, 2);
    assert_int_equal(event.record.facts[VG_FIELD_DRIVE].state, VG_FACT_UNKNOWN);
    assert_int_equal(event.record.facts[VG_FIELD_PARENT_COMMAND_LINE].state, VG_FACT_ABSENT);
    assert_int_equal(event.record.facts[VG_FIELD_PARENT_PROCESS_ID].state, VG_FACT_PENDING);
    assert_int_equal(event.rule_name.size, 21);
    assert_memory_equal(event.rule_name.bytes, "Office starts a shell", 21);
}

static void events_behind_each_other_are_decoded_one_by_one(void **state)
{
    static const struct vg_event_lost lost = {.first_sequence = 3, .last_sequence = 9};
    _Alignas(8) uint8_t bytes[2 * EVENT_CAPACITY];
    struct event_builder builder;
    struct vg_event event;
    const char *problem = NULL;
    size_t size;

    (void)state;
    event_full_start(&builder);
    memcpy(bytes, builder.bytes, builder.size);
    size = builder.size;
    event_begin(&builder, VG_EVENT_LOST, &lost, sizeof(lost));
    event_finish(&builder);
    memcpy(bytes + size, builder.bytes, builder.size);
    assert_true(vg_event_decode(bytes, size + builder.size, &event, &problem));
    assert_int_equal(event.header.size, size);
    assert_true(vg_event_decode(bytes + size, builder.size, &event, &problem));
    assert_int_equal(event.header.type, VG_EVENT_LOST);
    assert_int_equal(event.lost.last_sequence, 9);
}

static void a_header_that_cannot_be_is_refused(void **state)
{
    struct event_builder builder;

    (void)state;
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->type = 6;
    check_problem(&builder, "the type of event is not known");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->size += 8;
    check_problem(&builder, "the event is cut off");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->size -= 4;
    check_problem(&builder, "the event's size is not possible");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->size = 200;
    check_problem(&builder, "the event's size is not possible");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->fact_offset = 8;
    check_problem(&builder, "the table of facts lies outside the event");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_header)->fact_count = 0xFFFF;
    check_problem(&builder, "the table of facts lies outside the event");
}

static void facts_that_cannot_be_are_refused(void **state)
{
    struct event_builder builder;

    (void)state;
    event_full_start(&builder);
    fact_entry(&builder, 0)->field = VG_FIELD_COUNT;
    check_problem(&builder, "a fact is of a field that is not known");
    event_full_start(&builder);
    fact_entry(&builder, 0)->state = 4;
    check_problem(&builder, "a fact is in a state that is not known");
    event_full_start(&builder);
    fact_entry(&builder, 0)->flags = 2;
    check_problem(&builder, "a fact has a flag that is not known");
    event_full_start(&builder);
    fact_entry(&builder, 0)->size = 0xFFFFFFFE;
    check_problem(&builder, "a value lies outside the event");
    event_full_start(&builder);
    fact_entry(&builder, 0)->offset = 16;
    check_problem(&builder, "a value lies outside the event");
    event_full_start(&builder);
    fact_entry(&builder, 0)->size -= 1;
    check_problem(&builder, "a text is not made of whole UTF-16 units");
    event_full_start(&builder);
    fact_entry(&builder, 3)->size = 2;
    check_problem(&builder, "a fact that is not known has a value");
    event_full_start(&builder);
    fact_entry(&builder, 1)->field = VG_FIELD_PROCESS_ID;
    check_problem(&builder, "a number is not made of digits");
    event_full_start(&builder);
    fact_entry(&builder, 17)->size = 31;
    check_problem(&builder, "a hash has not the length of its kind");
    event_full_start(&builder);
    fact_entry(&builder, 16)->field = VG_FIELD_IMAGE;
    check_problem(&builder, "a fact is given twice");
    event_full_start(&builder);
    fact_entry(&builder, 4)->field = VG_FIELD_PARENT_COMMAND_LINE;
    check_problem(&builder, "a fact is both known and not");
    event_full_start(&builder);
    for (unsigned i = 10; i < 15; i++)
        fact_entry(&builder, i)->field = VG_FIELD_USER;
    check_problem(&builder, "a fact has too many values");
}

static void details_that_cannot_be_are_refused(void **state)
{
    static const struct vg_event_lost lost = {.first_sequence = 9, .last_sequence = 3};
    struct event_builder builder;

    (void)state;
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_start)->verdict = 3;
    check_problem(&builder, "the verdict is not known");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_start)->unknown_fields = (uint64_t)1 << VG_FIELD_COUNT;
    check_problem(&builder, "an unknown fact is of a field that is not known");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_start)->rule_name_offset = builder.size - 4;
    check_problem(&builder, "a value lies outside the event");
    event_full_start(&builder);
    EVENT_AS(&builder, struct vg_event_start)->open_name_size -= 1;
    check_problem(&builder, "a text is not made of whole UTF-16 units");
    event_begin(&builder, VG_EVENT_LOST, &lost, sizeof(lost));
    event_finish(&builder);
    check_problem(&builder, "a loss ends before it begins");
}

static void every_truncation_is_refused_within_bounds(void **state)
{
    struct event_builder builder;
    const char *problem = NULL;

    (void)state;
    event_full_start(&builder);
    for (size_t size = 0; size < builder.size; size++) {
        assert_false(decode_and_use(builder.bytes, size, stderr, &problem));
        assert_string_equal(problem, "the event is cut off");
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void random_damage_is_refused_or_used_within_bounds(void **state)
{
    FILE *sink = tmpfile();
    struct event_builder good;
    uint32_t seed = 20240229;
    unsigned decoded = 0;
    unsigned refused = 0;

    (void)state;
    assert_non_null(sink);
    event_full_start(&good);
    for (unsigned round = 0; round < 100000; round++) {
        struct event_builder builder;
        const char *problem = NULL;

        memcpy(builder.bytes, good.bytes, good.size);
        for (unsigned n = next_random(&seed) % 4 + 1; n != 0; n--)
            builder.bytes[next_random(&seed) % good.size] = (uint8_t)next_random(&seed);
        /* All types share the header; the size stays what it was half of the time, or nothing would be
         * decoded. */
        if (next_random(&seed) % 4 == 0)
            EVENT_AS(&builder, struct vg_event_header)->type = (uint16_t)(next_random(&seed) % 7);
        if (next_random(&seed) % 2 == 0)
            EVENT_AS(&builder, struct vg_event_header)->size = good.size;
        if (decode_and_use(builder.bytes, good.size, sink, &problem)) {
            decoded++;
        } else {
            assert_non_null(problem);
            refused++;
        }
    }
    fclose(sink);
    assert_true(decoded > 10000);
    assert_true(refused > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_start_is_decoded),
        cmocka_unit_test(events_behind_each_other_are_decoded_one_by_one),
        cmocka_unit_test(a_header_that_cannot_be_is_refused),
        cmocka_unit_test(facts_that_cannot_be_are_refused),
        cmocka_unit_test(details_that_cannot_be_are_refused),
        cmocka_unit_test(every_truncation_is_refused_within_bounds),
        cmocka_unit_test(random_damage_is_refused_or_used_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
