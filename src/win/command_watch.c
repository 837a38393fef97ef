#include "commands.h"

#include "device.h"
#include "event_source.h"
#include "failure.h"

#include "../cli/event_json.h"
#include "../cli/event_text.h"
#include "../cli/platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct watch {
    bool json;
    bool only_denied;
    unsigned long long left; /* events still to be shown */
    bool limited;            /* whether `left` counts */
    ULONGLONG end;           /* GetTickCount64 at which to stop; 0: never */
    struct vg_event_style style;
};

/* Set by Ctrl-C, Ctrl-Break and the closing of the console. */
static HANDLE stop_event;

static BOOL WINAPI on_control(DWORD type)
{
    (void)type;
    SetEvent(stop_event);
    return TRUE;
}

/* What was lost, and what changed, is shown whatever is filtered: else the rest could not be understood. */
static bool is_wanted(const struct watch *watch, const struct vg_event *event)
{
    switch (event->header.type) {
    case VG_EVENT_START:
        return !watch->only_denied || event->start.enforced || event->start.verdict == VG_DENY;
    case VG_EVENT_LOST:
    case VG_EVENT_STATE:
        return true;
    default:
        return !watch->only_denied;
    }
}

static bool show(struct watch *watch, const struct vg_event *event)
{
    return watch->json ? vg_event_write_json(stdout, event) : vg_event_print(stdout, event, &watch->style);
}

/* Shows the events of one batch. False after a complaint. */
static bool show_batch(struct watch *watch, const char *bytes, DWORD size)
{
    for (DWORD at = 0; at < size && !(watch->limited && !watch->left);) {
        struct vg_event event;
        const char *problem;

        if (!vg_event_decode(bytes + at, size - at, &event, &problem)) {
            vg_complain("the driver sent an event that makes no sense: %s", problem);
            return false;
        }
        at += event.header.size;
        if (!is_wanted(watch, &event))
            continue;
        if (!show(watch, &event)) {
            vg_complain_errno("the events could not be written", "standard output");
            return false;
        }
        if (watch->limited)
            watch->left--;
    }
    if (fflush(stdout) != 0) {
        vg_complain_errno("the events could not be written", "standard output");
        return false;
    }
    return true;
}

static DWORD time_left(const struct watch *watch)
{
    ULONGLONG now = GetTickCount64();

    if (!watch->end)
        return INFINITE;
    return now < watch->end ? (DWORD)(watch->end - now) : 0;
}

static int follow(struct watch *watch, struct vg_event_source *source)
{
    while (!(watch->limited && !watch->left)) {
        DWORD size = 0;

        switch (vg_event_source_read(source, time_left(watch), &size)) {
        case VG_BATCH_EVENTS:
            if (!show_batch(watch, source->buffer, size))
                return VG_EXIT_ERROR;
            if (watch->end && !time_left(watch))
                return VG_EXIT_OK;
            break;
        case VG_BATCH_TIMEOUT:
        case VG_BATCH_STOPPED:
            return VG_EXIT_OK;
        case VG_BATCH_CLOSING:
            fprintf(stderr, "vigil: vigil.sys is being stopped; no more events\n");
            return VG_EXIT_OK;
        case VG_BATCH_FAILED:
            return VG_EXIT_ERROR;
        }
    }
    return VG_EXIT_OK;
}

static bool seek_end(HANDLE device)
{
    struct vg_abi_seek seek = {.to = VG_SEEK_END};
    DWORD error = vg_device_request(device, VG_IOCTL_SEEK, &seek, sizeof seek, NULL, 0, NULL);

    if (error)
        vg_complain_win32(error, "the end of the events was not found");
    return !error;
}

static int watch_device(struct watch *watch, HANDLE device, bool from_start)
{
    struct vg_event_source source;
    int result;

    if (!from_start && !seek_end(device))
        return VG_EXIT_ERROR;
    if (!vg_event_source_open(&source, device, stop_event))
        return VG_EXIT_ERROR;
    result = follow(watch, &source);
    vg_event_source_close(&source);
    return result;
}

/* A number above 0 and at most `most`, or false after a complaint. */
static bool parse_number(const struct vg_arguments *arguments, const char *name, unsigned long long most,
                         unsigned long long *number)
{
    const char *text = vg_arguments_value(arguments, name);
    unsigned long long value;
    char *end;

    *number = 0;
    if (!text)
        return true;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || value == 0 || value > most) {
        vg_complain("--%s takes a whole number from 1 to %llu, not \"%s\"", name, most, text);
        return false;
    }
    *number = value;
    return true;
}

static int run(const struct vg_arguments *arguments)
{
    struct watch watch = {.json = vg_arguments_flag(arguments, "json"),
                          .only_denied = vg_arguments_flag(arguments, "denied")};
    unsigned long long seconds;
    HANDLE device;
    int result;

    if (!parse_number(arguments, "count", 1000000000000ull, &watch.left) ||
        !parse_number(arguments, "for", 1000000, &seconds))
        return VG_EXIT_USAGE;
    watch.limited = watch.left != 0;
    watch.style =
        (struct vg_event_style){.colour = vg_colour_wanted(stdout), .columns = vg_platform_columns(stdout)};
    stop_event = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!stop_event) {
        vg_complain_win32(GetLastError(), "the watch could not begin");
        return VG_EXIT_ERROR;
    }
    device = vg_device_connect_overlapped();
    if (device == INVALID_HANDLE_VALUE)
        return VG_EXIT_ERROR;
    SetConsoleCtrlHandler(on_control, TRUE);
    if (seconds)
        watch.end = GetTickCount64() + seconds * 1000;
    result = watch_device(&watch, device, vg_arguments_flag(arguments, "from-start"));
    CloseHandle(device);
    return result;
}

static const struct vg_option options[] = {
    {.name = "json", .text = "one JSON object a line, with Sysmon's names"},
    {.name = "denied", .text = "only starts that are denied, or would be (monitor)"},
    {.name = "from-start", .text = "begin with the oldest event the driver still has"},
    {.name = "count", .value = "N", .text = "end after N events"},
    {.name = "for", .value = "SECONDS", .text = "end after that time"},
    {0},
};

const struct vg_command vg_command_watch = {
    .name = "watch",
    .summary = "show starts, exits and image loads as they happen",
    .usage = "[OPTIONS]",
    .description = "Shows what the driver records, from now on, until Ctrl-C or until the driver stops. Any "
                   "number of watches can\n"
                   "run; one that cannot keep up is told exactly how many events it lost.\n",
    .options = options,
    .examples = "  vigil watch --denied\n  vigil watch --json --from-start --for 60 > starts.jsonl\n",
    .run = run,
};
