/* The readers: each with its own cursor and habits. Reader 0 is the keeper; the others are slow now and then,
 * and die in the middle of a read. */
#include "storm.h"

#include <pthread.h>
#include <stdlib.h>

#define BUFFER_SIZE (32u * 1024u)
#define AT_ONCE     3u
#define PATIENCE_MS 60000u

struct reader {
    pthread_t thread;
    unsigned number;
    uint64_t random;
    struct sim_handle *handle;
    struct storm_account account; /* of this handle */
    unsigned char *buffers[AT_ONCE];

    /* For the others. */
    uint64_t next;
    unsigned life; /* 0: no handle is open */
};

static struct reader readers[STORM_READERS];
static unsigned kills;
static uint64_t lost_in_all;

unsigned storm_kills(void)
{
    return __atomic_load_n(&kills, __ATOMIC_SEQ_CST);
}

uint64_t storm_lost(void)
{
    return __atomic_load_n(&lost_in_all, __ATOMIC_SEQ_CST);
}

uint64_t storm_keeper_next(void)
{
    return __atomic_load_n(&readers[0].next, __ATOMIC_SEQ_CST);
}

struct storm_account storm_keeper(void)
{
    return readers[0].account;
}

bool storm_readers_have_read(unsigned life, uint64_t last_sequence)
{
    for (unsigned i = 0; i < STORM_READERS; i++) {
        if (__atomic_load_n(&readers[i].life, __ATOMIC_SEQ_CST) != life ||
            __atomic_load_n(&readers[i].next, __ATOMIC_SEQ_CST) != last_sequence + 1)
            return false;
    }
    return true;
}

bool storm_readers_are_away(void)
{
    for (unsigned i = 0; i < STORM_READERS; i++) {
        if (__atomic_load_n(&readers[i].life, __ATOMIC_SEQ_CST))
            return false;
    }
    return true;
}

/* ---- what was read ---- */

static void take_lost(struct reader *reader, const struct vg_event_lost *lost)
{
    struct storm_account *account = &reader->account;

    storm_expect(lost->header.sequence == 0 && lost->last_sequence >= lost->first_sequence,
                 "reader %u was told of a loss from %llu to %llu", reader->number,
                 (unsigned long long)lost->first_sequence, (unsigned long long)lost->last_sequence);
    storm_expect(account->next == 0 || lost->first_sequence == account->next,
                 "reader %u was told of a loss from %llu where %llu was due", reader->number,
                 (unsigned long long)lost->first_sequence, (unsigned long long)account->next);
    if (account->first == 0)
        account->first = lost->first_sequence;
    account->lost += lost->last_sequence - lost->first_sequence + 1;
    account->next = lost->last_sequence + 1;
    __atomic_add_fetch(&lost_in_all, lost->last_sequence - lost->first_sequence + 1, __ATOMIC_SEQ_CST);
}

static void take_event(struct reader *reader, const struct vg_event_header *event)
{
    struct storm_account *account = &reader->account;

    if (event->type == VG_EVENT_LOST) {
        take_lost(reader, (const void *)event);
        return;
    }
    storm_expect(account->next == 0 || event->sequence == account->next,
                 "reader %u was given the record %llu where %llu was due", reader->number,
                 (unsigned long long)event->sequence, (unsigned long long)account->next);
    if (account->first == 0)
        account->first = event->sequence;
    storm_check_record(reader->life, event);
    account->next = event->sequence + 1;
    account->delivered++;
}

static void take(struct reader *reader, const unsigned char *bytes, ULONG_PTR size)
{
    ULONG_PTR at = 0;

    while (at < size) {
        const struct vg_event_header *event = (const void *)(bytes + at);

        storm_expect(size - at >= sizeof(*event) && event->size >= sizeof(*event) && event->size % 8 == 0 &&
                         event->size <= size - at,
                     "a read returned %llu bytes that are not whole records", (unsigned long long)size);
        take_event(reader, event);
        at += event->size;
    }
    __atomic_store_n(&reader->next, reader->account.next, __ATOMIC_SEQ_CST);
}

