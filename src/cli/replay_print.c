#include "event_words.h"
#include "replay.h"

#include <string.h>

static void add_key(struct vg_output *output, const char *key)
{
    vg_output_format(output, ",\"%s\":", key);
}

static void add_number(struct vg_output *output, const char *key, uint64_t value)
{
    vg_output_format(output, ",\"%s\":%llu", key, (unsigned long long)value);
}

static void add_name(struct vg_output *output, const struct vg_replay *replay, uint32_t rule)
{
    struct vg_span name = vg_policy_rule_name(&replay->policy, rule);

    vg_output_json(output, name.bytes, name.size);
}

static void add_fact(struct vg_output *output, const struct vg_record *record, enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];

    if (fact->state != VG_FACT_KNOWN && fact->state != VG_FACT_ABSENT)
        return;
    add_key(output, vg_field_name(field));
    if (fact->state == VG_FACT_ABSENT)
        vg_output_text(output, "null");
    else
        vg_output_json_utf16(output, fact->values[0]);
}

static void add_audits(struct vg_output *output, const struct vg_replay *replay,
                       const struct vg_replay_start *start)
{
    add_key(output, "AuditRules");
    vg_output_text(output, "[");
    for (uint32_t i = 0; i < start->decision->audit_count; i++) {
        vg_output_text(output, i != 0 ? "," : "");
        add_name(output, replay, start->audits[i]);
    }
    vg_output_text(output, "]");
    add_number(output, "AuditCount", start->decision->audit_count);
}

static void add_unknown(struct vg_output *output, uint64_t fields)
{
    const char *between = "";

    add_key(output, "RestedOnUnknown");
    vg_output_text(output, "[");
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((fields >> field & 1) == 0)
            continue;
        vg_output_format(output, "%s\"%s\"", between, vg_field_name((enum vg_field)field));
        between = ",";
    }
    vg_output_text(output, "]");
}

static void print_json(const struct vg_replay *replay, const struct vg_replay_start *start,
                       struct vg_output *output)
{
    const struct vg_log_place *place = start->place;
    const struct vg_decision *decision = start->decision;

    vg_output_text(output, "{\"File\":");
    vg_output_json(output, place->file, strlen(place->file));
    add_number(output, place->record ? "Record" : "Line", place->number);
    vg_output_format(output,
                     ",\"Verdict\":\"%s\",\"RuleName\":", vg_verdict_word((uint8_t)decision->verdict));
    if (decision->rule != VG_RULE_NONE) {
        add_name(output, replay, decision->rule);
        add_number(output, "RuleIndex", decision->rule);
    } else {
        vg_output_text(output, "null,\"RuleIndex\":null");
    }
    add_audits(output, replay, start);
    add_unknown(output, decision->unknown_fields);
    add_fact(output, start->record, VG_FIELD_IMAGE);
    add_fact(output, start->record, VG_FIELD_COMMAND_LINE);
    add_fact(output, start->record, VG_FIELD_PARENT_IMAGE);
    vg_output_text(output, "}\n");
}

static void print_fact(struct vg_output *output, const struct vg_record *record, enum vg_field field,
                       const char *none)
{
    const struct vg_fact *fact = &record->facts[field];

    if (fact->state == VG_FACT_KNOWN)
        vg_output_visible_utf16(output, fact->values[0]);
    else
        vg_output_text(output, none);
}

static void print_rule(struct vg_output *output, const struct vg_replay *replay, uint32_t rule)
{
    struct vg_span name = vg_policy_rule_name(&replay->policy, rule);

    vg_output_format(output, "%u \"", rule + 1);
    vg_output_visible(output, name.bytes, name.size);
    vg_output_text(output, "\"");
}

static void print_line(const struct vg_replay *replay, const struct vg_replay_start *start,
                       struct vg_output *output)
{
    const struct vg_log_place *place = start->place;
    const struct vg_decision *decision = start->decision;

    vg_output_visible(output, place->file, strlen(place->file));
    vg_output_format(output, place->record ? ": record %llu: %s by " : ":%llu: %s by ",
                     (unsigned long long)place->number, vg_verdict_word((uint8_t)decision->verdict));
    if (decision->rule != VG_RULE_NONE) {
        vg_output_text(output, "rule ");
        print_rule(output, replay, decision->rule);
    } else {
        vg_output_text(output, "default");
    }
    if (decision->audit_count != 0)
        vg_output_format(output, ", %u audited", decision->audit_count);
    vg_output_text(output, ": ");
    print_fact(output, start->record, VG_FIELD_IMAGE, "(image not known)");
    vg_output_text(output, ": ");
    print_fact(output, start->record, VG_FIELD_COMMAND_LINE, "(command line not known)");
    vg_output_text(output, "\n");
}

