/* Parents, creators and children; denials that another driver undoes. */
#include "scenario.h"

#define DENY_EVIL                                                                                            \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: evil\n    when: { Image|endswith: '\\evil.exe' }\n"
#define EVIL "C:\\Tools\\evil.exe"

static void a_process_that_has_ended_is_still_known_to_whoever_names_it_as_parent(void **state)
{
    struct sim_process_options options = {.image = CMD, .creator = NULL};
    const struct vg_event_start *event;
    PEPROCESS parent;

    (void)state;
    begin(NULL);
    parent = start_options(&(struct sim_process_options){.image = NOTEPAD, .command_line = "gone now"});
    next_start();
    sim_hold_process(parent);
    sim_exit_process(parent, 0);
    options.creator = sim_explorer_process();
    options.parent = parent;
    assert_int_equal(try_options(&options), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), NOTEPAD);
    assert_string_equal(fact(event, VG_FIELD_PARENT_COMMAND_LINE), "gone now");
    sim_release_process(parent);
    end();
}

static void a_parent_forged_to_be_the_system_process_opens_no_guard(void **state)
{
    (void)state;
    begin(DENY_EVIL);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = EVIL, .creator = sim_explorer_process(), .parent = sim_system_process()}),
                     DENIED);
    end();
}

static void let_it_run(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process;
    (void)id;
    if (info != NULL)
        info->CreationStatus = STATUS_SUCCESS;
}

static void a_denied_process_that_starts_another_was_let_run(void **state)
{
    PEPROCESS process;

    (void)state;
    begin(DENY_EVIL);
    sim_add_other_routine(let_it_run, false);
    process = start(EVIL);
    assert_int_equal(status().undone, 0);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = process}),
                     STATUS_SUCCESS);
    assert_int_equal(status().undone, 1);
    next_exit();
    sim_exit_process(process, 0);
    assert_int_equal(next_exit()->denied, 0);
    end();
}

static void a_denied_process_that_is_still_there_was_let_run(void **state)
{
    PEPROCESS process;

    (void)state;
    begin(DENY_EVIL);
    sim_add_other_routine(let_it_run, false);
    process = start(EVIL);
    sim_advance_ms(11000);
    assert_int_equal(status().undone, 1);
    assert_int_equal(status().undone, 1);
    sim_exit_process(process, 0);
    assert_int_equal(next_exit()->denied, 0);
    end();
}

/* What is kept of ended processes is bounded, and what is bounded away is unknown, not wrong. */
static void a_flood_of_long_command_lines_does_not_grow_the_table(void **state)
{
    static char long_line[32001];
    size_t blocks;

    (void)state;
    memset(long_line, 'x', sizeof(long_line) - 1);
    begin(NULL);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(try_start(CMD, long_line), STATUS_SUCCESS);
    blocks = sim_pool_blocks();
    for (unsigned i = 0; i < 400; i++)
        assert_int_equal(try_start(CMD, long_line), STATUS_SUCCESS);
    assert_true(sim_pool_blocks() <= blocks + 16);
    end();
}

/* Anybody may start as many programs as he likes, with the longest command line that Windows takes. */
static void many_long_command_lines_do_not_blind_rules_on_parents(void **state)
{
    static char padding[32700];
    static PEPROCESS crowd[1200]; /* half of them fill what is left between the long lines */
    PEPROCESS winword;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: Office starts a shell\n"
          "    when: { ParentImage|endswith: '\\winword.exe', ParentCommandLine|contains: '/automation', "
          "Image|endswith: '\\cmd.exe' }\n");
    memset(padding, 'a', sizeof(padding) - 1);
    for (unsigned i = 0; i < 1200; i++)
        crowd[i] = start_options(&(struct sim_process_options){
            .image = NOTEPAD, .command_line = padding + (i < 600 ? 0 : sizeof(padding) - 100)});
    winword = start_options(
        &(struct sim_process_options){.image = WINWORD, .command_line = "winword.exe /automation"});
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = winword}), DENIED);
    sim_exit_process(winword, 0);
    for (unsigned i = 0; i < 1200; i++)
        sim_exit_process(crowd[i], 0);
    end();
}

