/* Any bytes as a compiled policy: refused, or decides within bounds. The checksum is mended first, so that
 * the fuzzer gets past it. */
#include "../src/policy/blob.h"
#include "../src/policy/hash.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Long enough for several pieces of the matcher. */
#define LONG_UNITS 1100u

enum telling { ONE_VALUE, LONG_VALUES, ABSENT, TELLINGS };

static void tell(struct vg_record *record, enum vg_field field, enum telling telling)
{
    static const uint16_t path[] = u"C:\\Windows\\System32\\cmd.exe:s";
    static const uint8_t digest[VG_DIGEST_SIZE_MAX] = {0xAB};
    static uint16_t text[LONG_UNITS];
    uint32_t size = vg_field_digest_size(field);

    for (uint32_t i = 0; i < LONG_UNITS; i++)
        text[i] = path[i % (sizeof(path) / sizeof(*path) - 1)];
    if (telling == ABSENT)
        vg_record_set_state(record, field, VG_FACT_ABSENT);
    else if (size != 0)
        vg_record_set(record, field, (struct vg_span){digest, size});
    else
        vg_record_set(record, field, (struct vg_span){path, sizeof(path) - 2});
    if (telling == LONG_VALUES && size == 0)
        (void)vg_record_add(record, field, (struct vg_span){text, sizeof(text)});
}

static void decide(const struct vg_policy *policy)
{
    void *scratch = malloc(vg_policy_scratch_size(policy));

    if (!scratch)
        return;
    vg_policy_scratch_init(policy, scratch);
    for (enum telling telling = ONE_VALUE; telling < TELLINGS; telling++) {
        struct vg_record record = {0};
        struct vg_decision decision;

        for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
            if (vg_field_stage((enum vg_field)field) == VG_STAGE_CHEAP)
                tell(&record, (enum vg_field)field, telling);
        }
        vg_policy_begin(scratch);
        while (vg_policy_decide(&record, scratch, &decision) == VG_NEED_FACT)
            tell(&record, decision.need, telling);
        (void)vg_policy_rule_name(policy, decision.rule);
    }
    free(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *blob = malloc(size ? size : 1);
    struct vg_policy policy;

    if (!blob)
        return 0;
    if (size)
        memcpy(blob, bytes, size);
    if (size >= sizeof(struct vg_blob_header) && size % 8 == 0) {
        struct vg_blob_header *header = (struct vg_blob_header *)(void *)blob;

        header->size = size;
        header->checksum = vg_checksum(blob + VG_BLOB_CHECKSUM_FROM, size - VG_BLOB_CHECKSUM_FROM);
    }
    if (vg_policy_open(&policy, blob, size, NULL))
        decide(&policy);
    free(blob);
    return 0;
}