void vg_replay_print_record(const struct vg_replay *replay, const struct vg_replay_start *start,
                            struct vg_output *output)
{
    if (replay->json)
        print_json(replay, start, output);
    else
        print_line(replay, start, output);
}

static uint64_t decided(const struct vg_replay_counts *counts)
{
    return counts->verdicts[VG_ALLOW] + counts->verdicts[VG_DENY] + counts->verdicts[VG_ASK];
}

static void print_json_summary(const struct vg_replay *replay, const struct vg_replay_counts *counts,
                               const struct vg_log_result *result, size_t files, struct vg_output *output)
{
    const char *between = "";

    vg_output_format(output, "{\"Summary\":{\"Files\":%zu", files);
    add_number(output, "UnreadFiles", result->unread_files);
    add_number(output, "PassedOver", result->passed_over);
    add_number(output, "Read", result->counts.items);
    add_number(output, "Decided", decided(counts));
    add_number(output, "Allowed", counts->verdicts[VG_ALLOW]);
    add_number(output, "Denied", counts->verdicts[VG_DENY]);
    add_number(output, "Asked", counts->verdicts[VG_ASK]);
    add_number(output, "Audited", counts->audited);
    add_number(output, "UnknownFacts", counts->unknown);
    add_number(output, "FilesLookedInto", counts->looked);
    add_number(output, "FilesHashed", counts->hashed);
    add_number(output, "Skipped", result->counts.skipped);
    add_number(output, "Broken", result->counts.broken);
    add_number(output, "ByDefault", counts->defaults);
    vg_output_text(output, ",\"Rules\":[");
    for (uint32_t rule = 0; rule < replay->model->rule_count; rule++) {
        if (counts->rules[rule] == 0)
            continue;
        vg_output_format(output, "%s{\"Index\":%u,\"Action\":\"%s\",\"Name\":", between, rule,
                         vg_policy_rule_action(&replay->policy, rule));
        add_name(output, replay, rule);
        add_number(output, "Count", counts->rules[rule]);
        vg_output_text(output, "}");
        between = ",";
    }
    vg_output_text(output, "]}}\n");
}

static void print_rules(const struct vg_replay *replay, const struct vg_replay_counts *counts,
                        struct vg_output *output)
{
    static const char *const words[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask"};
    size_t silent = 0;

    for (uint32_t rule = 0; rule < replay->model->rule_count; rule++) {
        silent += counts->rules[rule] == 0;
        if (counts->rules[rule] == 0)
            continue;
        vg_output_format(output, "%12llu  %-5s  rule ", (unsigned long long)counts->rules[rule],
                         vg_policy_rule_action(&replay->policy, rule));
        print_rule(output, replay, rule);
        vg_output_text(output, "\n");
    }
    if (counts->defaults != 0)
        vg_output_format(output, "%12llu  %-5s  no rule: the policy's default\n",
                         (unsigned long long)counts->defaults, words[replay->model->default_verdict]);
    if (silent != 0)
        vg_output_format(output, "%12s  %zu rule%s matched nothing\n", "", silent, silent == 1 ? "" : "s");
}

void vg_replay_print_summary(const struct vg_replay *replay, const struct vg_replay_counts *counts,
                             const struct vg_log_result *result, size_t files, struct vg_output *output)
{
    if (replay->json) {
        print_json_summary(replay, counts, result, files, output);
        return;
    }
    vg_output_format(output, "%llu read from %zu file%s: %llu decided, %llu skipped, %llu broken\n",
                     (unsigned long long)result->counts.items, files, files == 1 ? "" : "s",
                     (unsigned long long)decided(counts), (unsigned long long)result->counts.skipped,
                     (unsigned long long)result->counts.broken);
    if (result->passed_over != 0)
        vg_output_format(output, "%llu other file%s passed over: no log%s by the name\n",
                         (unsigned long long)result->passed_over, result->passed_over == 1 ? "" : "s",
                         result->passed_over == 1 ? "" : "s");
    vg_output_format(
        output,
        "%llu allowed, %llu denied, %llu asked; %llu audited; %llu rest on facts that are not known\n",
        (unsigned long long)counts->verdicts[VG_ALLOW], (unsigned long long)counts->verdicts[VG_DENY],
        (unsigned long long)counts->verdicts[VG_ASK], (unsigned long long)counts->audited,
        (unsigned long long)counts->unknown);
    if (counts->looked != 0)
        vg_output_format(output, "%llu would have their file looked into, %llu of them hashed\n",
                         (unsigned long long)counts->looked, (unsigned long long)counts->hashed);
    print_rules(replay, counts, output);
}
