/* Readers at their bounds: how many there are, the shortest read, and news of what was never written. */
#include "scenario.h"

#define READERS_MAX 128u

static struct sim_handle *open_reader(void)
{
    struct sim_handle *handle;

    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    return handle;
}

static void seek_end(struct sim_handle *handle)
{
    const struct vg_abi_seek place = {VG_SEEK_END, 0};

    assert_int_equal(sim_ioctl(handle, VG_IOCTL_SEEK, &place, sizeof(place), NULL, 0, NULL), STATUS_SUCCESS);
}

static void so_many_handles_may_be_open_and_no_more(void **state)
{
    struct sim_handle *handles[READERS_MAX];
    struct sim_handle *beyond;

    (void)state;
    begin(NULL);
    close_admin();
    for (unsigned i = 0; i < READERS_MAX; i++)
        handles[i] = open_reader();
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &beyond),
                     STATUS_TOO_MANY_OPENED_FILES);
    for (unsigned i = 0; i < READERS_MAX; i++)
        sim_close(handles[i]);
    end();
}

/* An event for which there is no memory leaves a gap, and the one who waits is told of it, in a buffer that
 * has room for no more than that. */
static void a_pended_read_ends_with_the_news_of_an_event_that_was_never_written(void **state)
{
    struct vg_event_lost lost;
    struct sim_handle *reader;
    struct sim_request *request;
    PEPROCESS process = NULL;
    ULONG_PTR got;

    (void)state;
    begin(NULL);
    reader = open_reader();
    seek_end(reader);
    request = sim_read_async(reader, &lost, sizeof(lost));
    assert_int_equal(sim_wait(request, 20, &got), STATUS_TIMEOUT);
    sim_fail_nth(1);
    assert_int_equal(sim_start_process(&(struct sim_process_options){.image = CMD}, &process),
                     STATUS_SUCCESS);
    assert_non_null(sim_fail_fired());
    sim_fail_nth(0);
    assert_int_equal(status().events_dropped, 1);
    assert_int_equal(sim_wait(request, 5000, &got), STATUS_SUCCESS);
    assert_int_equal(got, sizeof(lost));
    assert_int_equal(lost.header.type, VG_EVENT_LOST);
    assert_int_equal(lost.first_sequence, lost.last_sequence);
    sim_exit_process(process, 0);
    sim_close(reader);
    end();
}

static void a_change_that_there_was_no_memory_to_tell_of_is_counted(void **state)
{
    (void)state;
    begin(NULL);
    sim_fail_routine("pool VgEv");
    use_policy("vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n");
    sim_fail_routine(NULL);
    assert_int_equal(status().policy_generation, 1);
    assert_int_equal(status().events_dropped, 1);
    end();
}

static void a_read_with_no_room_for_any_event_is_refused(void **state)
{
    unsigned char buffer[sizeof(struct vg_event_lost)];
    struct sim_handle *reader;
    ULONG_PTR got;

    (void)state;
    begin(NULL);
    reader = open_reader();
    seek_end(reader);
    assert_int_equal(sim_read(reader, buffer, sizeof(buffer) - 1, &got), STATUS_BUFFER_TOO_SMALL);
    sim_close(reader);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_handles_may_be_open_and_no_more),
        cmocka_unit_test(a_pended_read_ends_with_the_news_of_an_event_that_was_never_written),
        cmocka_unit_test(a_change_that_there_was_no_memory_to_tell_of_is_counted),
        cmocka_unit_test(a_read_with_no_room_for_any_event_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
