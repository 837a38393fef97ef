/* What the validator's files share. Each check looks at one part of the blob and trusts only what earlier
 * checks have shown. Sections are laid out without gaps and shared by nobody, so that every check is one
 * pass. Freestanding. */
#ifndef VG_POLICY_VALIDATE_H
#define VG_POLICY_VALIDATE_H

#include "blob.h"

struct vg_check {
    struct vg_blob_view blob;
    struct vg_blob_error error; /* of the first check that failed */
};

/* Notes which check failed and where; returns false. */
static inline bool vg_check_failed(struct vg_check *check, const char *what, const void *where)
{
    check->error.check = what;
    check->error.offset = (size_t)((const uint8_t *)where - (const uint8_t *)check->blob.header);
    return false;
}

static inline uint32_t vg_check_count(const struct vg_check *check, enum vg_blob_section_id id)
{
    return vg_blob_count(check->blob.header, id);
}

/* Whether `rule` may stand where a rule decides: it is a rule, and no audit rule. */
static inline bool vg_check_deciding_rule(const struct vg_check *check, uint32_t rule)
{
    return rule < vg_check_count(check, VG_BLOB_RULES) &&
           check->blob.RULES[rule] >> VG_RULE_ACTION_SHIFT != VG_BLOB_AUDIT;
}

/* In this order. */
bool vg_check_layout(struct vg_check *check, const void *blob, size_t size);
bool vg_check_settings(struct vg_check *check);
bool vg_check_rules(struct vg_check *check);
bool vg_check_regexes(struct vg_check *check);
bool vg_check_predicates(struct vg_check *check);
bool vg_check_postings(struct vg_check *check);
bool vg_check_fields(struct vg_check *check);
bool vg_check_conditions(struct vg_check *check);

#endif
