#include "reference.h"
#include "reference_regex.h"

#include <stdlib.h>
#include <string.h>

enum truth {
    FALSE,
    TRUE,
    UNKNOWN,
};

/* One position of a pattern: a unit, or a wildcard. */
enum { ANY_RUN = 0x10000, ANY_ONE };

static bool may_be_gathered(const struct vg_record *record, enum vg_field field)
{
    return record->facts[field].state == VG_FACT_PENDING && vg_field_is_gathered(field);
}

static size_t spell(const struct vg_predicate *predicate, uint32_t *codes)
{
    size_t count = 0;

    for (size_t i = 0; i < predicate->token_count; i++) {
        const struct vg_token *token = &predicate->tokens[i];

        if (token->kind == VG_TOKEN_ANY_RUN)
            codes[count++] = ANY_RUN;
        else if (token->kind == VG_TOKEN_ANY_ONE)
            codes[count++] = ANY_ONE;
        else
            for (uint32_t at = 0; at < vg_unit_count(token->text); at++)
                codes[count++] = vg_units(token->text)[at];
    }
    return count;
}

static bool is_stream_colon(struct vg_span value, uint32_t at)
{
    return vg_units(value)[at] == u':' && at != 1;
}

static bool has_stream(struct vg_span value)
{
    for (uint32_t at = 0; at < vg_unit_count(value); at++) {
        if (is_stream_colon(value, at))
            return true;
    }
    return false;
}

static bool same_unit(uint32_t code, uint16_t unit, bool cased)
{
    return cased ? code == unit : vg_upcase((uint16_t)code) == vg_upcase(unit);
}

/* matches[i]: the codes so far match the first i units. */
static bool matches_codes(const uint32_t *codes, size_t code_count, struct vg_span value, bool cased,
                          bool guarded)
{
    uint32_t units = vg_unit_count(value);
    bool *matches = calloc((size_t)units + 2, sizeof(*matches));
    bool *next = calloc((size_t)units + 2, sizeof(*next));
    bool any = true;
    bool result;

    matches[0] = true;
    for (size_t code = 0; code < code_count && any; code++) {
        next[0] = any = codes[code] == ANY_RUN && matches[0];
        for (uint32_t at = 0; at < units; at++) {
            bool wild = !(guarded && is_stream_colon(value, at));

            if (codes[code] == ANY_RUN)
                next[at + 1] = matches[at + 1] || (next[at] && wild);
            else if (codes[code] == ANY_ONE)
                next[at + 1] = matches[at] && wild;
            else
                next[at + 1] = matches[at] && same_unit(codes[code], vg_units(value)[at], cased);
            any = any || next[at + 1];
        }
        memcpy(matches, next, ((size_t)units + 1) * sizeof(*matches));
    }
    result = any && matches[units];
    free(matches);
    free(next);
    return result;
}

/* A value is in a folder when it is the folder, or goes on with a backslash behind it; or, where that may not
 * be missed, with the colon of a stream. */
static bool matches_text(const struct vg_predicate *predicate, struct vg_span value)
{
    uint32_t codes[4096];
    size_t count = spell(predicate, codes);
    bool guarded = false;
    bool spells = false;

    if (predicate->permissive && vg_field_kind(predicate->field) == VG_KIND_PATH && has_stream(value)) {
        for (size_t i = 0; i < count; i++)
            spells = spells || (codes[i] == u':' && i != 1);
        if (!spells)
            return false;
        guarded = true;
    }
    if (matches_codes(codes, count, value, predicate->cased, guarded))
        return true;
    if (predicate->test != VG_TEST_UNDER)
        return false;
    codes[count + 1] = ANY_RUN;
    codes[count] = u':';
    if (!predicate->permissive && vg_field_kind(predicate->field) == VG_KIND_PATH && count != 1 &&
        matches_codes(codes, count + 2, value, predicate->cased, guarded))
        return true;
    codes[count] = u'\\';
    return matches_codes(codes, count + 2, value, predicate->cased, guarded);
}

