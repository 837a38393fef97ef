/* Names: what Image is when names are short, foreign, missing or lies; and the signs of tampering. */
#include "scenario.h"

#define DENY_ALL  "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
#define ALLOW_ALL "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"

static void a_short_name_is_made_long_where_windows_can(void **state)
{
    static const struct {
        enum sim_windows windows;
        const char *image;
        uint8_t source;
    } cases[] = {
        {SIM_WINDOWS_7, "C:\\PROGRA~1\\Office\\winword.exe", VG_IMAGE_FILE_NAME},
        {SIM_WINDOWS_8_1, WINWORD, VG_IMAGE_NORMALIZED},
        {SIM_WINDOWS_11, WINWORD, VG_IMAGE_NORMALIZED},
    };

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        const struct vg_event_start *event;
        begin_on(&(struct sim_options){.windows = cases[i].windows}, NULL);
        sim_add_file(WINWORD, "MZ", 2);
        sim_set_short_name("C:\\Program Files", "PROGRA~1");
        assert_int_equal(try_start("C:\\PROGRA~1\\Office\\winword.exe", NULL), STATUS_SUCCESS);
        event = next_start();
        assert_string_equal(fact(event, VG_FIELD_IMAGE), cases[i].image);
        assert_int_equal(event->image_source, cases[i].source);
        end();
    }
}

static void the_case_of_the_disk_is_shown(void **state)
{
    (void)state;
    begin(NULL);
    sim_add_file(CMD, "MZ", 2);
    assert_int_equal(try_start("c:\\WINDOWS\\system32\\CMD.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), CMD);
    end();
}

static void a_junction_does_not_hide_the_file(void **state)
{
    (void)state;
    begin(DENY_ALL "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n");
    sim_add_file("C:\\Users\\a\\evil.exe", "MZ", 2);
    sim_add_junction("C:\\Windows\\Temp\\j", "C:\\Users\\a");
    assert_int_equal(try_start("C:\\Windows\\Temp\\j\\evil.exe", NULL), DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "C:\\Users\\a\\evil.exe");
    end();
}

static void a_drive_letter_of_the_creators_own_making_is_not_believed(void **state)
{
    (void)state;
    begin(DENY_ALL "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n");
    sim_add_file("C:\\Users\\a\\Windows\\evil.exe", "MZ", 2);
    sim_define_dos_device(sim_explorer_process(), "C:", "\\Device\\HarddiskVolume2\\Users\\a");
    assert_int_equal(try_options(&(struct sim_process_options){.image = "C:\\Users\\a\\Windows\\evil.exe",
                                                               .open_name = "\\??\\C:\\Windows\\evil.exe"}),
                     DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "C:\\Users\\a\\Windows\\evil.exe");
    end();
}

static void an_allow_on_a_folder_covers_no_named_stream_whatever_normalised_names_say(void **state)
{
    static const struct {
        const char *image;
        const char *name;
        NTSTATUS verdict;
    } cases[] = {
        {"C:\\Windows\\a.txt", "C:\\Windows\\a.txt", STATUS_SUCCESS},
        {"C:\\Windows\\a.txt:x.exe", "C:\\Windows\\a.txt:x.exe", DENIED},
        {"C:\\Windows\\b.txt:x.exe:$DATA", "C:\\Windows\\b.txt:x.exe", DENIED},
        {"C:\\Windows\\a.exe::$DATA", "C:\\Windows\\a.exe", STATUS_SUCCESS}, /* the file's own data */
        {"C:\\Windows\\a.txt:$DATA", "C:\\Windows\\a.txt:$DATA", DENIED},
        {"C:\\Windows:x.exe", "C:\\Windows:x.exe", DENIED},
        {"N:\\Tools\\a.exe:x", "N:\\Tools\\a.exe:x", DENIED},
    };

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows},
                 DENY_ALL "  - allow: Windows\n    when: { Image|under: ['%WINDIR%', 'N:\\Tools'] }\n");
        sim_add_volume(&(struct sim_volume_options){
            .device = "\\Device\\HarddiskVolume7", .letter = "N:", .names_streams = true});
        for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            assert_int_equal(try_start(cases[i].image, NULL), cases[i].verdict);
            assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), cases[i].name);
        }
        end();
    }
}

static void the_name_of_a_stream_is_kept_where_the_rest_is_made_long(void **state)
{
    (void)state;
    begin(NULL);
    sim_add_file("C:\\Program Files\\a.txt:Hidden.exe", "MZ", 2);
    sim_set_short_name("C:\\Program Files", "PROGRA~1");
    assert_int_equal(try_start("C:\\PROGRA~1\\a.txt:Hidden.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "C:\\Program Files\\a.txt:Hidden.exe");
    end();
}

/* Then a stream would go by the name of its file. */
static void a_name_that_may_lack_its_stream_does_not_come_from_the_file(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_ALL "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n");
    sim_refuse_file_class(9, true);
    assert_int_equal(try_start("C:\\Windows\\a.txt:x.exe", NULL), DENIED);
    event = next_start();
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "C:\\Windows\\a.txt:x.exe");
    sim_refuse_file_class(9, false);
    end();
}

