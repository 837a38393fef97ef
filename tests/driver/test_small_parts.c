/* Small parts of the driver by themselves, at their bounds: the cache of hashes, SIDs, text, the registry's
 * numbers, spares. */
#include "../cmocka_all.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <driver/cache.h>
#include <driver/config.h>
#include <driver/optional.h>
#include <driver/sid.h>
#include <driver/spares.h>
#include <driver/unicode.h>
#include <driver/volumes.h>
#include <sim/sim.h>
#include <vigil/abi.h>

static int set_up(void **state)
{
    (void)state;
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_11});
    vg_optional_start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(sim_pool_blocks(), 0);
    sim_end();
    return 0;
}

/* One file, at so many places in its journal: these share what room there is. */
static struct vg_identity at_usn(int64_t usn)
{
    return (struct vg_identity){.volume_serial = 1, .journal_id = 2, .usn = usn, .file_id = {3}};
}

static void remember(int64_t usn, uint64_t field)
{
    struct vg_file_hashes hashes = {.known = VG_HASH_BIT(field)};
    struct vg_identity identity = at_usn(usn);

    vg_cache_add(&identity, &hashes);
}

static uint64_t remembered(int64_t usn)
{
    struct vg_file_hashes hashes = {.known = 0};
    struct vg_identity identity = at_usn(usn);

    return vg_cache_find(&identity, &hashes) ? hashes.known : 0;
}

static void what_was_used_least_recently_is_forgotten(void **state)
{
    (void)state;
    vg_cache_start();
    for (int64_t usn = 1; usn <= 4; usn++)
        remember(usn, VG_FIELD_SHA256);
    assert_true(remembered(1) && remembered(3) && remembered(4) && remembered(2));
    assert_true(remembered(1) != 0);
    remember(5, VG_FIELD_SHA256);
    assert_int_equal(remembered(3), 0);
    assert_true(remembered(1) && remembered(2) && remembered(4) && remembered(5));
    vg_cache_stop();
}

static void hashes_of_one_content_are_remembered_together(void **state)
{
    (void)state;
    vg_cache_start();
    for (int64_t usn = 1; usn <= 4; usn++)
        remember(usn, VG_FIELD_SHA256);
    remember(2, VG_FIELD_MD5);
    assert_int_equal(remembered(2), VG_HASH_BIT(VG_FIELD_SHA256) | VG_HASH_BIT(VG_FIELD_MD5));
    assert_true(remembered(1) && remembered(3) && remembered(4));
    vg_cache_stop();
}

/* Wherever the cache keeps it, and whatever stands beside it. */
static void what_was_never_remembered_is_not_found(void **state)
{
    struct vg_file_hashes hashes = {.known = 0};

    (void)state;
    vg_cache_start();
    for (uint16_t file = 0; file < 8192; file++) {
        struct vg_identity identity = {.volume_serial = 1, .journal_id = 2, .usn = 3};

        memcpy(identity.file_id, &file, sizeof(file));
        assert_false(vg_cache_find(&identity, &hashes));
    }
    assert_int_equal(hashes.known, 0);
    vg_cache_stop();
}

static void every_field_that_holds_digests_is_a_hash_and_no_other(void **state)
{
    uint64_t listed = 0;

    (void)state;
    for (unsigned i = 0; i < VG_HASH_COUNT; i++)
        listed |= VG_HASH_BIT(vg_hash_fields[i]);
    assert_int_equal(listed, VG_HASHES);
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        assert_int_equal((VG_HASHES & VG_HASH_BIT(field)) != 0,
                         vg_field_digest_size((enum vg_field)field) != 0);
}

static void a_sid_has_a_known_revision_and_so_many_parts_at_most(void **state)
{
    union {
        SID sid;
        uint8_t bytes[8 + 16 * 4];
    } given = {.sid = {.Revision = 1, .SubAuthorityCount = 15}};
    struct vg_sid copy = {.size = 0};

    (void)state;
    assert_true(vg_sid_copy(&copy, &given.sid));
    assert_int_equal(copy.size, 8 + 15 * 4);
    copy.size = 0;
    given.sid.SubAuthorityCount = 16;
    assert_false(vg_sid_copy(&copy, &given.sid));
    given.sid.SubAuthorityCount = 1;
    given.sid.Revision = 2;
    assert_false(vg_sid_copy(&copy, &given.sid));
    assert_int_equal(copy.size, 0);
}

