/* Deciding: what the policy says of a start, what its creator sees, what is recorded. */
#include "scenario.h"

#include <stdio.h>

#define HEAD "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define OFFICE                                                                                               \
    HEAD "  - deny: Office starts a shell\n"                                                                 \
         "    when:\n"                                                                                       \
         "      ParentImage|endswith: ['\\winword.exe', '\\excel.exe']\n"                                    \
         "      Image|endswith: ['\\cmd.exe', '\\powershell.exe']\n"

static void a_start_is_denied_by_its_image(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - deny: no shell\n    when: { Image|endswith: '\\CMD.EXE' }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_int_equal(event->verdict, VG_DENY);
    assert_int_equal(event->enforced, 1);
    assert_int_equal((NTSTATUS)event->status, DENIED);
    assert_int_equal(event->reason, VG_REASON_RULE);
    assert_string_equal(rule_name(event), "no shell");
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_string_equal(fact(event, VG_FIELD_COMMAND_LINE), "\"" CMD "\"");
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->verdict, VG_ALLOW);
    assert_int_equal(event->enforced, 0);
    assert_int_equal(event->rule, VG_RULE_NONE);
    assert_int_equal(status().denied, 1);
    assert_int_equal(status().allowed, 1);
    end();
}

static void a_start_is_denied_by_its_parent(void **state)
{
    PEPROCESS word;

    (void)state;
    begin(OFFICE);
    word = start(WINWORD);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = word}), DENIED);
    assert_int_equal(try_options(&(struct sim_process_options){.image = NOTEPAD, .creator = word}),
                     STATUS_SUCCESS);
    sim_exit_process(word, 0);
    end();
}

static void a_start_is_denied_by_its_command_line(void **state)
{
    (void)state;
    begin(HEAD "  - deny: hidden\n    when: { CommandLine|contains: ' -EncodedCommand ' }\n");
    assert_int_equal(try_start(CMD, "cmd /c dir"), STATUS_SUCCESS);
    assert_int_equal(try_start(CMD, "powershell -ENCODEDCOMMAND aaa"), DENIED);
    end();
}

static void a_start_is_denied_by_a_regular_expression(void **state)
{
    (void)state;
    begin(HEAD "  - deny: encoded\n"
               "    when:\n"
               "      Image|endswith: '\\cmd.exe'\n"
               "      CommandLine|re: '\\s-[eE](?:nc)?\\s+[A-Za-z0-9+/]{8,}'\n");
    assert_int_equal(try_start(CMD, "powershell -enc ABCDEFGH"), DENIED);
    assert_string_equal(rule_name(next_start()), "encoded");
    assert_int_equal(try_start(CMD, "powershell -ENC ABCDEFGH"), STATUS_SUCCESS);
    assert_int_equal(try_start(CMD, "powershell -enc ABC"), STATUS_SUCCESS);
    assert_int_equal(try_start(NOTEPAD, "powershell -enc ABCDEFGH"), STATUS_SUCCESS);
    end();
}

static void a_default_deny_hits_what_no_rule_allows(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - allow: Windows\n    when: { Image|under: "
          "'%WINDIR%' }\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(try_start("C:\\Users\\a\\b.exe", NULL), DENIED);
    assert_int_equal(try_start("C:\\Windows\\System32:evil.exe", NULL), DENIED);
    assert_int_equal(try_start("C:\\Windowsx\\cmd.exe", NULL), DENIED);
    end();
}

static void the_policy_chooses_the_status(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\ndeny-status: access-denied\nrules: []\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_ACCESS_DENIED);
    end();
}

static void monitoring_decides_and_blocks_nothing(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: monitor\ndefault: deny\nrules: []\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->verdict, VG_DENY);
    assert_int_equal(event->enforced, 0);
    assert_int_equal(event->guard, VG_GUARD_MONITOR);
    assert_int_equal(status().would_deny, 1);
    end();
}

