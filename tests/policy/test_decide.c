/* The matcher against the reference evaluator, on generated policies and records. */
#include "../cmocka_all.h"

#include "generate.h"
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICIES 2500u
#define RECORDS  60u

/* A compiled policy with what deciding by it takes. */
struct subject {
    void *blob;
    size_t size;
    struct vg_policy policy;
    void *scratch;
};

static void fail_on_report(void *context, enum vg_severity severity, struct vg_place place,
                           const char *message, const char *hint)
{
    (void)context;
    (void)severity;
    (void)place;
    fail_msg("the compiler complains: %s (%s)", message, hint ? hint : "");
}

static const struct vg_reporter reporter = {fail_on_report, NULL};

static void subject_open(struct subject *subject, const struct vg_model *model)
{
    struct vg_blob_error error = {"", 0};

    assert_true(vg_model_compile(model, &reporter, &subject->blob, &subject->size));
    if (!vg_policy_open(&subject->policy, subject->blob, subject->size, &error))
        fail_msg("a compiled policy is refused: %s at %zu", error.check, error.offset);
    subject->scratch = malloc(vg_policy_scratch_size(&subject->policy));
    assert_non_null(subject->scratch);
    vg_policy_scratch_init(&subject->policy, subject->scratch);
}

static void subject_close(struct subject *subject)
{
    free(subject->scratch);
    free(subject->blob);
}

static void assert_same(const struct vg_decision *expected, const struct vg_decision *actual, uint64_t seed,
                        unsigned at)
{
    bool same = expected->verdict == actual->verdict && expected->rule == actual->rule &&
                expected->audit_count == actual->audit_count &&
                memcmp(expected->audits, actual->audits, sizeof(actual->audits)) == 0;

    if (!same)
        fail_msg("policy %llu, record %u: rule %d where the reference says %d, %u audits for %u",
                 (unsigned long long)seed, at, (int)actual->rule, (int)expected->rule, actual->audit_count,
                 expected->audit_count);
}

/* Naming all audit rules afterwards says what the decision said. */
static void assert_named(struct subject *subject, const struct vg_record *record,
                         const struct vg_decision *decision, uint64_t seed, unsigned at)
{
    uint32_t named[VG_AUDITS_MAX] = {0};
    uint32_t count = vg_policy_audits(&subject->policy, record, subject->scratch, named, VG_AUDITS_MAX);

    if (count != decision->audit_count || memcmp(named, decision->audits, sizeof(named)) != 0)
        fail_msg("policy %llu, record %u: %u audit rules named of %u", (unsigned long long)seed, at, count,
                 decision->audit_count);
}

/* While a fact is left pending, the decision must be what it would be whatever the fact is. */
static void assert_settled(const struct vg_model *model, const struct vg_record *record,
                           const struct vg_record *gathered, const struct vg_decision *decision,
                           uint64_t seed, unsigned at)
{
    static const uint16_t other[16] = {1}; /* a digest, or a text */

    for (unsigned guess = 0; guess < 4; guess++) {
        struct vg_record whole = *record;
        struct vg_decision expected;

        for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
            if (whole.facts[field].state != VG_FACT_PENDING || !vg_field_is_gathered((enum vg_field)field))
                continue;
            if (guess == 0)
                whole.facts[field] = gathered->facts[field];
            else if (guess == 1)
                vg_record_set(&whole, (enum vg_field)field, (struct vg_span){other, sizeof(other)});
            else
                vg_record_set_state(&whole, (enum vg_field)field,
                                    guess == 2 ? VG_FACT_ABSENT : VG_FACT_UNKNOWN);
        }
        reference_decide(model, &whole, &expected);
        assert_same(&expected, decision, seed, at);
    }
}

