/* Loading and unloading. */
#include "scenario.h"

#include <stdio.h>

#include <stdlib.h>

#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "      \
    "'\\cmd.exe' }\n"

static void it_loads_and_unloads_on_every_windows(void **state)
{
    static const unsigned registered_with[SIM_WINDOWS_COUNT] = {1, 1, 1, 2, 2};

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, NULL);
        assert_int_equal(status().registered_with, registered_with[windows]);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_int_equal(status().starts, 1);
        assert_int_equal(status().exits, 1);
        end();
    }
}

static void it_denies_on_every_windows(void **state)
{
    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, DENY_CMD);
        assert_int_equal(status().policy_status, STATUS_SUCCESS);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
        end();
    }
}

static void without_a_policy_it_records_and_denies_nothing(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->reason, VG_REASON_NO_POLICY);
    end();
}

static void a_broken_policy_file_leaves_it_watching(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    sim_add_file(POLICY_PATH, "this is no policy at all", 24);
    sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    assert_int_equal(status().policy_status, STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    end();
}

static void without_the_integrity_bit_it_stays_and_says_why(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .no_integrity_bit = true});
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().registered_with, 0);
    assert_int_equal(status().registration_status, STATUS_ACCESS_DENIED);
    end();
}

static void with_a_full_table_of_callbacks_it_stays_and_says_why(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7, .notify_table_full = true});
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().registration_status, STATUS_INVALID_PARAMETER);
    end();
}

static void a_policy_on_a_volume_that_comes_later_is_loaded_when_it_comes(void **state)
{
    struct blob blob = compile(DENY_CMD);

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .booting = true});
    sim_set_parameter_string("PolicyPath", "\\??\\C:\\Windows\\System32\\vigil.policy");
    sim_add_file(POLICY_PATH, blob.bytes, blob.size);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    sim_finish_boot();
    sim_let_pass_ms(1000);
    assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
    confirm_boot();
    assert_int_equal(status().enforcement, VG_ENFORCING);
    free(blob.bytes);
    end();
}

static void
the_mark_of_an_unconfirmed_boot_reaches_the_disk_though_the_boots_first_flush_does_not(void **state)
{
    ULONG pending = 7;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .booting = true});
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_false(sim_get_flushed_dword("BootPending", &pending));
    sim_finish_boot();
    sim_let_pass_ms(1000);
    assert_true(sim_get_flushed_dword("BootPending", &pending));
    assert_int_equal(pending, 1);
    confirm_boot();
    assert_true(sim_get_flushed_dword("BootPending", &pending));
    assert_int_equal(pending, 0);
    end();
}

static void it_knows_the_processes_that_ran_before_it(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS word;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    word = start(WINWORD);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = word}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), WINWORD);
    assert_string_equal(fact(event, VG_FIELD_PARENT_COMMAND_LINE), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_CREATOR_IMAGE), WINWORD);
    assert_true(status().processes >= 4);
    end();
}

/* The thread that loads drivers would show the machine's own account to a server that a user has chosen, and
 * wait for it. */
static void no_server_is_asked_for_the_file_of_a_running_process(void **state)
{
    (void)state;
    for (int windows = SIM_WINDOWS_XP; windows < SIM_WINDOWS_COUNT; windows++) {
        struct sim_file *file;
        PEPROCESS tool;

        machine(&(struct sim_options){.windows = (enum sim_windows)windows});
        sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
        file = sim_add_file("\\\\server\\share\\a.exe", "MZ", 2);
        tool = start("\\\\server\\share\\a.exe");
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_int_equal(sim_file_opens(file), 0);
        assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = tool}),
                         STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_PARENT_IMAGE), "\\\\server\\share\\a.exe");
        sim_exit_process(tool, 0);
        end();
    }
}

