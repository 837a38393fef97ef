/* Reading events: pended reads, many readers, losses, and the quiesce before a stop. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define TOOL "C:\\Tools\\x.exe"

static struct sim_handle *open_reader(void)
{
    struct sim_handle *handle = NULL;

    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    return handle;
}

static NTSTATUS seek(struct sim_handle *handle, enum vg_abi_seek_to to)
{
    const struct vg_abi_seek place = {.to = to};
    ULONG_PTR written = 0;

    return sim_ioctl(handle, VG_IOCTL_SEEK, &place, sizeof(place), NULL, 0, &written);
}

static void run_once(void)
{
    PEPROCESS process = NULL;

    assert_int_equal(start(TOOL, NULL, NULL, &process), STATUS_SUCCESS);
    sim_exit_process(process, 0);
}

static void a_read_pends_until_something_happens(void **state)
{
    uint8_t buffer[65536] __attribute__((aligned(8)));
    struct sim_handle *handle = NULL;
    struct sim_request *request = NULL;
    const struct vg_event_header *event = (const struct vg_event_header *)(void *)buffer;
    PEPROCESS process = NULL;
    ULONG_PTR read = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    request = sim_read_async(handle, buffer, sizeof(buffer));
    assert_false(sim_request_done(request));
    assert_int_equal(start(TOOL, NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(sim_wait(request, 5000, &read), STATUS_SUCCESS);
    assert_int_equal(read, event->size);
    assert_int_equal(event->type, VG_EVENT_START);
    sim_exit_process(process, 0);
    sim_close(handle);
    end();
}

static void events_from_before_the_first_reader_wait(void **state)
{
    struct sim_handle *handle = NULL;
    const struct vg_event_header *event = NULL;

    (void)state;
    begin(NULL);
    run_once();
    handle = open_reader();
    event = next_event(handle);
    assert_int_equal(event->type, VG_EVENT_STATE);
    assert_int_equal(event->sequence, 1);
    assert_int_equal(next_event(handle)->type, VG_EVENT_START);
    assert_int_equal(next_event(handle)->type, VG_EVENT_EXIT);
    sim_close(handle);
    end();
}

static void every_reader_sees_every_event(void **state)
{
    struct sim_handle *first = NULL;
    struct sim_handle *second = NULL;

    (void)state;
    begin(NULL);
    first = open_reader();
    second = open_reader();
    run_once();
    for (uint64_t sequence = 1; sequence <= 3; sequence++)
        assert_int_equal(next_event(first)->sequence, sequence);
    for (uint64_t sequence = 1; sequence <= 3; sequence++)
        assert_int_equal(next_event(second)->sequence, sequence);
    assert_int_equal(status_now().readers, 3);
    sim_close(second);
    sim_close(first);
    assert_int_equal(status_now().readers, 1);
    end();
}

static void a_cancelled_read_ends_and_the_next_one_works(void **state)
{
    uint8_t buffer[4096] __attribute__((aligned(8)));
    struct sim_handle *handle = NULL;
    struct sim_request *request = NULL;
    ULONG_PTR read = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    request = sim_read_async(handle, buffer, sizeof(buffer));
    sim_cancel(request);
    assert_int_equal(sim_wait(request, 5000, &read), STATUS_CANCELLED);
    run_once();
    assert_int_equal(next_event(handle)->type, VG_EVENT_START);
    sim_close(handle);
    end();
}

static void closing_a_handle_ends_its_pended_reads(void **state)
{
    uint8_t buffers[2][4096] __attribute__((aligned(8)));
    struct sim_request *requests[2];
    struct sim_handle *handle = NULL;
    ULONG_PTR read = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    for (unsigned i = 0; i < 2; i++)
        requests[i] = sim_read_async(handle, buffers[i], sizeof(buffers[i]));
    sim_close(handle);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(sim_wait(requests[i], 5000, &read), STATUS_CANCELLED);
    end();
}

static void pended_reads_are_served_in_the_order_they_came(void **state)
{
    uint8_t buffers[3][8192] __attribute__((aligned(8)));
    struct sim_request *requests[3];
    struct sim_handle *handle = NULL;
    uint64_t last = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    for (unsigned i = 0; i < 3; i++)
        requests[i] = sim_read_async(handle, buffers[i], sizeof(buffers[i]));
    for (unsigned i = 0; i < 3; i++) {
        const struct vg_event_header *event = (const struct vg_event_header *)(void *)buffers[i];
        ULONG_PTR read = 0;

        run_once();
        assert_int_equal(sim_wait(requests[i], 5000, &read), STATUS_SUCCESS);
        assert_true(event->sequence > last);
        last = event->sequence;
    }
    sim_close(handle);
    end();
}

static void a_buffer_too_small_consumes_nothing(void **state)
{
    uint8_t buffer[256] __attribute__((aligned(8)));
    struct sim_handle *handle = NULL;
    ULONG_PTR read = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(next_event(handle)->type, VG_EVENT_STATE);
    run_once();
    assert_int_equal(sim_read(handle, buffer, 16, &read), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sim_read(handle, buffer, 0, &read), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sim_read(handle, buffer, sizeof(buffer), &read), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(read, 0);
    assert_int_equal(next_event(handle)->type, VG_EVENT_START);
    sim_close(handle);
    end();
}

static void a_reader_that_falls_behind_is_told_exactly_what_it_lost(void **state)
{
    const struct vg_event_lost *lost = NULL;
    const struct vg_event_header *event = NULL;
    struct sim_handle *handle = NULL;
    uint64_t expected = 0;
    uint64_t missing = 0;

    (void)state;
    begin_machine(NULL);
    sim_set_parameter_dword("EventRingSize", 65536);
    begin_driver();
    handle = open_reader();
    assert_int_equal(next_event(handle)->sequence, 1);
    for (unsigned i = 0; i < 200; i++)
        run_once();
    event = next_event(handle);
    assert_int_equal(event->type, VG_EVENT_LOST);
    lost = (const struct vg_event_lost *)(const void *)event;
    assert_int_equal(lost->first_sequence, 2);
    missing = lost->last_sequence - lost->first_sequence + 1;
    expected = lost->last_sequence + 1;
    while (expected <= 401)
        assert_int_equal(next_event(handle)->sequence, expected++);
    assert_int_equal(status_now().events_lost, missing);
    assert_int_equal(status_now().events_written, 401);
    sim_close(handle);
    end();
}

static void a_seek_to_the_end_skips_without_loss(void **state)
{
    struct sim_handle *handle = NULL;

    (void)state;
    begin(NULL);
    run_once();
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    run_once();
    assert_int_equal(next_event(handle)->sequence, 4);
    assert_int_equal(seek(handle, VG_SEEK_OLDEST), STATUS_SUCCESS);
    (void)next_event(handle); /* the exit that had been read already */
    assert_int_equal(next_event(handle)->sequence, 1);
    assert_int_equal(status_now().events_lost, 0);
    sim_close(handle);
    end();
}

