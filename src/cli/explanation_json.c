#include "explanation.h"

#include "digits.h"
#include "json_write.h"
#include "predicate_text.h"

#include <stdio.h>

static yyjson_mut_val *value_json(struct vg_json_writer *writer, struct vg_span value, enum vg_field field)
{
    char digits[2 * VG_DIGEST_SIZE_MAX + 1];

    if (vg_field_digest_size(field) == 0)
        return vg_json_utf16(writer, value);
    vg_digits(value.bytes, value.size, digits);
    return vg_json_utf8(writer, digits);
}

static yyjson_mut_val *values_json(struct vg_json_writer *writer, const struct vg_record *record,
                                   enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];
    yyjson_mut_val *array = vg_json_array(writer);

    for (uint8_t i = 0; i < fact->count; i++)
        vg_json_add(writer, array, value_json(writer, fact->values[i], field));
    return array;
}

static const char *state_word(const struct vg_record *record, enum vg_field field)
{
    uint8_t state = record->facts[field].state;

    return state == VG_FACT_KNOWN ? "known" : state == VG_FACT_ABSENT ? "absent" : "unknown";
}

static yyjson_mut_val *place_json(struct vg_json_writer *writer, struct vg_place place)
{
    yyjson_mut_val *object = vg_json_object(writer);

    vg_json_put_text(writer, object, "File", place.file);
    vg_json_put_number(writer, object, "Line", place.line);
    vg_json_put_number(writer, object, "Column", place.column);
    return object;
}

/* The fact that a condition was held against; `other`: the second one of a comparison of two. */
static void add_fact(struct vg_json_writer *writer, yyjson_mut_val *object, const struct vg_record *record,
                     enum vg_field field, bool other)
{
    vg_json_put_text(writer, object, other ? "OtherField" : "Field", vg_field_name(field));
    vg_json_put_text(writer, object, other ? "OtherState" : "State", state_word(record, field));
    vg_json_put(writer, object, other ? "OtherValues" : "Values", values_json(writer, record, field));
}

static yyjson_mut_val *judged_json(struct vg_json_writer *writer, const struct vg_explanation *explanation,
                                   const struct vg_judged *judged)
{
    static const char *const kinds[] = {
        [VG_EXPR_TRUE] = "always", [VG_EXPR_FALSE] = "never", [VG_EXPR_PREDICATE] = "condition",
        [VG_EXPR_NOT] = "not",     [VG_EXPR_AND] = "all",     [VG_EXPR_OR] = "any",
    };
    const struct vg_predicate *predicate = judged->expression->predicate;
    yyjson_mut_val *object = vg_json_object(writer);
    yyjson_mut_val *parts;

    vg_json_put_text(writer, object, "Kind", kinds[judged->expression->kind]);
    vg_json_put_text(writer, object, "Truth", vg_truth_word(judged->truth));
    if (judged->expression->kind == VG_EXPR_PREDICATE) {
        vg_json_put_text(writer, object, "Text", judged->text);
        add_fact(writer, object, explanation->record, predicate->field, false);
        if (predicate->test == VG_TEST_FIELDREF)
            add_fact(writer, object, explanation->record, predicate->other, true);
        vg_json_put(writer, object, "Place", place_json(writer, predicate->place));
    }
    if (judged->parts == NULL)
        return object;
    parts = vg_json_array(writer);
    for (size_t i = 0; i < judged->expression->child_count; i++)
        vg_json_add(writer, parts, judged_json(writer, explanation, &judged->parts[i]));
    vg_json_put(writer, object, "Parts", parts);
    return object;
}

static yyjson_mut_val *rule_json(struct vg_json_writer *writer, const struct vg_explanation *explanation,
                                 uint32_t index)
{
    const struct vg_rule *rule;
    yyjson_mut_val *object;

    if (index == VG_RULE_NONE)
        return vg_json_null(writer);
    rule = &explanation->model->rules[index];
    object = vg_json_object(writer);
    vg_json_put_number(writer, object, "Index", index);
    vg_json_put_text(writer, object, "Action", vg_action_word(rule->action));
    vg_json_put_text(writer, object, "Name", rule->name);
    vg_json_put(writer, object, "Place", place_json(writer, rule->place));
    vg_json_put_text(writer, object, "SigmaId", rule->sigma_id);
    vg_json_put_text(writer, object, "SigmaLevel", rule->sigma_level);
    return object;
}

static yyjson_mut_val *fields_json(struct vg_json_writer *writer, uint64_t fields)
{
    yyjson_mut_val *array = vg_json_array(writer);

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((fields >> field & 1) != 0)
            vg_json_add(writer, array, vg_json_utf8(writer, vg_field_name((enum vg_field)field)));
    }
    return array;
}

static yyjson_mut_val *audits_json(struct vg_json_writer *writer, const struct vg_explanation *explanation)
{
    yyjson_mut_val *array = vg_json_array(writer);

    for (uint32_t i = 0; i < explanation->decision.audit_count && i < VG_AUDITS_MAX; i++)
        vg_json_add(writer, array, rule_json(writer, explanation, explanation->decision.audits[i]));
    return array;
}

static yyjson_mut_val *shown_json(struct vg_json_writer *writer, const struct vg_explanation *explanation)
{
    yyjson_mut_val *object;

    if (explanation->judged == NULL)
        return vg_json_null(writer);
    object = vg_json_object(writer);
    vg_json_put(writer, object, "Rule", rule_json(writer, explanation, explanation->rule));
    vg_json_put(writer, object, "Condition", judged_json(writer, explanation, explanation->judged));
    return object;
}

bool vg_explanation_print_json(const struct vg_explanation *explanation)
{
    static const char *const verdicts[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask"};
    const struct vg_decision *decision = &explanation->decision;
    const struct vg_policy_info *info = &explanation->info;
    struct vg_json_writer writer;
    yyjson_mut_val *object;

    vg_json_begin(&writer);
    object = vg_json_object(&writer);
    vg_json_put_text(&writer, object, "Verdict", verdicts[decision->verdict]);
    vg_json_put_text(&writer, object, "Mode", info->mode == VG_MODE_ENFORCE ? "enforce" : "monitor");
    vg_json_put_text(&writer, object, "Reason", decision->rule != VG_RULE_NONE ? "rule" : "default");
    vg_json_put(&writer, object, "Rule", rule_json(&writer, explanation, decision->rule));
    vg_json_put(&writer, object, "DenyStatus",
                vg_json_formatted(&writer, "0x%08X", (unsigned)info->deny_status));
    vg_json_put_text(&writer, object, "AskOtherwise", verdicts[info->ask_otherwise]);
    vg_json_put(&writer, object, "AuditRules", audits_json(&writer, explanation));
    vg_json_put_number(&writer, object, "AuditCount", decision->audit_count);
    vg_json_put(&writer, object, "NeededFacts", fields_json(&writer, explanation->needed));
    vg_json_put(&writer, object, "RestedOnUnknown", fields_json(&writer, decision->unknown_fields));
    vg_json_put(&writer, object, "Shown", shown_json(&writer, explanation));
    return vg_json_write(&writer, object, stdout);
}