static void the_second_callback_of_a_denied_start_is_part_of_it(void **state)
{
    const struct vg_event_start *started;
    const struct vg_event_exit *ended;
    struct vg_guid guid;
    uint64_t sequence;
    uint32_t id;

    (void)state;
    begin(HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    started = next_start();
    guid = started->process_guid;
    sequence = started->header.sequence;
    id = started->process_id;
    ended = next_exit();
    assert_memory_equal(&ended->process_guid, &guid, sizeof(guid));
    assert_int_equal(ended->start_sequence, sequence);
    assert_int_equal(ended->process_id, id);
    assert_int_equal(ended->denied, 1);
    assert_int_equal(ended->exit_status, DENIED);
    end();
}

static void an_exit_has_its_status_and_run_time(void **state)
{
    const struct vg_event_exit *ended;
    PEPROCESS process;
    uint64_t sequence;

    (void)state;
    begin(NULL);
    process = start(CMD);
    sequence = next_start()->header.sequence;
    sim_advance_ms(1500);
    sim_exit_process(process, 42);
    ended = next_exit();
    assert_int_equal(ended->exit_status, 42);
    assert_int_equal(ended->start_sequence, sequence);
    assert_int_equal(ended->denied, 0);
    assert_in_range(ended->run_time, 15000000, 15000000 + 50000000);
    assert_string_equal(fact(ended, VG_FIELD_IMAGE), CMD);
    end();
}

static void a_parent_that_is_not_the_creator_is_said_and_deniable(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS word;

    (void)state;
    begin(HEAD
          "  - deny: forged\n    when: { Reparented: 'true', CreatorImage|endswith: '\\winword.exe' }\n");
    word = start(WINWORD);
    next_start();
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = CMD, .creator = word, .parent = sim_services_process()}),
                     DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_REPARENTED), "true");
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), "C:\\Windows\\System32\\services.exe");
    assert_string_equal(fact(event, VG_FIELD_CREATOR_IMAGE), WINWORD);
    assert_int_equal(event->creator_process_id, (uintptr_t)PsGetProcessId(word));
    assert_int_equal(event->parent_process_id, (uintptr_t)PsGetProcessId(sim_services_process()));
    assert_int_not_equal(event->creator_thread_id, 0);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = word}),
                     STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_REPARENTED), "false");
    sim_exit_process(word, 0);
    end();
}

static void an_id_used_again_is_another_process(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS first, second;

    (void)state;
    begin(NULL);
    first = start_options(&(struct sim_process_options){.image = WINWORD, .process_id = 5000});
    sim_exit_process(first, 0);
    sim_advance_ms(10);
    second = start_options(&(struct sim_process_options){.image = NOTEPAD, .process_id = 5000});
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = second}),
                     STATUS_SUCCESS);
    next_start();
    next_start();
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), NOTEPAD);
    sim_exit_process(second, 0);
    end();
}

static void the_token_says_who(void **state)
{
    const struct sim_token system = {.user = "S-1-5-18", .integrity = SECURITY_MANDATORY_SYSTEM_RID};
    const struct sim_token user = {.user = "S-1-5-21-7-8-9-500", .session = 3, .integrity = 0x3000};
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - deny: as SYSTEM\n    when: { User: 'NT AUTHORITY\\SYSTEM' }\n"
               "  - deny: high\n    when: { IntegrityLevel: High, TerminalSessionId: 3 }\n");
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .token = &system}), DENIED);
    event = next_start();
    assert_true(fact_has(event, VG_FIELD_USER, "S-1-5-18"));
    assert_true(fact_has(event, VG_FIELD_INTEGRITY_LEVEL, "System"));
    assert_true(fact_has(event, VG_FIELD_INTEGRITY_LEVEL, "S-1-16-16384"));
    assert_memory_equal(fact(event, VG_FIELD_LOGON_ID), "0x10", 4); /* the sim's begin at 0x1001 */
    assert_int_equal(strlen(fact(event, VG_FIELD_LOGON_ID)), 6);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .token = &user}), DENIED);
    event = next_start();
    assert_string_equal(rule_name(event), "high");
    assert_true(fact_has(event, VG_FIELD_USER, "S-1-5-21-7-8-9-500"));
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    end();
}

static void an_audit_rule_is_recorded_and_the_next_rule_decides(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - audit: shells\n    when: { Image|endswith: '\\cmd.exe' }\n"
               "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_int_equal(event->audit_count, 1);
    assert_memory_equal((const char *)event + event->audit_name_offset, "shells", 6);
    assert_string_equal(rule_name(event), "no shell");
    assert_int_equal(status().audited, 1);
    end();
}

