/* Blobs of generated policies, damaged in a few places and summed up again: what is not refused decides
 * within its bounds, which the sanitizers see to. VG_DAMAGED_SEEDS=FIRST:COUNT asks for other policies than
 * those of every run. */
#include "../cmocka_all.h"

#include "../../src/policy/blob.h"
#include "../../src/policy/hash.h"
#include "agree.h"
#include "generate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICIES 400u
#define DAMAGES  250u
#define RECORDS  4u

struct records {
    struct vg_record staged[RECORDS];
    struct vg_record gathered[RECORDS];
};

/* A place of 1, 2 or 4 bytes in the settings or in some section. */
static uint8_t *any_place(struct generator *generator, uint8_t *blob, uint32_t *size)
{
    const struct vg_blob_header *header = (const struct vg_blob_header *)(const void *)blob;
    uint32_t start = offsetof(struct vg_blob_header, mode);
    uint32_t end = offsetof(struct vg_blob_header, sections);
    uint32_t section = generator_below(generator, VG_BLOB_SECTION_COUNT + 1);

    if (section < VG_BLOB_SECTION_COUNT && vg_blob_count(header, section) != 0) {
        start = header->sections[section].offset;
        end = start + vg_blob_count(header, section) * vg_blob_element_size(section);
    }
    *size = 1u << generator_below(generator, 3);
    while (*size > end - start)
        *size /= 2;
    return blob + start + generator_below(generator, (end - start) / *size) * *size;
}

static void damage(struct generator *generator, uint8_t *blob)
{
    uint32_t size;
    uint8_t *place = any_place(generator, blob, &size);
    uint32_t value = 0;

    memcpy(&value, place, size);
    switch (generator_below(generator, 6)) {
    case 0:
        value++;
        break;
    case 1:
        value--;
        break;
    case 2:
        value ^= 1u << generator_below(generator, 8 * size);
        break;
    case 3:
        value = generator_below(generator, 16);
        break;
    case 4:
        value = UINT32_MAX - generator_below(generator, 2);
        break;
    default: /* what stands elsewhere in the section, or near it */
        memcpy(&value, place + (generator_below(generator, 2) ? size : 4 * size), size);
        break;
    }
    memcpy(place, &value, size);
}

static void decide_all(const struct vg_policy *policy, const struct records *records)
{
    void *scratch = malloc(vg_policy_scratch_size(policy));
    struct vg_decision decision;

    assert_non_null(scratch);
    vg_policy_scratch_init(policy, scratch);
    for (unsigned i = 0; i < RECORDS; i++) {
        struct vg_record record = records->staged[i];
        unsigned asked = 0;

        vg_policy_begin(scratch);
        while (vg_policy_decide(&record, scratch, &decision) == VG_NEED_FACT) {
            assert_in_range(decision.need, 0, VG_FIELD_COUNT - 1);
            assert_in_range(++asked, 1, VG_FIELD_COUNT);
            record.facts[decision.need] = records->gathered[i].facts[decision.need];
        }
        (void)vg_policy_audits(&record, scratch, NULL, 0);
        (void)vg_policy_rule_name(policy, decision.rule);
    }
    free(scratch);
}

/* Whether the blob is accepted all the same; then it decides. */
static bool survives(const struct subject *subject, struct generator *generator,
                     const struct records *records)
{
    uint8_t *blob = malloc(subject->size + sizeof(uint32_t) * 4);
    struct vg_blob_header *header = (struct vg_blob_header *)(void *)blob;
    struct vg_policy policy;
    uint8_t *exact;
    bool accepted;

    assert_non_null(blob);
    memcpy(blob, subject->blob, subject->size);
    memset(blob + subject->size, 0, sizeof(uint32_t) * 4);
    for (uint32_t i = 1 + generator_below(generator, 2); i > 0; i--)
        damage(generator, blob);
    header->checksum = vg_checksum(blob + VG_BLOB_CHECKSUM_FROM, subject->size - VG_BLOB_CHECKSUM_FROM);
    exact = malloc(subject->size);
    assert_non_null(exact);
    memcpy(exact, blob, subject->size);
    free(blob);
    accepted = vg_policy_open(&policy, exact, subject->size, NULL);
    if (accepted)
        decide_all(&policy, records);
    free(exact);
    return accepted;
}

static void what_is_damaged_is_refused_or_decides_within_its_bounds(void **state)
{
    const char *wanted = getenv("VG_DAMAGED_SEEDS");
    uint64_t first = 0;
    uint64_t count = POLICIES;
    unsigned accepted = 0;
    unsigned refused = 0;

    (void)state;
    if (wanted && sscanf(wanted, "%" SCNu64 ":%" SCNu64, &first, &count) != 2)
        fail_msg("VG_DAMAGED_SEEDS is FIRST:COUNT");
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct generator *generator = generator_new(seed);
        struct records records;
        struct subject subject;

        assert_true(subject_open(&subject, generator_model(generator)));
        for (unsigned i = 0; i < RECORDS; i++)
            generator_record(generator, &records.staged[i], &records.gathered[i]);
        for (unsigned i = 0; i < (generator_is_large(generator) ? DAMAGES / 10 : DAMAGES); i++) {
            if (survives(&subject, generator, &records))
                accepted++;
            else
                refused++;
        }
        subject_close(&subject);
        generator_free(generator);
    }
    print_message("%u accepted, %u refused\n", accepted, refused);
    if (wanted)
        return;
    assert_true(accepted > (accepted + refused) / 10);
    assert_true(refused > (accepted + refused) / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_damaged_is_refused_or_decides_within_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
