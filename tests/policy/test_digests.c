/* Lists of hashes of every kind: told apart, found, and cheap. */
#include "build.h"

#include "../cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define MANY  100000u
#define KINDS 5u

/* The cheaper ones to gather last: that is not the order in which they are to be asked for. */
static const enum vg_field fields[KINDS] = {VG_FIELD_AUTHENTIHASH, VG_FIELD_SHA256, VG_FIELD_SHA1,
                                            VG_FIELD_MD5, VG_FIELD_IMPHASH};

static struct build build;
static struct vg_record record;
static struct vg_decision decision;
static struct vg_policy policy;
static void *blob;
static size_t blob_size;
static void *scratch;

static void fail_on_report(void *context, enum vg_severity severity, struct vg_place place,
                           const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    fail_msg("the compiler complains: %s (%s)", message, hint ? hint : "");
}

static void open_model(const struct vg_model *model)
{
    static const struct vg_reporter reporter = {fail_on_report, NULL};
    struct vg_blob_error error = {"", 0};

    assert_true(vg_model_compile(model, &reporter, &blob, &blob_size));
    if (!vg_policy_open(&policy, blob, blob_size, &error))
        fail_msg("refused: %s at %zu", error.check, error.offset);
    scratch = malloc(vg_policy_scratch_size(&policy));
    assert_non_null(scratch);
    vg_policy_scratch_init(&policy, scratch);
}

static void close_policy(void)
{
    free(blob);
    free(scratch);
    blob = NULL;
    scratch = NULL;
}

static uint32_t decide(void)
{
    vg_policy_begin(scratch);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
    return decision.rule;
}

static int set_up(void **state)
{
    (void)state;
    build_start(&build);
    memset(&record, 0, sizeof(record));
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
        vg_record_set_state(&record, (enum vg_field)field, VG_FACT_ABSENT);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_policy();
    return 0;
}

/* 32 bytes, of which each kind takes as many as it has. */
static const uint8_t listed[2][32] = {
    {0x11, 0x22, 0x33, 0x44, 5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 1,
     17,   18,   19,   1,    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 1},
    {0x11, 0x22, 0x33, 0x44, 5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 2,
     17,   18,   19,   2,    21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 2},
};

static void each_kind_of_hash_is_compared_with_its_own_list(void **state)
{
    uint8_t both[KINDS][64];

    (void)state;
    for (uint32_t i = 0; i < KINDS; i++) {
        uint32_t size = vg_field_digest_size(fields[i]);

        memcpy(both[i], listed[0], size);
        memcpy(both[i] + size, listed[1], size);
        build_rule(&build, VG_ACTION_DENY, build_digests(&build, fields[i], both[i], 2, 0));
    }
    open_model(&build.model);
    for (uint32_t i = 0; i < KINDS; i++) {
        uint32_t size = vg_field_digest_size(fields[i]);
        uint8_t other[32];

        for (uint32_t which = 0; which < 2; which++) {
            vg_record_set(&record, fields[i], (struct vg_span){listed[which], size});
            assert_int_equal(decide(), i);
        }
        for (uint32_t at = 0; at < size; at++) {
            memcpy(other, listed[0], size);
            other[at] ^= 4;
            vg_record_set(&record, fields[i], (struct vg_span){other, size});
            assert_int_equal(decide(), VG_RULE_NONE);
        }
        vg_record_set_state(&record, fields[i], VG_FACT_ABSENT);
    }
}

static void a_value_of_another_length_is_no_hash_of_the_list(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < KINDS; i++)
        build_rule(&build, VG_ACTION_DENY, build_digests(&build, fields[i], listed, 1, 0));
    open_model(&build.model);
    for (uint32_t i = 0; i < KINDS; i++) {
        for (uint32_t size = 0; size <= 32; size++) {
            void *exact = malloc(size ? size : 1);

            assert_non_null(exact);
            memcpy(exact, listed[0], size);
            vg_record_set(&record, fields[i], (struct vg_span){exact, size});
            assert_int_equal(decide(), size == vg_field_digest_size(fields[i]) ? i : VG_RULE_NONE);
            free(exact);
        }
        vg_record_set_state(&record, fields[i], VG_FACT_ABSENT);
    }
}

