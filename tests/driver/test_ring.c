/* The event ring against a plain list that does the same: records of any size, readers at any pace. */
#include "../cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include <driver/optional.h>
#include <driver/ring.h>
#include <sim/sim.h>

#define RING_SIZE  4096u
#define RECORD_MAX 1024u
#define READERS    3u
#define RECORDS    20000u

/* Every record ever written, and how far back the ring can still have them. */
static struct {
    uint32_t size;
    uint8_t fill;
    bool skipped;
} list[RECORDS + 1];
static uint64_t last;

struct model_reader {
    struct vg_ring_cursor cursor;
    uint64_t next;
};

static uint32_t seed;

static uint32_t any_number(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static uint64_t oldest_in_ring(void)
{
    uint64_t sequence = last + 1;
    uint32_t size = 0;

    while (sequence > 1 && size + list[sequence - 1].size <= RING_SIZE)
        size += list[--sequence].size;
    while (sequence <= last && list[sequence].skipped)
        sequence++;
    return sequence;
}

static void write_one(struct vg_ring *ring)
{
    union {
        struct vg_event_header header;
        uint8_t bytes[RECORD_MAX];
    } event;
    uint32_t size =
        (uint32_t)(sizeof(event.header) + any_number() % (RECORD_MAX - sizeof(event.header))) & ~7u;

    last++;
    if (any_number() % 16 == 0) {
        list[last].skipped = true;
        assert_int_equal(vg_ring_skip(ring), last);
        return;
    }
    list[last].size = size;
    list[last].fill = (uint8_t)any_number();
    memset(&event, list[last].fill, sizeof(event));
    event.header = (struct vg_event_header){.size = size, .type = VG_EVENT_START};
    assert_true(vg_ring_write(ring, &event.header));
    assert_int_equal(event.header.sequence, last);
}

/* What the reader must be given next: a record, or exactly the gap before the next one there is. */
static void check_event(struct model_reader *reader, const struct vg_event_header *event)
{
    uint64_t available = reader->next < oldest_in_ring() ? oldest_in_ring() : reader->next;

    while (available <= last && list[available].skipped)
        available++;
    if (available != reader->next) {
        const struct vg_event_lost *lost = (const void *)event;

        assert_int_equal(event->type, VG_EVENT_LOST);
        assert_int_equal(lost->first_sequence, reader->next);
        assert_int_equal(lost->last_sequence, available - 1);
        reader->next = available;
        return;
    }
    assert_int_equal(event->type, VG_EVENT_START);
    assert_int_equal(event->sequence, available);
    assert_int_equal(event->size, list[available].size);
    for (uint32_t i = sizeof(*event); i < event->size; i++)
        assert_int_equal(((const uint8_t *)event)[i], list[available].fill);
    reader->next = available + 1;
}

static void read_some(struct vg_ring *ring, struct model_reader *reader)
{
    static uint64_t buffer[2 * RECORD_MAX / 8];
    uint32_t capacity = 48 + any_number() % (uint32_t)(sizeof(buffer) - 48);
    uint32_t used = 0;
    NTSTATUS status = vg_ring_read(ring, &reader->cursor, buffer, capacity, &used);

    if (status == STATUS_NO_MORE_ENTRIES) {
        assert_int_equal(reader->next, last + 1);
        assert_false(vg_ring_has_more(ring, &reader->cursor));
    }
    if (status != STATUS_SUCCESS)
        assert_int_equal(used, 0);
    for (uint32_t at = 0; at < used;) {
        const struct vg_event_header *event = (const void *)((const uint8_t *)buffer + at);

        check_event(reader, event);
        at += event->size;
    }
}

static void readers_get_every_record_or_the_exact_gap(void **state)
{
    struct model_reader readers[READERS];
    struct vg_ring *ring = NULL;

    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7});
    vg_optional_start();
    for (seed = 1; seed < 4; seed++) {
        uint64_t written = 0;
        uint64_t lost = 0;

        memset(readers, 0, sizeof(readers));
        memset(list, 0, sizeof(list));
        last = 0;
        assert_int_equal(vg_ring_create(RING_SIZE, &ring), STATUS_SUCCESS);
        for (unsigned i = 0; i < READERS; i++) {
            vg_ring_attach(ring, &readers[i].cursor);
            readers[i].next = 1;
        }
        while (last < RECORDS) {
            write_one(ring);
            for (unsigned i = 0; i < READERS; i++) {
                if (any_number() % (4 * i + 1) == 0)
                    read_some(ring, &readers[i]);
            }
        }
        vg_ring_counts(ring, &written, &lost);
        assert_true(written < RECORDS && lost > 0);
        for (unsigned i = 0; i < READERS; i++)
            vg_ring_detach(ring, &readers[i].cursor);
        vg_ring_destroy(ring);
    }
    sim_end();
}

static void an_event_larger_than_the_ring_is_refused(void **state)
{
    static union {
        struct vg_event_header header;
        uint8_t bytes[RING_SIZE + 8];
    } event = {.header = {.size = RING_SIZE + 8}};
    struct vg_ring *ring = NULL;

    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_11});
    vg_optional_start();
    assert_int_equal(vg_ring_create(RING_SIZE, &ring), STATUS_SUCCESS);
    assert_false(vg_ring_write(ring, &event.header));
    event.header.size = RING_SIZE;
    assert_true(vg_ring_write(ring, &event.header));
    assert_int_equal(event.header.sequence, 1);
    vg_ring_destroy(ring);
    sim_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_get_every_record_or_the_exact_gap),
        cmocka_unit_test(an_event_larger_than_the_ring_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
