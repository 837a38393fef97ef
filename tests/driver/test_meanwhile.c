/* What happens while the driver looks at something: opening a file runs other filters, whose services start
 * and end processes, so the callback is called again beneath itself; and many threads decide at once. */
#include "scenario.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define ALLOW "vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n"
#define WATCH_HASHES                                                                                         \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: abc\n    when: { SHA256: "                                                                    \
    "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"

/* A process that the driver has missed: there was no memory when it started. */
static PEPROCESS missed(const char *image)
{
    PEPROCESS process;

    sim_fail_routine("pool VgSt");
    process = start(image);
    sim_fail_routine(NULL);
    return process;
}

static struct sim_file *looked_at;
static PEPROCESS unseen;

static void it_starts_a_program(void)
{
    sim_while_opened(looked_at, NULL);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = unseen}),
                     STATUS_SUCCESS);
}

static void a_process_looked_at_twice_at_once_is_in_the_table_once(void **state)
{
    const struct vg_event_start *event;
    struct vg_guid creator;
    uint64_t processes;

    (void)state;
    begin(ALLOW);
    looked_at = sim_add_file(WINWORD, "MZ", 2);
    unseen = missed(WINWORD);
    processes = status().processes;
    sim_while_opened(looked_at, it_starts_a_program);
    assert_int_equal(try_options(&(struct sim_process_options){.image = NOTEPAD, .creator = unseen}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_string_equal(fact(event, VG_FIELD_CREATOR_IMAGE), WINWORD);
    creator = event->creator_guid;
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), NOTEPAD);
    assert_string_equal(fact(event, VG_FIELD_CREATOR_IMAGE), WINWORD);
    assert_memory_equal(&event->creator_guid, &creator, sizeof(creator));
    assert_int_equal(status().processes, processes + 1);
    sim_exit_process(unseen, 0);
    end();
}

static void it_ends(void)
{
    sim_while_opened(looked_at, NULL);
    sim_exit_process(unseen, 0);
}

static void a_process_that_ends_while_it_is_looked_at_is_not_kept_as_running(void **state)
{
    uint64_t processes;

    (void)state;
    begin(ALLOW);
    looked_at = sim_add_file(WINWORD, "MZ", 2);
    unseen = missed(WINWORD);
    sim_hold_process(unseen);
    processes = status().processes;
    sim_while_opened(looked_at, it_ends);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = CMD, .creator = sim_explorer_process(), .parent = unseen}),
                     STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_PARENT_IMAGE), WINWORD);
    assert_int_equal(status().processes, processes);
    sim_release_process(unseen);
    end();
}

/* ---- more decisions at once than a policy keeps room for ---- */

#define AT_ONCE 20

static pthread_barrier_t all_are_reading;

static void wait_for_the_others(void)
{
    pthread_barrier_wait(&all_are_reading);
}

static void *start_one(void *argument)
{
    char image[64];
    PEPROCESS process = NULL;

    (void)snprintf(image, sizeof(image), "C:\\Tools\\%u.exe", (unsigned)(size_t)argument);
    (void)sim_start_process(&(struct sim_process_options){.image = image}, &process);
    if (process != NULL)
        sim_exit_process(process, 0);
    return process;
}

static void what_many_decisions_at_once_took_is_given_back(void **state)
{
    pthread_t threads[AT_ONCE];
    size_t blocks;
    void *started;

    (void)state;
    begin(WATCH_HASHES);
    blocks = sim_pool_blocks();
    pthread_barrier_init(&all_are_reading, NULL, AT_ONCE);
    for (unsigned i = 0; i < AT_ONCE; i++) {
        char image[64];

        (void)snprintf(image, sizeof(image), "C:\\Tools\\%u.exe", i);
        sim_while_read(sim_add_file(image, "MZ", 2), wait_for_the_others);
        assert_int_equal(pthread_create(&threads[i], NULL, start_one, (void *)(size_t)i), 0);
    }
    for (unsigned i = 0; i < AT_ONCE; i++) {
        pthread_join(threads[i], &started);
        assert_non_null(started);
    }
    pthread_barrier_destroy(&all_are_reading);
    assert_int_equal(status().files_hashed, AT_ONCE);
    assert_true(sim_pool_blocks() > blocks);
    end();
}

/* ---- readers on other processors, while the driver's thread serves one ---- */

static struct sim_handle *reader;
static struct sim_request *second;
static unsigned char first_buffer[4096], second_buffer[4096];

static void open_and_drain(void)
{
    const struct vg_abi_seek end_of_events = {.to = VG_SEEK_END};

    assert_int_equal(
        sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &reader),
        STATUS_SUCCESS);
    assert_int_equal(sim_ioctl(reader, VG_IOCTL_SEEK, &end_of_events, sizeof(end_of_events), NULL, 0, NULL),
                     STATUS_SUCCESS);
}

static void on_another_thread(void *(*work)(void *))
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
    pthread_join(thread, NULL);
}

static void *read_more(void *unused)
{
    (void)unused;
    second = sim_read_async(reader, second_buffer, sizeof(second_buffer));
    return NULL;
}

static void another_reads(void)
{
    on_another_thread(read_more);
}

static void reads_of_one_handle_are_served_in_their_order_by_one_thread_at_a_time(void **state)
{
    struct sim_request *first;
    ULONG_PTR got = 0;

    (void)state;
    begin(NULL);
    open_and_drain();
    first = sim_read_async(reader, first_buffer, sizeof(first_buffer));
    sim_when_dequeued(another_reads);
    use_policy(ALLOW); /* one event */
    assert_int_equal(sim_wait(first, 5000, &got), STATUS_SUCCESS);
    assert_int_equal(got, sizeof(struct vg_event_state));
    assert_false(sim_request_done(second));
    sim_cancel(second);
    assert_int_equal(sim_wait(second, 5000, NULL), STATUS_CANCELLED);
    sim_close(reader);
    end();
}

static bool closed;

static void *close_it(void *unused)
{
    (void)unused;
    sim_close(reader);
    __atomic_store_n(&closed, true, __ATOMIC_SEQ_CST);
    return NULL;
}

static void another_closes(void)
{
    on_another_thread(close_it);
}

static void when_it_is_completed_another_closes(void)
{
    sim_when_completed(another_closes);
}

static void a_handle_that_is_closed_while_it_is_served_is_let_go_only_then(void **state)
{
    struct sim_request *first;

    (void)state;
    begin(NULL);
    (void)admin();
    open_and_drain();
    closed = false;
    first = sim_read_async(reader, first_buffer, sizeof(first_buffer));
    sim_when_dequeued(when_it_is_completed_another_closes);
    sim_exit_process(start(CMD), 0);
    assert_int_equal(sim_wait(first, 5000, NULL), STATUS_SUCCESS);
    for (unsigned i = 0; i < 500 && !__atomic_load_n(&closed, __ATOMIC_SEQ_CST); i++)
        usleep(10000);
    assert_true(closed);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_looked_at_twice_at_once_is_in_the_table_once),
        cmocka_unit_test(a_process_that_ends_while_it_is_looked_at_is_not_kept_as_running),
        cmocka_unit_test(reads_of_one_handle_are_served_in_their_order_by_one_thread_at_a_time),
        cmocka_unit_test(a_handle_that_is_closed_while_it_is_served_is_let_go_only_then),
        cmocka_unit_test(what_many_decisions_at_once_took_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