static void the_longest_sid_is_written_whole(void **state)
{
    static const uint16_t most[] = u"S-1-281474976710655-4294967295-4294967295";
    union {
        SID sid;
        uint8_t bytes[8 + 2 * 4];
    } given;
    struct vg_sid copy = {.size = 0};
    uint16_t units[VG_SID_UNITS];

    (void)state;
    memset(&given, 0xFF, sizeof(given));
    assert_int_equal(vg_sid_text(&copy, units), 0);
    given.sid.Revision = 1;
    given.sid.SubAuthorityCount = 2;
    assert_true(vg_sid_copy(&copy, &given.sid));
    assert_int_equal(vg_sid_text(&copy, units), sizeof(most) / 2 - 1);
    assert_memory_equal(units, most, sizeof(most) - 2);
}

static void a_number_is_written_with_all_its_digits_and_no_more(void **state)
{
    static const uint64_t numbers[] = {0,
                                       1,
                                       9,
                                       10,
                                       11,
                                       99,
                                       100,
                                       101,
                                       109,
                                       110,
                                       999,
                                       1000,
                                       1001,
                                       9999,
                                       10000,
                                       65536,
                                       99999,
                                       100000,
                                       1u << 31,
                                       UINT32_MAX,
                                       4294967296u,
                                       9999999999u,
                                       10000000000u,
                                       999999999999999999u,
                                       1000000000000000000u,
                                       UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        uint16_t units[VG_DECIMAL_UNITS];
        char expected[VG_DECIMAL_UNITS + 1];
        uint32_t count = vg_decimal(numbers[i], units);

        assert_int_equal(snprintf(expected, sizeof(expected), "%" PRIu64, numbers[i]), count);
        for (uint32_t unit = 0; unit < count; unit++)
            assert_int_equal(units[unit], expected[unit]);
    }
}

static void a_text_starts_with_itself_and_with_nothing_longer(void **state)
{
    struct vg_span text = VG_LITERAL_SPAN(u"c:\\A");

    (void)state;
    assert_true(vg_text_starts_with_folded(text, VG_LITERAL_SPAN(u"C:\\a")));
    assert_true(vg_text_starts_with_folded(text, VG_LITERAL_SPAN(u"C:")));
    assert_false(vg_text_starts_with_folded(text, VG_LITERAL_SPAN(u"C:\\ab")));
    assert_false(vg_text_starts_with_folded(text, VG_LITERAL_SPAN(u"D:")));
}

/* No such text exists: the sizes alone are what it is about. */
static void texts_too_long_together_are_refused(void **state)
{
    struct vg_string joined = {0};
    struct vg_span half = {.bytes = NULL, .size = 0x80000000u};

    (void)state;
    assert_int_equal(vg_string_join(&joined, half, half), STATUS_INTEGER_OVERFLOW);
    assert_null(joined.units);
}

static uint32_t ring_size_of(uint32_t number)
{
    UNICODE_STRING path = VG_CONSTANT_STRING(u"" SIM_SERVICE_KEY);
    uint32_t size;

    sim_set_parameter_dword("EventRingSize", number);
    assert_int_equal(vg_config_start(&path), STATUS_SUCCESS);
    size = vg_config.ring_size;
    vg_config_stop();
    return size;
}

static uint32_t gather_time_of(uint32_t number)
{
    UNICODE_STRING path = VG_CONSTANT_STRING(u"" SIM_SERVICE_KEY);

    sim_set_parameter_dword("GatherTimeMs", number);
    assert_int_equal(vg_config_start(&path), STATUS_SUCCESS);
    vg_config_stop();
    return vg_config.gather_time_ms;
}

static void numbers_out_of_bounds_are_taken_for_the_bound(void **state)
{
    (void)state;
    assert_int_equal(ring_size_of(0), VG_RING_SIZE_MIN);
    assert_int_equal(ring_size_of(VG_RING_SIZE_MIN + 8), VG_RING_SIZE_MIN + 8);
    assert_int_equal(ring_size_of(VG_RING_SIZE_MIN + 15), VG_RING_SIZE_MIN + 8);
    assert_int_equal(ring_size_of(VG_RING_SIZE_MAX - 8), VG_RING_SIZE_MAX - 8);
    assert_int_equal(ring_size_of(UINT32_MAX), VG_RING_SIZE_MAX);
    assert_int_equal(gather_time_of(0), VG_GATHER_TIME_MIN);
    assert_int_equal(gather_time_of(VG_GATHER_TIME_MIN + 1), VG_GATHER_TIME_MIN + 1);
    assert_int_equal(gather_time_of(UINT32_MAX), VG_GATHER_TIME_MAX);
}

