/* vigil-xp.sys on systems before Windows Vista SP1: told of ids alone, it looks the image up, and ends what
 * it denies. */
#include "scenario.h"

#include <stdlib.h>

#define HEAD      "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define DENY_REST "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
#define NO_SHELL  HEAD "  - deny: no shell\n    when: { Image|endswith: '\\cmd.exe' }\n"
#define ABC       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void it_loads_decides_and_unloads_on_xp_and_server_2003(void **state)
{
    static const enum sim_windows systems[] = {SIM_WINDOWS_XP, SIM_WINDOWS_SERVER_2003};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        begin_on(&(struct sim_options){.windows = systems[i]}, NO_SHELL);
        assert_int_equal(status().registered_with, VG_REGISTERED_PLAIN);
        assert_int_equal(status().policy_status, STATUS_SUCCESS);
        assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
        assert_int_equal(try_start(CMD, NULL), DENIED);
        end();
    }
}

static void it_asks_for_no_integrity_bit(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_XP, .no_integrity_bit = true});
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().registered_with, VG_REGISTERED_PLAIN);
    end();
}

static void with_a_full_table_of_callbacks_it_stays_and_says_why(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_XP, .notify_table_full = true});
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().registered_with, VG_REGISTERED_NOT);
    assert_int_equal(status().registration_status, STATUS_INVALID_PARAMETER);
    end();
}

static void a_denied_process_is_ended_and_its_exit_is_part_of_its_start(void **state)
{
    const struct vg_event_start *started;
    const struct vg_event_exit *ended;
    struct vg_guid guid;
    uint64_t sequence;

    (void)state;
    begin_legacy(NO_SHELL);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    started = next_start();
    assert_int_equal(started->verdict, VG_DENY);
    assert_int_equal(started->enforced, 1);
    assert_int_equal((NTSTATUS)started->status, DENIED);
    assert_string_equal(rule_name(started), "no shell");
    guid = started->process_guid;
    sequence = started->header.sequence;
    ended = next_exit();
    assert_memory_equal(&ended->process_guid, &guid, sizeof(guid));
    assert_int_equal(ended->start_sequence, sequence);
    assert_int_equal(ended->denied, 1);
    assert_int_equal(ended->exit_status, DENIED);
    assert_int_equal(status().denied, 1);
    assert_int_equal(status().undone, 0);
    end();
}

static void the_image_goes_by_its_drive_letter_and_by_the_kernels_word(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(ONLY_DRIVE);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = CMD, .open_name = "\\??\\C:\\Windows\\System32\\..\\System32\\CMD.EXE"}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    assert_int_equal(event->open_name_size, 0);
    assert_false(fact_is_claimed(event, VG_FIELD_IMAGE));
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "fixed");
    end();
}

static void a_volume_without_a_letter_goes_by_its_device(void **state)
{
    (void)state;
    begin_legacy(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume7"});
    assert_int_equal(try_start("\\Device\\HarddiskVolume7\\a\\b.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "\\Device\\HarddiskVolume7\\a\\b.exe");
    end();
}

static void a_network_file_goes_by_server_and_share(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(ONLY_DRIVE);
    sim_add_volume(
        &(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share", .no_file_id = true});
    assert_int_equal(try_start("\\\\server\\share\\tools\\a.exe", NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "\\\\server\\share\\tools\\a.exe");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "network");
    end();
}

static void a_name_of_any_length_is_asked_for_until_it_fits(void **state)
{
    char image[2048] = "C:\\Windows\\";

    (void)state;
    memset(image + strlen(image), 'y', sizeof(image) - 1 - strlen(image));
    begin_legacy(NULL);
    assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), image);
    end();
}

static void lay_a_junction(void)
{
    sim_rename_file(sim_find_file("C:\\Users\\a\\b\\cmd.exe"), "C:\\Users\\evil.exe");
    sim_add_junction("C:\\Users\\a\\b", "C:\\Windows\\System32");
}

static void a_junction_laid_after_the_creation_does_not_lend_its_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(DENY_REST ASK_FOR_DRIVE "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n");
    sim_add_file(CMD, "MZ", 2);
    sim_add_file("C:\\Users\\a\\b\\cmd.exe", "MZ evil", 7);
    assert_int_equal(try_options(&(struct sim_process_options){.image = "C:\\Users\\a\\b\\cmd.exe",
                                                               .meanwhile = lay_a_junction}),
                     DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "C:\\Users\\a\\b\\cmd.exe");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "(unknown)");
    end();
}

static void lay_a_junction_to_another_volume(void)
{
    sim_rename_file(sim_find_file("C:\\Users\\a\\b\\cmd.exe"), "C:\\Users\\evil.exe");
    sim_add_junction("C:\\Users\\a\\b", "D:\\tools");
}

static void a_junction_to_another_volume_does_not_take_the_drive_letter_away(void **state)
{
    (void)state;
    begin_legacy(HEAD "  - deny: users\n    when: { Image|under: 'C:\\Users' }\n");
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume9", .letter = "D:"});
    sim_add_file("D:\\tools\\cmd.exe", "MZ", 2);
    sim_add_file("C:\\Users\\a\\b\\cmd.exe", "MZ evil", 7);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = "C:\\Users\\a\\b\\cmd.exe", .meanwhile = lay_a_junction_to_another_volume}),
                     DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "C:\\Users\\a\\b\\cmd.exe");
    end();
}

