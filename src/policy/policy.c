#include "blob.h"

#include <string.h>

static const struct vg_blob_header *header_of(const struct vg_policy *policy)
{
    return (const struct vg_blob_header *)(const void *)policy->blob;
}

void vg_policy_info(const struct vg_policy *policy, struct vg_policy_info *info)
{
    const struct vg_blob_header *header = header_of(policy);

    memset(info, 0, sizeof(*info));
    info->mode = (enum vg_mode)header->mode;
    info->default_verdict = (enum vg_verdict)header->default_verdict;
    info->ask_otherwise = (enum vg_verdict)header->ask_otherwise;
    info->unknown_matches = (header->flags & VG_BLOB_UNKNOWN_MATCHES) != 0;
    info->watch_images = (header->flags & VG_BLOB_WATCH_IMAGES) != 0;
    info->record_hashes = (header->flags & VG_BLOB_RECORD_HASHES) != 0;
    info->deny_status = header->deny_status;
    info->rule_count = vg_blob_count(header, VG_BLOB_RULES);
    for (uint32_t i = 0; i < vg_blob_count(header, VG_BLOB_FIELDS); i++)
        info->fields |= (uint64_t)1 << vg_blob_view_of(header).FIELDS[i].field;
    memcpy(info->identity, header->identity, sizeof(info->identity));
}

struct vg_span vg_policy_rule_name(const struct vg_policy *policy, uint32_t rule)
{
    const struct vg_blob_header *header = header_of(policy);
    struct vg_blob_view view = vg_blob_view_of(header);
    struct vg_span name = {"", 0};
    const uint8_t *bytes;

    if (rule >= vg_blob_count(header, VG_BLOB_RULES))
        return name;
    bytes = view.NAMES + view.RULES[rule];
    name.bytes = bytes;
    while (bytes[name.size] != 0)
        name.size++;
    return name;
}

const char *vg_policy_rule_action(const struct vg_policy *policy, uint32_t rule)
{
    static const char *const names[] = {"allow", "deny", "ask", "audit"};
    const struct vg_blob_header *header = header_of(policy);
    struct vg_blob_view view = vg_blob_view_of(header);

    return rule < vg_blob_count(header, VG_BLOB_RULES) ? names[vg_blob_action_of(&view, rule)] : "";
}