static bool stays_off_links_in_build(ULONG build)
{
    sim_end();
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004, .build = build});
    vg_optional_start();
    return vg_optional.dont_reparse != 0;
}

/* OBJ_DONT_REPARSE came with Windows 10 1607. */
static void what_came_with_a_build_is_used_from_that_build_on(void **state)
{
    (void)state;
    assert_false(stays_off_links_in_build(14392));
    assert_true(stays_off_links_in_build(14393));
    assert_true(stays_off_links_in_build(14394));
}

static uint32_t path_of_size(uint32_t size)
{
    static uint16_t letters[35000];
    UNICODE_STRING key = VG_CONSTANT_STRING(u"" SIM_SERVICE_KEY);
    uint32_t read;

    for (size_t i = 0; i < sizeof(letters) / 2; i++)
        letters[i] = 'a';
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "PolicyPath", REG_SZ, letters, size);
    assert_int_equal(vg_config_start(&key), STATUS_SUCCESS);
    read = vg_config.policy_path.size;
    vg_config_stop();
    return read;
}

static void a_value_longer_than_any_name_is_not_read(void **state)
{
    (void)state;
    assert_int_equal(path_of_size(3), 2);
    assert_int_equal(path_of_size(65540), 65540);
    assert_int_equal(path_of_size(65542), 0);
}

/* What follows the path of the service's key is part of a name too, which has 64 KiB at most. */
static void a_key_with_too_long_a_name_is_refused(void **state)
{
    static uint16_t units[UNICODE_STRING_MAX_BYTES / 2];
    UNICODE_STRING path = {.Buffer = (PWSTR)units};

    (void)state;
    for (size_t i = 0; i < sizeof(units) / 2; i++)
        units[i] = 'a';
    path.Length = path.MaximumLength = UNICODE_STRING_MAX_BYTES - sizeof(u"\\Parameters") + 2;
    assert_int_equal(vg_config_start(&path), STATUS_SUCCESS);
    vg_config_stop();
    path.Length = path.MaximumLength = (USHORT)(path.Length + 2);
    assert_int_equal(vg_config_start(&path), STATUS_NAME_TOO_LONG);
    assert_null(vg_config.key.units);
}

/* ---- volumes ---- */

/* As many as are remembered. */
#define VOLUMES 32

/* Two starts may find out about the same volume at once. */
static void a_volume_told_of_twice_takes_one_place(void **state)
{
    struct sim_volume *volumes[VOLUMES];
    char device[VOLUMES][32];

    (void)state;
    vg_volumes_start();
    for (unsigned i = 0; i < VOLUMES; i++) {
        (void)snprintf(device[i], sizeof(device[i]), "\\Device\\HarddiskVolume%u", 10 + i);
        volumes[i] = sim_add_volume(&(struct sim_volume_options){.device = device[i]});
        assert_false(vg_volumes_has(sim_volume_device(volumes[i])));
        vg_volumes_add(sim_volume_device(volumes[i]));
        vg_volumes_add(sim_volume_device(volumes[i]));
    }
    for (unsigned i = 0; i < VOLUMES; i++)
        assert_true(vg_volumes_has(sim_volume_device(volumes[i])));
    vg_volumes_stop();
    for (unsigned i = 0; i < VOLUMES; i++)
        assert_false(sim_volume_is_referenced(volumes[i]));
}

/* Windows knows no such device; a driver of somebody's own might make one. */
static void a_device_without_a_driver_is_not_remembered(void **state)
{
    struct sim_volume *volume =
        sim_add_volume(&(struct sim_volume_options){.device = "\\Device\\HarddiskVolume9"});

    (void)state;
    vg_volumes_start();
    sim_volume_device(volume)->DriverObject = NULL;
    vg_volumes_add(sim_volume_device(volume));
    assert_false(vg_volumes_has(sim_volume_device(volume)));
    vg_volumes_stop();
}

/* ---- spares ---- */

#define MANY (VG_SPARES_MAX + 4)

