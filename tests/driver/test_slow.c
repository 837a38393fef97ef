/* Files that take their time: how long a start may wait for its facts, and what becomes of the rest. */
#include "scenario.h"

#define HASH_ASKED                                                                                           \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"                                                      \
    "  - deny: abc\n    when: { SHA256: "                                                                    \
    "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n"

/* Many reads long: CNG is fed in pieces of 64 KiB. */
#define SIZE (4u * 1024u * 1024u)
static unsigned char content[SIZE];

static struct sim_file *file(void (*while_read)(void))
{
    struct sim_file *made = sim_add_file(CMD, content, sizeof(content));

    sim_while_read(made, while_read);
    return made;
}

static void a_second_passes(void)
{
    sim_advance_ms(1000);
}

static void hardly_any_time_passes(void)
{
    sim_advance_ms(1);
}

static void the_creator_is_ended(void)
{
    sim_advance_ms(100);
    sim_end_creating_thread();
}

static void somebody_stops_the_driver(void)
{
    sim_advance_ms(100);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
}

static void a_slow_file_holds_its_creator_five_seconds_and_no_longer(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin(HASH_ASKED);
    slow = file(a_second_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(slow), 5 * 64 * 1024);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_true(event->unknown_fields == (uint64_t)1 << VG_FIELD_SHA256);
    assert_int_equal(event->cut_short, VG_CUT_TIME);
    assert_int_equal(status().cut_short, 1);
    end();
}

static void what_has_had_its_time_is_not_opened_again_for_another_fact(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;
    unsigned opens;

    (void)state;
    begin(HASH_ASKED "  - deny: by its resource\n    when: { OriginalFileName: evil.exe }\n");
    slow = file(hardly_any_time_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    opens = sim_file_opens(slow);
    sim_write_file(slow, content, sizeof(content));
    sim_while_read(slow, a_second_passes);
    next_start();
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->cut_short, VG_CUT_TIME);
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_int_equal(sim_file_opens(slow) - opens, opens - 1);
    end();
}

static void a_file_that_is_read_in_time_is_read_whole(void **state)
{
    const struct vg_event_start *event;

    (void)state;
    begin(HASH_ASKED);
    file(hardly_any_time_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_not_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(event->cut_short, VG_CUT_NONE);
    assert_int_equal(status().cut_short, 0);
    end();
}

static void the_policy_says_what_a_file_that_is_too_slow_means(void **state)
{
    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nunknown: match\nrules:\n"
          "  - deny: abc\n    when: { SHA256: "
          "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n");
    file(a_second_passes);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void the_time_is_the_administrators_to_choose(void **state)
{
    struct sim_file *slow;

    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    sim_set_parameter_dword("GatherTimeMs", 2000);
    policy_file(HASH_ASKED);
    assert_int_equal(load(), STATUS_SUCCESS);
    slow = file(a_second_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(slow), 2 * 64 * 1024);
    end();
}

/* Nobody turns the reading of files off, or makes it endless, by a mistyped value. */
static void a_time_out_of_bounds_is_the_nearest_that_is_not(void **state)
{
    static const struct {
        ULONG value;
        unsigned reads;
    } cases[] = {{0, 1}, {UINT32_MAX, 60}};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct sim_file *slow;

        machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
        sim_set_parameter_dword("GatherTimeMs", cases[i].value);
        policy_file(HASH_ASKED);
        assert_int_equal(load(), STATUS_SUCCESS);
        slow = file(a_second_passes);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
        assert_int_equal(sim_file_reads(slow), cases[i].reads * 64 * 1024);
        end();
    }
}

static void what_is_asked_for_after_the_time_was_up_is_not_begun(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin(HASH_ASKED "  - deny: by its resource\n    when: { OriginalFileName: evil.exe }\n");
    slow = file(a_second_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_ORIGINAL_FILE_NAME), "(unknown)");
    assert_int_equal(sim_file_reads(slow), 5 * 64 * 1024);
    assert_int_equal(status().cut_short, 1);
    end();
}

/* What the version resource has used is not there for the hash. */
static void one_start_has_one_time_for_all_its_facts(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrules:\n"
          "  - deny: by its resource\n    when: { OriginalFileName: evil.exe }\n"
          "  - deny: abc\n    when: { SHA256: "
          "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }\n");
    slow = sim_add_file(CMD, content, sizeof(content));
    sim_while_read(slow, a_second_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_true(sim_file_reads(slow) <= 5 * 64 * 1024);
    end();
}

static void a_hash_only_for_the_record_has_no_more_time_either(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin("vigil: 1\nmode: enforce\ndefault: allow\nrecord-hashes: true\nrules: []\n");
    slow = file(a_second_passes);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(event->cut_short, VG_CUT_TIME);
    assert_int_equal(sim_file_reads(slow), 5 * 64 * 1024);
    end();
}

/* It gets half a second, so that ending one's own thread is no way around a rule on hashes. */
static void a_creator_that_is_being_ended_is_soon_let_go(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin(HASH_ASKED);
    slow = file(the_creator_is_ended);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->cut_short, VG_CUT_CREATOR);
    assert_string_equal(fact(event, VG_FIELD_SHA256), "(unknown)");
    assert_int_equal(sim_file_reads(slow), 5 * 64 * 1024);
    end();
}

static void a_creator_that_is_being_ended_gets_no_fast_file_past_a_rule(void **state)
{
    (void)state;
    begin(HASH_ASKED);
    sim_while_read(sim_add_file(CMD, "abc", 3), the_creator_is_ended);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    end();
}

static void a_driver_that_is_being_stopped_lets_everybody_go_soon(void **state)
{
    struct sim_file *slow;
    const struct vg_event_start *event;

    (void)state;
    begin(HASH_ASKED);
    slow = file(somebody_stops_the_driver);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_file_reads(slow), 5 * 64 * 1024);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_RESUME, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    event = next_start();
    assert_int_equal(event->cut_short, VG_CUT_STOPPING);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_file_holds_its_creator_five_seconds_and_no_longer),
        cmocka_unit_test(what_has_had_its_time_is_not_opened_again_for_another_fact),
        cmocka_unit_test(a_file_that_is_read_in_time_is_read_whole),
        cmocka_unit_test(the_policy_says_what_a_file_that_is_too_slow_means),
        cmocka_unit_test(the_time_is_the_administrators_to_choose),
        cmocka_unit_test(a_time_out_of_bounds_is_the_nearest_that_is_not),
        cmocka_unit_test(what_is_asked_for_after_the_time_was_up_is_not_begun),
        cmocka_unit_test(one_start_has_one_time_for_all_its_facts),
        cmocka_unit_test(a_hash_only_for_the_record_has_no_more_time_either),
        cmocka_unit_test(a_creator_that_is_being_ended_is_soon_let_go),
        cmocka_unit_test(a_creator_that_is_being_ended_gets_no_fast_file_past_a_rule),
        cmocka_unit_test(a_driver_that_is_being_stopped_lets_everybody_go_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
