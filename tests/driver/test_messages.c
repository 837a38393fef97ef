/* What the driver says to a debugger: something when it goes without what it should have, nothing else. */
#include "scenario.h"

#include <stdlib.h>
#include <unistd.h>

#define POLICY                                                                                               \
    "vigil: 1\nmode: enforce\ndefault: allow\nimages: true\nrules:\n"                                        \
    "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n"

static const enum sim_windows systems[] = {SIM_WINDOWS_SERVER_2003, SIM_WINDOWS_7, SIM_WINDOWS_11};
#define SYSTEMS (sizeof(systems) / sizeof(systems[0]))

/* What the thread that follows the boot has to say, it has said by then. */
static void end_of_boot(void)
{
    for (unsigned second = 0; second < 130; second++)
        sim_let_pass_ms(1000);
    end();
}

static void when_all_is_well_it_says_nothing(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SYSTEMS; i++) {
        begin_on(&(struct sim_options){.windows = systems[i]}, POLICY);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
        end_of_boot();
        assert_false(sim_said("vigil:"));
    }
}

static void without_a_policy_it_has_nothing_to_say_either(void **state)
{
    (void)state;
    begin(NULL);
    end_of_boot();
    assert_false(sim_said("vigil:"));
}

static void load_with_failing(const char *routine, const struct sim_options *options)
{
    machine(options);
    policy_file(POLICY);
    sim_fail_routine(routine);
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    end_of_boot();
}

/* What fails at the load, and what is said of it. */
static void what_a_load_goes_without_is_said(void **state)
{
    static const struct {
        const char *routine, *words;
    } cases[] = {
        {"pool VgHa", "no memory for the cache of hashes"},
        {"ZwSetValueKey", "the BootPending value could not be written"},
        {"PsSetLoadImageNotifyRoutine", "image loads cannot be watched"},
        {"BCryptOpenAlgorithmProvider", "no SHA-256 from CNG"},
        {"BCryptGetProperty", "CNG does not say how large its SHA-256 object is"},
        {"ZwQuerySystemInformation", "the running processes could not be listed (0xC0000001)"},
        {"ZwReadFile", "no policy could be loaded"},
        {"PsSetCreateProcessNotifyRoutineEx", "starts of processes cannot be seen"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        load_with_failing(cases[i].routine, &(struct sim_options){.windows = SIM_WINDOWS_7});
        if (!sim_said(cases[i].words))
            fail_msg("when %s fails, nothing is said", cases[i].routine);
    }
}

static void a_boot_that_nobody_follows_is_said_with_its_policy(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    policy_file(POLICY);
    sim_refuse_opens(sim_find_file(POLICY_PATH), STATUS_ACCESS_DENIED);
    for (unsigned n = 1; n < 200 && !sim_said("no thread to follow the boot"); n++) {
        sim_fail_nth(n);
        (void)load();
        sim_fail_nth(0);
        if (sim_driver_loaded()) {
            close_admin();
            assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
        }
    }
    assert_true(sim_said("no thread to follow the boot"));
    assert_true(sim_said("no policy could be loaded (0xC0000022)"));
    end();
}

static void a_refused_registration_is_said_with_its_reason_and_its_remedy(void **state)
{
    (void)state;
    load_with_failing(NULL, &(struct sim_options){.windows = SIM_WINDOWS_11, .no_integrity_bit = true});
    assert_true(sim_said("starts of processes cannot be seen (0xC0000022): the driver's image lacks"));
    load_with_failing(NULL, &(struct sim_options){.windows = SIM_WINDOWS_7, .notify_table_full = true});
    assert_true(sim_said("starts of processes cannot be seen (0xC000000D)"));
    assert_true(sim_said("table of process callbacks is full"));
    load_with_failing(NULL, &(struct sim_options){.windows = SIM_WINDOWS_XP, .notify_table_full = true});
    assert_true(sim_said("starts of processes cannot be seen (0xC000000D)"));
}

static void a_policy_file_that_is_none_is_said_to_be_none(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    sim_add_file(POLICY_PATH, "rubbish, and not even short", 27);
    sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_true(sim_said("the policy file was refused: "));
    end();
}

static void a_denied_process_that_could_not_be_ended_is_said_to_run(void **state)
{
    (void)state;
    begin_on(&(struct sim_options){.windows = SIM_WINDOWS_XP}, POLICY);
    sim_fail_routine("ZwTerminateProcess");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_true(sim_said("was denied and could not be ended"));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_all_is_well_it_says_nothing),
        cmocka_unit_test(without_a_policy_it_has_nothing_to_say_either),
        cmocka_unit_test(what_a_load_goes_without_is_said),
        cmocka_unit_test(a_boot_that_nobody_follows_is_said_with_its_policy),
        cmocka_unit_test(a_refused_registration_is_said_with_its_reason_and_its_remedy),
        cmocka_unit_test(a_policy_file_that_is_none_is_said_to_be_none),
        cmocka_unit_test(a_denied_process_that_could_not_be_ended_is_said_to_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
