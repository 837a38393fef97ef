/* The device: who may open it, what its requests check, how events are read, how it stops. */
#include "scenario.h"

#include <policy/blob.h>
#include <policy/hash.h>
#include <stdlib.h>

#define ALLOW "vigil: 1\nmode: enforce\ndefault: allow\nrules: []\n"
#define DENY_CMD                                                                                             \
    "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "      \
    "'\\cmd.exe' }\n"

static struct sim_handle *open_reader(void)
{
    struct sim_handle *handle;

    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_SUCCESS);
    return handle;
}

/* ---- who ---- */

static void only_system_and_administrators_may_open_it(void **state)
{
    const struct sim_token administrator = {.user = "S-1-5-21-1-2-3-500", .administrator = true};
    struct sim_handle *handle;
    PEPROCESS process;

    (void)state;
    begin(NULL);
    process = start_options(&(struct sim_process_options){.image = CMD, .token = &administrator});
    assert_int_equal(sim_open(sim_explorer_process(), "\\Device\\Vigil", GENERIC_READ, &handle),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(sim_open(sim_explorer_process(), "\\Device\\Vigil", FILE_READ_ATTRIBUTES, &handle),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(sim_open(process, "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &handle),
                     STATUS_SUCCESS);
    sim_close(handle);
    assert_int_equal(sim_open(process, "\\DosDevices\\Global\\Vigil", GENERIC_READ, &handle), STATUS_SUCCESS);
    sim_close(handle);
    sim_exit_process(process, 0);
    end();
}

static void there_is_nothing_below_the_device_and_no_second_way_in(void **state)
{
    struct sim_handle *handle;

    (void)state;
    begin(NULL);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil\\below", GENERIC_READ, &handle),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(sim_reopen(admin(), &handle), STATUS_OBJECT_NAME_NOT_FOUND);
    end();
}

/* No file object, so nobody has passed the device's list of who may. */
static void a_request_of_another_driver_is_refused(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(sim_send_without_file(IRP_MJ_READ, 0), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(sim_send_without_file(IRP_MJ_DEVICE_CONTROL, VG_IOCTL_STATUS),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(sim_send_without_file(IRP_MJ_DEVICE_CONTROL, VG_IOCTL_QUIESCE),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(status().quiesced, 0);
    end();
}

static void handles_are_bounded(void **state)
{
    enum { MANY = 200 };
    static struct sim_handle *handles[MANY];
    NTSTATUS result = STATUS_SUCCESS;
    unsigned opened = 0;

    (void)state;
    begin(NULL);
    while (opened < MANY && NT_SUCCESS(result)) {
        result = sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handles[opened]);
        opened += NT_SUCCESS(result);
    }
    assert_int_equal(result, STATUS_TOO_MANY_OPENED_FILES);
    assert_in_range(opened, 100, MANY - 1);
    sim_close(handles[--opened]);
    assert_int_equal(sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ, &handles[opened++]),
                     STATUS_SUCCESS);
    while (opened > 0)
        sim_close(handles[--opened]);
    end();
}

static void a_handle_for_reading_changes_nothing(void **state)
{
    const struct vg_abi_mode mode = {VG_MODE_FORCE_MONITOR, 0};
    struct sim_handle *reader;

    (void)state;
    begin(NULL);
    reader = open_reader();
    assert_int_equal(sim_ioctl(reader, VG_IOCTL_SET_MODE, &mode, sizeof(mode), NULL, 0, NULL),
                     STATUS_ACCESS_DENIED);
    assert_int_equal(sim_ioctl(reader, VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL), STATUS_ACCESS_DENIED);
    sim_close(reader);
    end();
}

/* ---- lengths ---- */

static void every_request_checks_its_lengths(void **state)
{
    static const struct {
        ULONG code;
        ULONG in, out; /* as they should be */
    } codes[] = {
        {VG_IOCTL_STATUS, 0, sizeof(struct vg_abi_status)},
        {VG_IOCTL_SET_MODE, sizeof(struct vg_abi_mode), 0},
        {VG_IOCTL_SET_OPTIONS, sizeof(struct vg_abi_options), 0},
        {VG_IOCTL_SEEK, sizeof(struct vg_abi_seek), 0},
    };
    unsigned char buffer[1024] = {0};

    (void)state;
    begin(ALLOW);
    for (unsigned i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        for (ULONG in = 0; in < codes[i].in; in++)
            assert_false(
                NT_SUCCESS(sim_ioctl(admin(), codes[i].code, buffer, in, buffer, codes[i].out, NULL)));
        for (ULONG out = 0; out < codes[i].out; out++)
            assert_false(
                NT_SUCCESS(sim_ioctl(admin(), codes[i].code, buffer, codes[i].in, buffer, out, NULL)));
        memset(buffer, 0, sizeof(buffer));
        assert_int_equal(sim_ioctl(admin(), codes[i].code, buffer, codes[i].in, buffer, codes[i].out, NULL),
                         STATUS_SUCCESS);
    }
    for (ULONG size = 0; size < 200; size++)
        assert_false(NT_SUCCESS(sim_ioctl(admin(), VG_IOCTL_LOAD_POLICY, buffer, size, NULL, 0, NULL)));
    assert_int_equal(status().enforcement, VG_ENFORCING); /* the policy of before */
    end();
}

static void unknown_requests_and_values_are_refused(void **state)
{
    const struct vg_abi_mode mode = {3, 0}, reserved = {0, 1};
    const struct vg_abi_options options = {~0u, 1}, beyond = {0, 1};
    const struct vg_abi_seek place = {2, 0}, reserved_too = {VG_SEEK_END, 1};
    static const ULONG without_input[] = {VG_IOCTL_QUIESCE, VG_IOCTL_RESUME, VG_IOCTL_CONFIRM_BOOT};

    (void)state;
    begin(NULL);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL(100u, 1u), NULL, 0, NULL, 0, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_MODE, &mode, sizeof(mode), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_MODE, &reserved, sizeof(reserved), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &beyond, sizeof(beyond), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SEEK, &place, sizeof(place), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SEEK, &reserved_too, sizeof(reserved_too), NULL, 0, NULL),
                     STATUS_INVALID_PARAMETER);
    for (unsigned i = 0; i < sizeof(without_input) / sizeof(without_input[0]); i++)
        assert_int_equal(sim_ioctl(admin(), without_input[i], &mode, sizeof(mode), NULL, 0, NULL),
                         STATUS_INVALID_BUFFER_SIZE);
    assert_int_equal(status().quiesced, 0);
    end();
}

/* ---- policies ---- */

static void refuse(const void *bytes, size_t size, const char *check)
{
    struct vg_abi_load_reply reply;

    assert_int_equal(send_policy(bytes, size, &reply), STATUS_SUCCESS);
    assert_int_equal(reply.check_length, strlen(check));
    assert_memory_equal(reply.check, check, reply.check_length);
    assert_int_equal(status().policy_status, STATUS_FILE_CORRUPT_ERROR);
}

static void a_policy_of_no_size_or_beyond_all_is_refused(void **state)
{
    const size_t huge = (size_t)VG_POLICY_SIZE_MAX + 1;
    void *bytes = calloc(1, huge);

    (void)state;
    assert_non_null(bytes);
    begin(DENY_CMD);
    refuse(bytes, 0, "an empty policy");
    refuse(bytes, huge, "a policy of more than 256 MiB");
    assert_int_equal(try_start(CMD, NULL), DENIED);
    free(bytes);
    end();
}

/* Windows would go on with the start, or the shell would ask for elevation and start the program again. */
static void a_policy_whose_denials_would_deny_nothing_is_refused(void **state)
{
    static const uint32_t statuses[] = {0, 0x40000000u, 0x80000005u, 0xC000042Cu};

    (void)state;
    begin(DENY_CMD);
    for (unsigned i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        struct blob blob = compile("vigil: 1\nmode: enforce\ndefault: deny\nrules: []\n");
        struct vg_blob_header *header = blob.bytes;

        header->deny_status = statuses[i];
        header->checksum = vg_checksum((const unsigned char *)blob.bytes + VG_BLOB_CHECKSUM_FROM,
                                       blob.size - VG_BLOB_CHECKSUM_FROM);
        refuse(blob.bytes, blob.size, "the deny status is not an error");
        free(blob.bytes);
    }
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    end();
}

static void why_a_policy_is_refused_needs_no_room_to_be_so(void **state)
{
    unsigned char nothing[64] = {0};

    (void)state;
    begin(DENY_CMD);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_LOAD_POLICY, nothing, sizeof(nothing), NULL, 0, NULL),
                     STATUS_FILE_CORRUPT_ERROR);
    end();
}

