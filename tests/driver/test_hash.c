/* Hashes: read only when an undecided rule asks, kept by what a file is, never by what it is called. */
#include "scenario.h"

#include <stdio.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define DENY_ABC                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - allow: notepad\n    when: { Image|endswith: '\\notepad.exe' }\n"                                    \
    "  - deny: abc\n    when: { SHA256: '" ABC "' }\n"

static void lose_storage_requests(void)
{
    sim_fail_routine("IoBuildDeviceIoControlRequest");
}

static void a_hash_is_asked_for_only_when_a_rule_needs_it(void **state)
{
    struct sim_file *notepad, *cmd;

    (void)state;
    begin(DENY_ABC);
    notepad = sim_add_file(NOTEPAD, "abc", 3);
    cmd = sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(notepad), 0);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), "(pending)");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(cmd), 3);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), ABC);
    assert_int_equal(status().files_hashed, 1);
    end();
}

static void a_file_is_read_once_until_it_changes(void **state)
{
    struct sim_file *cmd;

    (void)state;
    begin(DENY_ABC);
    cmd = sim_add_file(CMD, "abc", 3);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(status().files_hashed, 1);
    assert_int_equal(status().cache_hits, 4);
    sim_write_file(cmd, "abd", 3);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(status().files_hashed, 2);
    end();
}

static void what_has_no_unforgeable_identity_is_read_every_time(void **state)
{
    (void)state;
    begin(DENY_ABC);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume5", .letter = "F:", .file_system = "FAT32", .no_file_id = true});
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
    sim_add_file("F:\\a.exe", "abc", 3);
    sim_add_file("\\\\server\\share\\a.exe", "abc", 3);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_WRITABLE_REFERENCES);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(try_start("F:\\a.exe", NULL), DENIED);
        assert_int_equal(try_start("\\\\server\\share\\a.exe", NULL), DENIED);
        assert_int_equal(try_start(CMD, NULL), DENIED);
    }
    assert_int_equal(status().files_hashed, 6);
    assert_int_equal(status().cache_hits, 0);
    end();
}

