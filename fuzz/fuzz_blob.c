/* Any bytes as a compiled policy: refused, or decides within bounds. The checksum is mended first, so that
 * the fuzzer gets past it. */
#include "../src/policy/blob.h"
#include "../src/policy/hash.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void decide(const struct vg_policy *policy)
{
    static const uint16_t path[] = u"C:\\Windows\\System32\\cmd.exe:s";
    static const uint8_t digest[32] = {0xAB};
    struct vg_record record = {0};
    struct vg_decision decision;
    void *scratch = malloc(vg_policy_scratch_size(policy));

    if (!scratch)
        return;
    for (unsigned field = 0; field < VG_FIELD_COUNT; field++) {
        if (vg_field_stage((enum vg_field)field) == VG_STAGE_CHEAP)
            vg_record_set(&record, (enum vg_field)field, (struct vg_span){path, sizeof(path) - 2});
    }
    vg_policy_scratch_init(policy, scratch);
    while (vg_policy_decide(&record, scratch, &decision) == VG_NEED_FACT) {
        uint32_t size = vg_field_digest_size(decision.need);

        vg_record_set(&record, decision.need, (struct vg_span){digest, size != 0 ? size : sizeof(digest)});
    }
    (void)vg_policy_rule_name(policy, decision.rule);
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
