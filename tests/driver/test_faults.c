/* Every call that can fail does, once, during a load and during starts: nothing leaks (the sim would say so
 * at the unload), and what comes out is what the documentation says. */
#include "scenario.h"

#include "../image/rich_pe.h"

#include <stdio.h>
#include <stdlib.h>

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define POLICY                                                                                               \
    "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n"                                                       \
    "  - deny: abc\n    when: { SHA256: '" ABC "' }\n"                                                       \
    "  - allow: Windows\n    when: { Image|under: '%WINDIR%' }\n"

#define SWEEP_MAX 2000u

static void a_load_survives_every_failure(void **state)
{
    unsigned refused = 0, n;

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        for (n = 1; n < SWEEP_MAX; n++) {
            NTSTATUS loaded;
            const char *fired;
            machine(&(struct sim_options){.windows = (enum sim_windows)windows});
            sim_set_parameter_dword("WatchImages", 1);
            policy_file(POLICY);
            sim_fail_nth(n);
            loaded = load();
            fired = sim_fail_fired();
            sim_fail_nth(0);
            if (NT_SUCCESS(loaded)) {
                /* Whatever failed, it watches, and it denies nothing that it cannot decide. */
                assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
                assert_true(status().registered_with != 0 || !NT_SUCCESS(status().registration_status));
                end();
            } else {
                refused++;
                end();
            }
            if (!fired)
                break;
        }
        assert_in_range(n, 20, SWEEP_MAX - 1);
    }
    assert_true(refused > 0);
}

/* What a start needs only as long as it lasts is kept from the first start on: so every call after this one
 * is the nth of its start as long as n stays the same. (What the first one asks for: test_failures.c.) */
static void warm_up(void)
{
    (void)try_start(NOTEPAD, NULL);
    (void)next_start();
}

static bool is_known(const void *event, enum vg_field field)
{
    return fact(event, field)[0] != '(';
}

static void a_start_survives_every_failure_with_a_verdict_that_its_record_explains(void **state)
{
    unsigned n;

    (void)state;
    for (int windows = 0; windows < SIM_WINDOWS_COUNT; windows++) {
        begin_on(&(struct sim_options){.windows = (enum sim_windows)windows}, POLICY);
        warm_up();
        for (n = 1; n < SWEEP_MAX; n++) {
            char image[64];
            const struct vg_event_start *event;
            struct vg_abi_status before = status(), after;
            NTSTATUS result;
            const char *fired;

            snprintf(image, sizeof(image), "C:\\Windows\\a%u.exe",
                     n); /* a new file, so that no hash is known */
            sim_add_file(image, "abd", 3);
            fired = start_with_failure(n, image, &result);
            after = status();
            assert_int_equal(after.starts, before.starts + 1);
            if (after.events_dropped != before.events_dropped) {
                event = NULL; /* no memory for the record: said by the counter and the gap in the sequence */
            } else {
                event = next_start();
                assert_int_equal(event->enforced, !NT_SUCCESS(result));
                /* It is denied only because no rule could allow it: its image was not known for sure. */
                if (!NT_SUCCESS(result))
                    assert_true(event->reason == VG_REASON_DEFAULT &&
                                (!is_known(event, VG_FIELD_IMAGE) || fact_is_claimed(event, VG_FIELD_IMAGE)));
                if (event->reason != VG_REASON_FAILURE && !is_known(event, VG_FIELD_SHA256) &&
                    NT_SUCCESS(result))
                    assert_true(event->unknown_fields & 1ull << VG_FIELD_SHA256);
            }
            if (!fired)
                break;
        }
        assert_in_range(n, 15, SWEEP_MAX - 1);
        end();
    }
}

/* Without its command line nothing is decided, but what can be known is recorded, and kept for its children.
 */
static void a_start_that_cannot_be_decided_is_recorded_with_all_that_can_be_known_of_it(void **state)
{
    const struct vg_event_start *event = NULL;
    PEPROCESS process = NULL;

    (void)state;
    begin(POLICY);
    warm_up();
    for (unsigned n = 1; n < SWEEP_MAX && (event == NULL || event->reason != VG_REASON_FAILURE); n++) {
        uint64_t dropped = status().events_dropped;

        if (process != NULL)
            sim_exit_process(process, 0);
        sim_fail_nth(n);
        process = start(NOTEPAD);
        sim_fail_nth(0);
        event = status().events_dropped == dropped ? next_start() : NULL;
    }
    assert_true(event != NULL && event->reason == VG_REASON_FAILURE);
    assert_string_equal(fact(event, VG_FIELD_COMMAND_LINE), "(unknown)");
    assert_string_equal(fact(event, VG_FIELD_IMAGE), NOTEPAD);
    assert_true(is_known(event, VG_FIELD_PARENT_IMAGE));
    assert_true(is_known(event, VG_FIELD_USER));
    assert_int_equal(try_options(&(struct sim_process_options){.image = CMD, .creator = process}),
                     STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_PARENT_IMAGE), NOTEPAD);
    sim_exit_process(process, 0);
    end();
}