static void a_quiesce_ends_reads_and_refuses_new_ones(void **state)
{
    uint8_t buffer[4096] __attribute__((aligned(8)));
    struct sim_request *request = NULL;
    struct sim_handle *handle = NULL;
    ULONG_PTR size = 0;

    (void)state;
    begin(NULL);
    handle = open_reader();
    assert_int_equal(seek(handle, VG_SEEK_END), STATUS_SUCCESS);
    request = sim_read_async(handle, buffer, sizeof(buffer));
    assert_int_equal(sim_ioctl(control, VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, &size), STATUS_SUCCESS);
    assert_int_equal(sim_wait(request, 5000, &size), STATUS_CANCELLED);
    assert_int_equal(sim_read(handle, buffer, sizeof(buffer), &size), STATUS_DEVICE_NOT_READY);
    assert_int_equal(status_now().quiesced, 1);
    run_once();
    assert_int_equal(status_now().starts, 1);
    assert_int_equal(sim_ioctl(control, VG_IOCTL_RESUME, NULL, 0, NULL, 0, &size), STATUS_SUCCESS);
    assert_int_equal(next_event(handle)->type, VG_EVENT_START);
    sim_close(handle);
    end();
}

static void a_stop_waits_for_the_last_handle(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(sim_unload_driver(), STATUS_DEVICE_BUSY);
    assert_true(sim_driver_loaded());
    sim_close(control);
    control = NULL;
    assert_false(sim_driver_loaded());
    end();
}

static void handles_are_bounded(void **state)
{
    struct sim_handle *handles[200];
    unsigned opened = 0;

    (void)state;
    begin(NULL);
    while (opened < 200 && sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ,
                                    &handles[opened]) == STATUS_SUCCESS)
        opened++;
    assert_in_range(opened, 100, 199);
    while (opened != 0)
        sim_close(handles[--opened]);
    end();
}

static void nobody_but_administrators_and_system_opens_the_device(void **state)
{
    struct sim_handle *handle = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_open(sim_explorer_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_ACCESS_DENIED);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_pends_until_something_happens),
        cmocka_unit_test(events_from_before_the_first_reader_wait),
        cmocka_unit_test(every_reader_sees_every_event),
        cmocka_unit_test(a_cancelled_read_ends_and_the_next_one_works),
        cmocka_unit_test(closing_a_handle_ends_its_pended_reads),
        cmocka_unit_test(pended_reads_are_served_in_the_order_they_came),
        cmocka_unit_test(a_buffer_too_small_consumes_nothing),
        cmocka_unit_test(a_reader_that_falls_behind_is_told_exactly_what_it_lost),
        cmocka_unit_test(a_seek_to_the_end_skips_without_loss),
        cmocka_unit_test(a_quiesce_ends_reads_and_refuses_new_ones),
        cmocka_unit_test(a_stop_waits_for_the_last_handle),
        cmocka_unit_test(handles_are_bounded),
        cmocka_unit_test(nobody_but_administrators_and_system_opens_the_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
