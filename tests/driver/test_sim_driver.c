/* The sim with a driver that does all right: it is loaded, told, asked, and unloaded as on Windows. */
#include "../cmocka_all.h"

#include "toy.h"

static void a_correct_driver_loads_and_unloads(void **state)
{
    PEPROCESS process;

    (void)state;
    toy_start();
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_SUCCESS);
    assert_int_equal(toy_start_cmd(&process), STATUS_SUCCESS);
    sim_exit_process(process, 7);
    assert_int_equal(toy.creations, 1);
    assert_int_equal(toy.exits, 1);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

static void a_denied_creation_is_followed_by_its_exit(void **state)
{
    (void)state;
    toy_start();
    toy.verdict = STATUS_ACCESS_DENIED;
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_SUCCESS);
    assert_int_equal(toy_start_cmd(NULL), STATUS_ACCESS_DENIED);
    assert_int_equal(toy.creations, 1);
    assert_int_equal(toy.exits, 1);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

static void registration_answers_as_documented(void **state)
{
    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7, .no_integrity_bit = true});
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_ACCESS_DENIED);
    sim_end();
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_7, .notify_table_full = true});
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_INVALID_PARAMETER);
    sim_end();
}

static void every_failure_of_loading_is_reached_in_turn(void **state)
{
    const char *const expected[] = {"IoCreateDevice", "IoCreateSymbolicLink",
                                    "PsSetCreateProcessNotifyRoutineEx"};

    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        toy_start();
        sim_fail_nth(n);
        assert_false(NT_SUCCESS(sim_load_driver_entry(toy_entry)));
        assert_string_equal(sim_fail_fired(), expected[n - 1]);
        sim_end();
    }
}

static void an_unload_waits_for_the_last_handle(void **state)
{
    struct sim_handle *handle, *second;

    (void)state;
    toy_start();
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_SUCCESS);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    assert_int_equal(sim_unload_driver(), STATUS_DEVICE_BUSY);
    assert_int_equal(sim_open(sim_services_process(), "\\DosDevices\\Test", GENERIC_READ, &second),
                     STATUS_NO_SUCH_DEVICE);
    assert_true(sim_driver_loaded());
    sim_close(handle);
    assert_false(sim_driver_loaded());
    sim_end();
}

static void a_pended_read_ends_when_it_is_cancelled(void **state)
{
    struct sim_handle *handle;
    struct sim_request *request;
    char buffer[8];

    (void)state;
    toy_start();
    assert_int_equal(sim_load_driver_entry(toy_entry), STATUS_SUCCESS);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Test", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    request = sim_read_async(handle, buffer, sizeof(buffer));
    assert_false(sim_request_done(request));
    assert_int_equal(sim_wait(request, 10, NULL), STATUS_TIMEOUT);
    sim_cancel(request);
    assert_int_equal(sim_wait(request, 1000, NULL), STATUS_CANCELLED);
    sim_close(handle);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    sim_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correct_driver_loads_and_unloads),
        cmocka_unit_test(a_denied_creation_is_followed_by_its_exit),
        cmocka_unit_test(registration_answers_as_documented),
        cmocka_unit_test(every_failure_of_loading_is_reached_in_turn),
        cmocka_unit_test(an_unload_waits_for_the_last_handle),
        cmocka_unit_test(a_pended_read_ends_when_it_is_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
