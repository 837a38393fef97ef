/* The first minutes of a boot: a policy that comes late, and the mark of a boot that nobody has confirmed. */
#include "scenario.h"

#include <stdlib.h>

#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "      \
    "'\\cmd.exe' }\n"
#define ALLOW "vigil: 1\nmode: enforce\ndefault: allow\nimages: true\nrules: []\n"

/* The thread that follows the boot works once a second of the machine's. */
static void pass_seconds(unsigned seconds)
{
    for (unsigned second = 0; second < seconds; second++)
        sim_let_pass_ms(1000);
}

static void start_machine(void)
{
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
}

static void a_policy_whose_volume_is_not_ready_is_tried_again(void **state)
{
    static const NTSTATUS reasons[] = {
        STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_NO_SUCH_DEVICE,
        STATUS_DEVICE_NOT_READY,      STATUS_NO_MEDIA_IN_DEVICE,
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        struct sim_file *file;

        start_machine();
        file = sim_find_file(POLICY_PATH);
        sim_refuse_opens(file, reasons[i]);
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_int_equal(status().policy_status, reasons[i]);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        sim_refuse_opens(file, STATUS_SUCCESS);
        pass_seconds(1);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        end();
    }
}

static void a_policy_that_may_not_be_read_is_not_tried_again(void **state)
{
    struct sim_file *file;
    unsigned opens;

    (void)state;
    start_machine();
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_ACCESS_DENIED);
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_refuse_opens(file, STATUS_SUCCESS);
    opens = sim_file_opens(file);
    pass_seconds(20);
    assert_int_equal(sim_file_opens(file), opens);
    assert_int_equal(status().policy_status, STATUS_ACCESS_DENIED);
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    end();
}

/* What an administrator has loaded by hand is newer than any file. */
static void a_policy_that_came_by_hand_is_not_replaced_by_the_late_file(void **state)
{
    struct sim_file *file;
    unsigned opens;

    (void)state;
    start_machine();
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_DEVICE_NOT_READY);
    assert_int_equal(load(), STATUS_SUCCESS);
    use_policy(ALLOW);
    sim_refuse_opens(file, STATUS_SUCCESS);
    opens = sim_file_opens(file);
    pass_seconds(20);
    assert_int_equal(sim_file_opens(file), opens);
    assert_int_equal(status().policy_generation, 1);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    end();
}

static void a_policy_that_comes_late_says_so_and_has_its_wishes_followed(void **state)
{
    const struct vg_event_state *event;
    struct sim_file *file;
    unsigned before;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(ALLOW);
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_NO_SUCH_DEVICE);
    assert_int_equal(load(), STATUS_SUCCESS);
    before = sim_registered_routines();
    event = (const void *)next_event(VG_EVENT_STATE);
    assert_int_equal(event->policy_generation, 0);
    sim_refuse_opens(file, STATUS_SUCCESS);
    pass_seconds(1);
    event = (const void *)next_event(VG_EVENT_STATE);
    assert_int_equal(event->policy_generation, 1);
    assert_int_equal(sim_registered_routines(), before + 1); /* the one that watches images */
    end();
}

static void after_two_minutes_nobody_looks_for_the_policy_any_more(void **state)
{
    struct sim_file *file;
    unsigned opens;

    (void)state;
    start_machine();
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_DEVICE_NOT_READY);
    assert_int_equal(load(), STATUS_SUCCESS);
    confirm_boot();
    pass_seconds(119);
    assert_false(sim_said("no policy could be loaded"));
    pass_seconds(1);
    assert_true(sim_said("no policy could be loaded"));
    sim_refuse_opens(file, STATUS_SUCCESS);
    opens = sim_file_opens(file);
    pass_seconds(10);
    assert_int_equal(sim_file_opens(file), opens);
    end();
}

/* Its thread ends at once, instead of trying as often as it would have in two minutes. */
static void once_it_is_being_stopped_nobody_looks_for_the_policy_any_more(void **state)
{
    struct sim_file *file;
    unsigned opens;

    (void)state;
    start_machine();
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_DEVICE_NOT_READY);
    assert_int_equal(load(), STATUS_SUCCESS);
    opens = sim_refused_opens(file);
    assert_int_not_equal(opens, 0);
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    assert_true(sim_refused_opens(file) <= opens + 1); /* that of a second that had just passed */
    end();
}

static void a_confirmed_boot_is_not_marked_again(void **state)
{
    ULONG pending = 7;

    (void)state;
    start_machine();
    assert_int_equal(load(), STATUS_SUCCESS);
    confirm_boot();
    pass_seconds(10);
    assert_true(sim_get_flushed_dword("BootPending", &pending));
    assert_int_equal(pending, 0);
    sim_set_parameter_dword("RingSize", 7); /* somebody's own change, which he will store himself */
    pass_seconds(10);
    assert_false(sim_get_flushed_dword("RingSize", &pending));
    end();
}

