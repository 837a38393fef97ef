#include "explanation.h"

#include "digits.h"
#include "message.h"
#include "predicate_text.h"
#include "status_text.h"
#include "visible.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_SHOWN 120

static void print_utf8(const char *text)
{
    vg_print_visible(stdout, text, strlen(text));
}

static void print_rule(const struct vg_model *model, uint32_t index)
{
    const struct vg_rule *rule = &model->rules[index];

    printf("rule %u, %s \"", (unsigned)index + 1, vg_action_word(rule->action));
    print_utf8(rule->name);
    putchar('"');
    if (rule->place.file != NULL) {
        fputs(" (", stdout);
        print_utf8(rule->place.file);
        printf(":%u)", rule->place.line);
    }
}

static void print_verdict(const struct vg_explanation *explanation, bool colour)
{
    static const char *const words[] = {[VG_ALLOW] = "allow", [VG_DENY] = "deny", [VG_ASK] = "ask"};
    static const enum vg_colour colours[] = {
        [VG_ALLOW] = VG_COLOUR_GREEN, [VG_DENY] = VG_COLOUR_RED, [VG_ASK] = VG_COLOUR_YELLOW};
    enum vg_verdict verdict = explanation->decision.verdict;

    printf("%s%s%s: ", vg_colour(colour, colours[verdict]), words[verdict], vg_colour_end(colour));
    if (explanation->decision.rule != VG_RULE_NONE)
        print_rule(explanation->model, explanation->decision.rule);
    else
        fputs("by default, no rule decides", stdout);
    putchar('\n');
    if (verdict == VG_ASK)
        printf("  a question that nobody answers comes to: %s\n", words[explanation->info.ask_otherwise]);
    if (verdict == VG_DENY || (verdict == VG_ASK && explanation->info.ask_otherwise == VG_DENY)) {
        fputs(explanation->info.mode == VG_MODE_MONITOR ? "  the policy's mode is monitor: this is recorded "
                                                          "and the program starts; enforced, it would fail "
                                                          "with "
                                                        : "  the start fails with ",
              stdout);
        vg_print_ntstatus(stdout, explanation->info.deny_status);
        putchar('\n');
    }
}

static void print_value(const struct vg_span value, enum vg_field field)
{
    char utf8[3 * VALUE_SHOWN];
    struct vg_span shown = value;

    if (value.size == 0) {
        fputs("empty", stdout);
        return;
    }
    if (vg_field_digest_size(field) != 0) {
        vg_digits(value.bytes, value.size, utf8);
        fputs(utf8, stdout);
        return;
    }
    if (vg_unit_count(value) > VALUE_SHOWN)
        shown.size = 2 * VALUE_SHOWN;
    vg_print_visible(stdout, utf8, vg_utf8_from_utf16(shown, utf8, sizeof(utf8)));
    if (shown.size != value.size)
        printf("... (%u characters)", (unsigned)vg_unit_count(value));
}

static void print_fact(const struct vg_record *record, enum vg_field field)
{
    const struct vg_fact *fact = &record->facts[field];

    printf("%s ", vg_field_name(field));
    if (fact->state == VG_FACT_ABSENT)
        fputs("is absent", stdout);
    else if (fact->state == VG_FACT_KNOWN)
        fputs("is ", stdout);
    else
        fputs("is not known", stdout);
    for (uint8_t i = 0; i < fact->count; i++) {
        fputs(i != 0 ? " and " : "", stdout);
        print_value(fact->values[i], field);
    }
}

static void indent(unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        fputs("  ", stdout);
}

/* Of a true `any`, the true parts say why; of a false `all`, the false ones do; and so on. */
static bool matters(const struct vg_judged *whole, const struct vg_judged *part)
{
    bool any = whole->expression->kind == VG_EXPR_OR;
    bool all = whole->expression->kind == VG_EXPR_AND;

    if ((any && whole->truth == VG_FALSE) || (all && whole->truth == VG_TRUE) || (!any && !all))
        return true;
    return part->truth == whole->truth;
}

static const char *kind_words(enum vg_expr_kind kind)
{
    switch (kind) {
    case VG_EXPR_TRUE:
        return "always";
    case VG_EXPR_FALSE:
        return "never";
    case VG_EXPR_NOT:
        return "not";
    case VG_EXPR_AND:
        return "all of";
    case VG_EXPR_OR:
        return "any of";
    case VG_EXPR_PREDICATE:
        break;
    }
    return "";
}