/* Whoever owns a file can keep others from opening it. */
static void a_file_that_cannot_be_opened_keeps_its_drive_letter(void **state)
{
    (void)state;
    begin_legacy(HEAD "  - deny: users\n    when: { Image|under: 'C:\\Users' }\n");
    sim_set_file_flags(sim_add_file("C:\\Users\\a\\evil.exe", "MZ evil", 7), SIM_FILE_OPLOCKED);
    assert_int_equal(try_start("C:\\Users\\a\\evil.exe", NULL), DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "C:\\Users\\a\\evil.exe");
    end();
}

static void where_no_file_can_be_asked_the_kernels_name_stands(void **state)
{
    struct sim_file *file;

    (void)state;
    begin_legacy(NULL);
    file = sim_add_file(CMD, "MZ", 2);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .no_apcs = true}),
                     STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE),
                        "\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe");
    assert_int_equal(sim_file_opens(file), 0);
    end();
}

static void what_the_system_does_not_tell_is_unknown_not_absent(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(HEAD "  - deny: without\n    when: { CommandLine: null }\n"
                      "  - deny: hidden\n    when: { CommandLine|contains: 'hidden' }\n"
                      "  - deny: unnamed\n    when: { Tampered: unnamed }\n");
    assert_int_equal(try_start(CMD, "cmd /c hidden"), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_COMMAND_LINE), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_TAMPERED), "(unknown)");
    assert_true(event->unknown_fields & 1ull << VG_FIELD_COMMAND_LINE);
    assert_int_equal(status().unknown_facts, 1);
    end();
}

static void the_policy_says_what_an_unknown_command_line_means(void **state)
{
    (void)state;
    begin_legacy("vigil: 1\nmode: enforce\ndefault: allow\nunknown: match\nrules:\n"
                 "  - deny: hidden\n    when: { CommandLine|contains: 'hidden' }\n");
    assert_int_equal(try_start(CMD, "anything"), DENIED);
    end();
}

static void there_are_no_integrity_levels(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(NULL);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_INTEGRITY_LEVEL), "(absent)");
    assert_true(fact_has(event, VG_FIELD_USER, "S-1-5-21-1-2-3-1001"));
    assert_string_equal(fact(event, VG_FIELD_TERMINAL_SESSION_ID), "1");
    end();
}

static void version_strings_of_a_file_that_may_be_another_are_unknown(void **state)
{
    (void)state;
    begin_legacy(HEAD "  - deny: renamed\n    when: { OriginalFileName: 'x.exe' }\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    end();
}

static void parents_and_creators_are_known(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS word;

    (void)state;
    begin_legacy(HEAD "  - deny: Office starts a shell\n    when: { ParentImage|endswith: '\\winword.exe', "
                      "Image|endswith: '\\cmd.exe' }\n"
                      "  - deny: forged\n    when: { Reparented: 'true', CreatorImage|endswith: "
                      "'\\winword.exe' }\n");
    word = start(WINWORD);
    next_start();
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = word}), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), WINWORD);
    assert_string_equal(fact(event, VG_FIELD_PARENT_COMMAND_LINE), "(unknown)");
    assert_int_equal(event->creator_process_id, (uintptr_t)PsGetProcessId(word));
    assert_int_not_equal(event->creator_thread_id, 0);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = NOTEPAD, .creator = word, .parent = sim_services_process()}),
                     DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_REPARENTED), "true");
    sim_exit_process(word, 0);
    end();
}

static void an_exit_has_its_status_and_run_time(void **state)
{
    const struct vg_event_exit *ended;
    PEPROCESS process;

    (void)state;
    begin_legacy(NULL);
    process = start(CMD);
    sim_advance_ms(1500);
    sim_exit_process(process, 42);
    ended = next_exit();
    assert_int_equal(ended->exit_status, 42);
    assert_int_equal(ended->denied, 0);
    assert_true(ended->run_time >= 15000000);
    assert_string_equal(fact(ended, VG_FIELD_IMAGE), CMD);
    end();
}

static void image_loads_are_recorded(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_WATCH_IMAGES, VG_OPTION_WATCH_IMAGES};
    const struct vg_event_image *event;
    PEPROCESS process;

    (void)state;
    begin_legacy(NULL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    process = start(CMD);
    sim_load_image(&(struct sim_image_options){
        .name = "\\Device\\HarddiskVolume2\\a.dll", .process = process, .signature_level = 5});
    event = (const void *)next_event(VG_EVENT_IMAGE);
    assert_int_equal(event->process_id, (uintptr_t)PsGetProcessId(process));
    assert_int_equal(event->signature_level, 0);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    sim_exit_process(process, 0);
    end();
}