/* How many starts an allowed hash let pass, with the nth call failing. */
static unsigned allowed_by_a_hash_that_is_recorded(void)
{
    unsigned n = 0, allowed = 0;
    const char *fired;

    do {
        uint64_t dropped = status().events_dropped;
        const struct vg_event_start *event;
        char image[64];
        NTSTATUS result;

        snprintf(image, sizeof(image), "C:\\Windows\\c%u.exe", ++n);
        sim_add_file(image, "abc", 3);
        fired = start_with_failure(n, image, &result);
        event = status().events_dropped == dropped ? next_start() : NULL;
        if (event != NULL && event->reason == VG_REASON_RULE) {
            assert_string_equal(fact(event, VG_FIELD_SHA256), ABC);
            assert_false(fact_is_claimed(event, VG_FIELD_SHA256));
            allowed++;
        }
    } while (fired != NULL);
    return allowed;
}

static void what_a_start_was_allowed_by_stands_in_its_record_whatever_fails_afterwards(void **state)
{
    static const char *const options[] = {"", "record-hashes: true\n"};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        char policy[256];

        snprintf(policy, sizeof(policy),
                 "vigil: 1\nmode: enforce\ndefault: deny\n%srules:\n"
                 "  - allow: abc\n    when: { SHA256: '" ABC "' }\n",
                 options[i]);
        begin(policy);
        assert_true(allowed_by_a_hash_that_is_recorded() > 5);
        end();
    }
}

static void a_bad_file_is_never_allowed_by_a_failure_that_the_record_hides(void **state)
{
    unsigned n, allowed = 0;

    (void)state;
    begin(POLICY);
    warm_up();
    for (n = 1; n < SWEEP_MAX; n++) {
        char image[64];
        struct vg_abi_status before = status(), after;
        NTSTATUS result;
        const char *fired;

        snprintf(image, sizeof(image), "C:\\Windows\\b%u.exe", n);
        sim_add_file(image, "abc", 3);
        fired = start_with_failure(n, image, &result);
        after = status();
        if (NT_SUCCESS(result)) {
            allowed++;
            if (after.events_dropped == before.events_dropped) {
                const struct vg_event_start *event = next_start();
                assert_true(event->reason == VG_REASON_FAILURE ||
                            (event->unknown_fields & 1ull << VG_FIELD_SHA256) != 0);
            }
        } else if (after.events_dropped == before.events_dropped) {
            next_start();
        }
        if (!fired) {
            assert_int_equal(result, DENIED);
            break;
        }
    }
    assert_in_range(n, 15, SWEEP_MAX - 1);
    assert_true(allowed > 0 && allowed < n - 1);
    end();
}

/* Hashes of rich_build's program, as `vigil hash` prints them (tests/cli/cases/hash.case). */
static const struct {
    enum vg_field field;
    const char *digits;
} rich_hashes[] = {
    {VG_FIELD_SHA256, "ee2d0683a861e78b80885538f2e9c8e7cf91ba5ab480f494c94659f30ec7209b"},
    {VG_FIELD_SHA1, "9c35f8edd3db619c6f58df9d54508977e8512263"},
    {VG_FIELD_MD5, "b2598023686e3a959401c9e7c3e107f5"},
    {VG_FIELD_IMPHASH, "ab96a73dcb94f7598ddd10787e35445c"},
    {VG_FIELD_AUTHENTIHASH, "b3e67eb96b7f5513f90a026bf0b5b6be633e795856c6db0d51396f9dcd99774a"},
};

#define RICH_HASHES (sizeof(rich_hashes) / sizeof(*rich_hashes))

