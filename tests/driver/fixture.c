#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/policy/model.h"

#define READ_SIZE (1024u * 1024u)
#define MOMENT_MS 2000u

struct sim_handle *control;

/* What has been read through a handle and not been looked at yet. */
static uint8_t unread[READ_SIZE];
static size_t unread_begin;
static size_t unread_end;
static struct sim_handle *unread_of;

void begin_machine(const struct sim_options *options)
{
    static const struct sim_options usual = {.windows = SIM_WINDOWS_10_2004};

    sim_start(options != NULL ? options : &usual);
    sim_set_parameter_dword("WatchImages", 0); /* as an installation does, this makes the key */
    unread_begin = unread_end = 0;
}

void begin_driver(void)
{
    assert_int_equal(sim_load_driver(VG_DRIVER_MODULE), STATUS_SUCCESS);
    assert_int_equal(
        sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &control),
        STATUS_SUCCESS);
}

void begin(const struct sim_options *options)
{
    begin_machine(options);
    begin_driver();
}

void stop_driver(void)
{
    if (control != NULL)
        sim_close(control);
    control = NULL;
    unread_begin = unread_end = 0;
    assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    assert_false(sim_driver_loaded());
    assert_int_equal(sim_pool_blocks(), 0);
    assert_int_equal(sim_open_handles(), 0);
    assert_int_equal(sim_registered_routines(), 0);
}

void end(void)
{
    if (sim_driver_loaded())
        stop_driver();
    sim_end();
}

static void print_problem(void *context, enum vg_severity severity, struct vg_place place,
                          const char *message, const char *hint)
{
    (void)context;
    (void)hint;
    if (severity == VG_ERROR)
        print_error("%s:%u:%u: %s\n", place.file, place.line, place.column, message);
}

void compile_policy(const char *yaml, void **blob, size_t *size)
{
    const struct vg_reporter reporter = {.report = print_problem};
    const struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;

    assert_true(vg_model_read_text("test.yaml", yaml, strlen(yaml), &options, &reporter, &model));
    assert_true(vg_model_compile(&model, &reporter, blob, size));
    vg_model_free(&model);
}

void load_policy(const char *yaml)
{
    struct vg_abi_load_reply reply;
    ULONG_PTR written = 0;
    void *blob = NULL;
    size_t size = 0;

    compile_policy(yaml, &blob, &size);
    assert_int_equal(
        sim_ioctl(control, VG_IOCTL_LOAD_POLICY, blob, (ULONG)size, &reply, sizeof(reply), &written),
        STATUS_SUCCESS);
    assert_int_equal(written, sizeof(reply));
    assert_int_equal(reply.check_length, 0);
    free(blob);
}

void confirm_boot(void)
{
    ULONG_PTR written = 0;

    assert_int_equal(sim_ioctl(control, VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, &written), STATUS_SUCCESS);
}

NTSTATUS start(const char *image, const char *command_line, PEPROCESS creator, PEPROCESS *process)
{
    const struct sim_process_options options = {
        .image = image, .command_line = command_line, .creator = creator};

    return sim_start_process(&options, process);
}

struct vg_abi_status status_now(void)
{
    struct vg_abi_status status;
    ULONG_PTR written = 0;

    assert_int_equal(sim_ioctl(control, VG_IOCTL_STATUS, NULL, 0, &status, sizeof(status), &written),
                     STATUS_SUCCESS);
    assert_int_equal(written, sizeof(status));
    assert_int_equal(status.size, sizeof(status));
    assert_int_equal(status.abi_version, VG_ABI_VERSION);
    return status;
}

static bool read_more(struct sim_handle *handle)
{
    struct sim_request *request = sim_read_async(handle, unread, READ_SIZE);
    ULONG_PTR read = 0;
    NTSTATUS status = sim_wait(request, MOMENT_MS, &read);

    if (status == STATUS_TIMEOUT) {
        sim_cancel(request);
        status = sim_wait(request, MOMENT_MS, &read);
    }
    if (status != STATUS_SUCCESS)
        return false;
    unread_begin = 0;
    unread_end = read;
    unread_of = handle;
    return true;
}

const struct vg_event_header *next_event(struct sim_handle *handle)
{
    const struct vg_event_header *event = NULL;

    if (unread_begin == unread_end || unread_of != handle) {
        if (!read_more(handle))
            return NULL;
    }
    event = (const struct vg_event_header *)(void *)(unread + unread_begin);
    assert_true(event->size % 8 == 0 && event->size >= sizeof(*event) &&
                event->size <= unread_end - unread_begin);
    unread_begin += event->size;
    return event;
}

static const struct vg_event_header *next_of(enum vg_event_type type)
{
    const struct vg_event_header *event = NULL;

    do {
        event = next_event(control);
        assert_non_null(event);
    } while (event->type != type);
    return event;
}

const struct vg_event_start *next_start(void)
{
    return (const struct vg_event_start *)(const void *)next_of(VG_EVENT_START);
}

const struct vg_event_exit *next_exit(void)
{
    return (const struct vg_event_exit *)(const void *)next_of(VG_EVENT_EXIT);
}

static const struct vg_event_fact *find_fact(const struct vg_event_header *event, enum vg_field field,
                                             unsigned index)
{
    const struct vg_event_fact *facts =
        (const struct vg_event_fact *)(const void *)((const uint8_t *)event + event->fact_offset);

    for (unsigned i = 0; i < event->fact_count; i++) {
        if (facts[i].field == field && index-- == 0)
            return &facts[i];
    }
    return NULL;
}

const char *fact(const struct vg_event_header *event, enum vg_field field, unsigned index)
{
    static char texts[4][4096];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    const struct vg_event_fact *found = find_fact(event, field, index);
    const uint8_t *bytes = NULL;
    size_t length = 0;

    if (found == NULL)
        return "<none>";
    if (found->state != VG_FACT_KNOWN)
        return found->state == VG_FACT_ABSENT    ? "<absent>"
               : found->state == VG_FACT_UNKNOWN ? "<unknown>"
                                                 : "<pending>";
    assert_true(found->offset + found->size <= event->size && found->offset % 2 == 0);
    bytes = (const uint8_t *)event + found->offset;
    if (vg_field_kind(field) == VG_KIND_SHA256) {
        assert_int_equal(found->size, 32);
        for (unsigned i = 0; i < 32; i++)
            snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        return text;
    }
    length =
        vg_utf8_from_utf16((struct vg_span){.bytes = bytes, .size = found->size}, text, sizeof(texts[0]) - 1);
    text[length < sizeof(texts[0]) - 1 ? length : sizeof(texts[0]) - 1] = '\0';
    return text;
}

unsigned fact_flags(const struct vg_event_header *event, enum vg_field field)
{
    const struct vg_event_fact *found = find_fact(event, field, 0);

    assert_non_null(found);
    return found->flags;
}

const char *rule_name(const struct vg_event_start *event)
{
    static char name[256];

    assert_true(event->rule_name_size < sizeof(name));
    memcpy(name, (const char *)event + event->rule_name_offset, event->rule_name_size);
    name[event->rule_name_size] = '\0';
    return name;
}