/* Whoever owns a file can keep others from opening it. */
static void a_running_program_whose_file_cannot_be_opened_keeps_its_drive_letter(void **state)
{
    static const char image[] = "C:\\Users\\a\\evil.exe";
    PEPROCESS process;

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        machine(&(struct sim_options){.windows = (enum sim_windows)windows});
        sim_set_file_flags(sim_add_file(image, "MZ", 2), SIM_FILE_OPLOCKED);
        process = start(image);
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = process}),
                         STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_PARENT_IMAGE), image);
        sim_exit_process(process, 0);
        end();
    }
}

static void a_crowd_of_running_processes_is_known_whole(void **state)
{
    enum { MANY = 1500 }; /* their list is longer than what is first asked for */
    static PEPROCESS crowd[MANY];

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    for (unsigned i = 0; i < MANY; i++)
        crowd[i] = start(NOTEPAD);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_in_range(status().processes, MANY, MANY + 10);
    for (unsigned i = 0; i < MANY; i++)
        sim_exit_process(crowd[i], 0);
    end();
}

static NTSTATUS opened, started;

static void open_and_start(void)
{
    struct sim_handle *handle = NULL;

    opened = sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &handle);
    if (handle != NULL)
        sim_close(handle);
    started = try_start(CMD, NULL);
}

/* A boot confirmed before it is marked would be marked for good. */
static void what_starts_while_it_still_loads_is_decided_and_nobody_can_open_its_device_yet(void **state)
{
    (void)state;
    for (int windows = SIM_WINDOWS_XP; windows < SIM_WINDOWS_COUNT; windows++) {
        machine(&(struct sim_options){.windows = (enum sim_windows)windows});
        policy_file(DENY_CMD);
        sim_when_registered(open_and_start);
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_int_equal(opened, STATUS_NO_SUCH_DEVICE);
        assert_int_equal(started, DENIED);
        assert_int_equal(status().starts, 1);
        assert_int_equal(status().denied, 1);
        end();
    }
}

static void refused_for_a_reason_nobody_knows_it_stays_and_says_the_status(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7});
    sim_fail_routine("PsSetCreateProcessNotifyRoutineEx");
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_int_equal(status().registered_with, 0);
    assert_false(NT_SUCCESS(status().registration_status));
    end();
}

static void a_policy_of_some_megabytes_is_read_whole(void **state)
{
    enum { HASHES = 60000 };
    static char policy[HASHES * 80 + 200];
    size_t length = 0;

    (void)state;
    length += (size_t)sprintf(policy, "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: many\n"
                                      "    when:\n      SHA256:\n");
    for (unsigned i = 0; i < HASHES; i++)
        length += (size_t)sprintf(policy + length, "        - '%064x'\n", i * 2654435761u + 1);
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(policy);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().policy_status, STATUS_SUCCESS);
    assert_true(status().policy_size > 1024 * 1024);
    end();
}

static NTSTATUS status_of_policy_at_path_of(ULONG size)
{
    static uint16_t path[32768];
    NTSTATUS said;

    for (size_t i = 0; i < sizeof(path) / 2; i++)
        path[i] = i == 0 ? '\\' : 'a';
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "PolicyPath", REG_SZ, path, size);
    assert_int_equal(load(), STATUS_SUCCESS);
    said = status().policy_status;
    end();
    return said;
}

static void a_policys_path_longer_than_a_name_can_be_is_said_to_be_so(void **state)
{
    (void)state;
    assert_int_equal(status_of_policy_at_path_of(65534), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(status_of_policy_at_path_of(65536), STATUS_NAME_TOO_LONG);
}

static void a_policy_file_beyond_all_bounds_is_not_read(void **state)
{
    struct sim_file *file;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
    file = sim_find_file(POLICY_PATH);
    sim_claim_size(file, (uint64_t)VG_POLICY_SIZE_MAX + 1);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().policy_status, STATUS_FILE_TOO_LARGE);
    assert_int_equal(sim_file_reads(file), 0);
    end();
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
    sim_claim_size(sim_find_file(POLICY_PATH), VG_POLICY_SIZE_MAX);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().policy_status, STATUS_END_OF_FILE);
    end();
}

/* The newer of the two is the one that came by hand. */
static void load_by_hand(void)
{
    use_policy("vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n");
}

