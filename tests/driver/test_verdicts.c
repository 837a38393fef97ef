/* What becomes of a verdict: enforced, guarded, counted, recorded. */
#include "fixture.h"

#include <string.h>

#define DENY_EVIL                                                                                            \
    "vigil: 1\n"                                                                                             \
    "mode: enforce\n"                                                                                        \
    "default: allow\n"                                                                                       \
    "rules:\n"                                                                                               \
    "  - audit: anything in Tools\n"                                                                         \
    "    when: { Image|under: 'C:\\Tools' }\n"                                                               \
    "  - deny: evil by name\n"                                                                               \
    "    when: { Image|endswith: '\\evil.exe' }\n"

#define DENY_ALL                                                                                             \
    "vigil: 1\n"                                                                                             \
    "mode: enforce\n"                                                                                        \
    "default: deny\n"                                                                                        \
    "rules:\n"                                                                                               \
    "  - allow: Windows\n"                                                                                   \
    "    when: { Image|under: 'C:\\Windows' }\n"

#define POLICY_STATUS ((NTSTATUS)0xC0000361)

static void a_denied_start_fails_its_creator_and_ends_in_one_exit(void **state)
{
    const struct vg_event_start *event = NULL;
    const struct vg_event_exit *gone = NULL;
    uint64_t sequence = 0;
    PEPROCESS process = NULL;
    struct vg_abi_status status;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(start("C:\\Tools\\evil.exe", "evil -now", NULL, &process), POLICY_STATUS);
    event = next_start();
    sequence = event->header.sequence;
    assert_int_equal(event->verdict, VG_DENY);
    assert_int_equal(event->enforced, 1);
    assert_int_equal(event->reason, VG_REASON_RULE);
    assert_int_equal((NTSTATUS)event->status, POLICY_STATUS);
    assert_string_equal(rule_name(event), "evil by name");
    assert_int_equal(event->audit_count, 1);
    assert_int_equal(event->policy_generation, 1);
    assert_int_equal(event->audit_name_size, strlen("anything in Tools"));
    gone = next_exit();
    assert_int_equal(gone->denied, 1);
    assert_int_equal(gone->start_sequence, sequence);
    status = status_now();
    assert_int_equal(status.starts, 1);
    assert_int_equal(status.denied, 1);
    assert_int_equal(status.allowed, 0);
    assert_int_equal(status.audited, 1);
    assert_int_equal(status.undone, 0);
    assert_true(status.decision_worst_ns > 0 && status.decision_total_ns >= status.decision_worst_ns);
    end();
}

static void what_no_rule_denies_runs(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(start("C:\\Windows\\good.exe", NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->reason, VG_REASON_DEFAULT);
    assert_int_equal(status_now().allowed, 1);
    sim_exit_process(process, 0);
    assert_int_equal(next_exit()->denied, 0);
    end();
}

static void monitor_mode_records_what_it_would_have_denied(void **state)
{
    struct vg_abi_mode mode = {.override_mode = VG_MODE_FORCE_MONITOR};
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;
    ULONG_PTR written = 0;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(sim_ioctl(control, VG_IOCTL_SET_MODE, &mode, sizeof(mode), NULL, 0, &written),
                     STATUS_SUCCESS);
    assert_int_equal(status_now().enforcement, VG_MONITOR_BY_POLICY);
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->verdict, VG_DENY);
    assert_int_equal(event->enforced, 0);
    assert_int_equal(event->guard, VG_GUARD_MONITOR);
    assert_int_equal(status_now().would_deny, 1);
    sim_exit_process(process, 0);
    end();
}

static void until_the_boot_is_confirmed_only_explicit_denials_are_enforced(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;
    ULONG pending = 0;

    (void)state;
    begin(NULL);
    load_policy(DENY_ALL);
    assert_int_equal(status_now().enforcement, VG_ENFORCING_DENIES);
    assert_true(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(pending, 1);
    assert_int_equal(start("C:\\Tools\\x.exe", NULL, NULL, &process), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->verdict, VG_DENY);
    assert_int_equal(event->guard, VG_GUARD_BOOT);
    sim_exit_process(process, 0);
    load_policy(DENY_EVIL);
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), POLICY_STATUS);
    load_policy(DENY_ALL);
    confirm_boot();
    assert_int_equal(status_now().enforcement, VG_ENFORCING);
    assert_true(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(pending, 0);
    assert_int_equal(start("C:\\Tools\\x.exe", NULL, NULL, &process), POLICY_STATUS);
    end();
}

