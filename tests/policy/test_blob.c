/* A blob is refused or decides within bounds, whatever happened to it on the way. Run under AddressSanitizer,
 * every block here has exactly the size that was promised. */
#include "../cmocka_all.h"

#include "../../src/policy/blob.h"
#include "../../src/policy/hash.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS     200u
#define MUTATIONS 600u
#define CHECKS    256u

struct tally {
    unsigned accepted;
    unsigned refused;
    const char *checks[CHECKS];
    unsigned check_count;
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

static void compile(struct generator *generator, void **blob, size_t *size)
{
    assert_true(vg_model_compile(generator_model(generator), &reporter, blob, size));
}

static void fix_checksum(uint8_t *blob, size_t size)
{
    struct vg_blob_header *header = (struct vg_blob_header *)(void *)blob;

    if (size >= sizeof(*header) && size % 8 == 0)
        header->checksum = vg_checksum(blob + VG_BLOB_CHECKSUM_FROM, size - VG_BLOB_CHECKSUM_FROM);
}

static void note(struct tally *tally, const char *check)
{
    tally->refused++;
    for (unsigned i = 0; i < tally->check_count; i++) {
        if (strcmp(tally->checks[i], check) == 0)
            return;
    }
    assert_true(tally->check_count < CHECKS);
    tally->checks[tally->check_count++] = check;
}

/* Decides a few records, reads every name: all of it must stay within the blob, the record and the scratch,
 * and end. */
static void use(const struct vg_policy *policy, struct generator *generator)
{
    void *scratch = malloc(vg_policy_scratch_size(policy));
    struct vg_policy_info info;

    assert_non_null(scratch);
    vg_policy_info(policy, &info);
    vg_policy_scratch_init(policy, scratch);
    for (unsigned i = 0; i < 3; i++) {
        struct vg_record record;
        struct vg_record gathered;
        struct vg_decision decision;
        unsigned asked = 0;

        generator_record(generator, &record, &gathered);
        vg_policy_begin(scratch);
        while (vg_policy_decide(&record, scratch, &decision) == VG_NEED_FACT) {
            assert_true(decision.need < VG_FIELD_COUNT && asked++ < VG_FIELD_COUNT);
            record.facts[decision.need] = gathered.facts[decision.need];
        }
        assert_true(decision.verdict <= VG_ASK);
        assert_true(decision.rule == VG_RULE_NONE || decision.rule < info.rule_count);
        (void)vg_policy_rule_name(policy, decision.rule);
        (void)vg_policy_rule_action(policy, decision.rule);
    }
    free(scratch);
}

/* A place of 1, 2 or 4 bytes: in any section as likely as in any other, however small it is, as far as the
 * damage so far has left it in the blob; else in the settings. */
static uint8_t *any_place(struct generator *generator, uint8_t *blob, size_t size, uint32_t *width)
{
    const struct vg_blob_header *header = (const struct vg_blob_header *)(const void *)blob;
    uint32_t id = generator_below(generator, VG_BLOB_SECTION_COUNT);
    uint64_t start = header->sections[id].offset;
    uint64_t count = (uint64_t)vg_blob_count(header, id) * vg_blob_element_size(id);

    if (start < sizeof(*header) || count == 0 || start + count > size ||
        generator_below(generator, 20) == 0) {
        start = offsetof(struct vg_blob_header, mode);
        count = offsetof(struct vg_blob_header, sections) - start;
    }
    *width = 1u << generator_below(generator, 3);
    while (*width > count)
        *width /= 2;
    return blob + start + generator_below(generator, (uint32_t)(count / *width)) * *width;
}

/* One number another: a little more or less, one bit, a small one, the largest, or one that stands before it.
 */
static void damage_number(struct generator *generator, uint8_t *blob, size_t size)
{
    uint32_t width;
    uint8_t *place = any_place(generator, blob, size, &width);
    uint32_t value = 0;

    memcpy(&value, place, width);
    switch (generator_below(generator, 5)) {
    case 0:
        value += generator_below(generator, 3) - 1;
        break;
    case 1:
        value ^= 1u << generator_below(generator, 8 * width);
        break;
    case 2:
        value = generator_below(generator, 16);
        break;
    case 3:
        value = UINT32_MAX - generator_below(generator, 2);
        break;
    default: /* there is a header before each */
        memcpy(&value, place - width * (generator_below(generator, 2) ? 1 : 4), width);
        break;
    }
    memcpy(place, &value, width);
}

/* Damage of the kinds that storage, transport and malice make. Returns the new size. */
static size_t damage(struct generator *generator, uint8_t *blob, size_t size)
{
    static const uint32_t telling[] = {0,          1,          2,          7,        8,
                                       0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x3FFFFF, 0x40000000};
    uint32_t words = (uint32_t)(size / 4);
    uint32_t *at = (uint32_t *)(void *)blob;

    switch (generator_below(generator, 10)) {
    case 0:
        for (uint32_t i = 1 + generator_below(generator, 4); i > 0; i--)
            blob[generator_below(generator, (uint32_t)size)] ^=
                (uint8_t)(1u << generator_below(generator, 8));
        return size;
    case 1:
        at[generator_below(generator, words)] =
            telling[generator_below(generator, sizeof(telling) / sizeof(*telling))];
        return size;
    case 2: /* a little more or less */
        at[generator_below(generator, words)] += generator_below(generator, 9) - 4;
        return size;
    case 3: { /* a splice */
        uint32_t count = 1 + generator_below(generator, 16);
        uint32_t from = generator_below(generator, words - count);
        uint32_t to = generator_below(generator, words - count);

        memmove(at + to, at + from, count * sizeof(*at));
        return size;
    }
    case 4: { /* the header's table */
        struct vg_blob_header *header = (struct vg_blob_header *)(void *)blob;
        struct vg_blob_section *section =
            &header->sections[generator_below(generator, VG_BLOB_SECTION_COUNT)];

        section->count += generator_below(generator, 5) - 2;
        return size;
    }
    case 5: { /* cut off, with the size stated rightly */
        size_t shorter = generator_below(generator, (uint32_t)size) / 8 * 8;

        if (shorter >= sizeof(struct vg_blob_header))
            ((struct vg_blob_header *)(void *)blob)->size = shorter;
        return shorter;
    }
    default:
        damage_number(generator, blob, size);
        return size;
    }
}

static void try_blob(const uint8_t *bytes, size_t size, struct generator *generator, struct tally *tally)
{
    uint8_t *exact = malloc(size ? size : 1);
    struct vg_policy policy = {NULL, 0};
    struct vg_blob_error error = {NULL, 0};

    assert_non_null(exact);
    memcpy(exact, bytes, size);
    if (vg_policy_open(&policy, exact, size, &error)) {
        tally->accepted++;
        use(&policy, generator);
    } else {
        assert_non_null(error.check);
        assert_null(policy.blob);
        note(tally, error.check);
    }
    free(exact);
}

static void damaged_blobs_are_refused_or_decide_within_bounds(void **state)
{
    struct tally tally = {0};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct generator *generator = generator_new(seed * 7 + 1);
        void *blob;
        size_t size;
        uint8_t *copy;
        struct vg_policy whole;

        compile(generator, &blob, &size);
        copy = malloc(size);
        assert_non_null(copy);
        assert_true(vg_policy_open(&whole, blob, size, NULL));
        for (unsigned i = 0; i < MUTATIONS; i++) {
            size_t damaged = size;

            memcpy(copy, blob, size);
            for (uint32_t more = generator_below(generator, 3); more != UINT32_MAX && damaged > 256; more--)
                damaged = damage(generator, copy, damaged);
            if (generator_below(generator, 20))
                fix_checksum(copy, damaged);
            try_blob(copy, damaged, generator, &tally);
        }
        free(copy);
        free(blob);
        generator_free(generator);
    }
    print_message("%u accepted, %u refused by %u different checks\n", tally.accepted, tally.refused,
                  tally.check_count);
    /* Both ways must be walked, and the checks behind the checksum reached. */
    assert_true(tally.accepted + tally.refused >= 100000);
    assert_true(tally.accepted > 5000);
    assert_true(tally.check_count > 40);
}