static void the_first_eight_audit_rules_are_named_and_all_are_counted(void **state)
{
    static char policy[2048] = HEAD;
    const struct vg_event_start *event;

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        char rule[80];
        snprintf(rule, sizeof(rule), "  - audit: rule %u\n    when: { Image|endswith: '\\cmd.exe' }\n", i);
        strcat(policy, rule);
    }
    begin(policy);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->audit_count, 10);
    assert_int_equal(event->audit_rules[7], 7);
    assert_int_equal(event->audit_name_size, strlen("rule 0\n") * 7 + strlen("rule 7"));
    assert_memory_equal((const char *)event + event->audit_name_offset, "rule 0\nrule 1\n", 14);
    end();
}

static void a_run_time_is_none_when_the_clock_was_set_back(void **state)
{
    PEPROCESS process;

    (void)state;
    begin(NULL);
    process = start(CMD);
    sim_set_clock_back_ms(60000);
    sim_exit_process(process, 0);
    assert_int_equal(next_exit()->run_time, 0);
    end();
}

/* As HEAD, and every file is hashed for the record. */
#define HASHING "vigil: 1\nmode: enforce\ndefault: allow\nrecord-hashes: true\nrules:\n"

/* Without it Windows could not even be shut down in order. */
static void a_start_for_which_there_is_no_memory_to_decide_is_allowed_and_says_so(void **state)
{
    unsigned failures = 0;

    (void)state;
    begin(HASHING "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    (void)try_start(NOTEPAD, NULL); /* so that what starts keep for the next one is there */
    (void)next_start();
    for (unsigned n = 1; n < 400; n++) {
        struct vg_abi_status before;
        PEPROCESS process = NULL;
        const char *failed;

        use_policy(HASHING "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
        before = status();
        sim_fail_nth(n);
        (void)sim_start_process(&(struct sim_process_options){.image = CMD}, &process);
        failed = sim_fail_fired();
        sim_fail_nth(0);
        if (status().events_dropped == before.events_dropped) {
            const struct vg_event_start *event = next_start();
            failures += event->reason == VG_REASON_FAILURE;
            assert_true(event->reason != VG_REASON_FAILURE ||
                        strcmp(fact(event, VG_FIELD_SHA256), "(pending)") == 0);
            assert_string_not_equal(fact(event, VG_FIELD_COMMAND_LINE), ""); /* unknown, or whole */
            assert_int_equal(event->enforced, process == NULL);
            assert_true(event->reason != VG_REASON_FAILURE || process != NULL);
        }
        if (process)
            sim_exit_process(process, 0);
        if (!failed)
            break;
    }
    assert_in_range(failures, 2, 20); /* for the command line, and for what the decision works in */
    end();
}

static void a_question_nobody_can_answer_is_denied_and_recorded_as_asked(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - ask: shells\n    when: { Image|endswith: '\\cmd.exe' }\n");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_int_equal(event->verdict, VG_ASK);
    assert_int_equal(status().asked, 1);
    end();
}

/* ---- other drivers ---- */

static void deny_all(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process, (void)id;
    if (info)
        info->CreationStatus = STATUS_VIRUS_INFECTED;
}

static void allow_all(PEPROCESS process, HANDLE id, PPS_CREATE_NOTIFY_INFO info)
{
    (void)process, (void)id;
    if (info)
        info->CreationStatus = STATUS_SUCCESS;
}

static void a_failure_of_an_earlier_driver_stands(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    sim_add_other_routine(deny_all, true);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_VIRUS_INFECTED);
    event = next_start();
    assert_int_equal(event->reason, VG_REASON_EARLIER_DRIVER);
    assert_int_equal((NTSTATUS)event->status, STATUS_VIRUS_INFECTED);
    assert_int_equal(event->enforced, 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_VIRUS_INFECTED);
    assert_int_equal(status().denied_by_others, 2);
    end();
}

static void a_failure_of_an_earlier_driver_is_counted_as_one_whatever_memory_is_missing(void **state)
{
    unsigned starts = 0;

    (void)state;
    begin(HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    sim_add_other_routine(deny_all, true);
    assert_int_equal(try_start(NOTEPAD, "notepad"), STATUS_VIRUS_INFECTED);
    do {
        sim_fail_nth(++starts);
        assert_int_equal(try_start(NOTEPAD, "notepad"), STATUS_VIRUS_INFECTED);
    } while (sim_fail_fired());
    sim_fail_nth(0);
    assert_true(starts > 10);
    assert_int_equal(status().denied_by_others, starts + 1);
    assert_int_equal(status().allowed, 0);
    end();
}

static void a_denial_undone_by_a_later_driver_is_noticed(void **state)
{
    PEPROCESS shell;

    (void)state;
    begin(HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n");
    sim_add_other_routine(allow_all, false);
    shell = start(CMD);
    assert_int_equal(try_options(&(struct sim_process_options){.image = NOTEPAD, .creator = shell}),
                     STATUS_SUCCESS);
    assert_int_equal(status().undone, 1);
    sim_exit_process(shell, 0);
    end();
}

static void a_long_command_line_is_kept_whole(void **state)
{
    static char line[32001];
    const struct vg_event_start *event;

    (void)state;
    memset(line, 'x', 32000);
    begin(HEAD "  - deny: its end\n    when: { CommandLine|endswith: 'xend' }\n");
    assert_int_equal(try_start(CMD, line), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(strlen(fact(event, VG_FIELD_COMMAND_LINE)), 32000);
    memcpy(line + 31997, "end", 3);
    assert_int_equal(try_start(CMD, line), DENIED);
    end();
}

static void the_example_of_the_design_decides_as_it_says(void **state)
{
    PEPROCESS word;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\ndeny-status: policy\nrules:\n"
          "  - deny: Office starts a shell\n    when:\n"
          "      ParentImage|endswith: ['\\winword.exe', '\\excel.exe']\n"
          "      Image|endswith: ['\\cmd.exe', '\\powershell.exe', '\\wscript.exe']\n"
          "  - allow: Windows and installed programs\n"
          "    when:   { Image|under: ['%WINDIR%', '%PROGRAMFILES%'] }\n"
          "    except: { Image|path: ['%WINDIR%\\Temp\\*', '%WINDIR%\\Tasks\\*'] }\n");
    word = start(WINWORD);
    next_start();
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = word}), DENIED);
    assert_string_equal(rule_name(next_start()), "Office starts a shell");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(try_start("C:\\Windows\\Temp\\a.exe", NULL), DENIED);
    assert_int_equal(try_start("C:\\a.exe", NULL), DENIED);
    sim_exit_process(word, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_is_denied_by_its_image),
        cmocka_unit_test(a_start_is_denied_by_its_parent),
        cmocka_unit_test(a_start_is_denied_by_its_command_line),
        cmocka_unit_test(a_start_is_denied_by_a_regular_expression),
        cmocka_unit_test(a_default_deny_hits_what_no_rule_allows),
        cmocka_unit_test(the_policy_chooses_the_status),
        cmocka_unit_test(monitoring_decides_and_blocks_nothing),
        cmocka_unit_test(the_second_callback_of_a_denied_start_is_part_of_it),
        cmocka_unit_test(an_exit_has_its_status_and_run_time),
        cmocka_unit_test(a_parent_that_is_not_the_creator_is_said_and_deniable),
        cmocka_unit_test(an_id_used_again_is_another_process),
        cmocka_unit_test(the_token_says_who),
        cmocka_unit_test(an_audit_rule_is_recorded_and_the_next_rule_decides),
        cmocka_unit_test(the_first_eight_audit_rules_are_named_and_all_are_counted),
        cmocka_unit_test(a_run_time_is_none_when_the_clock_was_set_back),
        cmocka_unit_test(a_start_for_which_there_is_no_memory_to_decide_is_allowed_and_says_so),
        cmocka_unit_test(a_question_nobody_can_answer_is_denied_and_recorded_as_asked),
        cmocka_unit_test(a_failure_of_an_earlier_driver_stands),
        cmocka_unit_test(a_failure_of_an_earlier_driver_is_counted_as_one_whatever_memory_is_missing),
        cmocka_unit_test(a_denial_undone_by_a_later_driver_is_noticed),
        cmocka_unit_test(a_long_command_line_is_kept_whole),
        cmocka_unit_test(the_example_of_the_design_decides_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