static void a_boot_that_was_not_confirmed_makes_the_next_one_monitor_only(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    stop_driver();
    begin_driver();
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(status_now().enforcement, VG_MONITOR_BOOT_FAILED);
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_BOOT);
    sim_exit_process(process, 0);
    stop_driver();
    begin_driver();
    load_policy(DENY_EVIL);
    assert_int_equal(status_now().enforcement, VG_ENFORCING_DENIES);
    end();
}

static void safe_mode_never_enforces(void **state)
{
    const struct sim_options options = {.windows = SIM_WINDOWS_10_2004, .safe_mode = true};
    PEPROCESS process = NULL;
    ULONG_PTR written = 0;
    ULONG pending = 0;

    (void)state;
    begin(&options);
    load_policy(DENY_EVIL);
    assert_int_equal(sim_ioctl(control, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, &written),
                     STATUS_INVALID_DEVICE_STATE);
    assert_false(sim_get_parameter_dword("BootPending", &pending));
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_SAFE_MODE);
    sim_exit_process(process, 0);
    end();
}

static void what_the_system_process_creates_is_allowed(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, sim_system_process(), &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_SYSTEM_CREATOR);
    assert_int_equal(status_now().by_guard, 1);
    sim_exit_process(process, 0);
    end();
}

static void a_parent_forged_to_be_the_system_process_is_no_guard(void **state)
{
    struct sim_process_options options = {.image = "C:\\Tools\\evil.exe"};
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    options.creator = sim_explorer_process();
    options.parent = sim_system_process();
    assert_int_equal(sim_start_process(&options, &process), POLICY_STATUS);
    end();
}

static void protected_processes_are_allowed(void **state)
{
    const struct sim_process_options options = {.image = "C:\\Tools\\evil.exe", .protected_process = true};
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_PROTECTED);
    sim_exit_process(process, 0);
    end();
}

static void the_installed_tool_is_allowed_but_not_a_copy_of_it(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin_machine(NULL);
    sim_set_parameter_string("ToolPath", "C:\\Program Files\\Vigil\\vigil.exe");
    begin_driver();
    load_policy(DENY_ALL);
    confirm_boot();
    assert_int_equal(start("C:\\Program Files\\Vigil\\vigil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_TOOL);
    sim_exit_process(process, 0);
    assert_int_equal(start("C:\\Tools\\vigil.exe", NULL, NULL, &process), POLICY_STATUS);
    end();
}

static void a_default_denial_does_not_hit_a_nameless_process(void **state)
{
    const struct sim_process_options options = {
        .no_file = true, .no_command_line = true, .no_open_name = true};
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_ALL);
    confirm_boot();
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_NAMELESS);
    sim_exit_process(process, 0);
    end();
}

static void deny_earlier(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process;
    (void)id;
    if (info != NULL)
        info->CreationStatus = STATUS_ACCESS_DENIED;
}

static void another_drivers_denial_stands_and_is_recorded(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    sim_add_other_routine(deny_earlier, true);
    assert_int_equal(start("C:\\Windows\\good.exe", NULL, NULL, &process), STATUS_ACCESS_DENIED);
    event = next_start();
    assert_int_equal(event->reason, VG_REASON_EARLIER_DRIVER);
    assert_int_equal(event->enforced, 0);
    assert_int_equal((NTSTATUS)event->status, STATUS_ACCESS_DENIED);
    assert_int_equal(status_now().denied_by_others, 1);
    assert_int_equal(next_exit()->denied, 0);
    end();
}

static void allow_later(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process;
    (void)id;
    if (info != NULL)
        info->CreationStatus = STATUS_SUCCESS;
}

static void a_denial_that_another_driver_undoes_is_noticed(void **state)
{
    PEPROCESS process = NULL;
    PEPROCESS child = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    sim_add_other_routine(allow_later, false);
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    assert_int_equal(status_now().undone, 0);
    assert_int_equal(start("C:\\Windows\\good.exe", NULL, process, &child), STATUS_SUCCESS);
    assert_int_equal(status_now().undone, 1);
    sim_exit_process(child, 0);
    sim_exit_process(process, 0);
    (void)next_exit();
    assert_int_equal(next_exit()->denied, 0);
    end();
}

static void a_denied_process_that_stays_was_undone(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy(DENY_EVIL);
    confirm_boot();
    sim_add_other_routine(allow_later, false);
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_SUCCESS);
    sim_advance_ms(11000);
    assert_int_equal(status_now().undone, 1);
    sim_exit_process(process, 0);
    end();
}