static void every_single_damaged_byte_is_noticed(void **state)
{
    struct generator *generator = generator_new(3);
    void *blob;
    size_t size;

    (void)state;
    compile(generator, &blob, &size);
    for (size_t at = 0; at < size; at++) {
        struct vg_policy policy;

        ((uint8_t *)blob)[at] ^= 0x20;
        assert_false(vg_policy_open(&policy, blob, size, NULL));
        ((uint8_t *)blob)[at] ^= 0x20;
    }
    free(blob);
    generator_free(generator);
}

static void every_shorter_blob_is_refused(void **state)
{
    struct generator *generator = generator_new(5);
    void *blob;
    size_t size;

    (void)state;
    compile(generator, &blob, &size);
    for (size_t shorter = 0; shorter < size; shorter++) {
        struct vg_policy policy;
        void *exact = malloc(shorter ? shorter : 1);

        memcpy(exact, blob, shorter);
        assert_false(vg_policy_open(&policy, exact, shorter, NULL));
        free(exact);
    }
    free(blob);
    generator_free(generator);
}

/* Sets one word of the header, mends the checksum, and expects this check to fail. */
static void assert_refused(uint64_t seed, size_t offset, uint32_t value, const char *check)
{
    struct generator *generator = generator_new(seed);
    struct vg_blob_error error = {"accepted", 0};
    struct vg_policy policy;
    void *blob;
    size_t size;

    compile(generator, &blob, &size);
    memcpy((uint8_t *)blob + offset, &value, sizeof(value));
    fix_checksum(blob, size);
    (void)vg_policy_open(&policy, blob, size, &error);
    assert_string_equal(error.check, check);
    assert_int_equal(error.offset, offset);
    free(blob);
    generator_free(generator);
}

static void a_refusal_says_which_check_failed_and_where(void **state)
{
    (void)state;
    assert_refused(1, offsetof(struct vg_blob_header, magic), 0, "not a compiled policy");
    assert_refused(1, offsetof(struct vg_blob_header, version), 99, "compiled for another version of vigil");
    assert_refused(1, offsetof(struct vg_blob_header, mode), 2, "unknown mode");
    assert_refused(1, offsetof(struct vg_blob_header, deny_status), 0x40000000,
                   "the deny status is not an error");
    assert_refused(1, offsetof(struct vg_blob_header, deny_status), 0xC000042C,
                   "the deny status is not an error");
    assert_refused(1, offsetof(struct vg_blob_header, first_true), 1u << 20, "no such deciding rule");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_blobs_are_refused_or_decide_within_bounds),
        cmocka_unit_test(every_single_damaged_byte_is_noticed),
        cmocka_unit_test(every_shorter_blob_is_refused),
        cmocka_unit_test(a_refusal_says_which_check_failed_and_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
