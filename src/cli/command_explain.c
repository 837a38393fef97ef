#include "command.h"
#include "explanation.h"
#include "hashes.h"
#include "image_facts.h"
#include "message.h"
#include "policy_source.h"
#include "record_input.h"

#include <stdlib.h>
#include <string.h>

static bool take_version(const char *file, enum vg_field field, struct vg_record_input *input)
{
    struct vg_image_facts facts;
    bool done = vg_image_facts_of_version(file, &facts);

    if (done) {
        struct vg_span value = vg_image_facts_string(&facts, field);

        if (value.size == 0)
            vg_record_set_state(&input->record, field, VG_FACT_ABSENT);
        else
            done = vg_record_input_set_bytes(input, field, value.bytes, value.size);
    }
    vg_image_facts_free(&facts);
    return done;
}

static bool take_hash(const char *file, enum vg_field field, struct vg_record_input *input)
{
    enum vg_hash_name name = vg_hash_of_field(field);
    struct vg_hashes hashes;

    if (!vg_hashes_of_file(file, VG_HASH_BIT(name), &hashes))
        return false;
    if (hashes.known != 0)
        return vg_record_input_set_bytes(input, field, hashes.digests[name], (uint32_t)vg_hash_size(name));
    vg_record_set_state(&input->record, field, VG_FACT_ABSENT);
    return true;
}

/* A fact that the rules ask for: from --file, or not to be had. */
static bool gather(const struct vg_arguments *arguments, enum vg_field field, struct vg_record_input *input,
                   struct vg_explanation *explanation)
{
    const char *file = vg_arguments_value(arguments, "file");

    explanation->needed |= (uint64_t)1 << field;
    if (file == NULL) {
        vg_record_set_state(&input->record, field, VG_FACT_UNKNOWN);
        return true;
    }
    explanation->from_file |= (uint64_t)1 << field;
    return vg_field_digest_size(field) != 0 ? take_hash(file, field, input)
                                            : take_version(file, field, input);
}

/* The driver's way to a decision: the compiled policy, in stages. */
static bool decide(const struct vg_arguments *arguments, const struct vg_policy *policy,
                   struct vg_record_input *input, struct vg_explanation *explanation)
{
    void *scratch = malloc(vg_policy_scratch_size(policy));
    bool done = true;

    if (scratch == NULL) {
        vg_say_error("out of memory");
        return false;
    }
    vg_policy_scratch_init(policy, scratch);
    vg_policy_begin(scratch);
    while (done && vg_policy_decide(&input->record, scratch, &explanation->decision) == VG_NEED_FACT)
        done = gather(arguments, explanation->decision.need, input, explanation);
    free(scratch);
    return done;
}

/* Whose conditions to show: the rule that --rule names by number, or else the one that decided. */
static bool choose_rule(const struct vg_arguments *arguments, struct vg_explanation *explanation)
{
    const char *given = vg_arguments_value(arguments, "rule");
    unsigned long number;
    char *end;

    explanation->rule = explanation->decision.rule;
    if (given == NULL)
        return true;
    number = strtoul(given, &end, 10);
    if (given[0] < '0' || given[0] > '9' || *end != '\0' || number < 1 ||
        number > explanation->model->rule_count) {
        vg_say_error("explain: --rule should be a number from 1 to %zu, as `vigil check -v` numbers them",
                     explanation->model->rule_count);
        return false;
    }
    explanation->rule = (uint32_t)number - 1;
    return true;
}

static int print(const struct vg_arguments *arguments, const struct vg_explanation *explanation)
{
    static const int codes[] = {[VG_ALLOW] = VG_EXIT_OK, [VG_DENY] = VG_EXIT_DENY, [VG_ASK] = VG_EXIT_ASK};

    if (!vg_arguments_flag(arguments, "json"))
        vg_explanation_print(explanation);
    else if (!vg_explanation_print_json(explanation))
        return VG_EXIT_ERROR;
    return codes[explanation->decision.verdict];
}

/* Judges the conditions that are to be shown, and shows everything. */
static int show(const struct vg_arguments *arguments, struct vg_explanation *explanation)
{
    struct vg_judged judged = {0};
    int result = VG_EXIT_ERROR;

    if (explanation->rule == VG_RULE_NONE)
        return print(arguments, explanation);
    if (vg_judge(explanation->model->rules[explanation->rule].condition, explanation->record, &judged)) {
        explanation->judged = &judged;
        result = print(arguments, explanation);
        explanation->judged = NULL;
    } else {
        vg_say_error("out of memory");
    }
    vg_judged_free(&judged);
    return result;
}

static int explain(const struct vg_arguments *arguments, const struct vg_model *model,
                   struct vg_record_input *input)
{
    struct vg_console_reporter console = {.stream = stderr};
    struct vg_reporter reporter = vg_console_reporter(&console);
    struct vg_explanation explanation = {
        .model = model,
        .record = &input->record,
        .everything = vg_arguments_flag(arguments, "verbose"),
    };
    struct vg_blob_error error = {0};
    struct vg_policy policy;
    void *blob = NULL;
    size_t size = 0;
    int result = VG_EXIT_ERROR;