static void a_corrupt_policy_is_refused_with_the_old_one_in_force(void **state)
{
    struct blob blob = compile(ALLOW);
    struct vg_abi_load_reply reply;
    struct vg_abi_status before, after;

    (void)state;
    begin(DENY_CMD);
    before = status();
    for (size_t i = 0; i < blob.size; i++) {
        ((unsigned char *)blob.bytes)[i] ^= 0x10;
        assert_int_equal(send_policy(blob.bytes, blob.size, &reply), STATUS_SUCCESS);
        assert_int_not_equal(reply.check_length, 0);
        ((unsigned char *)blob.bytes)[i] ^= 0x10;
    }
    assert_int_equal(send_policy(blob.bytes, blob.size - 8, &reply), STATUS_SUCCESS);
    assert_int_not_equal(reply.check_length, 0);
    after = status();
    assert_memory_equal(before.policy_identity, after.policy_identity, sizeof(before.policy_identity));
    assert_int_equal(before.policy_generation, after.policy_generation);
    assert_int_equal(after.policy_status, STATUS_FILE_CORRUPT_ERROR);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(send_policy(blob.bytes, blob.size, &reply), STATUS_SUCCESS);
    assert_int_equal(reply.check_length, 0);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    free(blob.bytes);
    end();
}

static void a_change_of_policy_is_an_event(void **state)
{
    const struct vg_event_state *event;

    (void)state;
    begin(ALLOW);
    next_event(VG_EVENT_STATE);
    next_event(VG_EVENT_STATE); /* the confirmed boot */
    use_policy(DENY_CMD);
    event = (const void *)next_event(VG_EVENT_STATE);
    assert_int_equal(event->rule_count, 1);
    assert_int_equal(event->enforcement, VG_ENFORCING);
    assert_int_equal(event->policy_generation, 2);
    end();
}