/* A server can give the hash's reader other bytes than the one who maps the image. */
static void an_allow_by_hash_needs_bytes_that_the_machine_itself_reads(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - allow: abc\n    when: { SHA256: '" ABC
          "' }\n");
    sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\Mup\\server\\share"});
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume5", .letter = "W:", .file_system = "WinFsp"});
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume6", .letter = "V:", .bus = SIM_BUS_FILE_BACKED});
    sim_add_file("\\\\server\\share\\a.exe", "abc", 3);
    sim_add_file("W:\\a.exe", "abc", 3);
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume7", .letter = "T:", .bus = SIM_BUS_ISCSI});
    sim_add_file("C:\\Windows\\System32\\ntdll.dll", "MZ", 2); /* by which Windows' own disk is known */
    sim_add_file("V:\\a.exe", "abc", 3);
    sim_add_file("T:\\a.exe", "abc", 3);
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(try_start("\\\\server\\share\\a.exe", NULL), DENIED);
    assert_true(fact_is_claimed(next_start(), VG_FIELD_SHA256));
    assert_int_equal(try_start("W:\\a.exe", NULL), DENIED);
    assert_int_equal(try_start("V:\\a.exe", NULL), DENIED);
    assert_int_equal(try_start("T:\\a.exe", NULL), DENIED);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    sim_set_file_flags(sim_find_file(CMD), SIM_FILE_WRITABLE_REFERENCES);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

/* A stick's bytes, its journal among them, can be changed on another machine. */
static void on_a_drive_that_can_be_taken_away_a_file_is_read_every_time(void **state)
{
    static const enum sim_bus buses[] = {SIM_BUS_USB, SIM_BUS_SD, SIM_BUS_ISCSI, SIM_BUS_FILE_BACKED};

    (void)state;
    for (unsigned i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
        begin(DENY_ABC);
        sim_add_volume(&(struct sim_volume_options){
            .device = "\\Device\\HarddiskVolume6", .letter = "U:", .bus = buses[i]});
        sim_add_file("U:\\a.exe", "abc", 3);
        assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
        assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
        assert_int_equal(status().files_hashed, 2);
        end();
    }
}

/* The second start, and one of another file, do without: no question could be answered any more. */
static void a_disk_inside_the_machine_is_asked_once(void **state)
{
    (void)state;
    begin(DENY_ABC);
    sim_add_file(CMD, "abc", 3);
    sim_add_file("C:\\Windows\\a.exe", "abc", 3);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    lose_storage_requests();
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(try_start("C:\\Windows\\a.exe", NULL), DENIED);
    next_start();
    next_start();
    assert_false(fact_is_claimed(next_start(), VG_FIELD_SHA256));
    assert_int_equal(status().cache_hits, 1);
    end();
}

/* What has been taken out can come back changed, and what comes then is another. */
static void a_volume_that_comes_in_the_place_of_another_is_asked_itself(void **state)
{
    struct sim_volume_options options = {.device = "\\Device\\HarddiskVolume6", .letter = "U:"};
    struct sim_volume *inside;

    (void)state;
    begin(DENY_ABC);
    inside = sim_add_volume(&options);
    sim_add_file("U:\\a.exe", "abc", 3);
    assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
    assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
    assert_int_equal(status().cache_hits, 1);
    assert_true(sim_volume_is_referenced(inside)); /* so that no other can lie at its address */
    sim_remove_volume(inside);
    options.bus = SIM_BUS_USB;
    sim_add_volume(&options);
    sim_add_file("U:\\a.exe", "abc", 3);
    assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
    assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
    assert_int_equal(status().cache_hits, 1);
    assert_int_equal(status().files_hashed, 3);
    end();
}

/* To remember a device is to keep its driver in memory, and what may be taken out is asked each time. */
static void no_device_is_kept_that_may_go(void **state)
{
    const struct sim_volume_options volumes[] = {
        {.driver = "\\Driver\\ramdisk"},
        {.driver = "\\Driver\\volmgr2"},
        {.bus = SIM_BUS_USB},
        {.bus = SIM_BUS_FILE_BACKED},
        {.bus = SIM_BUS_ISCSI},
        {.bus = SIM_BUS_UNTOLD},
        {.characteristics = FILE_REMOVABLE_MEDIA},
        {.device_type = FILE_DEVICE_CD_ROM},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
        struct sim_volume_options options = volumes[i];
        struct sim_volume *volume;

        options.device = "\\Device\\HarddiskVolume6";
        options.letter = "U:";
        begin(DENY_ABC);
        volume = sim_add_volume(&options);
        sim_add_file("U:\\a.exe", "abc", 3);
        assert_int_equal(try_start("U:\\a.exe", NULL), DENIED);
        assert_false(sim_volume_is_referenced(volume));
        end();
    }
}

/* The one that has been known longest is forgotten. */
static void only_so_many_volumes_are_kept(void **state)
{
    enum { MANY = 33 };
    struct sim_volume *volumes[MANY];
    char device[MANY][32], path[32];

    (void)state;
    begin(DENY_ABC);
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(device[i], sizeof(device[i]), "\\Device\\HarddiskVolume%u", 10 + i);
        (void)snprintf(path, sizeof(path), "\\Device\\HarddiskVolume%u\\a.exe", 10 + i);
        volumes[i] = sim_add_volume(&(struct sim_volume_options){.device = device[i]});
        sim_add_file(path, "abc", 3);
        assert_int_equal(try_start(path, NULL), DENIED);
        assert_true(sim_volume_is_referenced(volumes[i]));
        assert_int_equal(try_start(path, NULL), DENIED);
    }
    assert_false(sim_volume_is_referenced(volumes[0]));
    for (unsigned i = 1; i < MANY; i++)
        assert_true(sim_volume_is_referenced(volumes[i]));
    assert_int_equal(status().cache_hits, MANY);
    end();
}

/* A system can be started from a VHD or over iSCSI: a policy of hashes would deny it everything. */
static void the_disk_that_windows_runs_from_is_the_machines_own_whatever_it_is(void **state)
{
    static const enum sim_bus buses[] = {SIM_BUS_ISCSI, SIM_BUS_FILE_BACKED};

    (void)state;
    for (unsigned i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
        begin("vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - allow: abc\n    when: { SHA256: '" ABC
              "' }\n");
        sim_add_file("C:\\Windows\\System32\\ntdll.dll", "MZ", 2);
        sim_put_on_bus(sim_add_file(CMD, "abc", 3), buses[i]);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_int_equal(status().files_hashed, 1);
        end();
    }
}

