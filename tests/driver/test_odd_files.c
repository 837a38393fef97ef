/* Files, disks and names that are unlike others, and what a failure must not make of them. */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_ASKED                                                                                           \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: abc\n    when: { SHA256: "                                                                    \
    "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"

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

static void a_device_with_a_very_long_name_is_named_whole(void **state)
{
    char device[700] = "\\Device\\", image[720];
    const struct vg_event_start *event;

    (void)state;
    memset(device + strlen(device), 'd', sizeof(device) - 1 - strlen(device));
    (void)snprintf(image, sizeof(image), "%s\\a.exe", device);
    begin(NULL);
    sim_add_volume(&(struct sim_volume_options){.device = device});
    assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_IMAGE), image);
    assert_int_equal(event->image_source, VG_IMAGE_NORMALIZED);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_system_that_reads_nothing_holds_no_start_up),
        cmocka_unit_test(why_a_policy_file_could_not_be_read_is_told),
        cmocka_unit_test(a_device_with_a_very_long_name_is_named_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
