/* The matcher against the reference evaluator, on generated policies and records. VG_DECIDE_SEEDS=FIRST:COUNT
 * asks for other policies than those of every run. */
#include "../cmocka_all.h"

#include "agree.h"
#include "generate.h"
#include "shrink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICIES      1200u
#define RECORDS       60u
#define RECORDS_LARGE 10u

/* How often something was seen. */
struct seen {
    unsigned records;
    unsigned by_rule;
    unsigned by_default;
    unsigned asked;
    unsigned unknown;
    unsigned audited;
};

static void note(struct seen *seen, const struct agreement *agreement)
{
    seen->records++;
    seen->by_rule += agreement->decision.rule != VG_RULE_NONE;
    seen->by_default += agreement->decision.rule == VG_RULE_NONE;
    seen->asked += agreement->asked != 0;
    seen->unknown += agreement->decision.unknown_fields != 0;
    seen->audited += agreement->decision.audit_count != 0;
}

static void try_policy(uint64_t seed, struct seen *seen)
{
    struct generator *generator = generator_new(seed);
    const struct vg_model *model = generator_model(generator);
    unsigned records = generator_is_large(generator) ? RECORDS_LARGE : RECORDS;
    struct subject subject;

    if (!subject_open(&subject, model))
        fail_msg("policy %" PRIu64 " is not compiled, or refused", seed);
    for (unsigned at = 0; at < records; at++) {
        struct disagreement disagreement = {.model = *model, .telling = at % TELLINGS};
        struct agreement agreement;

        generator_record(generator, &disagreement.record, &disagreement.gathered);
        subject_try(&subject, &disagreement.record, &disagreement.gathered, disagreement.telling, &agreement);
        if (agreement.wrong[0]) {
            print_error("policy %" PRIu64 ", record %u: %s\n", seed, at, agreement.wrong);
            shrink_and_print(&disagreement, stderr);
            fail();
        }
        note(seen, &agreement);
    }
    subject_close(&subject);
    generator_free(generator);
}

static void matcher_decides_as_the_reference_does(void **state)
{
    const char *wanted = getenv("VG_DECIDE_SEEDS");
    uint64_t first = 0;
    uint64_t count = POLICIES;
    struct seen seen = {0};

    (void)state;
    if (wanted && sscanf(wanted, "%" SCNu64 ":%" SCNu64, &first, &count) != 2)
        fail_msg("VG_DECIDE_SEEDS is FIRST:COUNT");
    for (uint64_t seed = first; seed < first + count; seed++)
        try_policy(seed, &seen);
    print_message("%u decided by a rule, %u by default, %u asked, %u with unknown facts, %u audited\n",
                  seen.by_rule, seen.by_default, seen.asked, seen.unknown, seen.audited);
    if (wanted)
        return;
    /* A generator that never hits anything would prove nothing. */
    assert_true(seen.by_rule > seen.records / 10);
    assert_true(seen.by_default > seen.records / 10);
    assert_true(seen.asked > seen.records / 50);
    assert_true(seen.unknown > seen.records / 50);
    assert_true(seen.audited > seen.records / 50);
}

static void the_same_model_gives_the_same_bytes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct generator *generator = generator_new(seed);
        struct subject one;
        struct subject other;

        assert_true(subject_open(&one, generator_model(generator)));
        assert_true(subject_open(&other, generator_model(generator)));
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
