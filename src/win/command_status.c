#include "commands.h"

#include "device.h"
#include "failure.h"
#include "registry.h"
#include "service.h"
#include "status_words.h"
#include "wide.h"

#include "../cli/event_words.h"
#include "../cli/json_write.h"
#include "../cli/status_text.h"

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

static void put_status(struct vg_json_writer *writer, yyjson_mut_val *object,
                       const struct vg_abi_status *status)
{
    char identity[2 * VG_POLICY_IDENTITY_SIZE + 1];

    identity_text(status, identity);
    vg_json_put_boolean(writer, object, "Running", true);
    vg_json_put_text(writer, object, "Enforcement", vg_enforcement_word(status->enforcement));
    vg_json_put_text(writer, object, "Mode", vg_override_word(status->override_mode));
    vg_json_put_text(writer, object, "RegisteredWith", vg_registration_word(status->registered_with));
    vg_json_put_number(writer, object, "RegistrationStatus", (uint32_t)status->registration_status);
    vg_json_put_number(writer, object, "PolicyStatus", (uint32_t)status->policy_status);
    vg_json_put_number(writer, object, "RuleCount", status->rule_count);
    vg_json_put_text(writer, object, "PolicyIdentity", status->policy_size ? identity : NULL);
    vg_json_put_number(writer, object, "PolicySize", status->policy_size);
    vg_json_put_number(writer, object, "PolicyGeneration", status->policy_generation);
    vg_json_put_boolean(writer, object, "BootConfirmed", status->boot_confirmed != 0);
    vg_json_put_boolean(writer, object, "Quiesced", status->quiesced != 0);
    vg_json_put_number(writer, object, "Handles", status->readers);
    vg_json_put_boolean(writer, object, "WatchImages", (status->options & VG_OPTION_WATCH_IMAGES) != 0);
    vg_json_put_boolean(writer, object, "HashAll", (status->options & VG_OPTION_HASH_ALL) != 0);
    for (size_t i = 0; i < ARRAYSIZE(counters); i++)
        vg_json_put_number(writer, object, counters[i].name, counter(status, i));
    vg_json_put_number(writer, object, "DecisionMeanNs", mean_ns(status));
}

/* The driver does not answer: what is known of its service, for machines. */
static void put_absence(struct vg_json_writer *writer, yyjson_mut_val *object)
{
    struct vg_service service = {0};
    DWORD error = vg_service_query(&service);

    vg_json_put_boolean(writer, object, "Running", false);
    vg_json_put_boolean(writer, object, "Installed", !error);
    if (!error) {
        vg_json_put_text(writer, object, "ServiceState", vg_service_state_text(service.state));
        vg_json_put_text(writer, object, "StartType", vg_service_start_text(service.start_type));
    }
    vg_json_put_number(writer, object, "Error", error ? error : service.exit_code);
    vg_service_free(&service);
}

/* NULL: the driver does not answer. */
static int print_json(const struct vg_abi_status *status, int result)
{
    struct vg_json_writer writer;
    yyjson_mut_val *object;

    vg_json_begin(&writer);
    object = vg_json_object(&writer);
    if (status != NULL)
        put_status(&writer, object, status);
    else
        put_absence(&writer, object);
    if (vg_json_write(&writer, object, stdout))
        return result;
    vg_complain("the status could not be written");
    return VG_EXIT_ERROR;
}

static int run(const struct vg_arguments *arguments)
{
    bool as_json = vg_arguments_flag(arguments, "json");
    struct vg_abi_status status;
    HANDLE device = vg_device_connect();
    DWORD error;

    if (device == INVALID_HANDLE_VALUE)
        return as_json ? print_json(NULL, VG_EXIT_ERROR) : VG_EXIT_ERROR;
    error = vg_device_status(device, &status);
    CloseHandle(device);
    if (error) {
        vg_complain_win32(error, "vigil.sys does not say how it is");
        return VG_EXIT_ERROR;
    }
    if (as_json)
        return print_json(&status, VG_EXIT_OK);
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
