#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>

#include <policy/model.h>

static struct sim_handle *own_handle;
static unsigned char *events; /* what the last read returned */
static size_t events_size, events_at;
static unsigned char *held; /* the event handed out last */

#define READ_SIZE (256u * 1024u)

/* ---- policies ---- */

static void complain(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                     const char *hint)
{
    (void)context;
    if (severity == VG_ERROR)
        print_error("policy, line %u: %s (%s)\n", place.line, message, hint ? hint : "");
}

struct blob compile(const char *yaml)
{
    const struct vg_reporter reporter = {complain, NULL};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;
    struct blob blob;

    assert_true(vg_model_read_text("policy", yaml, strlen(yaml), &options, &reporter, &model));
    assert_true(vg_model_compile(&model, &reporter, &blob.bytes, &blob.size));
    vg_model_free(&model);
    return blob;
}

NTSTATUS send_policy(const void *bytes, size_t size, struct vg_abi_load_reply *reply)
{
    struct vg_abi_load_reply unused;
    ULONG_PTR got = 0;
    NTSTATUS result = sim_ioctl(admin(), VG_IOCTL_LOAD_POLICY, bytes, (ULONG)size, reply ? reply : &unused,
                                sizeof(*reply), &got);

    if (NT_SUCCESS(result))
        assert_int_equal(got, sizeof(*reply));
    return result;
}

void use_policy(const char *yaml)
{
    struct blob blob = compile(yaml);
    struct vg_abi_load_reply reply;

    assert_int_equal(send_policy(blob.bytes, blob.size, &reply), STATUS_SUCCESS);
    assert_int_equal(reply.check_length, 0);
    free(blob.bytes);
}

void policy_file(const char *yaml)
{
    struct blob blob = compile(yaml);

    sim_add_file(POLICY_PATH, blob.bytes, blob.size);
    sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    free(blob.bytes);
}

void confirm_boot(void)
{
    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_CONFIRM_BOOT, NULL, 0, NULL, 0, NULL), STATUS_SUCCESS);
}

/* ---- tools/faults ---- */

/* It runs one test of a program, and makes a call fail of which the test knows nothing: that the test fails
 * then is no matter, but the driver must still unload and leave nothing behind. */
__attribute__((constructor)) static void run_one_test(void)
{
    const char *name = getenv("VIGIL_SCENARIO_TEST");

    if (!name)
        return;
    cmocka_set_test_filter(name);
    (void)atexit(sim_abandon);
}

/* ---- the machine and the driver ---- */

static bool legacy; /* the machine is one for vigil-xp.sys */

void machine(const struct sim_options *options)
{
    struct sim_options changed = *options;

    if (getenv("VIGIL_SCENARIO_LEGACY"))
        changed.windows = SIM_WINDOWS_SERVER_2003;
    legacy = changed.windows < SIM_WINDOWS_7;
    sim_start(&changed);
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "Installed", REG_DWORD, &(ULONG){1}, sizeof(ULONG));
}

NTSTATUS load(void)
{
    /* tools/mutate's: one with a fault */
    const char *planted = getenv(legacy ? "VIGIL_LEGACY_DRIVER_MODULE" : "VIGIL_DRIVER_MODULE");

    if (planted)
        return sim_load_driver(planted);
    return sim_load_driver(legacy ? VG_LEGACY_DRIVER_MODULE : VG_DRIVER_MODULE);
}

void begin_on(const struct sim_options *options, const char *policy)
{
    machine(options);
    if (policy)
        policy_file(policy);
    assert_int_equal(load(), STATUS_SUCCESS);
    if (options->booting)
        sim_finish_boot();
    if (!options->safe_mode)
        confirm_boot();
}

void begin_legacy(const char *policy)
{
    begin_on(&(struct sim_options){.windows = SIM_WINDOWS_SERVER_2003}, policy);
}

void begin(const char *policy)
{
    begin_on(&(struct sim_options){.windows = SIM_WINDOWS_10_2004}, policy);
}

struct sim_handle *admin(void)
{
    if (!own_handle)
        assert_int_equal(
            sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &own_handle),
            STATUS_SUCCESS);
    return own_handle;
}

void close_admin(void)
{
    if (own_handle)
        sim_close(own_handle);
    own_handle = NULL;
    free(events);
    free(held);
    events = held = NULL;
    events_size = events_at = 0;
}

void end(void)
{
    if (sim_driver_loaded()) {
        sim_ioctl(admin(), VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL);
        close_admin();
        assert_int_equal(sim_unload_driver(), STATUS_SUCCESS);
    }
    close_admin();
    sim_end();
}

/* ---- what the driver says ---- */

struct vg_abi_status status(void)
{
    struct vg_abi_status answer;
    ULONG_PTR got;

    assert_int_equal(sim_ioctl(admin(), VG_IOCTL_STATUS, NULL, 0, &answer, sizeof(answer), &got),
                     STATUS_SUCCESS);
    assert_int_equal(got, sizeof(answer));
    assert_int_equal(answer.size, sizeof(answer));
    assert_int_equal(answer.abi_version, VG_ABI_VERSION);
    return answer;
}

