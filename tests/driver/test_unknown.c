/* What cannot be had: facts that Windows withholds are unknown, or the creator's word, and never guessed. */
#include "scenario.h"

#include <stdio.h>

#define HEAD       "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
#define DENY_ALL   "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
#define ABC        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ALLOW_ABC  DENY_ALL "  - allow: abc\n    when: { SHA256: '" ABC "' }\n"
#define DENY_ABC   HEAD "  - deny: abc\n    when: { SHA256: '" ABC "' }\n"
#define VERSION    HEAD "  - deny: by its resource\n    when: { OriginalFileName: evil.exe }\n"
#define BIT(field) ((uint64_t)1 << (field))

/* ---- the file ---- */

static void of_a_file_that_cannot_be_opened_hash_and_version_are_unknown(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(VERSION "  - deny: abc\n    when: { SHA256: '" ABC "' }\n" ASK_FOR_DRIVE);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_ACCESS_DENIED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "(unknown)");
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    end();
}

static void of_a_process_without_a_file_hash_and_version_are_absent(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(VERSION "  - deny: abc\n    when: { SHA256: '" ABC "' }\n" ASK_FOR_DRIVE);
    assert_int_equal(try_options(&(struct sim_process_options){.no_file = true, .no_command_line = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "(absent)");
    assert_int_equal(event->unknown_fields, 0);
    end();
}

static void of_a_file_that_cannot_be_read_hash_and_version_are_unknown(void **state)
{
    static const char content[4096] = "MZ";
    const struct vg_event_start *event;

    (void)state;
    begin(VERSION "  - deny: abc\n    when: { SHA256: '" ABC "' }\n");
    sim_set_file_flags(sim_add_file(CMD, content, sizeof(content)), SIM_FILE_READ_FAILS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_true(event->unknown_fields == (BIT(VG_FIELD_SHA256) | BIT(VG_FIELD_ORIGINAL_FILE_NAME)));
    end();
}

/* A section that no page is mapped from proves nothing about the file that has the name now. */
static void a_file_object_without_sections_proves_nothing(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(ALLOW_ABC);
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .no_sections = true}), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_TAMPERED), "(unknown)");
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    end();
}

static void where_no_file_can_be_asked_the_kernels_name_stands_and_the_rest_is_unknown(void **state)
{
    const struct vg_event_start *event;
    struct sim_file *file;

    (void)state;
    begin(DENY_ABC);
    file = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .no_apcs = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe");
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(sim_file_opens(file), 0);
    end();
}

static void a_deletion_is_seen_however_windows_says_it(void **state)
{
    const struct vg_event_start *event;
    struct sim_file *file;

    (void)state;
    begin(HEAD "  - deny: a ghost\n    when: { Tampered: delete-pending }\n");
    file = sim_add_file(CMD, "abc", 3);
    sim_set_file_flags(file, SIM_FILE_DELETED_SINCE);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    sim_set_file_flags(file, 0);
    for (unsigned i = 0; i < 2; i++) {
        sim_refuse_opens(file, i == 0 ? STATUS_DELETE_PENDING : STATUS_FILE_DELETED);
        assert_int_equal(try_start(CMD, NULL), DENIED);
    }
    end();
}

/* ---- the name ---- */

static void the_creators_own_name_speaks_against_a_start_and_never_for_it(void **state)
{
    static const struct {
        const char *open_name, *image;
    } cases[] = {
        {"\\??\\C:\\Windows\\System32\\cmd.exe", CMD},
        {"\\??\\UNC\\server\\share\\cmd.exe", "\\\\server\\share\\cmd.exe"},
        {"\\Device\\HarddiskVolume2\\cmd.exe", "\\Device\\HarddiskVolume2\\cmd.exe"},
    };

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        begin(i == 0 ? DENY_ALL "  - allow: shells\n    when: { Image|endswith: '\\cmd.exe' }\n"
                     : HEAD "  - deny: shells\n    when: { Image|endswith: '\\cmd.exe' }\n");
        sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
        for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
            const struct vg_event_start *event;

            sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_ACCESS_DENIED);
            assert_int_equal(try_options(&(struct sim_process_options){
                                 .image = CMD, .open_name = cases[k].open_name, .kernel_name = ""}),
                             DENIED);
            event = next_start();
            assert_int_equal(event->image_source, VG_IMAGE_OPEN_NAME);
            assert_true(fact_is_claimed(event, VG_FIELD_IMAGE));
            assert_string_equal(fact(event, VG_FIELD_IMAGE), cases[k].image);
        }
        end();
    }
}

/* No file object, no name from the kernel, but a failure on the way: then there may have been one. */
static void a_name_that_could_not_be_asked_for_is_unknown_not_absent(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_ALL);
    sim_fail_routine("SeLocateProcessImageName");
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_ACCESS_DENIED);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .open_name = ""}), DENIED);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(unknown)");
    assert_int_equal(event->image_source, VG_IMAGE_NONE);
    (void)try_options(&(struct sim_process_options){.no_file = true, .no_command_line = true});
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "(unknown)");
    sim_fail_routine(NULL);
    end();
}