/* One rule of that kind decides; the other rules have all kinds computed with it. */
static void begin_with_kind(unsigned kind)
{
    char policy[1200];
    int size = snprintf(policy, sizeof(policy), "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n");

    for (unsigned i = 0; i < RICH_HASHES; i++) {
        char digits[65];

        snprintf(digits, sizeof(digits), "%s", rich_hashes[i].digits);
        if (i != kind)
            digits[0] = digits[0] == '1' ? '2' : '1';
        size +=
            snprintf(policy + size, sizeof(policy) - (size_t)size, "  - deny: %u\n    when: { %s: '%s' }\n",
                     i, vg_field_name(rich_hashes[i].field), digits);
    }
    begin(policy);
}

static void a_bad_file_is_never_allowed_by_a_failure_that_the_record_hides_by_any_kind_of_hash(void **state)
{
    static struct rich_pe pe;

    (void)state;
    rich_build(&pe, true);
    for (unsigned kind = 0; kind < RICH_HASHES; kind++) {
        unsigned n, allowed = 0;

        begin_with_kind(kind);
        warm_up();
        for (n = 1; n < SWEEP_MAX; n++) {
            char image[64];
            uint64_t dropped = status().events_dropped;
            const struct vg_event_start *event = NULL;
            const char *fired;
            NTSTATUS result;

            snprintf(image, sizeof(image), "C:\\Windows\\c%u.exe", n);
            sim_add_file(image, pe.bytes, pe.size);
            fired = start_with_failure(n, image, &result);
            if (status().events_dropped == dropped)
                event = next_start();
            allowed += NT_SUCCESS(result);
            if (NT_SUCCESS(result) && event)
                assert_true(event->reason == VG_REASON_FAILURE ||
                            (event->unknown_fields & 1ull << rich_hashes[kind].field) != 0);
            for (unsigned i = 0; event && i < RICH_HASHES; i++)
                if (is_known(event, rich_hashes[i].field))
                    assert_string_equal(fact(event, rich_hashes[i].field), rich_hashes[i].digits);
            if (!fired) {
                assert_int_equal(result, DENIED);
                break;
            }
        }
        assert_in_range(n, 30, SWEEP_MAX - 1);
        assert_true(allowed > 0 && allowed < n - 1);
        end();
    }
}

static void an_exit_and_an_image_survive_every_failure(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_WATCH_IMAGES, VG_OPTION_WATCH_IMAGES};
    unsigned n;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    for (n = 1; n < SWEEP_MAX; n++) {
        PEPROCESS process = start(CMD);
        const char *fired;
        sim_fail_nth(n);
        sim_load_image(&(struct sim_image_options){.name = "\\SystemRoot\\a.dll", .process = process});
        sim_exit_process(process, 0);
        fired = sim_fail_fired();
        sim_fail_nth(0);
        if (!fired)
            break;
    }
    assert_in_range(n, 2, SWEEP_MAX - 1);
    end();
}

static void requests_survive_every_failure(void **state)
{
    struct blob blob = compile(POLICY);
    unsigned n;

    (void)state;
    begin(POLICY);
    for (n = 1; n < SWEEP_MAX; n++) {
        struct sim_handle *handle = NULL;
        const char *fired;
        sim_fail_nth(n);
        if (NT_SUCCESS(
                sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &handle))) {
            struct vg_abi_load_reply reply;
            sim_ioctl(handle, VG_IOCTL_LOAD_POLICY, blob.bytes, (ULONG)blob.size, &reply, sizeof(reply),
                      NULL);
            sim_ioctl(handle, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL);
            sim_close(handle);
        }
        fired = sim_fail_fired();
        sim_fail_nth(0);
        assert_int_equal(status().rule_count, 2);
        if (!fired)
            break;
    }
    assert_in_range(n, 5, SWEEP_MAX - 1);
    free(blob.bytes);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_survives_every_failure),
        cmocka_unit_test(a_start_survives_every_failure_with_a_verdict_that_its_record_explains),
        cmocka_unit_test(a_start_that_cannot_be_decided_is_recorded_with_all_that_can_be_known_of_it),
        cmocka_unit_test(what_a_start_was_allowed_by_stands_in_its_record_whatever_fails_afterwards),
        cmocka_unit_test(a_bad_file_is_never_allowed_by_a_failure_that_the_record_hides),
        cmocka_unit_test(a_bad_file_is_never_allowed_by_a_failure_that_the_record_hides_by_any_kind_of_hash),
        cmocka_unit_test(an_exit_and_an_image_survive_every_failure),
        cmocka_unit_test(requests_survive_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
