/* How much a decision takes is bounded by the sizes of policy and facts, and nothing is done twice. What is
 * counted are calls between the matcher's files, which the linker leads through here. */
#include "subject.h"

#include "../../src/policy/match.h"

static struct {
    unsigned patterns; /* patterns tried in full */
    unsigned regexes;
    unsigned scans; /* facts scanned */
    unsigned compared;
    unsigned conditions;
    unsigned prepared; /* command lines looked at for what rules conditions out */
    unsigned folded;   /* units that are not ASCII */
} work;

bool __real_vg_match_pattern(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                             struct vg_value *value);
bool __wrap_vg_match_pattern(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                             struct vg_value *value);
bool __wrap_vg_match_pattern(const struct vg_blob_view *blob, const struct vg_blob_predicate *predicate,
                             struct vg_value *value)
{
    work.patterns++;
    return __real_vg_match_pattern(blob, predicate, value);
}

bool __real_vg_regex_match(const void *table, struct vg_span text);
bool __wrap_vg_regex_match(const void *table, struct vg_span text);
bool __wrap_vg_regex_match(const void *table, struct vg_span text)
{
    work.regexes++;
    return __real_vg_regex_match(table, text);
}

void __real_vg_match_scan(struct vg_match *match, const struct vg_blob_field *field,
                          const struct vg_fact *fact);
void __wrap_vg_match_scan(struct vg_match *match, const struct vg_blob_field *field,
                          const struct vg_fact *fact);
void __wrap_vg_match_scan(struct vg_match *match, const struct vg_blob_field *field,
                          const struct vg_fact *fact)
{
    work.scans++;
    __real_vg_match_scan(match, field, fact);
}

bool __real_vg_text_equal_folded(struct vg_span a, struct vg_span b);
bool __wrap_vg_text_equal_folded(struct vg_span a, struct vg_span b);
bool __wrap_vg_text_equal_folded(struct vg_span a, struct vg_span b)
{
    work.compared++;
    return __real_vg_text_equal_folded(a, b);
}

uint16_t __real_vg_upcase(uint16_t unit);
uint16_t __wrap_vg_upcase(uint16_t unit);
uint16_t __wrap_vg_upcase(uint16_t unit)
{
    work.folded++;
    return __real_vg_upcase(unit);
}

uint16_t __real_vg_match_condition(struct vg_match *match, const struct vg_blob_condition *condition,
                                   uint64_t pending);
uint16_t __wrap_vg_match_condition(struct vg_match *match, const struct vg_blob_condition *condition,
                                   uint64_t pending);
uint16_t __wrap_vg_match_condition(struct vg_match *match, const struct vg_blob_condition *condition,
                                   uint64_t pending)
{
    work.conditions++;
    return __real_vg_match_condition(match, condition, pending);
}

const uint64_t *__real_vg_match_pairs_of(const struct vg_match *match, enum vg_field field);
const uint64_t *__wrap_vg_match_pairs_of(const struct vg_match *match, enum vg_field field);
const uint64_t *__wrap_vg_match_pairs_of(const struct vg_match *match, enum vg_field field)
{
    work.prepared++;
    return __real_vg_match_pairs_of(match, field);
}

static int begin(void **state)
{
    work = (__typeof__(work)){0};
    return set_up(state);
}

#define WORK(name) cmocka_unit_test_setup_teardown(name, begin, tear_down)

#define LONG_UNITS 3000u
static uint16_t long_value[LONG_UNITS];

static struct vg_span repeated(const uint16_t *text, uint32_t units)
{
    for (uint32_t i = 0; i < LONG_UNITS; i++)
        long_value[i] = text[i % units];
    return (struct vg_span){long_value, sizeof(long_value)};
}

static void a_pattern_is_tried_once_in_a_value_however_often_its_text_stands_there(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*abcd*x?y*", 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*\u0444*x?y*", 0));
    open_policy();
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, repeated(u"abcd\u0444", 5));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_ALLOW);
    assert_int_equal(work.patterns, 2);
}

