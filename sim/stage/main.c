/* sim_stage DRIVER EVENTS: a machine of the sim that does what it is told, a line at a time, so that
 * scenarios written for the lab run in the sim too (scenarios/). Events are appended to EVENTS as `vigil
 * watch --json` writes them. A line is a command and its arguments, separated by tabs; each is answered by
 * one line: "ok ..." or "error ...". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cli/event_json.h>
#include <sim/sim.h>

#define ARGUMENTS_MAX 8u
#define RUNNING_MAX   64u
#define READ_SIZE     (1024u * 1024u)

#define POLICY "C:\\Windows\\System32\\vigil.policy"
#define TOOL   "C:\\Program Files\\Vigil\\vigil.exe"

struct stage {
    const char *driver;
    FILE *events;
    struct sim_handle *handle;
    PEPROCESS running[RUNNING_MAX];
    unsigned running_count;
    unsigned char *buffer;
};

typedef void command_routine(struct stage *stage, char **arguments);

static void answer(const char *word, const char *text)
{
    printf("%s %s\n", word, text);
    fflush(stdout);
}

static void answer_status(NTSTATUS status)
{
    char text[16];

    snprintf(text, sizeof(text), "0x%08X", (unsigned)status);
    answer(NT_SUCCESS(status) ? "ok" : "error", text);
}

/* What RtlNtStatusToDosError makes of the statuses that a denied creation fails with ("System Error Codes").
 */
static unsigned win32_error(NTSTATUS status)
{
    switch ((ULONG)status) {
    case 0:
        return 0;
    case 0xC0000022:
        return 5; /* ERROR_ACCESS_DENIED */
    case 0xC0000361:
        return 1260; /* ERROR_ACCESS_DISABLED_BY_POLICY */
    default:
        return 317; /* ERROR_MR_MID_NOT_FOUND: no scenario expects another */
    }
}

/* --- events --- */

static void write_events(struct stage *stage, size_t size)
{
    for (size_t at = 0; at < size;) {
        struct vg_event event;
        const char *problem;

        if (!vg_event_decode(stage->buffer + at, size - at, &event, &problem)) {
            fprintf(stage->events, "{\"Problem\":\"%s\"}\n", problem);
            return;
        }
        vg_event_write_json(stage->events, &event);
        at += event.header.size;
    }
}

/* Writes what there is; the driver makes an event before the start that it is of goes on. */
static void drain(struct stage *stage)
{
    for (;;) {
        struct sim_request *request = sim_read_async(stage->handle, stage->buffer, READ_SIZE);
        ULONG_PTR size = 0;

        if (sim_wait(request, 20, &size) == STATUS_TIMEOUT) {
            sim_cancel(request);
            (void)sim_wait(request, 5000, &size);
        }
        if (size == 0)
            break;
        write_events(stage, size);
    }
    fflush(stage->events);
}

/* --- files --- */

static void *read_whole(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    char *bytes = NULL;
    long length;

    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
        (bytes = malloc((size_t)length + 1)) != NULL)
        *size = fread(bytes, 1, (size_t)length, file);
    fclose(file);
    return bytes;
}

/* file PATH HOST-FILE */
static void add_file(struct stage *stage, char **arguments)
{
    size_t size = 0;
    void *bytes = read_whole(arguments[1], &size);

    (void)stage;
    if (bytes == NULL) {
        answer("error", "cannot be read");
        return;
    }
    sim_add_file(arguments[0], bytes, size);
    free(bytes);
    answer("ok", "");
}

/* short-name PATH NAME */
static void set_short_name(struct stage *stage, char **arguments)
{
    (void)stage;
    sim_set_short_name(arguments[0], arguments[1]);
    answer("ok", "");
}

/* stick LETTER: a removable drive */
static void add_stick(struct stage *stage, char **arguments)
{
    (void)stage;
    sim_add_volume(&(struct sim_volume_options){
        .device = "\\Device\\HarddiskVolume9",
        .letter = arguments[0],
        .file_system = "FAT32",
        .characteristics = FILE_REMOVABLE_MEDIA,
        .bus = SIM_BUS_USB,
        .no_usn = true,
    });
    answer("ok", "");
}

/* --- the driver --- */

static NTSTATUS request(struct stage *stage, ULONG code, const void *in, size_t size)
{
    if (stage->handle == NULL)
        return STATUS_NO_SUCH_DEVICE;
    return sim_ioctl(stage->handle, code, in, (ULONG)size, NULL, 0, NULL);
}

/* driver-start */
static void start_driver(struct stage *stage, char **arguments)
{
    NTSTATUS status = sim_load_driver(stage->driver);

    (void)arguments;
    if (NT_SUCCESS(status))
        status =
            sim_open(sim_services_process(), "\\Device\\Vigil", GENERIC_READ | GENERIC_WRITE, &stage->handle);
    if (!NT_SUCCESS(status) && sim_driver_loaded())
        (void)sim_unload_driver();
    answer_status(status);
}

/* driver-stop: as vigil.exe stops it */
static void stop_driver(struct stage *stage, char **arguments)
{
    NTSTATUS status;

    (void)arguments;
    status = request(stage, VG_IOCTL_QUIESCE, NULL, 0);
    if (NT_SUCCESS(status)) {
        drain(stage);
        sim_close(stage->handle);
        stage->handle = NULL;
        status = sim_unload_driver();
    }
    answer_status(status);
}

