/* vigil-xp.sys when calls fail: what it then says of a start, and that it stays usable. */
#include "scenario.h"

#define HEAD      "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define DENY_REST "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
#define NO_SHELL  HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n"

#define SWEEP_MAX 1000u

static void check_no_handle(const struct vg_event_start *event)
{
    assert_int_equal(event->enforced, 0);
    assert_int_equal(event->guard, VG_GUARD_FAILED);
    assert_int_equal((NTSTATUS)event->status, STATUS_INSUFFICIENT_RESOURCES);
}

/* That it was not ended is known only when its start has been recorded: the exit says that it ran. */
static void check_not_ended(const struct vg_event_start *event)
{
    assert_int_equal(event->enforced, 1);
    assert_int_equal(next_exit()->denied, 0);
}

static void a_process_that_cannot_be_ended_is_said_to_run(void **state)
{
    unsigned ran = 0, n;

    (void)state;
    begin_legacy(NO_SHELL);
    for (n = 1; n < SWEEP_MAX; n++) {
        struct vg_abi_status before = status();
        const struct vg_event_start *event;
        NTSTATUS result;
        const char *fired = start_with_failure(n, CMD, &result);

        if (!fired)
            break;
        if (status().events_dropped != before.events_dropped)
            continue;
        event = next_start();
        if (!NT_SUCCESS(result) || event->verdict != VG_DENY)
            continue;
        ran++;
        if (event->guard == VG_GUARD_FAILED)
            check_no_handle(event);
        else
            check_not_ended(event);
        assert_int_equal(status().undone, before.undone + 1);
    }
    assert_int_equal(ran, 2); /* no handle to end it with, and ending it */
    end();
}

static void a_load_survives_every_failure(void **state)
{
    unsigned refused = 0, n;

    (void)state;
    for (n = 1; n < SWEEP_MAX; n++) {
        NTSTATUS loaded;
        const char *fired;

        machine(&(struct sim_options){.windows = n % 2 ? SIM_WINDOWS_XP : SIM_WINDOWS_SERVER_2003});
        sim_set_parameter_dword("WatchImages", 1);
        policy_file(NO_SHELL);
        sim_fail_nth(n);
        loaded = load();
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (NT_SUCCESS(loaded)) {
            assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
            assert_true(status().registered_with != 0 || !NT_SUCCESS(status().registration_status));
        } else {
            refused++;
        }
        end();
        if (!fired)
            break;
    }
    assert_in_range(n, 20, SWEEP_MAX - 1);
    assert_true(refused > 0);
}

static void a_start_survives_every_failure_with_a_verdict_that_its_record_explains(void **state)
{
    unsigned n;

    (void)state;
    begin_legacy(DENY_REST "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n");
    for (n = 1; n < SWEEP_MAX; n++) {
        struct vg_abi_status before = status(), after;
        const struct vg_event_start *event;
        NTSTATUS result;
        const char *fired = start_with_failure(n, NOTEPAD, &result);

        after = status();
        assert_int_equal(after.starts, before.starts + 1);
        if (after.events_dropped == before.events_dropped) {
            event = next_start();
            assert_int_equal(event->enforced, !NT_SUCCESS(result));
            /* It is denied only because no rule could allow it: its image was not known, or by its device. */
            if (!NT_SUCCESS(result))
                assert_true(event->reason == VG_REASON_DEFAULT &&
                            strcmp(fact(event, VG_FIELD_IMAGE), NOTEPAD) != 0);
        }
        if (!fired)
            break;
    }
    assert_in_range(n, 12, SWEEP_MAX - 1);
    end();
}

static void an_exit_survives_every_failure(void **state)
{
    unsigned n;

    (void)state;
    begin_legacy(NULL);
    for (n = 1; n < SWEEP_MAX; n++) {
        PEPROCESS process = start(CMD);
        const char *fired;

        sim_fail_nth(n);
        sim_exit_process(process, 0);
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (!fired)
            break;
    }
    assert_in_range(n, 2, SWEEP_MAX - 1);
    end();
}

static void lay_a_junction_to_another_volume(void)
{
    sim_rename_file(sim_find_file("C:\\Users\\a\\b\\cmd.exe"), "C:\\Users\\evil.exe");
    sim_add_junction("C:\\Users\\a\\b", "D:\\tools");
}

/* A start whose file the junction leads away from, with the nth call failing. Returns what failed. */
static const char *start_behind_a_junction(unsigned n)
{
    PEPROCESS process = NULL;
    const char *fired;

    begin_legacy(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume9", .letter = "D:"});
    sim_add_file("D:\\tools\\cmd.exe", "MZ", 2);
    sim_add_file("C:\\Users\\a\\b\\cmd.exe", "MZ evil", 7);
    sim_fail_nth(n);
    (void)sim_start_process(&(struct sim_process_options){.image = "C:\\Users\\a\\b\\cmd.exe",
                                                          .meanwhile = lay_a_junction_to_another_volume},
                            &process);
    fired = sim_fail_fired();
    sim_fail_nth(0);
    if (process != NULL)
        sim_exit_process(process, 0);
    return fired;
}

/* Rules are written of drive letters: a name by the device would slip past them. */
static void a_volume_that_there_was_no_memory_to_open_is_not_taken_for_one_without_a_letter(void **state)
{
    const char *fired;
    unsigned n = 0, failed = 0;

    (void)state;
    do {
        fired = start_behind_a_junction(++n);
        if (fired != NULL && strcmp(fired, "IoCreateFileSpecifyDeviceObjectHint") == 0) {
            failed++;
            assert_string_not_equal(fact(next_start(), VG_FIELD_IMAGE),
                                    "\\Device\\HarddiskVolume2\\Users\\a\\b\\cmd.exe");
        }
        end();
    } while (fired != NULL && n < SWEEP_MAX);
    assert_true(failed >= 2); /* the file, and the volume that its name says it is on */
}

/* It is told of a process by its id alone. */
static void a_start_whose_process_cannot_be_found_is_counted_and_leaves_a_gap(void **state)
{
    const struct vg_event_exit *ended;
    struct vg_abi_status before, after;
    PEPROCESS process;
    uint64_t newest;

    (void)state;
    begin_legacy(NULL);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    newest = next_exit()->header.sequence;
    before = status();
    sim_fail_routine("PsLookupProcessByProcessId");
    process = start(CMD);
    sim_fail_routine(NULL);
    after = status();
    assert_int_equal(after.starts, before.starts + 1);
    assert_int_equal(after.exits, before.exits);
    assert_int_equal(after.allowed, before.allowed + 1);
    assert_int_equal(after.events_dropped, before.events_dropped + 1);
    sim_exit_process(process, 0);
    ended = next_exit();
    assert_int_equal(ended->header.sequence, newest + 2);
    assert_int_equal(ended->start_sequence, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_that_cannot_be_ended_is_said_to_run),
        cmocka_unit_test(a_load_survives_every_failure),
        cmocka_unit_test(a_start_survives_every_failure_with_a_verdict_that_its_record_explains),
        cmocka_unit_test(an_exit_survives_every_failure),
        cmocka_unit_test(a_start_whose_process_cannot_be_found_is_counted_and_leaves_a_gap),
        cmocka_unit_test(a_volume_that_there_was_no_memory_to_open_is_not_taken_for_one_without_a_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