static void a_file_that_cannot_be_read_has_an_unknown_hash(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(DENY_ABC);
    sim_set_file_flags(sim_add_file(CMD, "abc", 3), SIM_FILE_READ_FAILS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(status().unknown_facts, 1);
    end();
}

static void a_hash_that_could_not_be_had_is_not_looked_for_again_for_the_record(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_HASH_ALL, VG_OPTION_HASH_ALL};
    struct sim_file *cmd;
    unsigned opens;

    (void)state;
    begin(DENY_ABC);
    cmd = sim_add_file(CMD, "abc", 3);
    sim_set_file_flags(cmd, SIM_FILE_READ_FAILS);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    opens = sim_file_opens(cmd);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_opens(cmd), 2 * opens);
    end();
}

static void the_policy_says_what_an_unknown_hash_means(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nunknown: match\nrules:\n"
          "  - deny: abc\n    when: { SHA256: '" ABC "' }\n");
    sim_set_file_flags(sim_add_file(CMD, "abd", 3), SIM_FILE_READ_FAILS);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    sim_set_file_flags(sim_find_file(CMD), 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    end();
}

static void the_option_hashes_every_start(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_HASH_ALL, VG_OPTION_HASH_ALL};

    (void)state;
    begin(NULL);
    sim_add_file(CMD, "abc", 3);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), ABC);
    end();
}

static void a_large_file_is_hashed_whole(void **state)
{
    static unsigned char large[3 * 1024 * 1024 + 17];

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: large\n    when: { SHA256: '"
          /* sha256 of 3145745 bytes of 0x5A, checked with sha256sum */
          "ac05ef6d1cf392866a88278845b6477ee943be578a7ab3c90a61e13caa1766e5' }\n");
    memset(large, 0x5A, sizeof(large));
    sim_add_file(CMD, large, sizeof(large));
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_file_reads(sim_find_file(CMD)), sizeof(large));
    end();
}

static void a_journals_records_are_read_in_both_forms_and_no_other(void **state)
{
    static const struct {
        struct sim_volume_options volume;
        unsigned hashed; /* of two starts */
    } cases[] = {
        {{.device = "\\Device\\HarddiskVolume5", .letter = "F:"}, 1},
        {{.device = "\\Device\\HarddiskVolume6", .letter = "G:", .file_system = "ReFS", .usn_version = 3}, 1},
        {{.device = "\\Device\\HarddiskVolume7", .letter = "H:", .usn_version = 4}, 2},
        {{.device = "\\Device\\HarddiskVolume8", .letter = "I:", .empty_journal = true}, 2},
        {{.device = "\\Device\\HarddiskVolume9", .letter = "J:", .no_usn = true}, 2},
        {{.device = "\\Device\\HarddiskVolume11", .letter = "L:", .file_system = "fastfat"}, 2},
        {{.device = "\\Device\\HarddiskVolume10", .letter = "K:", .usn_room = 47}, 2},
        {{.device = "\\Device\\HarddiskVolume12", .letter = "M:", .usn_room = 48, .usn_version = 3}, 1},
    };

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, DENY_ABC);
        for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            char image[] = "X:\\a.exe";
            uint64_t before = status().files_hashed;

            image[0] = cases[i].volume.letter[0];
            sim_add_volume(&cases[i].volume);
            sim_add_file(image, "abc", 3);
            assert_int_equal(try_start(image, NULL), DENIED);
            assert_int_equal(try_start(image, NULL), DENIED);
            assert_int_equal(status().files_hashed - before, cases[i].hashed);
        }
        end();
    }
}

/* Where a journal was deleted and made anew, it counts from the beginning: a file can come to stand where it,
 * or another, stood before. */
static void a_journal_made_anew_is_another(void **state)
{
    struct sim_volume *volume;
    struct sim_file *file;

    (void)state;
    begin(DENY_ABC);
    volume =
        sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume5", .letter = "F:"});
    file = sim_add_file("F:\\a.exe", "abc", 3);
    sim_renew_journal(volume);
    sim_write_file(file, "abc", 3);
    assert_int_equal(try_start("F:\\a.exe", NULL), DENIED); /* closes the record, which is a second one */
    sim_renew_journal(volume);
    sim_write_file(file, "abd", 3);
    sim_write_file(file, "abd", 3);
    assert_int_equal(try_start("F:\\a.exe", NULL), STATUS_SUCCESS);
    end();
}