static void a_volume_without_a_letter_goes_by_its_device(void **state)
{
    (void)state;
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume7"});
    assert_int_equal(try_start("\\Device\\HarddiskVolume7\\a.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "\\Device\\HarddiskVolume7\\a.exe");
    end();
}

static void a_network_file_goes_by_server_and_share(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(ONLY_DRIVE);
    sim_add_volume(
        &(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share", .no_file_id = true});
    assert_int_equal(try_start("\\\\server\\share\\tools\\a.exe", NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "\\\\server\\share\\tools\\a.exe");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "network");
    end();
}

static void a_disk_is_not_asked_what_it_is_unless_a_rule_asks(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: sticks\n    when: { Image|endswith: '\\notepad.exe', Drive: removable }\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), "(pending)");
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), "fixed");
    end();
}

static void drives_are_told_apart(void **state)
{
    static const struct {
        struct sim_volume_options volume;
        const char *drive;
    } cases[] = {
        {{.device = "\\Device\\HarddiskVolume3", .letter = "D:"}, "fixed"},
        {{.device = "\\Device\\HarddiskVolume4", .letter = "E:", .bus = SIM_BUS_USB, .slow = true},
         "removable"},
        {{.device = "\\Device\\HarddiskVolume5",
          .letter = "F:",
          .characteristics = FILE_REMOVABLE_MEDIA,
          .file_system = "FAT32",
          .no_file_id = true},
         "removable"},
        {{.device = "\\Device\\HarddiskVolume6", .letter = "S:", .bus = SIM_BUS_SD}, "removable"},
        {{.device = "\\Device\\CdRom0",
          .letter = "G:",
          .device_type = FILE_DEVICE_CD_ROM,
          .file_system = "UDFS"},
         "cdrom"},
        {{.device = "\\Device\\Ramdisk0", .letter = "R:", .device_type = FILE_DEVICE_VIRTUAL_DISK}, "ram"},
    };

    (void)state;
    begin(ONLY_DRIVE);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char image[] = "X:\\a.exe";
        image[0] = cases[i].volume.letter[0];
        sim_add_volume(&cases[i].volume);
        assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
        const struct vg_event_start *event = next_start();
        assert_string_equal(fact(event, VG_FIELD_DRIVE), cases[i].drive);
        assert_string_equal(fact(event, VG_FIELD_IMAGE), image);
    }
    end();
}

static void names_beyond_ascii_pass_unchanged(void **state)
{
    const char *image = "C:\\Программы\\\xF0\x9F\x98\x80.exe";

    (void)state;
    begin(ALLOW_ALL "  - deny: by name\n    when: { Image|contains: 'пРОГРАММЫ' }\n");
    assert_int_equal(try_start(image, "\xF0\x9F\x98\x80 привет"), DENIED);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), image);
    end();
}

static void a_look_alike_folder_does_not_pass(void **state)
{
    (void)state;
    begin(DENY_ALL "  - allow: programs\n    when: { Image|under: '%PROGRAMFILES%' }\n");
    assert_int_equal(try_start("C:\\PROGRAM FILES\\a.exe", NULL), STATUS_SUCCESS);
    assert_int_equal(try_start("C:\\Program F\xC4\xB1les\\a.exe", NULL), DENIED);
    end();
}

/* ---- when the file cannot be opened ---- */

static void a_file_closed_long_ago_is_found_by_the_kernels_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .file_closed = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    end();
}

static void a_file_that_its_owner_has_locked_is_found_by_the_kernels_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .file_locked = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    end();
}

static void put_another_in_its_place(void)
{
    sim_rename_file(sim_find_file(CMD), "C:\\Windows\\Temp\\old.exe");
    sim_add_file(CMD, "abc", 3);
}

static void another_file_under_the_name_is_not_taken_for_the_image(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(ALLOW_ALL "  - deny: abc\n    when: { SHA256: "
                    "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n" ASK_FOR_DRIVE);
    sim_add_file(CMD, "MZ", 2);
    assert_int_equal(try_options(&(struct sim_process_options){
                         .image = CMD, .file_closed = true, .meanwhile = put_another_in_its_place}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_DRIVE), "(unknown)");
    assert_int_equal(try_start(CMD, NULL), DENIED); /* the other file itself */
    end();
}

