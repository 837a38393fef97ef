/* Which hashes stand in the record of a start, and as what. */
#include "scenario.h"

#define ABC_MD5  "900150983cd24fb0d6963f7d28e17f72"
#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define RULES    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"

/* Whatever it is remembered by. */
static void what_the_policy_names_is_in_the_record_beside_what_decided(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(RULES "  - deny: by imports\n    when: { IMPHASH: " ABC_MD5 " }\n"
                "  - deny: by SHA-1\n    when: { SHA1: " ABC_SHA1 " }\n"
                "  - deny: by MD5\n    when: { MD5: " ABC_MD5 " }\n");
    sim_add_file(CMD, "abc", 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(try_start(CMD, NULL), DENIED);
        event = next_start();
        assert_string_equal(rule_name(event), "by SHA-1");
        assert_string_equal(fact(event, VG_FIELD_MD5), ABC_MD5);
        assert_string_equal(fact(event, VG_FIELD_IMPHASH), "(absent)");
    }
    assert_int_equal(status().files_hashed, 1);
    end();
}

/* The disk could be asked whether it is one when the record is completed, and not when the rule was decided.
 */
static void a_hash_that_no_allow_could_rest_on_is_recorded_as_one(void **state)
{
    const struct vg_event_start *event;
    const char *fired;
    unsigned n = 0, denied = 0;
    NTSTATUS result;

    (void)state;
    do {
        begin("vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - allow: abc\n    when: { SHA1: " ABC_SHA1
              " }\n");
        sim_add_volume(&(struct sim_volume_options){
            .device = "\\Device\\HarddiskVolume5", .letter = "F:", .file_system = "fastfat"});
        sim_add_file("F:\\a.exe", "abc", 3);
        sim_fail_nth(++n);
        result = try_start("F:\\a.exe", NULL);
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (fired != NULL && strcmp(fired, "IoBuildDeviceIoControlRequest") == 0 && result == DENIED) {
            denied++;
            event = next_start();
            assert_true(fact_is_claimed(event, VG_FIELD_SHA1) ||
                        strcmp(fact(event, VG_FIELD_SHA1), "(unknown)") == 0);
        }
        end();
    } while (fired != NULL && n < 500);
    assert_int_not_equal(denied, 0);
}

/* All or none, as docs/failures.md says. */
static void a_reading_that_one_digest_is_missing_from_establishes_none(void **state)
{
    const struct vg_event_start *event;
    const char *fired;
    unsigned n = 0, refused = 0;

    (void)state;
    do {
        begin(RULES "  - deny: by MD5\n    when: { MD5: " ABC_MD5 " }\n"
                    "  - deny: by SHA-1\n    when: { SHA1: " ABC_SHA1 " }\n");
        sim_add_file(CMD, "abd", 3);
        sim_fail_nth(++n);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (fired != NULL && strcmp(fired, "BCryptCreateHash") == 0) {
            refused++;
            event = next_start();
            assert_string_equal(fact(event, VG_FIELD_MD5), "(unknown)");
            assert_string_equal(fact(event, VG_FIELD_SHA1), "(unknown)");
            assert_int_equal(status().files_hashed, 0);
        }
        end();
    } while (fired != NULL && n < 500);
    assert_int_equal(refused, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_policy_names_is_in_the_record_beside_what_decided),
        cmocka_unit_test(a_hash_that_no_allow_could_rest_on_is_recorded_as_one),
        cmocka_unit_test(a_reading_that_one_digest_is_missing_from_establishes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