/* The next boot cannot know of it, but this one is as any other. */
static void a_boot_that_cannot_be_marked_goes_on_and_can_be_confirmed(void **state)
{
    ULONG pending = 7;

    (void)state;
    start_machine();
    sim_fail_routine("ZwSetValueKey");
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
    pass_seconds(5);
    assert_false(sim_get_parameter_dword("BootPending", &pending));
    confirm_boot();
    assert_int_equal(status().enforcement, VG_ENFORCING);
    end();
}

static void a_boot_is_not_confirmed_when_that_cannot_be_stored(void **state)
{
    static const char *const routines[] = {"ZwOpenKey", "ZwSetValueKey"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        start_machine();
        assert_int_equal(load(), STATUS_SUCCESS);
        (void)admin();
        sim_fail_routine(routines[i]);
        assert_false(NT_SUCCESS(sim_ioctl(admin(), VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL)));
        sim_fail_routine(NULL);
        assert_int_equal(status().boot_confirmed, 0);
        assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
        end();
    }
}

/* A service whose Parameters key is missing has no mark to take back. */
static void without_a_key_of_parameters_a_boot_can_be_confirmed(void **state)
{
    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    assert_int_equal(load(), STATUS_SUCCESS);
    pass_seconds(3);
    use_policy(DENY_CMD);
    assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
    confirm_boot();
    assert_int_equal(status().enforcement, VG_ENFORCING);
    end();
}

/* Else a machine that cannot boot under its policy would be without its way out. */
static void a_mark_that_cannot_be_read_counts_as_one(void **state)
{
    const char *fired;
    NTSTATUS loaded;
    unsigned n = 0;

    (void)state;
    do {
        start_machine();
        sim_set_parameter_dword("BootPending", 1);
        sim_fail_nth(++n);
        loaded = load();
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (NT_SUCCESS(loaded)) {
            use_policy(DENY_CMD); /* without the key it knows of no file */
            assert_int_equal(status().enforcement, VG_MONITOR_BOOT_FAILED);
        }
        end();
    } while (fired != NULL);
    assert_true(n > 20);
}

/* The key is deleted while the driver runs: nothing to flush, nothing to mark. */
static void a_key_that_cannot_be_opened_keeps_nobody_from_following_the_boot(void **state)
{
    struct sim_file *file;

    (void)state;
    start_machine();
    file = sim_find_file(POLICY_PATH);
    sim_refuse_opens(file, STATUS_DEVICE_NOT_READY);
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_fail_routine("ZwOpenKey");
    sim_refuse_opens(file, STATUS_SUCCESS);
    pass_seconds(1);
    sim_fail_routine(NULL);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void in_safe_mode_a_confirmation_changes_nothing(void **state)
{
    ULONG pending = 7;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .safe_mode = true});
    sim_set_parameter_dword("BootPending", 1);
    policy_file(DENY_CMD);
    assert_int_equal(load(), STATUS_SUCCESS);
    confirm_boot();
    assert_int_equal(status().boot_confirmed, 0);
    assert_int_equal(status().enforcement, VG_MONITOR_SAFE_MODE);
    assert_true(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(pending, 1); /* the normal boot's mark */
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_whose_volume_is_not_ready_is_tried_again),
        cmocka_unit_test(a_policy_that_may_not_be_read_is_not_tried_again),
        cmocka_unit_test(a_policy_that_came_by_hand_is_not_replaced_by_the_late_file),
        cmocka_unit_test(a_policy_that_comes_late_says_so_and_has_its_wishes_followed),
        cmocka_unit_test(after_two_minutes_nobody_looks_for_the_policy_any_more),
        cmocka_unit_test(once_it_is_being_stopped_nobody_looks_for_the_policy_any_more),
        cmocka_unit_test(a_confirmed_boot_is_not_marked_again),
        cmocka_unit_test(a_boot_that_cannot_be_marked_goes_on_and_can_be_confirmed),
        cmocka_unit_test(a_boot_is_not_confirmed_when_that_cannot_be_stored),
        cmocka_unit_test(without_a_key_of_parameters_a_boot_can_be_confirmed),
        cmocka_unit_test(a_mark_that_cannot_be_read_counts_as_one),
        cmocka_unit_test(a_key_that_cannot_be_opened_keeps_nobody_from_following_the_boot),
        cmocka_unit_test(in_safe_mode_a_confirmation_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