static void a_file_that_cannot_be_opened_goes_by_the_kernels_name(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    sim_set_file_flags(sim_add_file(CMD, "MZ", 2), SIM_FILE_ACCESS_DENIED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    end();
}

static void an_oplock_is_not_waited_for(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(ALLOW_ALL "  - deny: that hash\n    when: { SHA256: '" /* of nothing here */
                    "0000000000000000000000000000000000000000000000000000000000000001' }\n");
    sim_set_file_flags(sim_add_file(CMD, "MZ", 2), SIM_FILE_OPLOCKED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_true(event->unknown_fields & 1ull << VG_FIELD_SHA256);
    end();
}

static void a_file_held_without_sharing_is_read_all_the_same(void **state)
{
    (void)state;
    begin(NULL);
    sim_set_file_flags(sim_add_file(CMD, "MZ", 2), SIM_FILE_SHARE_NONE);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(next_start()->image_source, VG_IMAGE_NORMALIZED);
    end();
}

static void a_creation_without_a_file_has_no_image_and_no_default_hits_it(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_ALL "  []\n");
    assert_int_equal(try_options(&(struct sim_process_options){.no_file = true, .no_command_line = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(absent)");
    assert_string_equal(fact(event, VG_FIELD_COMMAND_LINE), "(absent)");
    assert_int_equal(event->image_source, VG_IMAGE_NONE);
    assert_int_equal(event->guard, VG_GUARD_NAMELESS);
    end();
}

static void a_wsl_process_is_marked(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = "C:\\lxss\\bin\\bash", .subsystem = true}),
        STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SUBSYSTEM), "WSL");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SUBSYSTEM), "Win32");
    end();
}

/* ---- signs ---- */

static void each_sign_of_tampering_is_named_and_deniable(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(ALLOW_ALL "  - deny: tampered\n    when: { Tampered|exists: true }\n");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_TAMPERED), "(absent)");
    sim_set_file_flags(sim_find_file(CMD), SIM_FILE_DELETE_PENDING);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_true(fact_has(next_start(), VG_FIELD_TAMPERED, "delete-pending"));
    sim_set_file_flags(sim_find_file(CMD), SIM_FILE_WRITABLE_REFERENCES);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_true(fact_has(next_start(), VG_FIELD_TAMPERED, "writable"));
    sim_set_file_flags(sim_find_file(CMD), 0);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .transacted = true}), DENIED);
    assert_true(fact_has(next_start(), VG_FIELD_TAMPERED, "transacted"));
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .no_open_name = true}), DENIED);
    event = next_start();
    assert_true(fact_has(event, VG_FIELD_TAMPERED, "unnamed"));
    assert_int_equal(event->open_name_exact, 0);
    end();
}

static void the_bytes_of_another_file_are_not_taken_for_the_images(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: that hash\n    when: { SHA256: "
          "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"); /* "abc" */
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .transacted = true}),
                     STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_name_is_made_long_where_windows_can),
        cmocka_unit_test(the_case_of_the_disk_is_shown),
        cmocka_unit_test(a_junction_does_not_hide_the_file),
        cmocka_unit_test(a_drive_letter_of_the_creators_own_making_is_not_believed),
        cmocka_unit_test(an_allow_on_a_folder_covers_no_named_stream_whatever_normalised_names_say),
        cmocka_unit_test(the_name_of_a_stream_is_kept_where_the_rest_is_made_long),
        cmocka_unit_test(a_name_that_may_lack_its_stream_does_not_come_from_the_file),
        cmocka_unit_test(a_volume_without_a_letter_goes_by_its_device),
        cmocka_unit_test(a_network_file_goes_by_server_and_share),
        cmocka_unit_test(a_disk_is_not_asked_what_it_is_unless_a_rule_asks),
        cmocka_unit_test(drives_are_told_apart),
        cmocka_unit_test(names_beyond_ascii_pass_unchanged),
        cmocka_unit_test(a_look_alike_folder_does_not_pass),
        cmocka_unit_test(a_file_closed_long_ago_is_found_by_the_kernels_name),
        cmocka_unit_test(another_file_under_the_name_is_not_taken_for_the_image),
        cmocka_unit_test(a_file_that_cannot_be_opened_goes_by_the_kernels_name),
        cmocka_unit_test(an_oplock_is_not_waited_for),
        cmocka_unit_test(a_file_held_without_sharing_is_read_all_the_same),
        cmocka_unit_test(a_creation_without_a_file_has_no_image_and_no_default_hits_it),
        cmocka_unit_test(a_wsl_process_is_marked),
        cmocka_unit_test(each_sign_of_tampering_is_named_and_deniable),
        cmocka_unit_test(the_bytes_of_another_file_are_not_taken_for_the_images),
        cmocka_unit_test(a_file_that_its_owner_has_locked_is_found_by_the_kernels_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