static void a_device_of_a_long_name_is_named_whole(void **state)
{
    static char device[900] = "\\Device\\", image[1000];
    const struct vg_event_start *event;

    (void)state;
    memset(device + strlen(device), 'd', sizeof(device) - 100);
    snprintf(image, sizeof(image), "%s\\a.exe", device);
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = device});
    assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), image);
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    end();
}

static void a_redirectors_file_that_cannot_be_opened_has_its_network_name(void **state)
{
    static const char image[] = "\\Device\\Redirector\\server\\share\\a.exe";

    (void)state;
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Redirector",
                                                .device_type = FILE_DEVICE_NETWORK_FILE_SYSTEM,
                                                .no_file_id = true});
    sim_set_file_flags(sim_add_file(image, "abc", 3), SIM_FILE_ACCESS_DENIED);
    assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "\\\\server\\share\\a.exe");
    end();
}

static void a_folder_that_a_volume_is_mounted_in_is_no_drive_letter(void **state)
{
    (void)state;
    begin(NULL);
    sim_add_volume(
        &(struct sim_volume_options){.device = "\\Device\\HarddiskVolume7", .letter = "C:\\mnt\\data"});
    assert_int_equal(try_start("\\Device\\HarddiskVolume7\\a.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "\\Device\\HarddiskVolume7\\a.exe");
    end();
}

/* The kernel's name, on the volume that the file object names. */
static void the_kernels_name_gets_its_drive_letter_from_the_volume(void **state)
{
    static const struct {
        const char *kernel_name, *image;
    } cases[] = {
        {"\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe", CMD},
        {"\\Device\\HarddiskVolume2", "C:"},
        {"\\Device\\HarddiskVolume22\\cmd.exe", "\\Device\\HarddiskVolume22\\cmd.exe"},
        {"\\Device\\Mup\\server\\share\\cmd.exe", "\\\\server\\share\\cmd.exe"},
        {"\\Device\\Mup\\;LanmanRedirector\\;Z:0000000000001234\\server\\share\\cmd.exe",
         "\\\\server\\share\\cmd.exe"},
        {"\\Device\\Mup", "\\"},
        {"\\Device\\Mup\\;only", "\\"},
        {"\\Device\\Mupfel\\cmd.exe", "\\Device\\Mupfel\\cmd.exe"},
        {"vmmem", "vmmem"},
    };

    (void)state;
    begin(NULL);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_ACCESS_DENIED);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(
            try_options(&(struct sim_process_options){.image = CMD, .kernel_name = cases[i].kernel_name}),
            STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), cases[i].image);
    }
    end();
}

static void a_file_on_a_network_is_named_so_under_every_type_that_redirectors_have(void **state)
{
    static const ULONG types[] = {FILE_DEVICE_NETWORK_FILE_SYSTEM, 0x10 /* FILE_DEVICE_MULTI_UNC_PROVIDER */,
                                  0x28 /* FILE_DEVICE_NETWORK_REDIRECTOR */};

    (void)state;
    begin(NULL);
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        char device[] = "\\Device\\Redirector0", image[64];

        device[sizeof(device) - 2] = (char)('0' + i);
        snprintf(image, sizeof(image), "%s\\server\\share\\a.exe", device);
        sim_add_volume(&(struct sim_volume_options){
            .device = device, .device_type = types[i], .file_system = "Redirector", .no_file_id = true});
        assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "\\\\server\\share\\a.exe");
    }
    end();
}

static void a_very_long_name_is_whole(void **state)
{
    static char image[5000] = "C:\\Windows\\";
    size_t length = strlen(image);

    (void)state;
    while (length < sizeof(image) - 60) {
        memset(image + length, 'a' + (int)(length % 26), 50);
        image[length + 50] = '\\';
        length += 51;
    }
    strcpy(image + length, "a.exe");
    begin(NULL);
    assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), image);
    end();
}

/* ---- the drive ---- */

static void drives_of_every_kind_that_windows_names_are_known(void **state)
{
    static const struct {
        struct sim_volume_options volume;
        const char *drive;
    } cases[] = {
        {{.device = "\\Device\\Odd0", .letter = "J:", .bus = SIM_BUS_1394}, "removable"},
        {{.device = "\\Device\\Odd1", .letter = "K:", .bus = SIM_BUS_MMC}, "removable"},
        {{.device = "\\Device\\Odd2", .letter = "L:", .bus = SIM_BUS_UNTOLD}, "fixed"},
        {{.device = "\\Device\\Odd8", .letter = "O:", .bus = SIM_BUS_USB, .tells_more = true}, "removable"},
        {{.device = "\\Device\\Odd3", .letter = "M:", .device_type = FILE_DEVICE_DISK_FILE_SYSTEM}, "fixed"},
        {{.device = "\\Device\\Odd4", .letter = "N:", .device_type = FILE_DEVICE_CD_ROM_FILE_SYSTEM},
         "cdrom"},
        {{.device = "\\Device\\Odd5", .device_type = FILE_DEVICE_NETWORK}, "network"},
        {{.device = "\\Device\\Odd6", .device_type = FILE_DEVICE_NETWORK_FILE_SYSTEM}, "network"},
        {{.device = "\\Device\\Odd7", .device_type = 0x1F /* FILE_DEVICE_TAPE */}, "(unknown)"},
    };

    (void)state;
    begin(ONLY_DRIVE);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char image[64];

        sim_add_volume(&cases[i].volume);
        snprintf(image, sizeof(image), "%s\\share\\x\\a.exe", cases[i].volume.device);
        assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), cases[i].drive);
    }
    end();
}