/* confirm */
static void confirm(struct stage *stage, char **arguments)
{
    (void)arguments;
    answer_status(request(stage, VG_IOCTL_CONFIRM_BOOT, NULL, 0));
}

/* mode monitor | policy */
static void set_mode(struct stage *stage, char **arguments)
{
    struct vg_abi_mode mode = {.override_mode = strcmp(arguments[0], "monitor") == 0 ? VG_MODE_FORCE_MONITOR
                                                                                     : VG_MODE_AS_POLICY};

    answer_status(request(stage, VG_IOCTL_SET_MODE, &mode, sizeof(mode)));
}

/* load HOST-FILE: a compiled policy, kept for the driver's next start too when it is taken */
static void load_policy(struct stage *stage, char **arguments)
{
    size_t size = 0;
    void *bytes = read_whole(arguments[0], &size);
    NTSTATUS status = STATUS_NO_SUCH_FILE;

    if (bytes != NULL)
        status = request(stage, VG_IOCTL_LOAD_POLICY, bytes, size);
    if (NT_SUCCESS(status)) {
        sim_add_file(POLICY, bytes, size);
        sim_set_parameter_string("PolicyPath", "\\SystemRoot\\System32\\vigil.policy");
    }
    free(bytes);
    answer_status(status);
}

/* --- starts --- */

static PEPROCESS find_running(struct stage *stage, const char *id)
{
    unsigned long wanted = strtoul(id, NULL, 10);

    for (unsigned i = 0; i < stage->running_count; i++)
        if ((unsigned long)(ULONG_PTR)PsGetProcessId(stage->running[i]) == wanted)
            return stage->running[i];
    return NULL;
}

/* start CREATOR PARENT KIND IMAGE COMMAND-LINE: process ids, or empty for explorer.exe and the creator.
 * Answers the Win32 error that the creator sees and, of kind `keep`, the process id; else it ends at once,
 * with exit status 0. `tool` is started by an administrator. */
static void start(struct stage *stage, char **arguments)
{
    static const struct sim_token elevated = {.integrity = SECURITY_MANDATORY_HIGH_RID,
                                              .administrator = true};
    struct sim_process_options options = {
        .image = arguments[3],
        .command_line = arguments[4],
        .creator = arguments[0][0] ? find_running(stage, arguments[0]) : NULL,
        .parent = arguments[1][0] ? find_running(stage, arguments[1]) : NULL,
        .token = strcmp(arguments[2], "tool") == 0 ? &elevated : NULL,
    };
    PEPROCESS process = NULL;
    NTSTATUS status;
    char text[64];

    if (sim_find_file(arguments[3]) == NULL) {
        answer("error", "there is no such file");
        return;
    }
    status = sim_start_process(&options, &process);
    snprintf(text, sizeof(text), "%u %lu", win32_error(status),
             process ? (unsigned long)(ULONG_PTR)PsGetProcessId(process) : 0);
    if (process && strcmp(arguments[2], "keep") == 0 && stage->running_count < RUNNING_MAX)
        stage->running[stage->running_count++] = process;
    else if (process)
        sim_exit_process(process, 0);
    if (stage->handle)
        drain(stage);
    answer("ok", text);
}

static void end(struct stage *stage)
{
    while (stage->running_count)
        sim_exit_process(stage->running[--stage->running_count], 0);
    if (stage->handle) {
        (void)request(stage, VG_IOCTL_QUIESCE, NULL, 0);
        sim_close(stage->handle);
    }
    if (sim_driver_loaded())
        sim_unload_driver();
    sim_end();
    fclose(stage->events);
    free(stage->buffer);
}

static const struct {
    const char *name;
    unsigned arguments;
    command_routine *run;
} commands[] = {
    {"file", 2, add_file},
    {"short-name", 2, set_short_name},
    {"stick", 1, add_stick},
    {"driver-start", 0, start_driver},
    {"driver-stop", 0, stop_driver},
    {"confirm", 0, confirm},
    {"mode", 1, set_mode},
    {"load", 1, load_policy},
    {"start", 5, start},
};

static void obey(struct stage *stage, char *line)
{
    char *arguments[ARGUMENTS_MAX] = {0};
    unsigned count = 0;

    for (char *at = strchr(line, '\t'); at != NULL && count < ARGUMENTS_MAX; at = strchr(at, '\t')) {
        *at++ = '\0';
        arguments[count++] = at;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        if (strcmp(commands[i].name, line) == 0 && commands[i].arguments == count) {
            commands[i].run(stage, arguments);
            return;
        }
    answer("error", "there is no such command");
}

int main(int argc, char **argv)
{
    struct stage stage = {.buffer = malloc(READ_SIZE)};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (argc != 3 || stage.buffer == NULL || (stage.events = fopen(argv[2], "a")) == NULL) {
        fprintf(stderr, "usage: sim_stage DRIVER EVENTS\n");
        return 2;
    }
    stage.driver = argv[1];
    sim_start(&(struct sim_options){.windows = SIM_WINDOWS_10_2004});
    sim_set_parameter_string("ToolPath", TOOL);
    sim_set_value(SIM_SERVICE_KEY "\\Parameters", "Installed", REG_DWORD, &(ULONG){1}, sizeof(ULONG));
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        obey(&stage, line);
    }
    free(line);
    end(&stage);
    return 0;
}
