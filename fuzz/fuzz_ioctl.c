/* Any bytes as a conversation with the loaded driver: handles opened and closed, any IOCTL of any length,
 * reads pended, cancelled and overtaken, starts and exits, policies, calls that fail, unloads in between. A
 * breach of a contract ends the run in the sim. fuzz_ioctl.h says how the bytes are read. */
#include "fuzz_ioctl.h"

#include "../src/policy/blob.h"
#include "../src/policy/hash.h"
#include "../src/policy/model.h"

#include <sim/sim.h>
#include <vigil/abi.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
DRIVER_INITIALIZE DriverEntry;

#define HANDLES   4u
#define REQUESTS  8u
#define PROCESSES 4u
#define OPS_MAX   96u

struct pended {
    struct sim_request *request; /* NULL: free */
    void *buffer;
};

static struct {
    const uint8_t *bytes;
    size_t left;
    struct sim_handle *handles[HANDLES];
    struct pended pended[REQUESTS];
    PEPROCESS processes[PROCESSES];
} talk;

static struct {
    void *bytes;
    size_t size;
} policies[2];

/* ---- what the bytes say; nothing is 0 ---- */

static uint8_t take8(void)
{
    if (talk.left == 0)
        return 0;
    talk.left--;
    return *talk.bytes++;
}

static uint16_t take16(void)
{
    uint8_t low = take8();

    return (uint16_t)(low | take8() << 8);
}

static uint32_t take32(void)
{
    uint16_t low = take16();

    return low | (uint32_t)take16() << 16;
}

/* A buffer of exactly that size, filled from what is left. */
static void *take_buffer(size_t size)
{
    size_t filled = size < talk.left ? size : talk.left;
    uint8_t *buffer = calloc(1, size ? size : 1);

    if (!buffer)
        abort();
    memcpy(buffer, talk.bytes, filled);
    talk.bytes += filled;
    talk.left -= filled;
    return buffer;
}

/* ---- requests ---- */

static void reap(struct pended *pended, unsigned patience)
{
    if (pended->request && sim_wait(pended->request, patience, NULL) != STATUS_TIMEOUT) {
        free(pended->buffer);
        *pended = (struct pended){0};
    }
}

static void read_something(struct sim_handle *handle)
{
    struct pended *pended = &talk.pended[take8() % REQUESTS];
    uint32_t length = take16();

    reap(pended, 0);
    if (!handle || pended->request)
        return;
    if (length % 64 == 63)
        length *= 32; /* up to and beyond what one read serves */
    pended->buffer = malloc(length ? length : 1);
    if (!pended->buffer)
        abort();
    pended->request = sim_read_async(handle, pended->buffer, length);
}

static void mend(uint8_t *blob, size_t size)
{
    struct vg_blob_header *header = (struct vg_blob_header *)(void *)blob;

    if (size < sizeof(*header) || size % 8 != 0)
        return;
    header->size = size;
    header->checksum = vg_checksum(blob + VG_BLOB_CHECKSUM_FROM, size - VG_BLOB_CHECKSUM_FROM);
}

static void send(struct sim_handle *handle, uint32_t code, const void *in, uint32_t in_size)
{
    uint32_t out_size = take16();
    void *out = malloc(out_size ? out_size : 1);

    if (!out)
        abort();
    if (handle)
        sim_ioctl(handle, code, in, in_size, out, out_size, NULL);
    free(out);
}

static void control(struct sim_handle *handle)
{
    static const uint32_t known[] = {
        VG_IOCTL_STATUS,       VG_IOCTL_LOAD_POLICY, VG_IOCTL_SET_MODE, VG_IOCTL_SET_OPTIONS,
        VG_IOCTL_CONFIRM_BOOT, VG_IOCTL_SEEK,        VG_IOCTL_QUIESCE,  VG_IOCTL_RESUME,
    };
    uint8_t kind = take8();
    uint32_t code =
        kind < FUZZ_ANY_CODE ? known[kind % 8] : take32() & ~3u; /* METHOD_BUFFERED: all the sim has */
    uint16_t size = take16();
    uint8_t *in = take_buffer(size);

    if (kind / 8 % 2 == 1)
        mend(in, size);
    send(handle, code, in, size);
    free(in);
}

/* ---- starts ---- */

static void start_something(void)
{
    static const char *const images[] = {
        "C:\\Windows\\System32\\cmd.exe",
        "C:\\Windows\\System32\\notepad.exe",
        "C:\\Program Files\\Office\\winword.exe",
        "C:\\a\\b.txt:c.exe",
    };
    uint8_t what = take8(), how = take8();
    PEPROCESS *process = &talk.processes[what % PROCESSES];
    const struct sim_process_options options = {
        .image = images[what / PROCESSES % 4],
        .creator = what & 64 ? sim_system_process() : NULL,
        .parent = what & 128 ? sim_services_process() : NULL,
        .no_open_name = how & 1,
        .no_command_line = how & 2,
        .no_file = how & 4,
        .subsystem = how & 8,
        .protected_process = how & 16,
        .file_closed = how & 32,
        .transacted = how & 64,
    };

    if (*process)
        sim_exit_process(*process, how);
    *process = NULL;
    if (!NT_SUCCESS(sim_start_process(&options, process)))
        *process = NULL;
}

static void load_image(void)
{
    uint8_t how = take8();
    const struct sim_image_options options = {
        .name = how & 1 ? NULL : "\\Device\\HarddiskVolume2\\Windows\\System32\\x.dll",
        .process = how & 2 ? NULL : sim_explorer_process(),
        .base = (void *)(uintptr_t)0x10000,
        .size = 4096,
        .no_apcs = how & 4,
        .signature_level = how / 16,
    };

    sim_load_image(&options);
}

/* ---- the machine and the driver ---- */