/* Digits by the letter: the longer is the larger, once leading zeros are gone. */
static bool matches_number(const struct vg_predicate *predicate, struct vg_span value)
{
    struct vg_span limit = predicate->tokens[0].text;
    uint32_t skipped = 0;
    uint32_t count = vg_unit_count(value);
    int order = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (vg_units(value)[i] < u'0' || vg_units(value)[i] > u'9')
            return false;
    }
    while (skipped + 1 < count && vg_units(value)[skipped] == u'0')
        skipped++;
    if (count == 0)
        return false;
    if (count - skipped != vg_unit_count(limit))
        return (count - skipped > vg_unit_count(limit)) == (predicate->test == VG_TEST_AT_LEAST);
    for (uint32_t i = skipped; i < count && order == 0; i++)
        order = (int)vg_units(value)[i] - (int)vg_units(limit)[i - skipped];
    return predicate->test == VG_TEST_AT_LEAST ? order >= 0 : order <= 0;
}

static bool matches_digest(const struct vg_predicate *predicate, struct vg_span value)
{
    size_t size = vg_field_digest_size(predicate->field);

    for (size_t i = 0; i < predicate->digest_count; i++) {
        if (value.size == size && memcmp(value.bytes, predicate->digests + i * size, size) == 0)
            return true;
    }
    return false;
}

/* Whether one text is the other, or starts or ends with it; and, where that is asked for, is no named stream.
 */
static bool matches_pair(const struct vg_predicate *predicate, struct vg_span value, struct vg_span other)
{
    uint32_t units = vg_unit_count(other);
    uint32_t shift = predicate->compare == VG_COMPARE_ENDS ? vg_unit_count(value) - units : 0;

    if (predicate->permissive && vg_field_kind(predicate->field) == VG_KIND_PATH && has_stream(value))
        return false;
    if (units > vg_unit_count(value) ||
        (predicate->compare == VG_COMPARE_EQUAL && units != vg_unit_count(value)))
        return false;
    for (uint32_t at = 0; at < units; at++) {
        if (!same_unit(vg_units(other)[at], vg_units(value)[shift + at], predicate->cased))
            return false;
    }
    return true;
}

static bool is_settled(const struct vg_fact *fact)
{
    return fact->state == VG_FACT_KNOWN || fact->state == VG_FACT_ABSENT;
}

static bool is_claimed(const struct vg_fact *fact)
{
    return is_settled(fact) && (fact->flags & VG_FACT_CLAIMED);
}

/* Whether the fact is unknown and stays so. */
static bool is_lost(const struct vg_record *record, enum vg_field field)
{
    return !is_settled(&record->facts[field]) && !may_be_gathered(record, field);
}

static enum truth evaluate_pair(const struct vg_predicate *predicate, const struct vg_record *record)
{
    const struct vg_fact *fact = &record->facts[predicate->field];
    const struct vg_fact *other = &record->facts[predicate->other];

    if (predicate->permissive && (is_claimed(fact) || is_claimed(other)))
        return FALSE;
    if (!is_settled(fact) || !is_settled(other))
        return UNKNOWN;
    for (unsigned i = 0; i < fact->count; i++) {
        for (unsigned j = 0; j < other->count; j++) {
            if (matches_pair(predicate, fact->values[i], other->values[j]))
                return TRUE;
        }
    }
    return is_claimed(fact) || is_claimed(other) ? UNKNOWN : FALSE;
}

/* An expression spells no stream. */
static bool matches_regex(const struct vg_predicate *predicate, struct vg_span value)
{
    struct vg_span pattern = predicate->token_count ? predicate->tokens[0].text : (struct vg_span){"", 0};

    if (predicate->permissive && vg_field_kind(predicate->field) == VG_KIND_PATH && has_stream(value))
        return false;
    return reference_regex_found(pattern, predicate->regex_flags, value);
}

static bool matches_value(const struct vg_predicate *predicate, struct vg_span value)
{
    if (predicate->test == VG_TEST_DIGESTS)
        return matches_digest(predicate, value);
    if (predicate->test == VG_TEST_AT_LEAST || predicate->test == VG_TEST_AT_MOST)
        return matches_number(predicate, value);
    if (predicate->test == VG_TEST_REGEX)
        return matches_regex(predicate, value);
    return matches_text(predicate, value);
}