static void what_is_given_back_is_kept_up_to_a_bound_and_used_first(void **state)
{
    struct vg_spares spares;
    void *blocks[MANY];
    bool used = true;

    (void)state;
    vg_spares_start(&spares, 100, VG_TAG_SCRATCH);
    for (unsigned i = 0; i < MANY; i++) {
        blocks[i] = vg_spares_take(&spares, &used);
        assert_non_null(blocks[i]);
        assert_false(used);
        memset(blocks[i], (int)i, 100);
    }
    vg_spares_give(&spares, NULL); /* takes nobody's place */
    for (unsigned i = 0; i < MANY; i++)
        vg_spares_give(&spares, blocks[i]);
    assert_int_equal(sim_pool_blocks(), VG_SPARES_MAX);
    for (unsigned i = 0; i < VG_SPARES_MAX; i++) {
        blocks[i] = vg_spares_take(&spares, &used);
        assert_true(used);
        assert_int_equal(*(uint8_t *)blocks[i], i); /* as it was left */
    }
    assert_int_equal(sim_pool_blocks(), VG_SPARES_MAX);
    for (unsigned i = 0; i < VG_SPARES_MAX; i++)
        vg_spares_give(&spares, blocks[i]);
    vg_spares_stop(&spares);
    assert_int_equal(sim_pool_blocks(), 0);
}

#define SHARERS 4
#define TURNS   500000

static pthread_barrier_t all_here;

/* Takes and gives, and counts how often somebody else had the block too. */
static void *share(void *argument)
{
    struct vg_spares *spares = argument;
    uintptr_t shared = 0;

    pthread_barrier_wait(&all_here);
    for (unsigned turn = 0; turn < TURNS; turn++) {
        bool used = false;
        atomic_uint *block = vg_spares_take(spares, &used);

        if (!used)
            atomic_init(block, 0);
        shared += atomic_fetch_add(block, 1) != 0;
        shared += atomic_fetch_sub(block, 1) != 1;
        vg_spares_give(spares, block);
    }
    return (void *)shared;
}

static void a_block_is_one_users_at_a_time(void **state)
{
    struct vg_spares spares;
    pthread_t threads[SHARERS];

    (void)state;
    vg_spares_start(&spares, sizeof(atomic_uint), VG_TAG_SCRATCH);
    assert_int_equal(pthread_barrier_init(&all_here, NULL, SHARERS), 0);
    for (unsigned i = 0; i < SHARERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, share, &spares), 0);
    for (unsigned i = 0; i < SHARERS; i++) {
        void *shared = NULL;

        assert_int_equal(pthread_join(threads[i], &shared), 0);
        assert_null(shared);
    }
    pthread_barrier_destroy(&all_here);
    assert_true(sim_pool_blocks() <= SHARERS);
    vg_spares_stop(&spares);
    assert_int_equal(sim_pool_blocks(), 0);
}

static void without_memory_there_is_no_spare(void **state)
{
    struct vg_spares spares;
    bool used = true;

    (void)state;
    vg_spares_start(&spares, 100, VG_TAG_SCRATCH);
    sim_fail_nth(1);
    assert_null(vg_spares_take(&spares, &used));
    sim_fail_nth(0);
    assert_false(used);
    vg_spares_stop(&spares);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_used_least_recently_is_forgotten),
        TEST(hashes_of_one_content_are_remembered_together),
        TEST(what_was_never_remembered_is_not_found),
        TEST(every_field_that_holds_digests_is_a_hash_and_no_other),
        TEST(a_sid_has_a_known_revision_and_so_many_parts_at_most),
        TEST(the_longest_sid_is_written_whole),
        TEST(a_number_is_written_with_all_its_digits_and_no_more),
        TEST(a_text_starts_with_itself_and_with_nothing_longer),
        TEST(texts_too_long_together_are_refused),
        TEST(numbers_out_of_bounds_are_taken_for_the_bound),
        TEST(what_came_with_a_build_is_used_from_that_build_on),
        TEST(a_value_longer_than_any_name_is_not_read),
        TEST(a_key_with_too_long_a_name_is_refused),
        TEST(what_is_given_back_is_kept_up_to_a_bound_and_used_first),
        TEST(a_volume_told_of_twice_takes_one_place),
        TEST(a_device_without_a_driver_is_not_remembered),
        TEST(a_block_is_one_users_at_a_time),
        TEST(without_memory_there_is_no_spare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