/* The fact or facts that a condition was held against. */
static void print_facts(const struct vg_explanation *explanation, const struct vg_predicate *predicate)
{
    print_fact(explanation->record, predicate->field);
    if (predicate->test == VG_TEST_FIELDREF) {
        fputs("; ", stdout);
        print_fact(explanation->record, predicate->other);
    }
}

/* A line for each part that matters: a mark (+ true, - false, ? unknown), the condition, and what it was
 * held against. */
static void print_judged(const struct vg_explanation *explanation, const struct vg_judged *judged,
                         unsigned depth, bool colour)
{
    static const char marks[] = {[VG_FALSE] = '-', [VG_UNKNOWN_TRUTH] = '?', [VG_TRUE] = '+'};
    static const enum vg_colour colours[] = {
        [VG_FALSE] = VG_COLOUR_RED, [VG_UNKNOWN_TRUTH] = VG_COLOUR_YELLOW, [VG_TRUE] = VG_COLOUR_GREEN};
    size_t hidden = 0;

    indent(depth);
    printf("%s%c%s ", vg_colour(colour, colours[judged->truth]), marks[judged->truth], vg_colour_end(colour));
    if (judged->text != NULL) {
        print_utf8(judged->text);
        fputs("; ", stdout);
        print_facts(explanation, judged->expression->predicate);
    } else {
        fputs(kind_words(judged->expression->kind), stdout);
    }
    putchar('\n');
    for (size_t i = 0; judged->parts != NULL && i < judged->expression->child_count; i++) {
        if (explanation->everything || matters(judged, &judged->parts[i]))
            print_judged(explanation, &judged->parts[i], depth + 1, colour);
        else
            hidden++;
    }
    if (hidden != 0) {
        indent(depth + 1);
        printf("(and %zu more that do not matter; -v shows them)\n", hidden);
    }
}

/* "--parent-image" for VG_FIELD_PARENT_IMAGE. */
static void print_option_of(enum vg_field field)
{
    static const char *const identifiers[] = {
#define FIELD_IDENTIFIER(identifier, name, kind, stage) #identifier,
        VG_FIELDS(FIELD_IDENTIFIER)
#undef FIELD_IDENTIFIER
    };

    fputs("--", stdout);
    for (const char *letter = identifiers[field]; *letter != '\0'; letter++)
        putchar(*letter == '_' ? '-' : *letter >= 'A' && *letter <= 'Z' ? *letter - 'A' + 'a' : *letter);
}

static void print_unknown(const struct vg_explanation *explanation)
{
    uint64_t unknown = explanation->decision.unknown_fields;

    if (unknown == 0)
        return;
    printf("  this rests on facts that are not known (%s):",
           explanation->model->unknown_matches ? "unknown: match" : "unknown: no-match");
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((unknown >> field & 1) == 0)
            continue;
        printf(" %s (", vg_field_name((enum vg_field)field));
        print_option_of((enum vg_field)field);
        putchar(')');
    }
    putchar('\n');
}

static void print_audits(const struct vg_explanation *explanation)
{
    uint32_t named = explanation->decision.audit_count;

    if (named > VG_AUDITS_MAX)
        named = VG_AUDITS_MAX;
    for (uint32_t i = 0; i < named; i++) {
        fputs("  recorded by ", stdout);
        print_rule(explanation->model, explanation->decision.audits[i]);
        putchar('\n');
    }
    if (explanation->decision.audit_count > named)
        printf("  and by %u further audit rules\n", (unsigned)(explanation->decision.audit_count - named));
}

void vg_explanation_print(const struct vg_explanation *explanation)
{
    bool colour = vg_colour_wanted(stdout);

    print_verdict(explanation, colour);
    print_audits(explanation);
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if ((explanation->needed >> field & 1) != 0)
            printf("  the rules asked for %s%s\n", vg_field_name((enum vg_field)field),
                   explanation->from_file >> field & 1 ? ", which was taken from the file" : "");
    }
    print_unknown(explanation);
    if (explanation->judged == NULL)
        return;
    putchar('\n');
    if (explanation->rule == explanation->decision.rule) {
        puts("  what of the rule holds (+ true, - false, ? not known):");
    } else {
        fputs("  ", stdout);
        print_rule(explanation->model, explanation->rule);
        puts(" (+ true, - false, ? not known):");
    }
    print_judged(explanation, explanation->judged, 2, colour);
}