static NTSTATUS collect(struct reader *reader, struct sim_request *request, const unsigned char *buffer)
{
    ULONG_PTR size = 0;
    NTSTATUS status = sim_wait(request, PATIENCE_MS, &size);

    storm_expect(status != STATUS_TIMEOUT, "reader %u waits for a minute, with %llu due", reader->number,
                 (unsigned long long)reader->account.next);
    if (status == STATUS_SUCCESS)
        take(reader, buffer, size);
    else
        storm_expect(status == STATUS_CANCELLED || status == STATUS_DEVICE_NOT_READY ||
                         status == STATUS_BUFFER_TOO_SMALL,
                     "a read ended with 0x%08X", (unsigned)status);
    return status;
}

/* ---- a reader's life ---- */

/* Its process is ended: what it waits for is cancelled, its handle closed, all at any moment. */
static void die(struct reader *reader)
{
    struct sim_request *requests[AT_ONCE];

    for (unsigned i = 0; i < AT_ONCE; i++)
        requests[i] = sim_read_async(reader->handle, reader->buffers[i], BUFFER_SIZE);
    for (unsigned i = 0; i < storm_random(&reader->random) % (AT_ONCE + 1); i++)
        sim_cancel(requests[i]);
    sim_close(reader->handle);
    for (unsigned i = 0; i < AT_ONCE; i++)
        collect(reader, requests[i], reader->buffers[i]);
    reader->handle = NULL;
    __atomic_add_fetch(&kills, 1, __ATOMIC_SEQ_CST);
}

/* False when the driver does not serve it any more. */
static bool read_on(struct reader *reader)
{
    unsigned count = 1 + (unsigned)(storm_random(&reader->random) % AT_ONCE);
    struct sim_request *requests[AT_ONCE];
    bool serves = true;

    for (unsigned i = 0; i < count; i++) {
        uint64_t random = storm_random(&reader->random);
        ULONG size = random % 8 == 0 ? 64 + (ULONG)(random / 8 % 4096) : BUFFER_SIZE;

        requests[i] = sim_read_async(reader->handle, reader->buffers[i], size);
    }
    for (unsigned i = 0; i < count; i++) {
        NTSTATUS status = collect(reader, requests[i], reader->buffers[i]);

        serves &= status != STATUS_CANCELLED && status != STATUS_DEVICE_NOT_READY;
    }
    return serves;
}

static void read_life(struct reader *reader, uint32_t phase)
{
    while (storm_phase() == phase && !storm_is_over()) {
        if (!read_on(reader))
            storm_nap(500); /* quiesced, perhaps not for good */
        if (reader->number == 0 || storm_gate_is_closed())
            continue;
        if (storm_random(&reader->random) % 16 == 0)
            storm_nap((unsigned)(storm_random(&reader->random) % (20000 * reader->number)));
        if (storm_random(&reader->random) % 32 == 0) {
            die(reader);
            return;
        }
    }
}

static bool open_handle(struct reader *reader)
{
    NTSTATUS status =
        sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &reader->handle);

    if (!NT_SUCCESS(status))
        reader->handle = NULL; /* it is being unloaded, or is not loaded */
    return reader->handle != NULL;
}

static void *run(void *argument)
{
    struct reader *reader = argument;

    while (!storm_is_over()) {
        uint32_t phase = storm_phase();

        if (phase % 2 == 0) {
            storm_nap(500);
            continue;
        }
        /* Said before it is open, so that who waits for the readers to be away does not overlook it. */
        reader->account = (struct storm_account){0};
        __atomic_store_n(&reader->next, 0, __ATOMIC_SEQ_CST);
        __atomic_store_n(&reader->life, phase / 2, __ATOMIC_SEQ_CST);
        if (storm_phase() == phase && open_handle(reader))
            read_life(reader, phase);
        if (reader->handle)
            sim_close(reader->handle);
        reader->handle = NULL;
        __atomic_store_n(&reader->life, 0, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

void storm_readers_begin(void)
{
    for (unsigned i = 0; i < STORM_READERS; i++) {
        readers[i] = (struct reader){.number = i, .random = storm.seed * 1000 + i};
        for (unsigned k = 0; k < AT_ONCE; k++) {
            readers[i].buffers[k] = malloc(BUFFER_SIZE);
            assert_non_null(readers[i].buffers[k]);
        }
        assert_int_equal(pthread_create(&readers[i].thread, NULL, run, &readers[i]), 0);
    }
}

void storm_readers_end(void)
{
    for (unsigned i = 0; i < STORM_READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        for (unsigned k = 0; k < AT_ONCE; k++)
            free(readers[i].buffers[k]);
    }
}
