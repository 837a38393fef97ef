/* What the driver does in each failure is what src/driver/failures.h says, and what docs/failures.md is made
 * of: every call that can fail does, once, and what comes of it stands there; and what stands there does come
 * of it. */
#include "scenario.h"

#include "../image/rich_pe.h"

#include <driver/failures.h>
#include <stdio.h>
#include <stdlib.h>

#define ABC  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ABC2 "900150983cd24fb0d6963f7d28e17f72"
#define HEAD "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"
#define RULES                                                                                                \
    "  - audit: by what it says of itself\n    when: { OriginalFileName: 'x.exe' }\n"                        \
    "  - deny: abc\n    when: { SHA256: '" ABC "' }\n"                                                       \
    "  - deny: abc again\n    when: { SHA1: '" ABC1 "' }\n"                                                  \
    "  - deny: other kinds\n    when: [{ IMPHASH: '" ABC2 "' }, { AuthentiHash: '" ABC "' }]\n"              \
    "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n"
#define POLICY HEAD RULES

#define SWEEP_MAX 3000u

/* One row of the table, and what has come of it. */
struct row {
    enum vg_failure_while during;
    const char *what;
    unsigned effects;
    unsigned seen;
};

static struct row rows[] = {
#define ROW(during, what, effects, words) {VG_FAILURE_##during, what, effects, 0},
    VG_FAILURES(ROW)
#undef ROW
};

static const char *const while_names[] = {"LOAD", "START", "RECORD", "REQUEST"};

static void saw(enum vg_failure_while during, const char *what, unsigned effect)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].during == during && strcmp(rows[i].what, what) == 0) {
            rows[i].seen |= effect;
            if (rows[i].effects & effect)
                return;
        }
    if (getenv("VIGIL_SHOW_FAILURES")) {
        printf("%s %s 0x%x\n", while_names[during], what, effect);
        return;
    }
    fail_msg("while %s: a failure of %s had the effect 0x%x, of which src/driver/failures.h says nothing",
             while_names[during], what, effect);
}

/* ---- loading ---- */

static unsigned effect_on_load(NTSTATUS loaded)
{
    struct vg_abi_status now;

    if (!NT_SUCCESS(loaded))
        return VG_FAILS;
    now = status();
    if (now.registered_with == 0)
        return VG_DECIDES_NOTHING;
    if (now.rule_count == 0)
        return VG_NO_POLICY;
    if (now.enforcement == VG_MONITOR_BOOT_FAILED)
        return VG_ONLY_WATCHES;
    return sim_registered_routines() < 2 ? VG_SEES_NO_IMAGES : VG_NOTHING_SEEN;
}

static void a_load_fails_as_the_table_says(void **state)
{
    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        unsigned n;

        for (n = 1; n < SWEEP_MAX; n++) {
            const char *fired;
            NTSTATUS loaded;

            machine(&(struct sim_options){.windows = (enum sim_windows)windows});
            sim_set_parameter_dword("WatchImages", 1);
            sim_set_parameter_dword("BootPending", 0);
            policy_file(POLICY);
            sim_fail_nth(n);
            loaded = load();
            fired = sim_fail_fired();
            sim_fail_nth(0);
            if (fired)
                saw(VG_FAILURE_LOAD, fired, effect_on_load(loaded));
            end();
            if (!fired)
                break;
        }
        assert_in_range(n, 20, SWEEP_MAX - 1);
    }
}

/* ---- starts ---- */

/* What starts has all that can be read of a file. */
static struct rich_pe pe;

/* Bit per field: known for sure in this event. */
static uint64_t known_facts(const struct vg_event_start *event)
{
    uint64_t known = 0;

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        const char *value = fact(event, (enum vg_field)field);

        if ((strcmp(value, "(absent)") == 0 || value[0] != '(') &&
            !fact_is_claimed(event, (enum vg_field)field))
            known |= 1ull << field;
    }
    return known;
}

/* A start of a file that nobody knows yet, with the nth call failing. What it should have known is `*known`
 * after the first start, in which nothing fails. */
static const char *play_with_failure(unsigned n, uint64_t *known, unsigned *effect)
{
    char image[64];
    struct vg_abi_status before = status();
    const struct vg_event_start *event;
    const char *fired;
    NTSTATUS result;

    snprintf(image, sizeof(image), "C:\\Windows\\a%u.exe", n);
    sim_add_file(image, pe.bytes, pe.size);
    fired = start_with_failure(n, image, &result);
    if (status().events_dropped != before.events_dropped) {
        *effect = VG_EVENT_LOST_AND_COUNTED;
        return fired;
    }
    event = next_start();
    if (n == 0)
        *known = known_facts(event);
    if (event->reason == VG_REASON_FAILURE)
        *effect = VG_ALLOWED_AND_SAID;
    else
        *effect = *known & ~known_facts(event) ? VG_FACTS_UNKNOWN : VG_NOTHING_SEEN;
    return fired;
}