    if (!vg_model_compile(model, &reporter, &blob, &size))
        return VG_EXIT_ERROR;
    if (!vg_policy_open(&policy, blob, size, &error)) {
        vg_say_error("the compiled policy does not pass its own validation: %s at offset %zu", error.check,
                     error.offset);
    } else {
        vg_policy_info(&policy, &explanation.info);
        if (!decide(arguments, &policy, input, &explanation))
            result = VG_EXIT_ERROR;
        else if (!choose_rule(arguments, &explanation))
            result = VG_EXIT_USAGE;
        else
            result = show(arguments, &explanation);
    }
    free(blob);
    return result;
}

/* The driver gives full names; rules written for those do not match anything else, which puzzles people. */
static void note_short_path(const struct vg_record *record, enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];
    const uint16_t *units;
    uint32_t count;

    if (fact->state != VG_FACT_KNOWN)
        return;
    units = vg_units(fact->values[0]);
    count = vg_unit_count(fact->values[0]);
    if ((count >= 1 && units[0] == u'\\') || (count >= 3 && units[1] == u':' && units[2] == u'\\'))
        return;
    vg_say_error(
        "note: %s is not a full path; the driver always gives one, as C:\\Windows\\System32\\cmd.exe",
        vg_field_name(field));
}

static int run(const struct vg_arguments *arguments)
{
    struct vg_console_reporter console = {.stream = stderr, .quiet_warnings = true};
    struct vg_record_input input;
    struct vg_model model;
    int result = vg_record_input_read(arguments, &input);

    if (result == VG_EXIT_OK) {
        for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
            if (vg_field_kind((enum vg_field)field) == VG_KIND_PATH)
                note_short_path(&input.record, (enum vg_field)field);
        }
        result = vg_read_policy(arguments, arguments->operands[0], &console, &model);
        if (result == VG_EXIT_OK) {
            result = explain(arguments, &model, &input);
            vg_model_free(&model);
        }
    }
    vg_record_input_free(&input);
    return result;
}

static const struct vg_option options[] = {
    VG_RECORD_OPTIONS{
        .name = "record", .value = "FILE.json", .text = "the start as a JSON object with Sysmon's names"},
    {.name = "file",
     .value = "FILE",
     .text = "where to take version strings and hashes from, if a rule asks for them"},
    {.name = "rule", .value = "NUMBER", .text = "show this rule's conditions, also if it did not decide"},
    {.name = "verbose", .letter = 'v', .text = "show also the conditions that do not matter"},
    {.name = "json", .text = "one JSON object"},
    VG_POLICY_OPTIONS,
    {0},
};

const struct vg_command vg_command_explain = {
    .name = "explain",
    .summary = "what would happen to a start, and which rule says so",
    .usage = "POLICY [--image PATH] [--command-line TEXT] [--record FILE.json] [OPTIONS]",
    .description =
        "Decides one start by a policy, with the code that decides in the driver, and says which rule "
        "decided and\n"
        "which of its conditions held. The start is described by options, one per fact, or by a JSON object "
        "as\n"
        "Sysmon, `vigil watch --json` and the event log's shippers write it (flat, below Event/EventData or\n"
        "below winlog/event_data; null: the fact is absent). Options replace what the file says. A fact that "
        "is\n"
        "given twice has two values, as User has: --user S-1-5-18 --user 'NT AUTHORITY\\SYSTEM'. What "
        "nobody\n"
        "speaks of is unknown, and the answer says so if it rests on that.\n"
        "\n"
        "Words: Reparented true, false; Tampered delete-pending, transacted, writable, unnamed; "
        "IntegrityLevel\n"
        "Untrusted, Low, Medium, MediumPlus, High, System, Protected; Subsystem Win32, WSL; Drive fixed,\n"
        "removable, network, cdrom, ram.\n",
    .options = options,
    .examples = "  vigil explain policy.yaml --image 'C:\\Windows\\System32\\cmd.exe' \\\n"
                "      --parent-image 'C:\\Program Files\\Microsoft Office\\winword.exe'\n"
                "  vigil explain policy.yaml --record start.json --json\n"
                "  vigil explain policy.yaml --image 'D:\\setup.exe' --file setup.exe --drive removable\n",
    .exit_codes = "  0  the start would be allowed\n"
                  "  1  it could not be decided: the policy has errors, a file could not be read\n"
                  "  2  the command line was wrong\n"
                  "  3  the start would be denied (also in monitor mode, which only records it)\n"
                  "  4  the policy would ask\n",
    .operands_min = 1,
    .operands_max = 1,
    .operand = "POLICY",
    .run = run,
};