static enum truth evaluate_predicate(const struct vg_predicate *predicate, const struct vg_record *record)
{
    const struct vg_fact *fact = &record->facts[predicate->field];
    enum truth otherwise = FALSE;

    if (predicate->test == VG_TEST_FIELDREF)
        return evaluate_pair(predicate, record);
    if (fact->state != VG_FACT_KNOWN && fact->state != VG_FACT_ABSENT)
        return UNKNOWN;
    if (fact->flags & VG_FACT_CLAIMED) {
        if (predicate->permissive)
            return FALSE;
        otherwise = UNKNOWN;
    }
    if (predicate->test == VG_TEST_EXISTS)
        return fact->state == VG_FACT_KNOWN ? TRUE : otherwise;
    if (predicate->test == VG_TEST_NULL)
        return fact->state == VG_FACT_ABSENT ? TRUE : otherwise;
    for (unsigned i = 0; i < fact->count; i++) {
        if (matches_value(predicate, fact->values[i]))
            return TRUE;
    }
    return otherwise;
}

static enum truth negate(enum truth truth)
{
    return truth == UNKNOWN ? UNKNOWN : truth == TRUE ? FALSE : TRUE;
}

static enum truth combine(enum vg_expr_kind kind, enum truth a, enum truth b)
{
    enum truth strong = kind == VG_EXPR_AND ? FALSE : TRUE;

    if (a == strong || b == strong)
        return strong;
    return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : negate(strong);
}

static enum truth evaluate(const struct vg_expr *expr, const struct vg_record *record)
{
    enum truth truth = expr->kind == VG_EXPR_TRUE || expr->kind == VG_EXPR_AND ? TRUE : FALSE;

    if (expr->kind == VG_EXPR_PREDICATE)
        return evaluate_predicate(expr->predicate, record);
    if (expr->kind == VG_EXPR_NOT)
        return negate(evaluate(expr->children[0], record));
    for (size_t i = 0; i < expr->child_count; i++)
        truth = combine(expr->kind, truth, evaluate(expr->children[i], record));
    return truth;
}

/* What the expression comes to whatever the facts are; UNKNOWN when that depends. */
static enum truth constant_of(const struct vg_expr *expr)
{
    enum truth truth = expr->kind == VG_EXPR_TRUE || expr->kind == VG_EXPR_AND ? TRUE : FALSE;

    if (expr->kind == VG_EXPR_PREDICATE)
        return UNKNOWN;
    if (expr->kind == VG_EXPR_NOT)
        return negate(constant_of(expr->children[0]));
    for (size_t i = 0; i < expr->child_count; i++)
        truth = combine(expr->kind, truth, constant_of(expr->children[i]));
    return truth;
}

static uint64_t unknown_fields(const struct vg_expr *expr, const struct vg_record *record)
{
    uint64_t fields = 0;

    if (constant_of(expr) != UNKNOWN)
        return 0;
    if (expr->kind == VG_EXPR_PREDICATE && expr->predicate->test == VG_TEST_FIELDREF) {
        const enum vg_field both[] = {expr->predicate->field, expr->predicate->other};

        for (size_t i = 0; i < 2; i++) {
            bool claimed = !expr->predicate->permissive && is_claimed(&record->facts[both[i]]);

            if (claimed || is_lost(record, both[i]))
                fields |= (uint64_t)1 << both[i];
        }
        return fields;
    }
    if (expr->kind == VG_EXPR_PREDICATE) {
        enum vg_field field = expr->predicate->field;
        bool claimed = !expr->predicate->permissive && (record->facts[field].flags & VG_FACT_CLAIMED);

        if (!may_be_gathered(record, field) &&
            (claimed || evaluate_predicate(expr->predicate, record) == UNKNOWN))
            fields = (uint64_t)1 << field;
        return fields;
    }
    for (size_t i = 0; i < expr->child_count; i++)
        fields |= unknown_fields(expr->children[i], record);
    return fields;
}

