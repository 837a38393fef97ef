#include "explanation.h"

#include "digits.h"
#include "predicate_text.h"
#include "problem_list.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *value_json(struct vg_span value, enum vg_field field)
{
    size_t size;
    char *utf8;
    json_t *json;

    if (vg_field_digest_size(field) != 0) {
        char digits[2 * VG_DIGEST_SIZE_MAX + 1];

        vg_digits(value.bytes, value.size, digits);
        return json_string(digits);
    }
    size = vg_utf8_from_utf16(value, NULL, 0);
    utf8 = malloc(size + 1);
    if (utf8 == NULL)
        return NULL;
    vg_utf8_from_utf16(value, utf8, size);
    json = json_stringn_nocheck(utf8, size);
    free(utf8);
    return json;
}

static json_t *values_json(const struct vg_record *record, enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];
    json_t *array = json_array();

    for (uint8_t i = 0; i < fact->count; i++)
        json_array_append_new(array, value_json(fact->values[i], field));
    return array;
}

static const char *state_word(const struct vg_record *record, enum vg_field field)
{
    uint8_t state = record->facts[field].state;

    return state == VG_FACT_KNOWN ? "known" : state == VG_FACT_ABSENT ? "absent" : "unknown";
}

static json_t *place_json(struct vg_place place)
{
    return json_pack("{s:o, s:i, s:i}", "File", vg_json_text(place.file), "Line", (int)place.line, "Column",
                     (int)place.column);
}

/* The fact that a condition was held against; `other`: the second one of a comparison of two. */
static void add_fact(json_t *object, const struct vg_record *record, enum vg_field field, bool other)
{
    json_object_set_new(object, other ? "OtherField" : "Field", json_string(vg_field_name(field)));
    json_object_set_new(object, other ? "OtherState" : "State", json_string(state_word(record, field)));
    json_object_set_new(object, other ? "OtherValues" : "Values", values_json(record, field));
}

static json_t *judged_json(const struct vg_explanation *explanation, const struct vg_judged *judged)
{
    static const char *const kinds[] = {
        [VG_EXPR_TRUE] = "always", [VG_EXPR_FALSE] = "never", [VG_EXPR_PREDICATE] = "condition",
        [VG_EXPR_NOT] = "not",     [VG_EXPR_AND] = "all",     [VG_EXPR_OR] = "any",
    };
    const struct vg_predicate *predicate = judged->expression->predicate;
    json_t *object = json_pack("{s:s, s:s}", "Kind", kinds[judged->expression->kind], "Truth",
                               vg_truth_word(judged->truth));
    json_t *parts;

    if (judged->expression->kind == VG_EXPR_PREDICATE) {
        json_object_set_new(object, "Text", vg_json_text(judged->text));
        add_fact(object, explanation->record, predicate->field, false);
        if (predicate->test == VG_TEST_FIELDREF)
            add_fact(object, explanation->record, predicate->other, true);
        json_object_set_new(object, "Place", place_json(predicate->place));
    }
    if (judged->parts == NULL)
        return object;
    parts = json_array();
    for (size_t i = 0; i < judged->expression->child_count; i++)
        json_array_append_new(parts, judged_json(explanation, &judged->parts[i]));
    json_object_set_new(object, "Parts", parts);
    return object;
}

static json_t *rule_json(const struct vg_explanation *explanation, uint32_t index)
{
    const struct vg_rule *rule;

    if (index == VG_RULE_NONE)
        return json_null();
    rule = &explanation->model->rules[index];
    return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o}", "Index", (int)index, "Action",
                     vg_action_word(rule->action), "Name", vg_json_text(rule->name), "Place",
                     place_json(rule->place), "SigmaId", vg_json_text(rule->sigma_id), "SigmaLevel",
                     vg_json_text(rule->sigma_level));
}

static json_t *fields_json(uint64_t fields)
{
    json_t *array = json_array();

    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((fields >> field & 1) != 0)
            json_array_append_new(array, json_string(vg_field_name((enum vg_field)field)));
    }
    return array;
}

static json_t *audits_json(const struct vg_explanation *explanation)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < explanation->decision.audit_count && i < VG_AUDITS_MAX; i++)
        json_array_append_new(array, rule_json(explanation, explanation->decision.audits[i]));
    return array;
}

bool vg_explanation_print_json(const struct vg_explanation *explanation)
{
    static const char *const verdicts[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask"};
    const struct vg_decision *decision = &explanation->decision;
    json_t *shown = explanation->judged != NULL
                        ? json_pack("{s:o, s:o}", "Rule", rule_json(explanation, explanation->rule),
                                    "Condition", judged_json(explanation, explanation->judged))
                        : json_null();
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:i, s:o, s:o, s:o}", "Verdict", verdicts[decision->verdict],
        "Mode", explanation->info.mode == VG_MODE_ENFORCE ? "enforce" : "monitor", "Reason",
        decision->rule != VG_RULE_NONE ? "rule" : "default", "Rule", rule_json(explanation, decision->rule),
        "DenyStatus", json_sprintf("0x%08X", (unsigned)explanation->info.deny_status), "AskOtherwise",
        verdicts[explanation->info.ask_otherwise], "AuditRules", audits_json(explanation), "AuditCount",
        (int)decision->audit_count, "NeededFacts", fields_json(explanation->needed), "RestedOnUnknown",
        fields_json(decision->unknown_fields), "Shown", shown);
    bool done = object != NULL && json_dumpf(object, stdout, JSON_COMPACT) == 0;

    putchar('\n');
    json_decref(object);
    return done;
}