static void a_policy_that_asks_for_hashes_is_refused_with_the_reason_and_the_old_one_stays(void **state)
{
    static const char *const policies[] = {
        HEAD "  - deny: abc\n    when: { SHA256: '" ABC "' }\n",
        HEAD "  - deny: not abc\n    when: { Image|endswith: '.exe' }\n    except: { SHA256: '" ABC "' }\n",
        "vigil: 1\nmode: enforce\ndefault: allow\nrecord-hashes: true\nrules: []\n",
    };

    (void)state;
    begin_legacy(NO_SHELL);
    for (unsigned i = 0; i < 3; i++) {
        struct blob blob = compile(policies[i]);
        struct vg_abi_load_reply reply;

        assert_int_equal(send_policy(blob.bytes, blob.size, &reply), STATUS_SUCCESS);
        assert_int_not_equal(reply.check_length, 0);
        assert_non_null(strstr(reply.check, "hashes"));
        assert_int_equal(status().policy_status, STATUS_FILE_CORRUPT_ERROR);
        free(blob.bytes);
    }
    assert_int_equal(status().rule_count, 1);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void a_policy_file_that_asks_for_hashes_leaves_it_watching(void **state)
{
    (void)state;
    begin_legacy(HEAD "  - deny: abc\n    when: { SHA256: '" ABC "' }\n");
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    assert_int_equal(status().policy_status, STATUS_FILE_CORRUPT_ERROR);
    end();
}

static void the_option_of_hashes_is_refused(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_HASH_ALL, VG_OPTION_HASH_ALL};

    (void)state;
    begin_legacy(NULL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL),
                     STATUS_NOT_SUPPORTED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(status().files_hashed, 0);
    end();
}

static void the_guards_hold(void **state)
{
    (void)state;
    begin_legacy("vigil: 1\nmode: enforce\ndefault: deny\nrules: []\n");
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = sim_system_process()}),
        STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_SYSTEM_CREATOR);
    assert_int_equal(try_options(&(struct sim_process_options){.no_file = true, .kernel_name = "minimal"}),
                     STATUS_SUCCESS);
    assert_int_equal(next_start()->guard, VG_GUARD_NAMELESS);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

/* It is told of no file, so a program whose name cannot be had is not one without a name. */
static void a_name_that_cannot_be_had_is_not_taken_for_none(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin_legacy(DENY_REST "  []\n");
    sim_fail_routine("ZwQueryInformationProcess");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    sim_fail_routine(NULL);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(unknown)");
    assert_int_equal(event->guard, VG_GUARD_NONE);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_loads_decides_and_unloads_on_xp_and_server_2003),
        cmocka_unit_test(it_asks_for_no_integrity_bit),
        cmocka_unit_test(with_a_full_table_of_callbacks_it_stays_and_says_why),
        cmocka_unit_test(a_denied_process_is_ended_and_its_exit_is_part_of_its_start),
        cmocka_unit_test(the_image_goes_by_its_drive_letter_and_by_the_kernels_word),
        cmocka_unit_test(a_volume_without_a_letter_goes_by_its_device),
        cmocka_unit_test(a_network_file_goes_by_server_and_share),
        cmocka_unit_test(a_name_of_any_length_is_asked_for_until_it_fits),
        cmocka_unit_test(a_junction_laid_after_the_creation_does_not_lend_its_name),
        cmocka_unit_test(a_junction_to_another_volume_does_not_take_the_drive_letter_away),
        cmocka_unit_test(a_file_that_cannot_be_opened_keeps_its_drive_letter),
        cmocka_unit_test(where_no_file_can_be_asked_the_kernels_name_stands),
        cmocka_unit_test(what_the_system_does_not_tell_is_unknown_not_absent),
        cmocka_unit_test(the_policy_says_what_an_unknown_command_line_means),
        cmocka_unit_test(there_are_no_integrity_levels),
        cmocka_unit_test(version_strings_of_a_file_that_may_be_another_are_unknown),
        cmocka_unit_test(parents_and_creators_are_known),
        cmocka_unit_test(an_exit_has_its_status_and_run_time),
        cmocka_unit_test(image_loads_are_recorded),
        cmocka_unit_test(a_policy_that_asks_for_hashes_is_refused_with_the_reason_and_the_old_one_stays),
        cmocka_unit_test(a_policy_file_that_asks_for_hashes_leaves_it_watching),
        cmocka_unit_test(the_option_of_hashes_is_refused),
        cmocka_unit_test(the_guards_hold),
        cmocka_unit_test(a_name_that_cannot_be_had_is_not_taken_for_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
