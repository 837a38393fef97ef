/* What the driver establishes about a start, without any policy. */
#include "fixture.h"

#define FACT(event, field) fact(&(event)->header, VG_FIELD_##field, 0)

static void a_start_is_described_as_the_kernel_reports_it(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(start("C:\\Windows\\System32\\cmd.exe", "cmd /c dir", NULL, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(FACT(event, IMAGE), "C:\\Windows\\System32\\cmd.exe");
    assert_string_equal(FACT(event, COMMAND_LINE), "cmd /c dir");
    assert_string_equal(FACT(event, PARENT_IMAGE), "C:\\Windows\\explorer.exe");
    assert_string_equal(FACT(event, CREATOR_IMAGE), "C:\\Windows\\explorer.exe");
    assert_string_equal(FACT(event, REPARENTED), "false");
    assert_string_equal(FACT(event, TAMPERED), "<absent>");
    assert_string_equal(FACT(event, USER), "S-1-5-21-1-2-3-1001");
    assert_string_equal(FACT(event, INTEGRITY_LEVEL), "Medium");
    assert_string_equal(fact(&event->header, VG_FIELD_INTEGRITY_LEVEL, 1), "S-1-16-8192");
    assert_string_equal(FACT(event, TERMINAL_SESSION_ID), "1");
    assert_string_equal(FACT(event, SUBSYSTEM), "Win32");
    assert_string_equal(FACT(event, DRIVE), "fixed");
    assert_string_equal(FACT(event, SHA256), "<pending>");
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    assert_int_equal(event->reason, VG_REASON_NO_POLICY);
    assert_int_equal(event->status, 0);
    sim_exit_process(process, 0);
    end();
}

static void what_ran_before_the_driver_is_known_as_a_parent(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS parent = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin_machine(NULL);
    assert_int_equal(start("C:\\Tools\\shell.exe", NULL, NULL, &parent), STATUS_SUCCESS);
    begin_driver();
    assert_int_equal(start("C:\\Tools\\child.exe", NULL, parent, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(FACT(event, PARENT_IMAGE), "C:\\Tools\\shell.exe");
    assert_string_equal(FACT(event, PARENT_COMMAND_LINE), "<unknown>");
    sim_exit_process(process, 0);
    sim_exit_process(parent, 0);
    end();
}

static void a_childs_record_has_its_parents_command_line(void **state)
{
    PEPROCESS parent = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(start("C:\\Tools\\shell.exe", "shell -x", NULL, &parent), STATUS_SUCCESS);
    assert_int_equal(start("C:\\Tools\\child.exe", NULL, parent, &process), STATUS_SUCCESS);
    (void)next_start();
    assert_string_equal(FACT(next_start(), PARENT_COMMAND_LINE), "shell -x");
    sim_exit_process(process, 0);
    sim_exit_process(parent, 0);
    end();
}

static void a_forged_parent_is_shown_beside_the_creator(void **state)
{
    struct sim_process_options options = {.image = "C:\\Tools\\child.exe"};
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    options.creator = sim_explorer_process();
    options.parent = sim_services_process();
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(FACT(event, REPARENTED), "true");
    assert_string_equal(FACT(event, CREATOR_IMAGE), "C:\\Windows\\explorer.exe");
    assert_string_equal(FACT(event, PARENT_IMAGE), "C:\\Windows\\System32\\services.exe");
    assert_int_not_equal(event->creator_process_id, event->parent_process_id);
    sim_exit_process(process, 0);
    end();
}

static void an_exit_tells_how_long_and_of_which_start(void **state)
{
    const struct vg_event_exit *gone = NULL;
    uint64_t sequence = 0;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(start("C:\\Tools\\brief.exe", NULL, NULL, &process), STATUS_SUCCESS);
    sequence = next_start()->header.sequence;
    sim_advance_ms(1500);
    sim_exit_process(process, 7);
    gone = next_exit();
    assert_int_equal(gone->exit_status, 7);
    assert_int_equal(gone->start_sequence, sequence);
    assert_int_equal(gone->denied, 0);
    assert_true(gone->run_time >= 1500u * 10000u);
    assert_string_equal(FACT(gone, IMAGE), "C:\\Tools\\brief.exe");
    end();
}

static void a_missing_command_line_is_absent(void **state)
{
    const struct sim_process_options options = {.image = "C:\\Tools\\x.exe", .no_command_line = true};
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_string_equal(FACT(next_start(), COMMAND_LINE), "<absent>");
    sim_exit_process(process, 0);
    end();
}

static void short_names_and_junctions_do_not_reach_the_record(void **state)
{
    struct sim_process_options options = {.image = "C:\\Program Files\\Tool\\x.exe"};
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    (void)sim_add_file("C:\\Program Files\\Tool\\x.exe", "MZ", 2);
    sim_set_short_name("C:\\Program Files", "PROGRA~1");
    options.open_name = "\\??\\C:\\PROGRA~1\\tool\\X.EXE";
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_string_equal(FACT(next_start(), IMAGE), "C:\\Program Files\\Tool\\x.exe");
    sim_exit_process(process, 0);
    end();
}

static void a_file_object_closed_long_ago_is_not_asked(void **state)
{
    const struct sim_process_options options = {.image = "C:\\Tools\\x.exe", .file_closed = true};
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(FACT(event, IMAGE), "C:\\Tools\\x.exe");
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    assert_string_equal(FACT(event, TAMPERED), "<absent>");
    sim_exit_process(process, 0);
    end();
}

static void signs_of_tampering_are_told_apart(void **state)
{
    struct sim_process_options options = {.image = "C:\\Tools\\ghost.exe"};
    const struct vg_event_start *event = NULL;
    struct sim_file *file = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    file = sim_add_file("C:\\Tools\\ghost.exe", "MZ", 2);
    sim_set_file_flags(file, SIM_FILE_DELETE_PENDING);
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(FACT(event, TAMPERED), "delete-pending");
    assert_int_not_equal(event->image_source, VG_IMAGE_NORMALIZED);
    sim_exit_process(process, 0);

    sim_set_file_flags(file, SIM_FILE_WRITABLE_REFERENCES);
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_string_equal(FACT(next_start(), TAMPERED), "writable");
    sim_exit_process(process, 0);

    sim_set_file_flags(file, 0);
    options.transacted = true;
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_string_equal(FACT(next_start(), TAMPERED), "transacted");
    sim_exit_process(process, 0);

    options.transacted = false;
    options.no_open_name = true;
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    assert_string_equal(FACT(next_start(), TAMPERED), "unnamed");
    sim_exit_process(process, 0);
    end();
}

static void drives_are_told_apart_by_their_bus_as_well(void **state)
{
    static const struct {
        struct sim_volume_options volume;
        const char *image;
        const char *name;
        const char *drive;
    } cases[] = {
        {{.device = "\\Device\\HarddiskVolume7", .letter = "E:", .bus = SIM_BUS_USB},
         "E:\\x.exe",
         "E:\\x.exe",
         "removable"},
        {{.device = "\\Device\\HarddiskVolume8", .letter = "F:", .characteristics = FILE_REMOVABLE_MEDIA},
         "F:\\x.exe",
         "F:\\x.exe",
         "removable"},
        {{.device = "\\Device\\CdRom0",
          .letter = "G:",
          .device_type = FILE_DEVICE_CD_ROM,
          .file_system = "CDFS",
          .no_usn = true},
         "G:\\x.exe",
         "G:\\x.exe",
         "cdrom"},
    };

    (void)state;
    begin(NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct vg_event_start *event = NULL;
        PEPROCESS process = NULL;

        (void)sim_add_volume(&cases[i].volume);
        assert_int_equal(start(cases[i].image, NULL, NULL, &process), STATUS_SUCCESS);
        event = next_start();
        assert_string_equal(FACT(event, DRIVE), cases[i].drive);
        assert_string_equal(FACT(event, IMAGE), cases[i].name);
        sim_exit_process(process, 0);
    }
    end();
}

static void a_process_without_a_file_has_no_image(void **state)
{
    const struct sim_process_options options = {
        .no_file = true, .no_command_line = true, .no_open_name = true};
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_start_process(&options, &process), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->image_source, VG_IMAGE_NONE);
    assert_string_equal(FACT(event, IMAGE), "<absent>");
    sim_exit_process(process, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_is_described_as_the_kernel_reports_it),
        cmocka_unit_test(what_ran_before_the_driver_is_known_as_a_parent),
        cmocka_unit_test(a_childs_record_has_its_parents_command_line),
        cmocka_unit_test(a_forged_parent_is_shown_beside_the_creator),
        cmocka_unit_test(an_exit_tells_how_long_and_of_which_start),
        cmocka_unit_test(a_missing_command_line_is_absent),
        cmocka_unit_test(short_names_and_junctions_do_not_reach_the_record),
        cmocka_unit_test(a_file_object_closed_long_ago_is_not_asked),
        cmocka_unit_test(signs_of_tampering_are_told_apart),
        cmocka_unit_test(drives_are_told_apart_by_their_bus_as_well),
        cmocka_unit_test(a_process_without_a_file_has_no_image),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