/* ---- what older kernels lack ---- */

static void without_the_routine_that_knows_writers_nothing_is_cached_and_no_sign_denied(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7});
    sim_hide_routine("MmDoesFileHaveUserWritableReferences");
    policy_file(DENY_ABC);
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_add_file(CMD, "abd", 3);
    for (unsigned i = 1; i <= 2; i++) {
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_int_equal(status().files_hashed, i);
    }
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_TAMPERED), "(unknown)");
    end();
}

static void without_the_routine_that_knows_transactions_their_absence_is_not_claimed(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7});
    sim_hide_routine("IoGetTransactionParameterBlock");
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_TAMPERED), "(unknown)");
    end();
}

static void without_the_routine_that_knows_protected_processes_none_is_guarded(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_7});
    sim_hide_routine("PsIsProtectedProcess");
    policy_file(HEAD "  - deny: shells\n    when: { Image|endswith: '\\cmd.exe' }\n");
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .protected_process = true}),
                     DENIED);
    end();
}

/* ---- relatives ---- */

static void relatives_that_nobody_knows_are_unknown(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS gone;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    gone = start(NOTEPAD);
    sim_hold_process(gone);
    sim_exit_process(gone, 0);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = gone}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_PARENT_COMMAND_LINE), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_PARENT_USER), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_CREATOR_IMAGE), "(unknown)");
    sim_release_process(gone);
    end();
}

/* The list of processes failed, and the callback comes where no file may be asked. */
static void a_parent_seen_first_where_no_file_can_be_asked_has_the_kernels_name(void **state)
{
    const struct vg_event_start *event;
    PEPROCESS parent;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    parent = start(NOTEPAD);
    sim_fail_routine("ZwQuerySystemInformation");
    assert_int_equal(load(), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .creator = parent, .no_apcs = true}),
        STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_PARENT_IMAGE),
                        "\\Device\\HarddiskVolume2\\Windows\\System32\\notepad.exe");
    sim_exit_process(parent, 0);
    end();
}

/* ---- the token ---- */

static void of_a_token_that_does_not_answer_all_is_unknown(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HEAD "  - deny: unknown people\n    when: { User|startswith: S-1-5-21 }\n");
    sim_fail_routine("SeQueryInformationToken");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_USER), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_INTEGRITY_LEVEL), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_TERMINAL_SESSION_ID), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_LOGON_ID), "(unknown)");
    assert_true(event->unknown_fields == BIT(VG_FIELD_USER));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_file_that_cannot_be_opened_hash_and_version_are_unknown),
        cmocka_unit_test(of_a_process_without_a_file_hash_and_version_are_absent),
        cmocka_unit_test(of_a_file_that_cannot_be_read_hash_and_version_are_unknown),
        cmocka_unit_test(a_deletion_is_seen_however_windows_says_it),
        cmocka_unit_test(a_file_object_without_sections_proves_nothing),
        cmocka_unit_test(where_no_file_can_be_asked_the_kernels_name_stands_and_the_rest_is_unknown),
        cmocka_unit_test(the_creators_own_name_speaks_against_a_start_and_never_for_it),
        cmocka_unit_test(a_name_that_could_not_be_asked_for_is_unknown_not_absent),
        cmocka_unit_test(a_device_of_a_long_name_is_named_whole),
        cmocka_unit_test(a_redirectors_file_that_cannot_be_opened_has_its_network_name),
        cmocka_unit_test(a_folder_that_a_volume_is_mounted_in_is_no_drive_letter),
        cmocka_unit_test(the_kernels_name_gets_its_drive_letter_from_the_volume),
        cmocka_unit_test(a_file_on_a_network_is_named_so_under_every_type_that_redirectors_have),
        cmocka_unit_test(a_very_long_name_is_whole),
        cmocka_unit_test(drives_of_every_kind_that_windows_names_are_known),
        cmocka_unit_test(without_the_routine_that_knows_writers_nothing_is_cached_and_no_sign_denied),
        cmocka_unit_test(without_the_routine_that_knows_transactions_their_absence_is_not_claimed),
        cmocka_unit_test(without_the_routine_that_knows_protected_processes_none_is_guarded),
        cmocka_unit_test(relatives_that_nobody_knows_are_unknown),
        cmocka_unit_test(a_parent_seen_first_where_no_file_can_be_asked_has_the_kernels_name),
        cmocka_unit_test(of_a_token_that_does_not_answer_all_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
