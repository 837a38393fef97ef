/* What keeps people from locking themselves out. */
#include "scenario.h"

#define DENY_ALL                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - deny: everything\n    when: { Image|contains: "     \
    "'\\' }\n"
#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - deny: no shell\n    when: { Image|endswith: "       \
    "'\\cmd.exe' }\n"
#define TOOL "C:\\Program Files\\Vigil\\vigil.exe"

static void what_the_system_process_starts_is_allowed(void **state)
{
    (void)state;
    begin(DENY_ALL);
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = sim_system_process()}),
        STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_SYSTEM_CREATOR);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .parent = sim_system_process()}),
                     DENIED);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(status().by_guard, 1);
    end();
}

static void protected_processes_are_allowed(void **state)
{
    (void)state;
    begin(DENY_ALL);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .protected_process = true}),
                     STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_PROTECTED);
    end();
}

static NTSTATUS start_elevated(const char *image)
{
    const struct sim_token elevated = {.integrity = SECURITY_MANDATORY_HIGH_RID, .administrator = true};

    return try_options(&(struct sim_process_options){.image = image, .token = &elevated});
}

static void the_tool_is_allowed_at_its_place_only(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_ALL);
    sim_set_parameter_string("ToolPath", TOOL);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(start_elevated(TOOL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_TOOL);
    assert_int_equal(start_elevated("C:\\Users\\a\\vigil.exe"), DENIED);
    sim_set_file_flags(sim_find_file(TOOL), SIM_FILE_ACCESS_DENIED); /* a name no file vouches for */
    assert_int_equal(start_elevated(TOOL), DENIED);
    end();
}

/* Anybody who may start it unasked could start it suspended and put other code into it. */
static void the_tool_is_allowed_to_administrators_and_the_system_only(void **state)
{
    const struct sim_token system = {.user = "S-1-5-18", .integrity = SECURITY_MANDATORY_SYSTEM_RID};
    const struct sim_token limited = {.integrity = SECURITY_MANDATORY_MEDIUM_RID, .administrator = true};
    const struct sim_token nearly = {.integrity = SECURITY_MANDATORY_HIGH_RID - 1};

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_ALL);
    sim_set_parameter_string("ToolPath", TOOL);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_start(TOOL, NULL), DENIED);
    assert_int_equal(try_options(&(struct sim_process_options){.image = TOOL, .token = &limited}), DENIED);
    assert_int_equal(try_options(&(struct sim_process_options){.image = TOOL, .token = &nearly}), DENIED);
    assert_int_equal(try_options(&(struct sim_process_options){.image = TOOL, .token = &system}),
                     STATUS_SUCCESS);
    assert_int_equal(start_elevated(TOOL), STATUS_SUCCESS);
    end();
}

static void the_tool_is_allowed_by_the_name_that_windows_7_has(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7});
    policy_file(DENY_ALL);
    sim_set_parameter_string("ToolPath", TOOL);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(start_elevated(TOOL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_TOOL);
    sim_fail_routine("SeQueryInformationToken"); /* elevated or not: nobody knows */
    assert_int_equal(start_elevated(TOOL), DENIED);
    sim_fail_routine(NULL);
    end();
}

static void before_the_boot_is_confirmed_no_question_denies(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file("vigil: 1\nmode: enforce\ndefault: allow\nask: { otherwise: deny }\nrules:\n"
                "  - ask: shells\n    when: { Image|endswith: '\\cmd.exe' }\n");
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_BOOT);
    confirm_boot();
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void safe_mode_only_watches(void **state)
{
    ULONG pending = 7;

    (void)state;
    begin_on(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .safe_mode = true}, DENY_ALL);
    assert_int_equal(status().enforcement, VG_MONITOR_SAFE_MODE);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_SAFE_MODE);
    assert_int_equal(status().would_deny, 1);
    assert_false(sim_get_parameter_dword("BootPending", &pending));
    end();
}

static void before_the_boot_is_confirmed_only_explicit_denials_apply(void **state)
{
    ULONG pending = 7;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_true(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(pending, 1);
    assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    next_start();
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_BOOT);
    confirm_boot();
    assert_true(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(pending, 0);
    assert_int_equal(try_start(NOTEPAD, NULL), DENIED);
    assert_int_equal(status().boot_confirmed, 1);
    end();
}

static void after_a_boot_that_was_not_confirmed_the_next_only_watches(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_ALL);
    assert_int_equal(load(), STATUS_SUCCESS);
    close_admin();
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().enforcement, VG_MONITOR_BOOT_FAILED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_BOOT);
    confirm_boot();
    assert_int_equal(status().enforcement, VG_MONITOR_BOOT_FAILED); /* this boot stays as it is */
    close_admin();
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().enforcement, VG_ENFORCING_DENIES);
    end();
}

static void an_administrator_can_force_either_mode(void **state)
{
    const struct vg_abi_mode monitor = {VG_MODE_FORCE_MONITOR, 0}, enforce = {VG_MODE_FORCE_ENFORCE, 0};

    (void)state;
    begin(DENY_ALL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_MODE, &monitor, sizeof(monitor), NULL, 0, NULL), 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    use_policy("vigil: 1\nmode: monitor\ndefault: deny\nrules: []\n");
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_MODE, &enforce, sizeof(enforce), NULL, 0, NULL), 0);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void a_minimal_process_is_allowed_though_it_has_a_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\nrules: []\n");
    assert_int_equal(try_options(&(struct sim_process_options){
                         .no_file = true, .no_command_line = true, .kernel_name = "vmmemWSL"}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->guard, VG_GUARD_NAMELESS);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "vmmemWSL");
    end();
}

static void a_rule_can_deny_a_minimal_process_by_its_name(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: no virtual machines\n    when: { Image: vmmemWSL }\n");
    assert_int_equal(try_options(&(struct sim_process_options){
                         .no_file = true, .no_command_line = true, .kernel_name = "vmmemWSL"}),
                     DENIED);
    end();
}

static void a_subsystem_process_without_names_is_not_allowed_for_that(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\nrules: []\n");
    assert_int_equal(try_options(&(struct sim_process_options){
                         .no_file = true, .no_command_line = true, .subsystem = true}),
                     DENIED);
    assert_int_equal(next_start()->guard, VG_GUARD_NONE);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_system_process_starts_is_allowed),
        cmocka_unit_test(protected_processes_are_allowed),
        cmocka_unit_test(the_tool_is_allowed_at_its_place_only),
        cmocka_unit_test(the_tool_is_allowed_to_administrators_and_the_system_only),
        cmocka_unit_test(the_tool_is_allowed_by_the_name_that_windows_7_has),
        cmocka_unit_test(before_the_boot_is_confirmed_no_question_denies),
        cmocka_unit_test(safe_mode_only_watches),
        cmocka_unit_test(before_the_boot_is_confirmed_only_explicit_denials_apply),
        cmocka_unit_test(after_a_boot_that_was_not_confirmed_the_next_only_watches),
        cmocka_unit_test(an_administrator_can_force_either_mode),
        cmocka_unit_test(a_minimal_process_is_allowed_though_it_has_a_name),
        cmocka_unit_test(a_rule_can_deny_a_minimal_process_by_its_name),
        cmocka_unit_test(a_subsystem_process_without_names_is_not_allowed_for_that),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