static void a_pattern_whose_rule_comes_too_late_is_not_tried(void **state)
{
    struct vg_expr *image = build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0);
    struct vg_expr *line = build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*abcd*x?y*", 0);

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_join(&build, VG_EXPR_OR, image, line));
    build_rule(&build, VG_ACTION_ASK, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*wxyz*x?y*", 0));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("abcd wxyz"));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\b"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.patterns, 2);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.patterns, 2);
}

static void each_fact_is_scanned_once_however_often_others_are_asked_for(void **state)
{
    static const uint8_t digest[32] = {1};

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digest, 1, 0));
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_MD5, digest, 1, 0));
    build_rule(&build, VG_ACTION_DENY, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*ab*", 0));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x"));
    open_policy();
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(work.scans, 1);
    vg_record_set_state(&record, decision.need, VG_FACT_ABSENT);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_NEED_FACT);
    vg_record_set_state(&record, decision.need, VG_FACT_ABSENT);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    assert_int_equal(work.scans, 3);
}

static void two_facts_are_compared_once_however_often_others_are_asked_for(void **state)
{
    static const uint8_t digest[32] = {1};

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_SHA256, digest, 1, 0));
    build_rule(&build, VG_ACTION_DENY,
               build_fieldref(&build, VG_FIELD_IMAGE, VG_FIELD_PARENT_IMAGE, VG_COMPARE_EQUAL, 0));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    vg_record_set(&record, VG_FIELD_PARENT_IMAGE, TEXT("C:\\b"));
    open_policy();
    assert_int_equal(decide(), VG_NEED_FACT);
    assert_int_equal(work.compared, 1);
    vg_record_set_state(&record, VG_FIELD_SHA256, VG_FACT_ABSENT);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    assert_int_equal(work.compared, 1);
}

/* Two conditions rest on it, and neither makes it be tried again. */
static void an_expression_is_tried_once(void **state)
{
    struct vg_expr *regex = build_regex(&build, VG_FIELD_COMMAND_LINE, u"[0-9]+x", 0, 0);
    struct vg_expr *exists = build_test(&build, VG_FIELD_COMMAND_LINE, VG_TEST_EXISTS, 0);

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_join(&build, VG_EXPR_AND, exists, regex));
    build_rule(&build, VG_ACTION_ASK, build_join(&build, VG_EXPR_AND, regex, exists));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("x 12 y x"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(decision.verdict, VG_ALLOW);
    assert_int_equal(work.regexes, 1);
}

/* What the compiler does not count among the texts that are searched for: VG_BLOB_SEARCHED_MAX. */
static void a_text_at_an_end_of_a_pattern_is_compared_once(void **state)
{
    static const uint16_t units[] = {0x0436};
    const struct vg_blob_predicate *predicate;
    struct vg_blob_view blob;
    static uint16_t pattern[1200];
    struct vg_value value = {.units = long_value, .count = LONG_UNITS, .is_path = true};

    (void)state;
    pattern[0] = u'*';
    for (unsigned i = 1; i < 1101; i++)
        pattern[i] = i == 1000 ? u':' : 0x0416;
    build_rule(&build, VG_ACTION_ALLOW, build_pattern(&build, VG_FIELD_IMAGE, pattern, PERMISSIVE));
    open_policy();
    blob = vg_blob_view_of(policy.blob);
    predicate = &blob.PREDICATES[0];
    assert_int_equal(predicate->token_count, 2);
    repeated(units, 1);
    long_value[LONG_UNITS - 101] = u':';
    for (unsigned stream = 0; stream < 2; stream++) {
        value.has_stream = stream;
        work.folded = 0;
        assert_true(vg_match_pattern(&blob, predicate, &value));
        assert_in_range(work.folded, 1, 2 * 1100);
    }
}

