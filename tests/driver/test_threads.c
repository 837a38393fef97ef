/* Many threads at once: starts while policies change, readers come and go, and the driver stops. */
#include "scenario.h"

#include <pthread.h>
#include <stdlib.h>

#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "      \
    "'\\cmd.exe' }\n"
#define DENY_BOTH                                                                                            \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: neither\n    when: { Image|endswith: ['\\cmd.exe', '\\notepad.exe'] }\n"

#define STARTERS 3
#define STARTS   150

static int running; /* starters */
static unsigned denied, allowed, wrong;

static void *start_many(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < STARTS; i++) {
        NTSTATUS cmd, notepad;
        PEPROCESS process = NULL;
        cmd = sim_start_process(&(struct sim_process_options){.image = CMD}, NULL);
        notepad = sim_start_process(&(struct sim_process_options){.image = NOTEPAD}, &process);
        if (cmd != DENIED)
            __atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(NT_SUCCESS(notepad) ? &allowed : &denied, 1, __ATOMIC_SEQ_CST);
        if (process)
            sim_exit_process(process, 0);
    }
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void start_threads(pthread_t threads[STARTERS])
{
    denied = allowed = wrong = 0;
    __atomic_store_n(&running, STARTERS, __ATOMIC_SEQ_CST);
    for (unsigned i = 0; i < STARTERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, start_many, NULL), 0);
}

static void join_threads(pthread_t threads[STARTERS])
{
    for (unsigned i = 0; i < STARTERS; i++)
        pthread_join(threads[i], NULL);
}

static bool still_running(void)
{
    return __atomic_load_n(&running, __ATOMIC_SEQ_CST) != 0;
}

static void every_start_is_decided_by_one_policy_or_the_other_while_they_change(void **state)
{
    struct blob blobs[2] = {compile(DENY_BOTH), compile(DENY_CMD)};
    pthread_t threads[STARTERS];
    unsigned changes = 0;

    (void)state;
    begin(DENY_CMD);
    start_threads(threads);
    while (still_running()) {
        struct vg_abi_load_reply reply;
        assert_int_equal(send_policy(blobs[changes % 2].bytes, blobs[changes % 2].size, &reply),
                         STATUS_SUCCESS);
        assert_int_equal(reply.check_length, 0);
        changes++;
    }
    join_threads(threads);
    assert_true(changes > 0);
    assert_int_equal(wrong, 0);
    assert_int_equal(denied + allowed, STARTERS * STARTS);
    assert_int_equal(status().starts, 2 * STARTERS * STARTS);
    assert_int_equal(status().exits, 2 * STARTERS * STARTS);
    assert_int_equal(status().policy_generation, changes + 1);
    free(blobs[0].bytes);
    free(blobs[1].bytes);
    end();
}

/* ---- readers ---- */

struct watcher {
    struct sim_handle *handle;
    uint64_t next;
    unsigned starts, exits;
    bool ordered;
};

static void *watch(void *argument)
{
    struct watcher *watcher = argument;
    unsigned char *buffer = malloc(1 << 16);
    ULONG_PTR got;

    while (watcher->exits < 2 * STARTERS * STARTS &&
           NT_SUCCESS(sim_read(watcher->handle, buffer, 1 << 16, &got))) {
        for (size_t at = 0; at < got; at += ((struct vg_event_header *)(void *)(buffer + at))->size) {
            const struct vg_event_header *event = (const void *)(buffer + at);
            watcher->ordered &= event->sequence == watcher->next++;
            watcher->starts += event->type == VG_EVENT_START;
            watcher->exits += event->type == VG_EVENT_EXIT;
        }
    }
    free(buffer);
    return NULL;
}

static void two_watchers_see_every_event_once_and_in_order(void **state)
{
    struct watcher watchers[2] = {{.next = 1, .ordered = true}, {.next = 1, .ordered = true}};
    pthread_t threads[STARTERS], readers[2];

    (void)state;
    begin(DENY_CMD);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(
            sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &watchers[i].handle), 0);
        assert_int_equal(pthread_create(&readers[i], NULL, watch, &watchers[i]), 0);
    }
    start_threads(threads);
    join_threads(threads);
    for (unsigned i = 0; i < 2; i++) {
        pthread_join(readers[i], NULL);
        assert_true(watchers[i].ordered);
        assert_int_equal(watchers[i].starts, 2 * STARTERS * STARTS);
        assert_int_equal(watchers[i].exits, 2 * STARTERS * STARTS);
        sim_close(watchers[i].handle);
    }
    assert_int_equal(status().events_lost, 0);
    assert_int_equal(status().events_dropped, 0);
    end();
}

static void readers_come_cancel_and_go_while_programs_start(void **state)
{
    pthread_t threads[STARTERS];
    unsigned char *buffer = malloc(1 << 16);
    unsigned rounds = 0;

    (void)state;
    begin(DENY_CMD);
    start_threads(threads);
    while (still_running()) {
        struct sim_request *requests[3];
        struct sim_handle *handle;
        assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                         STATUS_SUCCESS);
        for (unsigned i = 0; i < 3; i++)
            requests[i] = sim_read_async(handle, buffer + i * 16384, 16384);
        for (unsigned i = 0; i < rounds % 3; i++)
            sim_cancel(requests[i]);
        sim_close(handle);
        for (unsigned i = 0; i < 3; i++) {
            NTSTATUS result = sim_wait(requests[i], 5000, NULL);
            assert_true(result == STATUS_SUCCESS || result == STATUS_CANCELLED);
        }
        rounds++;
    }
    join_threads(threads);
    assert_int_equal(wrong, 0);
    assert_true(rounds > 0);
    free(buffer);
    end();
}

static void it_stops_and_starts_again_while_programs_start(void **state)
{
    pthread_t threads[STARTERS];
    unsigned stops = 0;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    policy_file(DENY_CMD);
    start_threads(threads);
    while (still_running() || stops < 20) {
        assert_int_equal(load(), STATUS_SUCCESS);
        confirm_boot();
        assert_int_equal(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
        close_admin();
        assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
        stops++;
    }
    join_threads(threads);
    assert_int_equal(denied, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_start_is_decided_by_one_policy_or_the_other_while_they_change),
        cmocka_unit_test(two_watchers_see_every_event_once_and_in_order),
        cmocka_unit_test(readers_come_cancel_and_go_while_programs_start),
        cmocka_unit_test(it_stops_and_starts_again_while_programs_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
