/* The ring of events: as many writers and readers at once as the driver could meet, on a machine of the sim.
 * Writers do what the driver does at the end of every event (event.c): they copy the record into the ring and
 * wake the readers. Readers read the device, as `vigil watch` does. Every record is accounted for: delivered
 * to each reader, or reported lost to it, once and in order. Otherwise the benchmark fails.
 *     bench_ring [--quick] */
#include "machine.h"
#include "measure.h"

#include "../src/driver/ring.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WRITERS   8u
#define READERS   4u
#define SIZE      208u /* an exit's event with an image's path of 50 characters */
#define ROOM      (1024u * 1024u)
#define PER_ROUND 2000000u

/* The driver's own, out of its module. */
static struct vg_ring *(*events_ring)(void);
static bool (*ring_write)(struct vg_ring *, struct vg_event_header *);
static void (*readers_wake)(void);

static unsigned per_writer;

union record {
    struct vg_event_header header;
    uint64_t words[SIZE / 8];
};

/* What a record says of itself, so that a reader sees one that is not as it was written. */
static uint64_t mark_of(unsigned writer, unsigned number)
{
    return (uint64_t)writer << 32 | number;
}

static void write_one(unsigned writer, unsigned number, enum vg_event_type type)
{
    union record record = {.header = {.size = SIZE, .type = (uint16_t)type}};

    record.header.time = mark_of(writer, number);
    record.words[SIZE / 8 - 1] = record.header.time;
    bench_machine_must(ring_write(events_ring(), &record.header), "writing a record");
    readers_wake();
}

static void *write_many(void *argument)
{
    unsigned writer = (unsigned)(uintptr_t)argument;

    for (unsigned number = 1; number <= per_writer; number++)
        write_one(writer, number, VG_EVENT_EXIT);
    return NULL;
}

/* ---- readers ---- */

struct reader {
    struct sim_handle *device;
    uint8_t *room;
    uint64_t next; /* the sequence it must be told of next */
    uint64_t delivered, lost;
    unsigned last[WRITERS]; /* of each writer, the last number seen */
    bool done;
};

static void take_lost(struct reader *reader, const struct vg_event_header *header)
{
    const struct vg_event_lost *lost = (const struct vg_event_lost *)(const void *)header;

    if (lost->first_sequence != reader->next || lost->last_sequence < lost->first_sequence)
        bench_fail("a reader was told of a loss that does not begin where it stood");
    reader->lost += lost->last_sequence - lost->first_sequence + 1;
    reader->next = lost->last_sequence + 1;
}

static void take_record(struct reader *reader, const struct vg_event_header *header)
{
    const union record *record = (const union record *)(const void *)header;
    unsigned writer = (unsigned)(header->time >> 32), number = (unsigned)header->time;

    if (header->sequence != reader->next || header->size != SIZE)
        bench_fail("a reader was given a record out of order");
    if (record->words[SIZE / 8 - 1] != header->time || writer >= WRITERS || number <= reader->last[writer])
        bench_fail("a record is not as it was written");
    reader->last[writer] = number;
    reader->next++;
    reader->delivered++;
    reader->done = header->type == VG_EVENT_STATE;
}

static void *read_many(void *argument)
{
    struct reader *reader = argument;

    while (!reader->done) {
        ULONG_PTR used = 0;

        bench_machine_must(NT_SUCCESS(sim_read(reader->device, reader->room, ROOM, &used)), "reading");
        for (ULONG_PTR at = 0; at < used;) {
            const struct vg_event_header *header = (const void *)(reader->room + at);

            if (header->type == VG_EVENT_LOST)
                take_lost(reader, header);
            else
                take_record(reader, header);
            at += header->size;
        }
    }
    return NULL;
}

/* Begins behind everything that is in the ring. */
static void open_reader(struct reader *reader, uint64_t next)
{
    const struct vg_abi_seek seek = {.to = VG_SEEK_END};

    memset(reader, 0, sizeof(*reader));
    reader->next = next;
    reader->room = malloc(ROOM);
    bench_machine_must(
        reader->room != NULL &&
            NT_SUCCESS(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &reader->device)) &&
            NT_SUCCESS(sim_ioctl(reader->device, VG_IOCTL_SEEK, &seek, sizeof(seek), NULL, 0, NULL)),
        "opening a reader");
}