/* Decides in stages as a driver does, checking every question. Returns the fields that were asked for. */
static uint64_t decide(struct subject *subject, const struct vg_model *model, struct vg_record *record,
                       const struct vg_record *gathered, struct vg_decision *decision, uint64_t seed,
                       unsigned at)
{
    struct vg_record told = *record; /* what was asked for and not told is unknown */
    uint64_t asked = 0;

    vg_policy_begin(&subject->policy, subject->scratch);
    while (vg_policy_decide(&subject->policy, record, subject->scratch, decision) == VG_NEED_FACT) {
        assert_in_range(decision->need, 0, VG_FIELD_COUNT - 1);
        if (!reference_may_ask(model, &told, decision->need))
            fail_msg("policy %llu, record %u: %s is asked for without need", (unsigned long long)seed, at,
                     vg_field_name(decision->need));
        record->facts[decision->need] = gathered->facts[decision->need];
        if (record->facts[decision->need].state == VG_FACT_PENDING && at % 2)
            vg_record_set_state(record, decision->need,
                                VG_FACT_UNKNOWN); /* else it stays pending though asked for */
        assert_false(asked >> decision->need & 1);
        asked |= (uint64_t)1 << decision->need;
        told.facts[decision->need] = record->facts[decision->need];
        if (told.facts[decision->need].state == VG_FACT_PENDING)
            vg_record_set_state(&told, decision->need, VG_FACT_UNKNOWN);
    }
    return asked;
}

static void matcher_decides_as_the_reference_does(void **state)
{
    unsigned decided_by_rule = 0;
    unsigned by_default = 0;
    unsigned asked = 0;
    unsigned unknown = 0;
    unsigned audited = 0;

    (void)state;
    for (uint64_t seed = 0; seed < POLICIES; seed++) {
        struct generator *generator = generator_new(seed);
        const struct vg_model *model = generator_model(generator);
        struct subject subject;

        subject_open(&subject, model);
        for (unsigned at = 0; at < RECORDS; at++) {
            struct vg_record record;
            struct vg_record gathered;
            struct vg_decision actual;
            struct vg_decision expected;
            uint64_t questions;

            generator_record(generator, &record, &gathered);
            questions = decide(&subject, model, &record, &gathered, &actual, seed, at);
            assert_named(&subject, &record, &actual, seed, at);
            for (unsigned field = 0; field < VG_FIELD_COUNT; field++)
                if (questions >> field & 1 && record.facts[field].state == VG_FACT_PENDING)
                    vg_record_set_state(&record, (enum vg_field)field, VG_FACT_UNKNOWN);
            reference_decide(model, &record, &expected);
            assert_same(&expected, &actual, seed, at);
            if (expected.unknown_fields != actual.unknown_fields)
                fail_msg("policy %llu, record %u: unknown fields %llx where the reference says %llx",
                         (unsigned long long)seed, at, (unsigned long long)actual.unknown_fields,
                         (unsigned long long)expected.unknown_fields);
            assert_settled(model, &record, &gathered, &actual, seed, at);
            decided_by_rule += actual.rule != VG_RULE_NONE;
            by_default += actual.rule == VG_RULE_NONE;
            asked += questions != 0;
            unknown += actual.unknown_fields != 0;
            audited += actual.audit_count != 0;
        }
        subject_close(&subject);
        generator_free(generator);
    }
    print_message("%u decided by a rule, %u by default, %u asked, %u with unknown facts, %u audited\n",
                  decided_by_rule, by_default, asked, unknown, audited);
    /* A generator that never hits anything would prove nothing. */
    assert_true(decided_by_rule > POLICIES * RECORDS / 10);
    assert_true(by_default > POLICIES * RECORDS / 10);
    assert_true(asked > POLICIES * RECORDS / 50);
    assert_true(unknown > POLICIES * RECORDS / 50);
    assert_true(audited > POLICIES * RECORDS / 50);
}

static void the_same_model_gives_the_same_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct generator *generator = generator_new(seed);
        struct subject one;
        struct subject other;

        subject_open(&one, generator_model(generator));
        subject_open(&other, generator_model(generator));
        assert_int_equal(one.size, other.size);
        assert_memory_equal(one.blob, other.blob, one.size);
        subject_close(&one);
        subject_close(&other);
        generator_free(generator);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matcher_decides_as_the_reference_does),
        cmocka_unit_test(the_same_model_gives_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