/* ---- events ---- */

static void two_readers_each_get_everything(void **state)
{
    struct sim_handle *readers[2];
    unsigned char *buffer = malloc(1 << 16);

    (void)state;
    begin(NULL);
    readers[0] = open_reader();
    readers[1] = open_reader();
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    for (unsigned r = 0; r < 2; r++) {
        uint64_t expected = 1;
        while (expected <=
               21) { /* one state, ten starts, ten exits; the boot's confirmation is a state too */
            ULONG_PTR got;
            assert_int_equal(sim_read(readers[r], buffer, 1 << 16, &got), STATUS_SUCCESS);
            for (size_t at = 0; at < got; at += ((struct vg_event_header *)(void *)(buffer + at))->size)
                assert_int_equal(((struct vg_event_header *)(void *)(buffer + at))->sequence, expected++);
        }
        sim_close(readers[r]);
    }
    free(buffer);
    end();
}

static void a_buffer_too_small_consumes_nothing(void **state)
{
    unsigned char small[64], *large = malloc(1 << 16);
    struct sim_handle *reader;
    ULONG_PTR got;

    (void)state;
    begin(NULL);
    reader = open_reader();
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(sim_read(reader, small, sizeof(small), &got), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sim_read(reader, NULL, 0, &got), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(sim_read(reader, large, 1 << 16, &got), STATUS_SUCCESS);
    assert_int_equal(((struct vg_event_header *)(void *)large)->sequence, 1);
    sim_close(reader);
    free(large);
    end();
}

static void a_reader_that_falls_behind_is_told_exactly_what_it_lost(void **state)
{
    static char image[8001] = "C:\\Windows\\"; /* long, for the smallest ring holds a megabyte */
    unsigned char *buffer = malloc(1 << 20);
    const struct vg_event_lost *lost = NULL;
    uint64_t next = 1, lost_count = 0;
    struct sim_handle *reader;
    ULONG_PTR got = 0;

    (void)state;
    memset(image + strlen(image), 'x', sizeof(image) - 1 - strlen(image));
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    sim_set_parameter_dword("EventRingSize", 64 * 1024);
    assert_int_equal(load(), STATUS_SUCCESS);
    reader = open_reader();
    assert_int_equal(sim_read(reader, buffer, 1 << 20, &got),
                     STATUS_SUCCESS); /* from here on it counts as a reader */
    next += 1;
    for (unsigned i = 0; i < 400; i++)
        assert_int_equal(try_start(image, NULL), STATUS_SUCCESS);
    while (next <= 801) {
        assert_int_equal(sim_read(reader, buffer, 1 << 20, &got), STATUS_SUCCESS);
        for (size_t at = 0; at < got;) {
            const struct vg_event_header *event = (const void *)(buffer + at);
            if (event->type == VG_EVENT_LOST) {
                lost = (const void *)event;
                assert_int_equal(event->sequence, 0);
                assert_int_equal(lost->first_sequence, next);
                lost_count += lost->last_sequence - lost->first_sequence + 1;
                next = lost->last_sequence + 1;
            } else {
                assert_int_equal(event->sequence, next);
                next++;
            }
            at += event->size;
        }
    }
    assert_true(lost_count > 0);
    assert_int_equal(status().events_lost, lost_count);
    assert_int_equal(status().events_dropped, 0);
    sim_close(reader);
    free(buffer);
    end();
}

static void a_seek_to_the_end_skips_what_there_is(void **state)
{
    const struct vg_abi_seek place = {VG_SEEK_END, 0}, oldest = {VG_SEEK_OLDEST, 0};

    (void)state;
    begin(NULL);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SEEK, &place, sizeof(place), NULL, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), NOTEPAD);
    assert_true(no_more_events(VG_EVENT_START));
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SEEK, &oldest, sizeof(oldest), NULL, 0, NULL),
                     STATUS_SUCCESS);
    assert_string_equal(fact(next_start(), VG_FIELD_IMAGE), CMD);
    end();
}