static void load(void)
{
    if (!sim_driver_loaded())
        (void)sim_load_driver_entry(DriverEntry);
}

static void open_something(struct sim_handle **handle)
{
    static const ACCESS_MASK accesses[] = {GENERIC_READ | GENERIC_WRITE, GENERIC_READ, GENERIC_WRITE, 0};
    uint8_t how = take8();

    if (!*handle && !NT_SUCCESS(sim_open(how & 4 ? sim_explorer_process() : sim_services_process(),
                                         "\\Device\\Vigil", accesses[how % 4], handle)))
        *handle = NULL;
}

static void close_handle(struct sim_handle **handle)
{
    if (*handle)
        sim_close(*handle);
    *handle = NULL;
}

static void one_thing(void)
{
    uint8_t op = take8();
    struct sim_handle **handle = &talk.handles[op / 16 % HANDLES];

    switch (op % 16) {
    case FUZZ_OPEN:
        open_something(handle);
        break;
    case FUZZ_CLOSE:
        close_handle(handle);
        break;
    case FUZZ_CONTROL:
        control(*handle);
        break;
    case FUZZ_READ:
        read_something(*handle);
        break;
    case FUZZ_CANCEL: {
        struct pended *pended = &talk.pended[take8() % REQUESTS];
        if (pended->request)
            sim_cancel(pended->request);
        break;
    }
    case FUZZ_REAP:
        reap(&talk.pended[take8() % REQUESTS], 0);
        break;
    case FUZZ_START:
        start_something();
        break;
    case FUZZ_IMAGE:
        load_image();
        break;
    case FUZZ_POLICY: {
        unsigned which = take8() % 2;
        send(*handle, VG_IOCTL_LOAD_POLICY, policies[which].bytes, (uint32_t)policies[which].size);
        break;
    }
    case FUZZ_FAIL:
        sim_fail_nth(take8());
        break;
    case FUZZ_UNLOAD:
        if (sim_driver_loaded())
            (void)sim_unload_driver();
        break;
    case FUZZ_LOAD:
        load();
        break;
    case FUZZ_TIME:
        sim_advance_ms(take16());
        break;
    default:
        break;
    }
}

/* The driver's globals are those of this program and stay from one load to the next, as they do not on
 * Windows: what lasts is put back by its own requests. */
static void put_back(void)
{
    struct vg_abi_mode mode = {VG_MODE_AS_POLICY, 0};
    struct vg_abi_options none = {VG_OPTION_WATCH_IMAGES | VG_OPTION_HASH_ALL, 0};
    struct sim_handle *handle;

    load();
    if (!sim_driver_loaded() || !NT_SUCCESS(sim_open(sim_services_process(), "\\Device\\Vigil",
                                                     GENERIC_READ | GENERIC_WRITE, &handle)))
        abort();
    if (!NT_SUCCESS(sim_ioctl(handle, VG_IOCTL_SET_MODE, &mode, sizeof(mode), NULL, 0, NULL)) ||
        !NT_SUCCESS(sim_ioctl(handle, VG_IOCTL_SET_OPTIONS, &none, sizeof(none), NULL, 0, NULL)) ||
        !NT_SUCCESS(sim_ioctl(handle, VG_IOCTL_QUIESCE, NULL, 0, NULL, 0, NULL)))
        abort();
    sim_close(handle);
}

/* However the conversation went, what is pended ends with its handle, and the driver leaves nothing behind.
 */
static void finish(void)
{
    sim_fail_nth(0);
    for (unsigned i = 0; i < HANDLES; i++)
        close_handle(&talk.handles[i]);
    for (unsigned i = 0; i < REQUESTS; i++) {
        reap(&talk.pended[i], 5000);
        if (talk.pended[i].request)
            abort();
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        if (talk.processes[i])
            sim_exit_process(talk.processes[i], 0);
        talk.processes[i] = NULL;
    }
    put_back();
    if (sim_unload_driver() != STATUS_SUCCESS)
        abort();
    sim_end();
}

/* ---- libFuzzer's side ---- */

static void complain(void *context, enum vg_severity severity, struct vg_place place, const char *message,
                     const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    (void)message;
    (void)hint;
}

static void compile(unsigned which, const char *yaml)
{
    const struct vg_reporter reporter = {complain, NULL};
    struct vg_read_options options = {.variables = vg_default_path_variables};
    struct vg_model model;

    if (!vg_model_read_text("policy", yaml, strlen(yaml), &options, &reporter, &model) ||
        !vg_model_compile(&model, &reporter, &policies[which].bytes, &policies[which].size))
        abort();
    vg_model_free(&model);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    compile(
        0, "vigil: 1\nmode: enforce\ndefault: allow\nrules:\n  - deny: no shell\n    when: { Image|endswith: "
           "'\\cmd.exe' }\n");
    compile(1,
            "vigil: 1\nmode: enforce\ndefault: deny\nrules:\n  - audit: a\n    when: { ParentImage|contains: "
            "'explorer' }\n  - allow: known\n    when: { SHA256: "
            "'0000000000000000000000000000000000000000000000000000000000000001' }\n");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t machine;

    talk.bytes = bytes;
    talk.left = size;
    machine = take8();
    sim_start(&(struct sim_options){.windows = machine % SIM_WINDOWS_COUNT, .safe_mode = machine & 128});
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "Installed", REG_DWORD, &(ULONG){1}, sizeof(ULONG));
    sim_set_parameter_dword("EventRingSize", 64 * 1024);
    if (machine & 64) {
        sim_add_file("C:\\Windows\\System32\\vigil.policy", policies[0].bytes, policies[0].size);
        sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    }
    load();
    for (unsigned i = 0; i < OPS_MAX && talk.left; i++)
        one_thing();
    finish();
    return 0;
}
