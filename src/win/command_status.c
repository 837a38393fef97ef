#include "commands.h"

#include "device.h"
#include "failure.h"
#include "registry.h"
#include "service.h"
#include "status_words.h"
#include "wide.h"

#include "../cli/event_words.h"
#include "../cli/status_text.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The counters, once: their name in JSON, what people read, and where they are. */
static const struct {
    const char *name;
    const char *text;
    size_t offset;
} counters[] = {
    {"Starts", "starts seen", offsetof(struct vg_abi_status, starts)},
    {"Exits", "exits seen", offsetof(struct vg_abi_status, exits)},
    {"Images", "image loads recorded", offsetof(struct vg_abi_status, images)},
    {"Allowed", "allowed", offsetof(struct vg_abi_status, allowed)},
    {"Denied", "denied", offsetof(struct vg_abi_status, denied)},
    {"WouldDeny", "would have been denied", offsetof(struct vg_abi_status, would_deny)},
    {"Asked", "asked about", offsetof(struct vg_abi_status, asked)},
    {"Audited", "matched by an audit rule", offsetof(struct vg_abi_status, audited)},
    {"ByGuard", "allowed by a guard", offsetof(struct vg_abi_status, by_guard)},
    {"DeniedByOthers", "denied by another driver", offsetof(struct vg_abi_status, denied_by_others)},
    {"Undone", "denials that came to nothing: another driver, or a process that could not be ended",
     offsetof(struct vg_abi_status, undone)},
    {"UnknownFacts", "decided with an unknown fact", offsetof(struct vg_abi_status, unknown_facts)},
    {"FilesOpened", "files opened", offsetof(struct vg_abi_status, files_opened)},
    {"FilesHashed", "files hashed", offsetof(struct vg_abi_status, files_hashed)},
    {"CutShort", "files not read to the end in time", offsetof(struct vg_abi_status, cut_short)},
    {"CacheHits", "hashes from the cache", offsetof(struct vg_abi_status, cache_hits)},
    {"EventsWritten", "events recorded", offsetof(struct vg_abi_status, events_written)},
    {"EventsLost", "events lost by slow readers", offsetof(struct vg_abi_status, events_lost)},
    {"EventsDropped", "events without memory", offsetof(struct vg_abi_status, events_dropped)},
    {"Processes", "processes known now", offsetof(struct vg_abi_status, processes)},
    {"DecisionWorstNs", "slowest decision (ns)", offsetof(struct vg_abi_status, decision_worst_ns)},
};

static uint64_t counter(const struct vg_abi_status *status, size_t index)
{
    return *(const uint64_t *)((const char *)status + counters[index].offset);
}

static uint64_t mean_ns(const struct vg_abi_status *status)
{
    return status->starts ? status->decision_total_ns / status->starts : 0;
}