static void the_oldest_of_many_ended_processes_are_forgotten(void **state)
{
    size_t blocks;

    (void)state;
    begin(NULL);
    for (unsigned i = 0; i < 2100; i++)
        assert_int_equal(try_start(CMD, "x"), STATUS_SUCCESS);
    blocks = sim_pool_blocks();
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(try_start(CMD, "x"), STATUS_SUCCESS);
    assert_in_range(sim_pool_blocks(), blocks - 8, blocks + 8);
    end();
}

static const struct sim_token as_system = {.user = "S-1-5-18", .integrity = SECURITY_MANDATORY_SYSTEM_RID};

static void the_parents_user_is_known_of_parents_from_before_the_driver(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: a service starts a shell\n    when: { ParentUser: 'NT AUTHORITY\\SYSTEM' }\n");
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = sim_services_process()}), DENIED);
    event = next_start();
    assert_true(fact_has(event, VG_FIELD_PARENT_USER, "S-1-5-18"));
    assert_true(fact_has(event, VG_FIELD_PARENT_USER, "NT AUTHORITY\\SYSTEM"));
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_PARENT_USER), "S-1-5-21-1-2-3-1001");
    end();
}

static void a_child_under_another_user_than_its_parent_is_noticed(void **state)
{
    static const struct sim_token a_colleague = {.user = "S-1-5-21-1-2-3-1002", .session = 1};
    const struct vg_event_start *event;
    PEPROCESS parent;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: another user's\n    when: { Image|endswith: '\\cmd.exe' }\n"
          "    except: { User|fieldref: ParentUser }\n");
    parent = start(NOTEPAD);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = parent}),
                     STATUS_SUCCESS);
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = parent, .token = &as_system}),
        DENIED);
    next_start();
    next_start();
    next_start();
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = parent, .token = &a_colleague}),
        DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_USER), "S-1-5-21-1-2-3-1002");
    assert_string_equal(fact(event, VG_FIELD_PARENT_USER), "S-1-5-21-1-2-3-1001");
    sim_exit_process(parent, 0);
    end();
}

static void the_user_of_a_parent_that_has_ended_is_still_known(void **state)
{
    struct sim_process_options options = {.image = CMD};
    PEPROCESS parent;

    (void)state;
    begin(NULL);
    parent = start_options(&(struct sim_process_options){.image = NOTEPAD, .token = &as_system});
    sim_hold_process(parent);
    sim_exit_process(parent, 0);
    next_start();
    options.creator = sim_explorer_process();
    options.parent = parent;
    assert_int_equal(try_options(&options), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_PARENT_USER), "S-1-5-18");
    sim_release_process(parent);
    end();
}

/* It lies in memory of the new process, which its creator writes. */
static void the_working_directory_is_never_known_and_never_matches(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: from downloads\n    when: { CurrentDirectory|contains: Downloads }\n"
          "  - deny: from elsewhere than Windows\n    when: { Image|endswith: '\\cmd.exe' }\n"
          "    except: { CurrentDirectory: 'C:\\Windows\\' }\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_CURRENT_DIRECTORY), "(pending)");
    assert_true(event->unknown_fields == (uint64_t)1 << VG_FIELD_CURRENT_DIRECTORY);
    end();
}

static void the_drivers_starts_come_from_no_log(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: shells, but not those that a tracing log tells of\n"
          "    when: { Image|endswith: '\\cmd.exe' }\n"
          "    except: { Provider_Name: SystemTraceProvider-Process }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_PROVIDER_NAME), "(absent)");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_that_has_ended_is_still_known_to_whoever_names_it_as_parent),
        cmocka_unit_test(a_parent_forged_to_be_the_system_process_opens_no_guard),
        cmocka_unit_test(a_denied_process_that_starts_another_was_let_run),
        cmocka_unit_test(a_denied_process_that_is_still_there_was_let_run),
        cmocka_unit_test(a_flood_of_long_command_lines_does_not_grow_the_table),
        cmocka_unit_test(many_long_command_lines_do_not_blind_rules_on_parents),
        cmocka_unit_test(the_oldest_of_many_ended_processes_are_forgotten),
        cmocka_unit_test(the_parents_user_is_known_of_parents_from_before_the_driver),
        cmocka_unit_test(a_child_under_another_user_than_its_parent_is_noticed),
        cmocka_unit_test(the_user_of_a_parent_that_has_ended_is_still_known),
        cmocka_unit_test(the_working_directory_is_never_known_and_never_matches),
        cmocka_unit_test(the_drivers_starts_come_from_no_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