static void close_reader(struct reader *reader)
{
    sim_close(reader->device);
    free(reader->room);
}

/* ---- a round ---- */

static pthread_t begin(void *(*what)(void *), void *argument)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, what, argument) != 0)
        bench_fail("there are no threads left");
    return thread;
}

/* Returns how many records all readers together were given. */
static uint64_t account(const struct reader *readers, uint64_t written)
{
    uint64_t delivered = 0;

    for (unsigned i = 0; i < READERS; i++) {
        if (readers[i].delivered + readers[i].lost != written)
            bench_fail("a reader accounts for %llu records of %llu",
                       (unsigned long long)(readers[i].delivered + readers[i].lost),
                       (unsigned long long)written);
        delivered += readers[i].delivered;
    }
    return delivered;
}

static void play_round(uint64_t *sequence, double *written_rate, double *delivered_rate)
{
    const uint64_t written = (uint64_t)per_writer * WRITERS + 1;
    struct reader readers[READERS];
    pthread_t reading[READERS], writing[WRITERS];
    double begun, took;

    for (unsigned i = 0; i < READERS; i++)
        open_reader(&readers[i], *sequence);
    begun = bench_now();
    for (unsigned i = 0; i < READERS; i++)
        reading[i] = begin(read_many, &readers[i]);
    for (uintptr_t i = 0; i < WRITERS; i++)
        writing[i] = begin(write_many, (void *)i);
    for (unsigned i = 0; i < WRITERS; i++)
        pthread_join(writing[i], NULL);
    write_one(0, per_writer + 1, VG_EVENT_STATE); /* the last one */
    for (unsigned i = 0; i < READERS; i++)
        pthread_join(reading[i], NULL);
    took = (bench_now() - begun) / 1e9;
    *written_rate = (double)written / took;
    *delivered_rate = (double)account(readers, written) / took;
    *sequence += written;
    for (unsigned i = 0; i < READERS; i++)
        close_reader(&readers[i]);
}

static void *find(void *module, const char *name)
{
    void *found = module == NULL ? NULL : dlsym(module, name);

    if (found == NULL)
        bench_fail("the driver's module has no %s", name);
    return found;
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    double written[BENCH_ROUNDS], delivered[BENCH_ROUNDS];
    struct sim_handle *device;
    struct vg_abi_status status;
    uint64_t sequence;
    void *module;

    per_writer = (quick ? PER_ROUND / 20 : PER_ROUND) / WRITERS;
    bench_machine_start();
    bench_machine_must(NT_SUCCESS(sim_load_driver(VG_DRIVER_MODULE)), "loading the driver");
    module = dlopen(VG_DRIVER_MODULE, RTLD_NOW | RTLD_NOLOAD);
    events_ring = (struct vg_ring * (*)(void))(uintptr_t)find(module, "vg_events_ring");
    ring_write =
        (bool (*)(struct vg_ring *, struct vg_event_header *))(uintptr_t)find(module, "vg_ring_write");
    readers_wake = (void (*)(void))(uintptr_t)find(module, "vg_readers_wake");
    device = bench_machine_open();
    bench_machine_must(NT_SUCCESS(sim_ioctl(device, VG_IOCTL_STATUS, NULL, 0, &status, sizeof(status), NULL)),
                       "asking for the status");
    sequence = status.events_written + status.events_dropped + 1;
    for (unsigned round = 0; round < BENCH_ROUNDS; round++)
        play_round(&sequence, &written[round], &delivered[round]);
    bench_result(bench_quantile(written, BENCH_ROUNDS, 0.5), "ring.written");
    bench_result(bench_quantile(delivered, BENCH_ROUNDS, 0.5), "ring.delivered");
    dlclose(module);
    bench_machine_unload(device);
    bench_machine_end();
    return 0;
}