static void drain(struct sim_handle *handle)
{
    const struct vg_abi_seek place = {VG_SEEK_END, 0};

    assert_int_equal(sim_ioctl(handle, VG_IOCTL_SEEK, &place, sizeof(place), NULL, 0, NULL), STATUS_SUCCESS);
}

static void a_pended_read_ends_with_the_next_event(void **state)
{
    unsigned char *buffer = malloc(1 << 16);
    struct sim_handle *reader;
    struct sim_request *request;
    ULONG_PTR got;

    (void)state;
    begin(NULL);
    reader = open_reader();
    drain(reader);
    request = sim_read_async(reader, buffer, 1 << 16);
    assert_int_equal(sim_wait(request, 20, &got), STATUS_TIMEOUT);
    assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_wait(request, 5000, &got), STATUS_SUCCESS);
    assert_int_equal(((struct vg_event_header *)(void *)buffer)->type, VG_EVENT_START);
    sim_close(reader);
    free(buffer);
    end();
}

static void a_pended_read_ends_by_cancel_and_by_close(void **state)
{
    unsigned char buffer[256];
    struct sim_handle *reader;
    struct sim_request *first, *second;

    (void)state;
    begin(NULL);
    reader = open_reader();
    drain(reader);
    first = sim_read_async(reader, buffer, sizeof(buffer));
    second = sim_read_async(reader, buffer, sizeof(buffer));
    sim_cancel(first);
    assert_int_equal(sim_wait(first, 5000, NULL), STATUS_CANCELLED);
    assert_false(sim_request_done(second));
    sim_close(reader);
    assert_int_equal(sim_wait(second, 5000, NULL), STATUS_CANCELLED);
    end();
}

/* ---- stopping ---- */

static void quiesce_ends_reads_and_refuses_new_ones_and_deciding_goes_on(void **state)
{
    unsigned char buffer[4096];
    struct sim_handle *reader;
    struct sim_request *request;

    (void)state;
    begin(DENY_CMD);
    reader = open_reader();
    drain(reader);
    request = sim_read_async(reader, buffer, sizeof(buffer));
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_wait(request, 5000, NULL), STATUS_CANCELLED);
    assert_int_equal(sim_read(reader, buffer, sizeof(buffer), NULL), STATUS_DEVICE_NOT_READY);
    assert_int_equal(status().quiesced, 1);
    assert_int_equal(try_start(CMD, NULL), DENIED);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_RESUME, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
    assert_int_equal(sim_read(reader, buffer, sizeof(buffer), NULL), STATUS_SUCCESS);
    sim_close(reader);
    end();
}