/* Once that has been found out, the storage stack need not answer again. */
static void a_file_is_identified_by_one_look_at_its_disk(void **state)
{
    struct sim_file *cmd;

    (void)state;
    begin(DENY_ABC);
    cmd = sim_add_file(CMD, "abc", 3);
    sim_while_read(cmd, lose_storage_requests);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    sim_fail_routine(NULL);
    assert_false(fact_is_claimed(next_start(), VG_FIELD_SHA256));
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(status().files_hashed, 1);
    end();
}

/* No start waits for that; the policy says what an unknown hash means. */
static void a_file_beyond_a_gigabyte_is_not_read(void **state)
{
    struct sim_file *huge;

    (void)state;
    begin(DENY_ABC);
    huge = sim_add_file(CMD, "abc", 3);
    sim_claim_size(huge, (1ull << 30) + 1);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(sim_file_reads(huge), 0);
    sim_claim_size(huge, 1ull << 30);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(huge), 3); /* all there is of it */
    end();
}

/* Two files without an id would be one to the cache. */
static void a_file_whose_id_cannot_be_read_is_read_every_time(void **state)
{
    (void)state;
    begin_on(&(struct sim_options){.windows = SIM_WINDOWS_7}, DENY_ABC);
    sim_add_file(CMD, "abc", 3);
    sim_refuse_file_class(FileInternalInformation, true);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(try_start(CMD, NULL), DENIED);
    sim_refuse_file_class(FileInternalInformation, false);
    assert_int_equal(status().files_hashed, 3);
    assert_int_equal(status().cache_hits, 0);
    end();
}

/* Its name leads to a file, but nothing shows that this is what was mapped. */
static void a_file_found_by_its_name_alone_is_not_hashed(void **state)
{
    const struct vg_event_start *event;
    struct sim_file *file;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: by its resource\n    when: { OriginalFileName: evil.exe }\n"
          "  - deny: abc\n    when: { SHA256: '" ABC "' }\n");
    file = sim_add_file(CMD, "abc", 3);
    assert_int_equal(
        try_options(&(struct sim_process_options){.image = CMD, .no_file = true, .subsystem = true}),
        STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_int_equal(sim_file_reads(file), 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journals_records_are_read_in_both_forms_and_no_other),
        cmocka_unit_test(a_journal_made_anew_is_another),
        cmocka_unit_test(a_file_is_identified_by_one_look_at_its_disk),
        cmocka_unit_test(a_file_whose_id_cannot_be_read_is_read_every_time),
        cmocka_unit_test(a_file_beyond_a_gigabyte_is_not_read),
        cmocka_unit_test(a_file_found_by_its_name_alone_is_not_hashed),
        cmocka_unit_test(a_hash_is_asked_for_only_when_a_rule_needs_it),
        cmocka_unit_test(a_file_is_read_once_until_it_changes),
        cmocka_unit_test(what_has_no_unforgeable_identity_is_read_every_time),
        cmocka_unit_test(a_disk_inside_the_machine_is_asked_once),
        cmocka_unit_test(a_volume_that_comes_in_the_place_of_another_is_asked_itself),
        cmocka_unit_test(no_device_is_kept_that_may_go),
        cmocka_unit_test(only_so_many_volumes_are_kept),
        cmocka_unit_test(the_disk_that_windows_runs_from_is_the_machines_own_whatever_it_is),
        cmocka_unit_test(a_file_that_cannot_be_read_has_an_unknown_hash),
        cmocka_unit_test(a_hash_that_could_not_be_had_is_not_looked_for_again_for_the_record),
        cmocka_unit_test(the_policy_says_what_an_unknown_hash_means),
        cmocka_unit_test(the_option_hashes_every_start),
        cmocka_unit_test(a_large_file_is_hashed_whole),
        cmocka_unit_test(on_a_drive_that_can_be_taken_away_a_file_is_read_every_time),
        cmocka_unit_test(an_allow_by_hash_needs_bytes_that_the_machine_itself_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