/* Longer ones are found by the scan, which looks for all texts at once. */
static void a_text_that_is_tried_anywhere_is_short(void **state)
{
    static uint16_t pattern[1100];
    const struct vg_blob_header *header;

    (void)state;
    pattern[0] = u'*';
    for (uint32_t units = 1021; units <= 1022; units++) {
        for (uint32_t i = 1; i <= units; i++)
            pattern[i] = u'a';
        pattern[units + 1] = u'*';
        build_start(&build);
        build_rule(&build, VG_ACTION_DENY, beside(build_pattern(&build, VG_FIELD_COMMAND_LINE, pattern, 0)));
        open_policy();
        header = (const struct vg_blob_header *)(const void *)policy.blob;
        assert_int_equal(header->tried_count, units == 1021);
        vg_record_set(&record, VG_FIELD_COMMAND_LINE, repeated(u"A", 1));
        assert_int_equal(decide(), VG_DECIDED);
        assert_int_equal(decision.verdict, VG_DENY);
    }
}

static void what_one_start_announces_is_not_run_for_the_next(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0),
                          build_pattern(&build, VG_FIELD_USER, u"*x*", 0)));
    open_policy();
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 1);
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\b"));
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 1);
}

static void a_condition_that_the_command_line_rules_out_is_not_run(void **state)
{
    struct vg_expr *anchor = build_pattern(&build, VG_FIELD_IMAGE, u"C:\\a", 0);

    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, anchor, build_pattern(&build, VG_FIELD_USER, u"*x*", 0)));
    vg_record_set(&record, VG_FIELD_IMAGE, TEXT("C:\\a"));
    vg_record_set(&record, VG_FIELD_COMMAND_LINE, TEXT("quick"));
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 1);
    assert_int_equal(work.prepared, 0);
    build_rule(
        &build, VG_ACTION_DENY,
        build_join(&build, VG_EXPR_AND, anchor, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*brown*", 0)));
    build_rule(
        &build, VG_ACTION_DENY,
        build_join(&build, VG_EXPR_AND, anchor, build_pattern(&build, VG_FIELD_COMMAND_LINE, u"*fox*", 0)));
    open_policy();
    work.conditions = 0;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 1);
    assert_int_equal(work.prepared, 1);
}

static void deny_beside_user(enum vg_field field, const uint16_t *value)
{
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_pattern(&build, field, value, 0),
                          build_pattern(&build, VG_FIELD_USER, u"*x*", 0)));
}

/* The first one names the fact, and the second was next by then. */
static void of_rules_that_an_unknown_fact_keeps_from_matching_not_all_are_run(void **state)
{
    uint16_t name[] = u"a.exe";

    (void)state;
    for (unsigned i = 0; i < 20; i++, name[0]++)
        deny_beside_user(VG_FIELD_ORIGINAL_FILE_NAME, name);
    deny_beside_user(VG_FIELD_DESCRIPTION, name);
    vg_record_set(&record, VG_FIELD_USER, TEXT("x"));
    vg_record_set_state(&record, VG_FIELD_ORIGINAL_FILE_NAME, VG_FACT_UNKNOWN);
    vg_record_set_state(&record, VG_FIELD_DESCRIPTION, VG_FACT_ABSENT);
    open_policy();
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 2);
    assert_int_equal(decision.unknown_fields, vg_field_bit(VG_FIELD_ORIGINAL_FILE_NAME));
    vg_record_set_state(&record, VG_FIELD_DESCRIPTION, VG_FACT_UNKNOWN);
    work.conditions = 0;
    assert_int_equal(decide(), VG_DECIDED);
    assert_int_equal(work.conditions, 3);
    assert_int_equal(decision.unknown_fields,
                     vg_field_bit(VG_FIELD_ORIGINAL_FILE_NAME) | vg_field_bit(VG_FIELD_DESCRIPTION));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORK(of_rules_that_an_unknown_fact_keeps_from_matching_not_all_are_run),
        WORK(a_pattern_is_tried_once_in_a_value_however_often_its_text_stands_there),
        WORK(a_pattern_whose_rule_comes_too_late_is_not_tried),
        WORK(each_fact_is_scanned_once_however_often_others_are_asked_for),
        WORK(two_facts_are_compared_once_however_often_others_are_asked_for),
        WORK(an_expression_is_tried_once),
        WORK(a_text_that_is_tried_anywhere_is_short),
        WORK(what_one_start_announces_is_not_run_for_the_next),
        WORK(a_condition_that_the_command_line_rules_out_is_not_run),
        WORK(a_text_at_an_end_of_a_pattern_is_compared_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