/* Reads what there is. Returns false when there is nothing. */
static bool refill(void)
{
    struct sim_request *request;
    ULONG_PTR got = 0;
    NTSTATUS result;

    if (!events)
        events = malloc(READ_SIZE);
    request = sim_read_async(admin(), events, READ_SIZE);
    if (!sim_request_done(request) && sim_wait(request, 100, &got) == STATUS_TIMEOUT)
        sim_cancel(request);
    else if (got) {
        events_size = got;
        events_at = 0;
        return true;
    }
    result = sim_wait(request, 5000, &got);
    if (result == STATUS_CANCELLED)
        return false;
    assert_int_equal(result, STATUS_SUCCESS);
    events_size = got;
    events_at = 0;
    return true;
}

static const struct vg_event_header *find_event(uint16_t type)
{
    for (;;) {
        const struct vg_event_header *event;
        if (events_at == events_size && !refill())
            return NULL;
        event = (const void *)(events + events_at);
        assert_true(event->size >= sizeof(*event) && event->size % 8 == 0);
        assert_true(event->size <= events_size - events_at);
        events_at += event->size;
        if (event->type == type) {
            free(held);
            held = malloc(event->size);
            memcpy(held, event, event->size);
            return (const void *)held;
        }
    }
}

const struct vg_event_header *next_event(uint16_t type)
{
    const struct vg_event_header *event = find_event(type);

    if (!event)
        fail_msg("there is no further event of type %u", type);
    return event;
}

bool no_more_events(uint16_t type)
{
    return find_event(type) == NULL;
}

const struct vg_event_start *next_start(void)
{
    return (const void *)next_event(VG_EVENT_START);
}

const struct vg_event_exit *next_exit(void)
{
    return (const void *)next_event(VG_EVENT_EXIT);
}

static const struct vg_event_fact *find_fact(const void *event, enum vg_field field, unsigned index)
{
    const struct vg_event_header *header = event;
    const struct vg_event_fact *facts = (const void *)((const char *)event + header->fact_offset);

    for (unsigned i = 0; i < header->fact_count; i++) {
        if (facts[i].field == field && index-- == 0)
            return &facts[i];
    }
    return NULL;
}

static const char *value_text(const void *event, const struct vg_event_fact *entry)
{
    static char texts[8][70000];
    static unsigned next;
    char *text = texts[next++ % 8];
    const unsigned char *value = (const unsigned char *)event + entry->offset;

    if (vg_field_digest_size((enum vg_field)entry->field) != 0) {
        for (unsigned i = 0; i < entry->size; i++)
            sprintf(text + 2 * i, "%02x", value[i]);
        return text;
    }
    text[vg_utf8_from_utf16((struct vg_span){value, entry->size}, text, 69999)] = 0;
    return text;
}

const char *fact(const void *event, enum vg_field field)
{
    const struct vg_event_fact *entry = find_fact(event, field, 0);

    if (!entry)
        return "(none)";
    if (entry->state == VG_FACT_KNOWN)
        return value_text(event, entry);
    return entry->state == VG_FACT_ABSENT ? "(absent)"
                                          : (entry->state == VG_FACT_UNKNOWN ? "(unknown)" : "(pending)");
}

bool fact_has(const void *event, enum vg_field field, const char *value)
{
    const struct vg_event_fact *entry;

    for (unsigned i = 0; (entry = find_fact(event, field, i)) != NULL; i++) {
        if (entry->state == VG_FACT_KNOWN && !strcmp(value_text(event, entry), value))
            return true;
    }
    return false;
}

bool fact_is_claimed(const void *event, enum vg_field field)
{
    const struct vg_event_fact *entry = find_fact(event, field, 0);

    return entry && (entry->flags & VG_FACT_CLAIMED);
}

const char *rule_name(const struct vg_event_start *event)
{
    static char name[512];

    assert_true(event->rule_name_size < sizeof(name));
    memcpy(name, (const char *)event + event->rule_name_offset, event->rule_name_size);
    name[event->rule_name_size] = 0;
    return name;
}

/* ---- starts ---- */

PEPROCESS start_options(const struct sim_process_options *options)
{
    PEPROCESS process = NULL;

    assert_int_equal(sim_start_process(options, &process), STATUS_SUCCESS);
    return process;
}

PEPROCESS start(const char *image)
{
    return start_options(&(struct sim_process_options){.image = image});
}

NTSTATUS try_options(const struct sim_process_options *options)
{
    PEPROCESS process = NULL;
    NTSTATUS result = sim_start_process(options, &process);

    if (NT_SUCCESS(result))
        sim_exit_process(process, 0);
    return result;
}

const char *start_with_failure(unsigned n, const char *image, NTSTATUS *result)
{
    PEPROCESS process = NULL;
    const char *fired;

    sim_fail_nth(n);
    *result = sim_start_process(&(struct sim_process_options){.image = image}, &process);
    fired = sim_fail_fired();
    sim_fail_nth(0);
    if (process)
        sim_exit_process(process, 0);
    return fired;
}

NTSTATUS try_start(const char *image, const char *command_line)
{
    return try_options(&(struct sim_process_options){.image = image, .command_line = command_line});
}