static void of_several_hashes_the_one_that_reads_least_is_asked_for_first(void **state)
{
    (void)state;
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_OR, build_digests(&build, VG_FIELD_MD5, listed, 1, 0),
                          build_digests(&build, VG_FIELD_IMPHASH, listed, 1, 0)));
    open_model(&build.model);
    vg_record_set_state(&record, VG_FIELD_MD5, VG_FACT_PENDING);
    vg_record_set_state(&record, VG_FIELD_IMPHASH, VG_FACT_PENDING);
    vg_policy_begin(scratch);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_IMPHASH);
    vg_record_set(&record, VG_FIELD_IMPHASH, (struct vg_span){listed[1], 16});
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_MD5);
    close_policy();
    build_start(&build);
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_digests(&build, VG_FIELD_MD5, listed, 1, 0),
                          build_digests(&build, VG_FIELD_IMPHASH, listed, 1, 0)));
    open_model(&build.model);
    vg_record_set_state(&record, VG_FIELD_MD5, VG_FACT_PENDING);
    vg_record_set_state(&record, VG_FIELD_IMPHASH, VG_FACT_PENDING);
    vg_policy_begin(scratch);
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_NEED_FACT);
    assert_int_equal(decision.need, VG_FIELD_IMPHASH);
    vg_record_set(&record, VG_FIELD_IMPHASH, (struct vg_span){listed[1], 16});
    assert_int_equal(vg_policy_decide(&record, scratch, &decision), VG_DECIDED);
}

static void a_policy_says_which_fields_its_rules_test(void **state)
{
    struct vg_policy_info info;

    (void)state;
    build_rule(&build, VG_ACTION_DENY, build_digests(&build, VG_FIELD_MD5, listed, 1, 0));
    build_rule(&build, VG_ACTION_DENY,
               build_join(&build, VG_EXPR_AND, build_pattern(&build, VG_FIELD_IMAGE, u"*\\a.exe", 0),
                          build_digests(&build, VG_FIELD_AUTHENTIHASH, listed, 1, 0)));
    open_model(&build.model);
    vg_policy_info(&policy, &info);
    assert_int_equal(info.fields,
                     1ull << VG_FIELD_IMAGE | 1ull << VG_FIELD_MD5 | 1ull << VG_FIELD_AUTHENTIHASH);
}

static void make_digest(uint64_t index, uint8_t *digest)
{
    for (unsigned word = 0; word < 4; word++) {
        uint64_t value = (index * 4 + word + 1) * 0x9E3779B97F4A7C15u;

        value ^= value >> 29;
        memcpy(digest + word * 8, &value, sizeof(value));
    }
}

/* A model of as many rules, each of one hash. */
struct many {
    struct vg_rule *rules;
    struct vg_expr *exprs;
    struct vg_predicate *predicates;
    uint8_t (*digests)[32];
};

static void make_many(struct many *many, enum vg_field field)
{
    many->rules = calloc(MANY, sizeof(*many->rules));
    many->exprs = calloc(MANY, sizeof(*many->exprs));
    many->predicates = calloc(MANY, sizeof(*many->predicates));
    many->digests = calloc(MANY, sizeof(*many->digests));
    assert_true(many->rules && many->exprs && many->predicates && many->digests);
    for (uint32_t i = 0; i < MANY; i++) {
        make_digest(i, many->digests[i]);
        many->predicates[i] = (struct vg_predicate){
            .field = field, .test = VG_TEST_DIGESTS, .digests = many->digests[i], .digest_count = 1};
        many->exprs[i] = (struct vg_expr){.kind = VG_EXPR_PREDICATE, .predicate = &many->predicates[i]};
        many->rules[i] =
            (struct vg_rule){.action = VG_ACTION_DENY, .name = "bad", .condition = &many->exprs[i]};
    }
}

static void a_rule_of_one_hash_takes_at_most_48_bytes_of_whatever_kind(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < KINDS; i++) {
        struct many many;

        make_many(&many, fields[i]);
        build.model.rules = many.rules;
        build.model.rule_count = MANY;
        open_model(&build.model);
        assert_true(blob_size <= 48ull * MANY);
        /* What is not of the longest kind is not stored as if it were. */
        assert_true(blob_size <= (vg_field_digest_size(fields[i]) + 10ull) * MANY);
        for (uint32_t rule = 0; rule < MANY; rule += 997) {
            vg_record_set(&record, fields[i],
                          (struct vg_span){many.digests[rule], vg_field_digest_size(fields[i])});
            assert_int_equal(decide(), rule);
        }
        vg_record_set_state(&record, fields[i], VG_FACT_ABSENT);
        close_policy();
        free(many.rules);
        free(many.exprs);
        free(many.predicates);
        free(many.digests);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_of_hash_is_compared_with_its_own_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_of_another_length_is_no_hash_of_the_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_several_hashes_the_one_that_reads_least_is_asked_for_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_policy_says_which_fields_its_rules_test, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rule_of_one_hash_takes_at_most_48_bytes_of_whatever_kind, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