static void a_start_fails_as_the_table_says(void **state)
{
    (void)state;
    rich_build(&pe, true);
    pe.size -= 3; /* so that the AuthentiHash is fed padding too */
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        uint64_t known = 0;
        unsigned effect, n;

        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, POLICY);
        (void)play_with_failure(0, &known, &effect);
        for (n = 1; n < SWEEP_MAX; n++) {
            const char *fired = play_with_failure(n, &known, &effect);

            if (!fired)
                break;
            saw(VG_FAILURE_START, fired, effect);
        }
        assert_in_range(n, 15, SWEEP_MAX - 1);
        end();
    }
}

static void fail_first_starts(const char *policy)
{
    uint64_t known = 0;
    unsigned n;

    for (n = 0; n < SWEEP_MAX; n++) {
        const char *fired;
        unsigned effect;

        begin(policy);
        fired = play_with_failure(n, &known, &effect);
        end();
        if (n != 0 && !fired)
            break;
        if (fired)
            saw(VG_FAILURE_START, fired, effect);
    }
    assert_in_range(n, 15, SWEEP_MAX - 1);
}

/* What a start needs only as long as it lasts is kept from the first one on, and so is what a volume is: the
 * first one alone asks for them. A hash makes do with the second answer about the disk, Drive does not. */
static void the_first_start_fails_as_the_table_says(void **state)
{
    (void)state;
    rich_build(&pe, true);
    fail_first_starts(HEAD ASK_FOR_DRIVE RULES);
    fail_first_starts(POLICY);
}

/* ---- ends and images, which are only recorded ---- */

static void records_of_ends_and_images_fail_as_the_table_says(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_WATCH_IMAGES, VG_OPTION_WATCH_IMAGES};
    unsigned n;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    for (n = 1; n < SWEEP_MAX; n++) {
        PEPROCESS process = start(CMD);
        struct vg_abi_status before = status();
        const char *fired;

        sim_fail_nth(n);
        sim_load_image(&(struct sim_image_options){.name = "\\SystemRoot\\a.dll", .process = process});
        sim_exit_process(process, 0);
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (!fired)
            break;
        saw(VG_FAILURE_RECORD, fired,
            status().events_dropped != before.events_dropped ? VG_EVENT_LOST_AND_COUNTED : VG_NOTHING_SEEN);
    }
    assert_in_range(n, 2, SWEEP_MAX - 1);
    end();
}

/* ---- requests ---- */

static void requests_fail_as_the_table_says(void **state)
{
    struct blob blob = compile(POLICY);
    unsigned n;

    (void)state;
    begin(POLICY);
    for (n = 1; n < SWEEP_MAX; n++) {
        struct sim_handle *handle = NULL;
        uint64_t generation = status().policy_generation;
        struct vg_abi_load_reply reply;
        NTSTATUS result;
        const char *fired;

        sim_fail_nth(n);
        result = sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &handle);
        if (NT_SUCCESS(result)) {
            result = sim_ioctl(handle, VG_IOCTL_LOAD_POLICY, blob.bytes, (ULONG)blob.size, &reply,
                               sizeof(reply), NULL);
            assert_int_equal(NT_SUCCESS(result), status().policy_generation == generation + 1);
            if (NT_SUCCESS(result))
                result = sim_ioctl(handle, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL);
            sim_close(handle);
        }
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (!fired)
            break;
        saw(VG_FAILURE_REQUEST, fired, NT_SUCCESS(result) ? VG_NOTHING_SEEN : VG_FAILS);
    }
    assert_in_range(n, 5, SWEEP_MAX - 1);
    free(blob.bytes);
    end();
}

static void everything_in_the_table_comes_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].seen != rows[i].effects)
            fail_msg("while %s: failures of %s have the effects 0x%x, but src/driver/failures.h says 0x%x",
                     while_names[rows[i].during], rows[i].what, rows[i].seen, rows[i].effects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_fails_as_the_table_says),
        cmocka_unit_test(a_start_fails_as_the_table_says),
        cmocka_unit_test(the_first_start_fails_as_the_table_says),
        cmocka_unit_test(records_of_ends_and_images_fail_as_the_table_says),
        cmocka_unit_test(requests_fail_as_the_table_says),
        cmocka_unit_test(everything_in_the_table_comes_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
