/* Files, disks and names that are unlike others, and what a failure must not make of them. */
#include "scenario.h"

#define HASH_ASKED                                                                                           \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: abc\n    when: { SHA256: "                                                                    \
    "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"

#define DRIVE_ASKED                                                                                          \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: from a CD\n    when: { Drive: cdrom }\n"

static void a_file_system_that_reads_nothing_holds_no_start_up(void **state)
{
    (void)state;
    begin(HASH_ASKED);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_READS_NOTHING);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), "(unknown)");
    end();
}

static NTSTATUS status_of_policy_with(unsigned flags)
{
    NTSTATUS said;

    machine(&(struct sim_options){.windows = SIM_WINDOWS_11});
    policy_file(HASH_ASKED);
    sim_set_file_flags(sim_find_file(POLICY_PATH), flags);
    assert_int_equal(load(), STATUS_SUCCESS);
    said = status().policy_status;
    end();
    return said;
}

static void why_a_policy_file_could_not_be_read_is_told(void **state)
{
    (void)state;
    assert_int_equal(status_of_policy_with(0), STATUS_SUCCESS);
    assert_int_equal(status_of_policy_with(SIM_FILE_READ_FAILS), STATUS_DEVICE_DATA_ERROR);
    assert_int_equal(status_of_policy_with(SIM_FILE_READS_NOTHING), STATUS_END_OF_FILE);
    assert_int_equal(status_of_policy_with(SIM_FILE_DELETE_PENDING), STATUS_DELETE_PENDING);
}

/* ---- file systems of somebody's own ---- */

static void a_name_that_does_not_begin_at_a_root_keeps_its_stream(void **state)
{
    (void)state;
    for (int windows = SIM_WINDOWS_7; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, NULL);
        sim_add_volume(&(struct sim_volume_options){
            .device = "\\Device\\Odd", .letter = "O:", .file_system = "Odd", .rootless_names = true});
        assert_int_equal(try_start("O:\\a.exe", NULL), STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "O:a.exe");
        assert_int_equal(try_start("O:\\a.txt:x.exe", NULL), STATUS_SUCCESS);
        assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "O:a.txt:x.exe");
        end();
    }
}

static void a_name_said_to_be_longer_than_its_answer_is_not_believed(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\Odd", .letter = "O:", .file_system = "Odd", .boasts_names = true});
    assert_int_equal(try_start("O:\\a.exe", NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "O:\\a.exe");
    assert_int_equal(event->image_source, VG_IMAGE_PROCESS);
    end();
}

static void a_name_that_just_fits_what_it_is_asked_into_is_taken(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    for (size_t units = 504; units <= 512; units++) { /* of the name from the root: 510 fill the first room */
        char image[520] = "C:\\";

        memset(image + 3, 'a', units - 5);
        memcpy(image + 3 + units - 5, ".exe", 5);
        assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
        event = next_start();
        assert_string_equal(fact(event, VG_FIELD_IMAGE), image);
        assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    }
    end();
}

/* ---- disks ---- */

static void a_disk_is_where_it_says_even_in_its_last_words(void **state)
{
    (void)state;
    begin(DRIVE_ASKED);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume5", .letter = "F:", .bus = SIM_BUS_USB_LAST});
    assert_int_equal(try_start("F:\\a.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), "removable");
    end();
}

static void a_disk_elsewhere_is_a_network_drive_whatever_its_type(void **state)
{
    (void)state;
    begin(DRIVE_ASKED);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\Far", .file_system = "Far", .characteristics = FILE_REMOTE_DEVICE});
    assert_int_equal(try_start("\\Device\\Far\\server\\share\\a.exe", NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), "network");
    end();
}

static void a_disk_that_could_not_be_asked_for_its_bus_is_unknown_not_fixed(void **state)
{
    (void)state;
    begin(DRIVE_ASKED);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume5", .letter = "F:", .bus = SIM_BUS_USB});
    sim_fail_routine("IoBuildDeviceIoControlRequest");
    assert_int_equal(try_start("F:\\a.exe", NULL), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_string_equal(fact(next_start(), VG_FIELD_DRIVE), "(unknown)");
    end();
}

static void without_the_devices_name_no_drive_letter_is_put_before_it(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(NULL);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_ACCESS_DENIED);
    sim_fail_routine("ObQueryNameString");
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(unknown)");
    assert_int_equal(event->image_source, VG_IMAGE_NONE);
    end();
}

static void without_the_devices_name_a_path_on_it_is_no_name(void **state)
{
    (void)state;
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume7"});
    sim_fail_routine("ObQueryNameString");
    assert_int_equal(try_start("\\Device\\HarddiskVolume7\\Windows\\a.exe", NULL), STATUS_SUCCESS);
    sim_fail_routine(NULL);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), "(unknown)");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_system_that_reads_nothing_holds_no_start_up),
        cmocka_unit_test(why_a_policy_file_could_not_be_read_is_told),
        cmocka_unit_test(a_name_that_does_not_begin_at_a_root_keeps_its_stream),
        cmocka_unit_test(a_name_said_to_be_longer_than_its_answer_is_not_believed),
        cmocka_unit_test(a_name_that_just_fits_what_it_is_asked_into_is_taken),
        cmocka_unit_test(without_the_devices_name_no_drive_letter_is_put_before_it),
        cmocka_unit_test(without_the_devices_name_a_path_on_it_is_no_name),
        cmocka_unit_test(a_disk_is_where_it_says_even_in_its_last_words),
        cmocka_unit_test(a_disk_elsewhere_is_a_network_drive_whatever_its_type),
        cmocka_unit_test(a_disk_that_could_not_be_asked_for_its_bus_is_unknown_not_fixed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