static void it_stops_and_starts_again_and_again(void **state)
{
    (void)state;
    machine(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    policy_file(DENY_CMD);
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(load(), STATUS_SUCCESS);
        confirm_boot();
        assert_int_equal(try_start(CMD, NULL), DENIED);
        assert_int_equal(try_start(NOTEPAD, NULL), STATUS_SUCCESS);
        assert_int_equal(sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
        close_admin();
        assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
        assert_int_equal(try_start(CMD, NULL), STATUS_SUCCESS);
    }
    end();
}

/* ---- images ---- */

static void images_are_recorded_only_when_asked_for(void **state)
{
    const struct vg_abi_options options = {VG_OPTION_WATCH_IMAGES, VG_OPTION_WATCH_IMAGES};
    const struct vg_abi_options none = {VG_OPTION_WATCH_IMAGES, 0};
    const struct vg_event_image *event;
    const uintptr_t high = UINTPTR_MAX - 0x1fffff;
    PEPROCESS process;

    (void)state;
    begin(NULL);
    process = start(CMD);
    sim_load_image(
        &(struct sim_image_options){.name = "\\SystemRoot\\System32\\ntdll.dll", .process = process});
    assert_int_equal(status().images, 0);
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &options, sizeof(options), NULL, 0, NULL), 0);
    sim_load_image(&(struct sim_image_options){.name = "\\SystemRoot\\System32\\ntdll.dll",
                                               .process = process,
                                               .base = (PVOID)high,
                                               .size = 0x1f0000,
                                               .no_apcs = true,
                                               .signature_level = 12});
    event = (const void *)next_event(VG_EVENT_IMAGE);
    assert_int_equal(event->process_id, (uintptr_t)PsGetProcessId(process));
    assert_int_equal(event->base, high);
    assert_int_equal(event->image_size, 0x1f0000);
    assert_int_equal(event->signature_level, /* Windows 8.1 and later tell it */
                     status().registered_with == VG_REGISTERED_PLAIN ? 0 : 12);
    assert_int_equal(event->kernel, 0);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), CMD);
    sim_load_image(&(struct sim_image_options){.name = NULL});
    event = (const void *)next_event(VG_EVENT_IMAGE);
    assert_int_equal(event->kernel, 1);
    assert_int_equal(event->name_size, 0);
    assert_string_equal(fact(event, VG_FIELD_IMAGE), "(absent)");
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_SET_OPTIONS, &none, sizeof(none), NULL, 0, NULL), 0);
    sim_load_image(&(struct sim_image_options){.name = NULL});
    assert_int_equal(status().images, 2);
    sim_exit_process(process, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_system_and_administrators_may_open_it),
        cmocka_unit_test(there_is_nothing_below_the_device_and_no_second_way_in),
        cmocka_unit_test(a_request_of_another_driver_is_refused),
        cmocka_unit_test(handles_are_bounded),
        cmocka_unit_test(a_handle_for_reading_changes_nothing),
        cmocka_unit_test(every_request_checks_its_lengths),
        cmocka_unit_test(unknown_requests_and_values_are_refused),
        cmocka_unit_test(a_policy_of_no_size_or_beyond_all_is_refused),
        cmocka_unit_test(a_policy_whose_denials_would_deny_nothing_is_refused),
        cmocka_unit_test(why_a_policy_is_refused_needs_no_room_to_be_so),
        cmocka_unit_test(a_corrupt_policy_is_refused_with_the_old_one_in_force),
        cmocka_unit_test(a_change_of_policy_is_an_event),
        cmocka_unit_test(two_readers_each_get_everything),
        cmocka_unit_test(a_buffer_too_small_consumes_nothing),
        cmocka_unit_test(a_reader_that_falls_behind_is_told_exactly_what_it_lost),
        cmocka_unit_test(a_seek_to_the_end_skips_what_there_is),
        cmocka_unit_test(a_pended_read_ends_with_the_next_event),
        cmocka_unit_test(a_pended_read_ends_by_cancel_and_by_close),
        cmocka_unit_test(quiesce_ends_reads_and_refuses_new_ones_and_deciding_goes_on),
        cmocka_unit_test(it_stops_and_starts_again_and_again),
        cmocka_unit_test(images_are_recorded_only_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