static void a_question_is_answered_by_the_policy(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
                "  - ask: tools\n    when: { Image|under: 'C:\\Tools' }\n");
    confirm_boot();
    assert_int_equal(start("C:\\Tools\\x.exe", NULL, NULL, &process), POLICY_STATUS);
    event = next_start();
    assert_int_equal(event->verdict, VG_ASK);
    assert_int_equal(event->enforced, 1);
    assert_int_equal(status_now().asked, 1);
    end();
}

static void the_status_that_the_policy_chose_is_given(void **state)
{
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy("vigil: 1\nmode: enforce\ndefault: allow\ndeny-status: access-denied\nrules:\n"
                "  - deny: evil\n    when: { Image|endswith: '\\evil.exe' }\n");
    confirm_boot();
    assert_int_equal(start("C:\\Tools\\evil.exe", NULL, NULL, &process), STATUS_ACCESS_DENIED);
    end();
}

static void rules_see_parents_and_command_lines(void **state)
{
    PEPROCESS office = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    load_policy("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
                "  - deny: Office starts a shell\n"
                "    when:\n"
                "      ParentImage|endswith: '\\winword.exe'\n"
                "      Image|endswith: '\\cmd.exe'\n"
                "      CommandLine|contains: ' /c '\n");
    confirm_boot();
    assert_int_equal(start("C:\\Program Files\\Office\\WINWORD.EXE", NULL, NULL, &office), STATUS_SUCCESS);
    assert_int_equal(start("C:\\Windows\\System32\\cmd.exe", "cmd /C dir", office, &process), POLICY_STATUS);
    assert_int_equal(start("C:\\Windows\\System32\\cmd.exe", "cmd", office, &process), STATUS_SUCCESS);
    sim_exit_process(process, 0);
    assert_int_equal(start("C:\\Windows\\System32\\cmd.exe", "cmd /c dir", NULL, &process), STATUS_SUCCESS);
    sim_exit_process(process, 0);
    sim_exit_process(office, 0);
    end();
}

static void a_process_that_ended_is_still_known_to_whoever_names_it_as_parent(void **state)
{
    struct sim_process_options options = {.image = "C:\\Tools\\child.exe"};
    const struct vg_event_start *event = NULL;
    PEPROCESS parent = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(start("C:\\Tools\\gone.exe", "gone now", NULL, &parent), STATUS_SUCCESS);
    (void)next_start();
    ObReferenceObject(parent);
    sim_exit_process(parent, 0);
    options.creator = sim_explorer_process();
    options.parent = parent;
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(&event->header, VG_FIELD_PARENT_IMAGE, 0), "C:\\Tools\\gone.exe");
    assert_string_equal(fact(&event->header, VG_FIELD_PARENT_COMMAND_LINE, 0), "gone now");
    sim_exit_process(process, 0);
    ObDereferenceObject(parent);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_denied_start_fails_its_creator_and_ends_in_one_exit),
        cmocka_unit_test(what_no_rule_denies_runs),
        cmocka_unit_test(monitor_mode_records_what_it_would_have_denied),
        cmocka_unit_test(until_the_boot_is_confirmed_only_explicit_denials_are_enforced),
        cmocka_unit_test(a_boot_that_was_not_confirmed_makes_the_next_one_monitor_only),
        cmocka_unit_test(safe_mode_never_enforces),
        cmocka_unit_test(what_the_system_process_creates_is_allowed),
        cmocka_unit_test(a_parent_forged_to_be_the_system_process_is_no_guard),
        cmocka_unit_test(protected_processes_are_allowed),
        cmocka_unit_test(the_installed_tool_is_allowed_but_not_a_copy_of_it),
        cmocka_unit_test(a_default_denial_does_not_hit_a_nameless_process),
        cmocka_unit_test(another_drivers_denial_stands_and_is_recorded),
        cmocka_unit_test(a_denial_that_another_driver_undoes_is_noticed),
        cmocka_unit_test(a_denied_process_that_stays_was_undone),
        cmocka_unit_test(a_question_is_answered_by_the_policy),
        cmocka_unit_test(the_status_that_the_policy_chose_is_given),
        cmocka_unit_test(rules_see_parents_and_command_lines),
        cmocka_unit_test(a_process_that_ended_is_still_known_to_whoever_names_it_as_parent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
