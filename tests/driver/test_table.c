/* The driver's table of processes by itself: what identifies one, and how much of the past it keeps. */
#include "../cmocka_all.h"

#include <string.h>

#include <driver/counters.h>
#include <driver/optional.h>
#include <driver/process.h>
#include <sim/sim.h>

/* What the table keeps of processes that have exited. */
#define KEPT_COUNT 2048u
#define KEPT_TEXT  (8u * 1024u * 1024u)
#define SECOND     10000000u

static int set_up(void **state)
{
    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_11});
    vg_optional_start();
    memset(&vg_counters, 0, sizeof(vg_counters));
    vg_processes_start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vg_processes_stop();
    sim_end();
    return 0;
}

/* A process in the table whose image's name has so many bytes. The caller's to release. */
static struct vg_process *publish(uint32_t id, uint64_t create_time, uint32_t size)
{
    static const uint16_t text[512 * 1024];
    struct vg_process *process = vg_process_new(id, create_time);
    struct vg_kept image = {.state = VG_FACT_KNOWN};
    struct vg_kept command_line = {.state = VG_FACT_ABSENT};

    assert_non_null(process);
    assert_int_equal(vg_string_copy(&image.text, (struct vg_span){text, size}), STATUS_SUCCESS);
    vg_process_publish(process, &image, &command_line);
    return process;
}

static void publish_and_exit(uint32_t id, uint64_t create_time, uint32_t size)
{
    struct vg_process *process = publish(id, create_time, size);

    assert_false(vg_process_exited(process));
    vg_process_release(process);
}

static bool is_known(uint32_t id, uint64_t create_time)
{
    struct vg_process *process = vg_process_find(id, create_time);

    vg_process_release(process);
    return process != NULL;
}

static void a_guid_is_the_boot_the_id_and_the_time(void **state)
{
    struct vg_process *one = vg_process_new(0x11223344, 0x1020304050607080);
    struct vg_process *other = vg_process_new(8, 9);
    static const uint8_t expected[] = {0x44, 0x33, 0x22, 0x11, 0x80, 0x70,
                                       0x60, 0x50, 0x40, 0x30, 0x20, 0x10};
    const uint8_t none[4] = {0};

    (void)state;
    assert_memory_equal(one->guid.bytes + 4, expected, sizeof(expected));
    assert_memory_equal(one->guid.bytes, other->guid.bytes, 4);
    assert_memory_not_equal(one->guid.bytes, none, 4);
    vg_process_release(one);
    vg_process_release(other);
}

static void a_guid_is_the_same_after_the_driver_was_loaded_again(void **state)
{
    struct vg_process *before = vg_process_new(8, 9);
    struct vg_process *after;

    (void)state;
    vg_processes_stop();
    sim_advance_ms(1000);
    vg_processes_start();
    after = vg_process_new(8, 9);
    assert_memory_equal(before->guid.bytes, after->guid.bytes, sizeof(after->guid.bytes));
    vg_process_release(before);
    vg_process_release(after);
}

static void the_newest_of_an_id_is_found_and_any_by_its_time(void **state)
{
    (void)state;
    publish_and_exit(8, 1000, 2);
    publish_and_exit(8, 2000, 2);
    publish_and_exit(8, 1500, 2);
    assert_true(is_known(8, 1000));
    assert_true(is_known(8, 2000));
    assert_false(is_known(8, 1001));
    assert_false(is_known(12, 0));

    struct vg_process *newest = vg_process_find(8, 0);

    assert_int_equal(newest->create_time, 2000);
    vg_process_release(newest);
}

static void so_many_that_exited_are_kept_and_the_oldest_goes_first(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= KEPT_COUNT; i++)
        publish_and_exit(4 * i, i, 2);
    assert_true(is_known(4, 1));
    publish_and_exit(4 * (KEPT_COUNT + 1), KEPT_COUNT + 1, 2);
    assert_false(is_known(4, 1));
    assert_true(is_known(8, 2));
}

static void so_much_text_of_those_that_exited_is_kept(void **state)
{
    const uint32_t size = KEPT_TEXT / 8;

    (void)state;
    for (uint32_t i = 1; i <= 8; i++)
        publish_and_exit(4 * i, i, size);
    assert_true(is_known(4, 1));
    publish_and_exit(36, 9, 2);
    assert_false(is_known(4, 1));
    assert_true(is_known(8, 2));
}

static void a_live_process_is_kept_whatever_exits(void **state)
{
    struct vg_process *live = publish(4, 1, 2);

    (void)state;
    for (uint32_t i = 2; i < 2 * KEPT_COUNT; i++)
        publish_and_exit(4 * i, i, 2);
    assert_true(is_known(4, 1));
    assert_int_equal(vg_processes_check(), 1);
    vg_process_release(live);
}

static void an_id_given_away_again_ends_the_older_process(void **state)
{
    struct vg_process *older = publish(4, 1, 2);
    struct vg_process *newer = publish(4, 2, 2);

    (void)state;
    assert_int_equal(vg_processes_check(), 1);
    assert_true(is_known(4, 1));
    vg_process_release(older);
    vg_process_release(newer);
}

/* A denied process of that age: whether its exit is still taken for the end of a start that was none. */
static bool exit_at_age(uint32_t id, uint64_t age)
{
    LARGE_INTEGER now;
    struct vg_process *process;
    bool none;

    KeQuerySystemTime(&now);
    process = publish(id, (uint64_t)now.QuadPart - age, 2);
    process->denied = true;
    none = vg_process_exited(process);
    vg_process_release(process);
    return none;
}

static void a_denied_process_that_lives_on_was_let_run(void **state)
{
    (void)state;
    assert_true(exit_at_age(4, 0));
    assert_true(exit_at_age(8, 9 * SECOND));
    assert_int_equal(vg_counters.undone, 0);
    assert_false(exit_at_age(12, 11 * SECOND));
    assert_int_equal(vg_counters.undone, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_guid_is_the_boot_the_id_and_the_time),
        TEST(a_guid_is_the_same_after_the_driver_was_loaded_again),
        TEST(the_newest_of_an_id_is_found_and_any_by_its_time),
        TEST(so_many_that_exited_are_kept_and_the_oldest_goes_first),
        TEST(so_much_text_of_those_that_exited_is_kept),
        TEST(a_live_process_is_kept_whatever_exits),
        TEST(an_id_given_away_again_ends_the_older_process),
        TEST(a_denied_process_that_lives_on_was_let_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
