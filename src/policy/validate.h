/* What the validator's files share. Each check looks at one part of the blob and trusts only what earlier
 * checks have shown. Sections are laid out without gaps and shared by nobody, so that every check is one
 * pass. Freestanding. */
#ifndef VG_POLICY_VALIDATE_H
#define VG_POLICY_VALIDATE_H

#include "blob.h"

struct vg_check {
    struct vg_blob_view blob;
    struct vg_blob_error error; /* of the first check that failed */
    uint32_t postings;          /* how many of POSTINGS texts lead to; digests lead to those behind */
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
           vg_blob_action_of(&check->blob, rule) != VG_BLOB_AUDIT;
}

static inline bool vg_check_has_field(const struct vg_check *check, uint32_t field)
{
    for (uint32_t i = 0; i < vg_check_count(check, VG_BLOB_FIELDS); i++) {
        if (check->blob.FIELDS[i].field == field)
            return true;
    }
    return false;
}

static inline bool vg_check_is_text(uint32_t field)
{
    return vg_field_digest_size((enum vg_field)field) == 0;
}

/* How far the sections that predicates share have been used up. */
struct vg_predicates_used {
    uint32_t trials;
    uint32_t tokens;
    uint32_t anchors;
    uint64_t units; /* of TEXT: how much the tokens so far have, which share none, so that looking at all
                       takes no longer than TEXT is */
};

/* Of what has tokens: which, how many, and of which test they are. */
struct vg_token_owner {
    uint32_t tokens;
    uint32_t count;
    uint32_t test;
    const void *place;
};

/* Whether these are the next tokens, and such as the test may have; they are then used up. */
bool vg_check_tokens(struct vg_check *check, const struct vg_token_owner *owner,
                     struct vg_predicates_used *used);

/* Whether a key's text lies within its section; `units` with VG_TEXT_WIDE. */
bool vg_check_text(struct vg_check *check, uint32_t text, uint32_t units, const void *where);

/* What is tried is neither found nor finds: nothing leads to it, and it leads to nothing. */
bool vg_check_trials(struct vg_check *check, const struct vg_blob_predicate *predicate, bool tried,
                     struct vg_predicates_used *used);

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