static void identity_text(const struct vg_abi_status *status, char text[2 * VG_POLICY_IDENTITY_SIZE + 1])
{
    for (size_t i = 0; i < VG_POLICY_IDENTITY_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", status->policy_identity[i]);
}

static void print_registration(const struct vg_abi_status *status)
{
    if (status->registered_with) {
        printf("callback     %s\n", vg_registration_word(status->registered_with));
        return;
    }
    printf("callback     NOT registered (0x%08X): no start is seen, nothing is decided\n",
           (unsigned)status->registration_status);
}

/* STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND */
static bool is_no_file(uint32_t status)
{
    return status == 0xC0000034 || status == 0xC000003A;
}

static void print_policy(const struct vg_abi_status *status)
{
    char identity[2 * VG_POLICY_IDENTITY_SIZE + 1];

    identity_text(status, identity);
    if (status->policy_size)
        printf("policy       %u rule%s, %" PRIu64 " bytes, number %" PRIu64
               " since the driver started\n             SHA-256 %s\n",
               status->rule_count, status->rule_count == 1 ? "" : "s", status->policy_size,
               status->policy_generation, identity);
    else
        printf("policy       none\n");
    if (is_no_file((uint32_t)status->policy_status)) {
        printf("             none was kept for the start of the driver (vigil load POLICY keeps one)\n");
    } else if (status->policy_status) {
        printf("             the last load failed: ");
        vg_print_ntstatus(stdout, (uint32_t)status->policy_status);
        printf("\n");
    }
}

static void print_guards(void)
{
    wchar_t *wide;
    char *tool = NULL;

    if (!vg_parameter_text((const wchar_t *)VG_VALUE_TOOL_PATH, &wide)) {
        tool = vg_utf8(wide);
        free(wide);
    }
    printf("always allowed\n");
    printf("             what the System process creates; protected processes; clones and minimal processes "
           "(no default deny)\n");
    if (tool)
        printf("             %s, elevated\n", tool);
    free(tool);
}

static void print_status(const struct vg_abi_status *status)
{
    printf("vigil.sys    runs; %s: %s\n", vg_enforcement_word(status->enforcement),
           vg_enforcement_sentence(status->enforcement));
    if (status->override_mode)
        printf("mode         %s, by `vigil mode`\n", vg_override_word(status->override_mode));
    print_registration(status);
    print_policy(status);
    printf("boot         %s\n", status->boot_confirmed ? "confirmed" : "not confirmed yet (vigil confirm)");
    printf("records      %s%s\n", "starts and exits",
           status->options & VG_OPTION_WATCH_IMAGES ? ", image loads" : "");
    if (status->options & VG_OPTION_HASH_ALL)
        printf("             SHA256 of every start\n");
    if (status->quiesced)
        printf("             being stopped: no events are handed out\n");
    printf("handles      %u open, this program's included\n", status->readers);
    print_guards();
    printf("since the driver started\n");
    for (size_t i = 0; i < ARRAYSIZE(counters); i++)
        printf("%20" PRIu64 "  %s\n", counter(status, i), counters[i].text);
    printf("%20" PRIu64 "  mean decision (ns)\n", mean_ns(status));
}

static json_t *status_json(const struct vg_abi_status *status)
{
    char identity[2 * VG_POLICY_IDENTITY_SIZE + 1];
    json_t *json;

    identity_text(status, identity);
    json =
        json_pack("{s:b, s:s, s:s, s:s, s:I, s:I, s:I, s:s?, s:I, s:I, s:b, s:b, s:I, s:b, s:b}", "Running",
                  1, "Enforcement", vg_enforcement_word(status->enforcement), "Mode",
                  vg_override_word(status->override_mode), "RegisteredWith",
                  vg_registration_word(status->registered_with), "RegistrationStatus",
                  (json_int_t)(uint32_t)status->registration_status, "PolicyStatus",
                  (json_int_t)(uint32_t)status->policy_status, "RuleCount", (json_int_t)status->rule_count,
                  "PolicyIdentity", status->policy_size ? identity : NULL, "PolicySize",
                  (json_int_t)status->policy_size, "PolicyGeneration", (json_int_t)status->policy_generation,
                  "BootConfirmed", (int)status->boot_confirmed, "Quiesced", (int)status->quiesced, "Handles",
                  (json_int_t)status->readers, "WatchImages", (status->options & VG_OPTION_WATCH_IMAGES) != 0,
                  "HashAll", (status->options & VG_OPTION_HASH_ALL) != 0);
    for (size_t i = 0; json && i < ARRAYSIZE(counters); i++)
        json_object_set_new(json, counters[i].name, json_integer((json_int_t)counter(status, i)));
    if (json)
        json_object_set_new(json, "DecisionMeanNs", json_integer((json_int_t)mean_ns(status)));
    return json;
}

/* The driver does not answer: what is known of its service, for machines. */
static json_t *absence_json(void)
{
    struct vg_service service = {0};
    DWORD error = vg_service_query(&service);
    json_t *json;

    if (error)
        json = json_pack("{s:b, s:b, s:I}", "Running", 0, "Installed", 0, "Error", (json_int_t)error);
    else
        json = json_pack("{s:b, s:b, s:s, s:s, s:I}", "Running", 0, "Installed", 1, "ServiceState",
                         vg_service_state_text(service.state), "StartType",
                         vg_service_start_text(service.start_type), "Error", (json_int_t)service.exit_code);
    vg_service_free(&service);
    return json;
}

static int print_json(json_t *json, int result)
{
    if (!json || json_dumpf(json, stdout, JSON_COMPACT) != 0) {
        vg_complain("the status could not be written");
        result = VG_EXIT_ERROR;
    }
    putchar('\n');
    json_decref(json);
    return result;
}

static int run(const struct vg_arguments *arguments)
{
    bool as_json = vg_arguments_flag(arguments, "json");
    struct vg_abi_status status;
    HANDLE device = vg_device_connect();
    DWORD error;

    if (device == INVALID_HANDLE_VALUE)
        return as_json ? print_json(absence_json(), VG_EXIT_ERROR) : VG_EXIT_ERROR;
    error = vg_device_status(device, &status);
    CloseHandle(device);
    if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
        return VG_EXIT_ERROR;
    }
    if (as_json)
        return print_json(status_json(&status), VG_EXIT_OK);
    print_status(&status);
    fflush(stdout);
    vg_service_explain_registration(&status);
    return VG_EXIT_OK;
}

static const struct vg_option options[] = {
    {.name = "json", .text = "one JSON object, also when the driver does not run"},
    {0},
};

const struct vg_command vg_command_status = {
    .name = "status",
    .summary = "how the driver is, what it enforces, what it has counted",
    .usage = "[--json]",
    .description = "Says whether vigil.sys runs, and if not, why; which policy is in force and whether it is "
                   "enforced; what is\n"
                   "always allowed; and the counters.\n",
    .options = options,
    .examples = "  vigil status\n  vigil status --json\n",
    .exit_codes =
        "  0  the driver runs\n  1  it does not, or cannot be asked\n  2  the command line was wrong\n",
    .run = run,
};