static bool unknown_matches(const struct vg_model *model, const struct vg_rule *rule)
{
    return model->unknown_matches && rule->action != VG_ACTION_ALLOW;
}

void reference_decide(const struct vg_model *model, const struct vg_record *record,
                      struct vg_decision *decision)
{
    memset(decision, 0, sizeof(*decision));
    decision->rule = VG_RULE_NONE;
    decision->verdict = model->default_verdict;
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct vg_rule *rule = &model->rules[i];
        enum truth truth = evaluate(rule->condition, record);

        if (truth == UNKNOWN)
            decision->unknown_fields |= unknown_fields(rule->condition, record);
        if (truth == FALSE || (truth == UNKNOWN && !unknown_matches(model, rule)))
            continue;
        if (rule->action != VG_ACTION_AUDIT) {
            decision->rule = (uint32_t)i;
            decision->verdict = (enum vg_verdict)rule->action;
            return;
        }
        if (decision->audit_count < VG_AUDITS_MAX)
            decision->audits[decision->audit_count] = (uint32_t)i;
        decision->audit_count++;
    }
}

/* Whether what the predicate comes to depends on a fact that can still be gathered. */
static bool predicate_is_open(const struct vg_predicate *predicate, const struct vg_record *record)
{
    enum vg_field field = predicate->field, other = predicate->other;

    if (predicate->test != VG_TEST_FIELDREF)
        return may_be_gathered(record, field);
    if (predicate->permissive && (is_claimed(&record->facts[field]) || is_claimed(&record->facts[other])))
        return false;
    return !is_lost(record, field) && !is_lost(record, other) &&
           (may_be_gathered(record, field) || may_be_gathered(record, other));
}

/* What an expression could come to while each pending predicate by itself may be true, false or unknown: bit
 * per truth. */
static unsigned outcomes(const struct vg_expr *expr, const struct vg_record *record)
{
    unsigned result = 1u << (expr->kind == VG_EXPR_TRUE || expr->kind == VG_EXPR_AND ? TRUE : FALSE);

    if (expr->kind == VG_EXPR_PREDICATE)
        return predicate_is_open(expr->predicate, record) ? 1u << TRUE | 1u << FALSE | 1u << UNKNOWN
                                                          : 1u << evaluate_predicate(expr->predicate, record);
    for (size_t i = 0; i < expr->child_count; i++) {
        unsigned child = outcomes(expr->children[i], record);
        unsigned next = 0;

        for (unsigned a = FALSE; a <= UNKNOWN; a++) {
            if (expr->kind == VG_EXPR_NOT && (child >> a & 1))
                next |= 1u << negate((enum truth)a);
            for (unsigned b = FALSE; b <= UNKNOWN && expr->kind != VG_EXPR_NOT; b++) {
                if ((result >> a & 1) && (child >> b & 1))
                    next |= 1u << combine(expr->kind, (enum truth)a, (enum truth)b);
            }
        }
        result = next;
    }
    return result;
}

static bool mentions(const struct vg_expr *expr, enum vg_field field)
{
    if (expr->kind == VG_EXPR_PREDICATE)
        return expr->predicate->field == field ||
               (expr->predicate->test == VG_TEST_FIELDREF && expr->predicate->other == field);
    for (size_t i = 0; i < expr->child_count; i++) {
        if (mentions(expr->children[i], field))
            return true;
    }
    return false;
}

bool reference_may_ask(const struct vg_model *model, const struct vg_record *record, enum vg_field field)
{
    if (!may_be_gathered(record, field))
        return false;
    for (size_t i = 0; i < model->rule_count; i++) {
        unsigned matching = 1u << TRUE | (unknown_matches(model, &model->rules[i]) ? 1u << UNKNOWN : 0);
        unsigned possible = outcomes(model->rules[i].condition, record);
        bool may_match = (possible & matching) != 0;
        bool may_fail = (possible & ~matching) != 0;

        if (may_match && may_fail)
            return mentions(model->rules[i].condition, field); /* the first open rule is the one to ask for */
        if (may_match && model->rules[i].action != VG_ACTION_AUDIT)
            return false;
    }
    return false;
}
