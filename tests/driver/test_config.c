/* What the registry says, and what is made of it when it says nonsense. */
#include "scenario.h"

#define PARAMETERS SIM_SERVICE_KEY "\\Parameters"
#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "      \
    "'\\cmd.exe' }\n"
#define PATH "\\SystemRoot\\System32\\vigil.policy"

static void start_machine(void)
{
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
}

static void set_path(ULONG type, const void *data, ULONG size)
{
    sim_set_value(PARAMETERS, "PolicyPath", type, data, size);
}

/* Whether the policy named in the registry was found. */
static bool is_loaded(void)
{
    bool loaded;

    assert_int_equal(load(), STATUS_SUCCESS);
    loaded = status().rule_count == 1;
    end();
    return loaded;
}

static void a_path_is_read_with_and_without_its_zero(void **state)
{
    static const uint16_t path[] = u"" PATH "\0";

    (void)state;
    for (ULONG zeros = 0; zeros <= 2; zeros++) {
        start_machine();
        set_path(REG_SZ, path, (ULONG)((sizeof(u"" PATH) - 2) + zeros * 2));
        assert_true(is_loaded());
    }
}

static void a_path_of_another_type_is_none(void **state)
{
    (void)state;
    start_machine();
    set_path(REG_BINARY, u"" PATH, sizeof(u"" PATH));
    assert_false(is_loaded());
    start_machine();
    set_path(REG_DWORD, &(ULONG){1}, sizeof(ULONG));
    assert_false(is_loaded());
}

static void an_empty_path_is_none(void **state)
{
    (void)state;
    for (ULONG size = 0; size <= 4; size++) {
        start_machine();
        set_path(REG_SZ, "\0\0\0\0", size);
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_int_equal(status().policy_status, STATUS_NOT_FOUND);
        end();
    }
}

/* A name in the kernel is shorter than 64 KiB. */
static void a_path_longer_than_any_is_none(void **state)
{
    static uint16_t longest[70000 / 2], longer[140000 / 2];

    (void)state;
    for (size_t i = 0; i < sizeof(longer) / 2; i++)
        longer[i] = 'a';
    memcpy(longest, longer, sizeof(longest));
    start_machine();
    set_path(REG_SZ, longest, 65000);
    assert_false(is_loaded());
    start_machine();
    set_path(REG_SZ, longest, sizeof(longest));
    assert_false(is_loaded());
    start_machine();
    set_path(REG_SZ, longer, sizeof(longer));
    assert_false(is_loaded());
}

static void a_number_of_another_type_or_size_is_the_default(void **state)
{
    static const struct {
        ULONG type, size;
    } cases[] = {{REG_SZ, 4}, {REG_BINARY, 4}, {REG_DWORD, 2}, {REG_DWORD, 8}, {REG_DWORD, 0}};
    const uint64_t zero = 0;

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start_machine();
        sim_set_value(PARAMETERS, "AllowUnload", cases[i].type, &zero, cases[i].size);
        assert_int_equal(load(), STATUS_SUCCESS);
        assert_non_null(sim_driver_object()->DriverUnload);
        end();
    }
}

static void images_are_watched_when_the_registry_says_so(void **state)
{
    (void)state;
    start_machine();
    sim_set_parameter_dword("WatchImages", 1);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().options, VG_OPTION_WATCH_IMAGES);
    sim_load_image(&(struct sim_image_options){.name = "\\SystemRoot\\a.sys"});
    assert_int_equal(status().images, 1);
    end();
}

static void a_policy_file_that_is_empty_is_no_policy(void **state)
{
    (void)state;
    start_machine();
    sim_write_file(sim_find_file(POLICY_PATH), "", 0);
    assert_int_equal(load(), STATUS_SUCCESS);
    assert_int_equal(status().policy_status, STATUS_END_OF_FILE);
    assert_int_equal(status().enforcement, VG_MONITOR_NO_POLICY);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_read_with_and_without_its_zero),
        cmocka_unit_test(a_path_of_another_type_is_none),
        cmocka_unit_test(an_empty_path_is_none),
        cmocka_unit_test(a_path_longer_than_any_is_none),
        cmocka_unit_test(a_number_of_another_type_or_size_is_the_default),
        cmocka_unit_test(images_are_watched_when_the_registry_says_so),
        cmocka_unit_test(a_policy_file_that_is_empty_is_no_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