static void a_policy_that_comes_by_hand_while_the_late_file_is_read_stays(void **state)
{
    struct blob blob = compile(DENY_CMD);
    struct sim_file *file;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .booting = true});
    sim_set_parameter_string("PolicyPath", "\\??\\C:\\Windows\\System32\\vigil.policy");
    file = sim_add_file(POLICY_PATH, blob.bytes, blob.size);
    assert_int_equal(load(), STATUS_SUCCESS);
    (void)admin();
    sim_while_read(file, load_by_hand);
    sim_finish_boot();
    sim_let_pass_ms(1000);
    assert_true(sim_file_reads(file) > 0);
    assert_int_equal(status().policy_generation, 1);
    assert_int_equal(status().rule_count, 0);
    free(blob.bytes);
    end();
}

/* Everybody could open it. */
static void a_device_that_cannot_be_protected_is_not_left_behind(void **state)
{
    static const char *const steps[] = {
        "RtlCreateSecurityDescriptor",  "RtlCreateAcl",          "RtlAddAccessAllowedAce",
        "RtlSetDaclSecurityDescriptor", "ObOpenObjectByPointer", "ZwSetSecurityObject",
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct sim_handle *handle;

        machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
        sim_fail_routine(steps[i]);
        assert_false(NT_SUCCESS(load()));
        sim_fail_routine(NULL);
        assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                         STATUS_OBJECT_NAME_NOT_FOUND);
        end();
    }
}

static void an_unload_is_refused_while_a_handle_is_open(void **state)
{
    struct sim_handle *handle;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    close_admin();
    assert_int_equal(sim_unload_driver(), STATUS_DEVICE_BUSY);
    assert_true(sim_driver_loaded());
    sim_close(handle);
    assert_false(sim_driver_loaded());
    end();
}

static void with_unloading_forbidden_there_is_no_unload_routine(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    sim_set_parameter_dword("AllowUnload", 0);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_null(sim_driver_object()->DriverUnload);
    assert_int_equal(sim_unload_driver(), STATUS_INVALID_DEVICE_REQUEST);
    /* The machine would be shut down with the driver in it; the process of this test ends so too. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_loads_and_unloads_on_every_windows),
        cmocka_unit_test(it_denies_on_every_windows),
        cmocka_unit_test(without_a_policy_it_records_and_denies_nothing),
        cmocka_unit_test(a_broken_policy_file_leaves_it_watching),
        cmocka_unit_test(without_the_integrity_bit_it_stays_and_says_why),
        cmocka_unit_test(with_a_full_table_of_callbacks_it_stays_and_says_why),
        cmocka_unit_test(a_policy_on_a_volume_that_comes_later_is_loaded_when_it_comes),
        cmocka_unit_test(it_knows_the_processes_that_ran_before_it),
        cmocka_unit_test(no_server_is_asked_for_the_file_of_a_running_process),
        cmocka_unit_test(a_running_program_whose_file_cannot_be_opened_keeps_its_drive_letter),
        cmocka_unit_test(a_crowd_of_running_processes_is_known_whole),
        cmocka_unit_test(what_starts_while_it_still_loads_is_decided_and_nobody_can_open_its_device_yet),
        cmocka_unit_test(refused_for_a_reason_nobody_knows_it_stays_and_says_the_status),
        cmocka_unit_test(a_policy_of_some_megabytes_is_read_whole),
        cmocka_unit_test(a_policys_path_longer_than_a_name_can_be_is_said_to_be_so),
        cmocka_unit_test(a_policy_file_beyond_all_bounds_is_not_read),
        cmocka_unit_test(a_policy_that_comes_by_hand_while_the_late_file_is_read_stays),
        cmocka_unit_test(a_device_that_cannot_be_protected_is_not_left_behind),
        cmocka_unit_test(an_unload_is_refused_while_a_handle_is_open),
        cmocka_unit_test(
            the_mark_of_an_unconfirmed_boot_reaches_the_disk_though_the_boots_first_flush_does_not),
        cmocka_unit_test(with_unloading_forbidden_there_is_no_unload_routine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
