#include "validate.h"

#include "hash.h"

#include <string.h>

/* An error status that no caller takes for an invitation to try again (STATUS_ELEVATION_REQUIRED makes the
 * shell do so). */
#define STATUS_ELEVATION_REQUIRED 0xC000042Cu

static bool check_sections(struct vg_check *check, const struct vg_blob_header *header)
{
    uint64_t end = sizeof(*header);

    for (unsigned id = 0; id < VG_BLOB_SECTION_COUNT; id++) {
        const struct vg_blob_section *section = &header->sections[id];

        if (section->offset != end)
            return vg_check_failed(check, "a section does not start where the one before ends", section);
        end += (uint64_t)section->count * vg_blob_element_size(id);
        end = (end + 7) / 8 * 8;
        if (end > header->size)
            return vg_check_failed(check, "a section reaches past the end", section);
    }
    if (end != header->size)
        return vg_check_failed(check, "bytes after the last section", &header->size);
    return true;
}

bool vg_check_layout(struct vg_check *check, const void *blob, size_t size)
{
    const struct vg_blob_header *header = blob;

    check->blob.header = header;
    if (!blob || (uintptr_t)blob % 8 != 0)
        return vg_check_failed(check, "not aligned to 8", blob);
    if (size < sizeof(*header))
        return vg_check_failed(check, "shorter than a header", blob);
    if (memcmp(header->magic, VG_BLOB_MAGIC, sizeof(header->magic)) != 0)
        return vg_check_failed(check, "not a compiled policy", header->magic);
    if (header->version != VG_BLOB_VERSION)
        return vg_check_failed(check, "compiled for another version of vigil", &header->version);
    if (header->header_size != sizeof(*header))
        return vg_check_failed(check, "wrong header size", &header->header_size);
    if (header->size != size || size % 8 != 0 || size > UINT32_MAX)
        return vg_check_failed(check, "the size is not the one stated", &header->size);
    if (header->checksum !=
        vg_checksum((const uint8_t *)blob + VG_BLOB_CHECKSUM_FROM, size - VG_BLOB_CHECKSUM_FROM))
        return vg_check_failed(check, "wrong checksum", &header->checksum);
    if (!check_sections(check, header))
        return false;
    check->blob = vg_blob_view_of(blob);
    return true;
}

bool vg_check_settings(struct vg_check *check)
{
    const struct vg_blob_header *header = check->blob.header;

    if (header->mode > VG_MODE_ENFORCE)
        return vg_check_failed(check, "unknown mode", &header->mode);
    if (header->default_verdict > VG_ASK)
        return vg_check_failed(check, "unknown default verdict", &header->default_verdict);
    if (header->ask_otherwise > VG_DENY)
        return vg_check_failed(check, "an unanswered question comes to neither allow nor deny",
                               &header->ask_otherwise);
    if (header->flags & ~(uint32_t)VG_BLOB_FLAGS_ALL)
        return vg_check_failed(check, "unknown flag", &header->flags);
    if (header->deny_status >> 30 != 3 || header->deny_status == STATUS_ELEVATION_REQUIRED)
        return vg_check_failed(check, "the deny status is not an error", &header->deny_status);
    if (header->tracked_count > VG_BLOB_TESTED_MAX ||
        header->tracked_count > vg_check_count(check, VG_BLOB_PREDICATES))
        return vg_check_failed(check, "more tracked predicates than predicates", &header->tracked_count);
    if (header->tried_count > VG_BLOB_TESTED_MAX - header->tracked_count ||
        header->tried_count > vg_check_count(check, VG_BLOB_PREDICATES) - header->tracked_count)
        return vg_check_failed(check, "more tried predicates than predicates", &header->tried_count);
    if (vg_check_count(check, VG_BLOB_FIELDS) > VG_FIELD_COUNT)
        return vg_check_failed(check, "more fields than there are facts", check->blob.FIELDS);
    return true;
}

/* A size of 32 bits leaves no room for too many rules. */
static_assert(UINT32_MAX / sizeof(uint32_t) <= VG_BLOB_RULES_MAX, "an index shares its word with two flags");

static bool check_name_lengths(struct vg_check *check)
{
    const uint8_t *names = check->blob.NAMES;
    size_t size = vg_check_count(check, VG_BLOB_NAMES);
    size_t start = 0;

    for (size_t at = 0; at < size; at++) {
        if (names[at] == 0)
            start = at + 1;
        else if (at - start == VG_BLOB_NAME_MAX)
            return vg_check_failed(check, "a name is too long", names + start);
    }
    return true;
}

/* Well-formed UTF-8 throughout; names that are ASCII cost next to nothing. */
static bool check_names(struct vg_check *check)
{
    const uint8_t *names = check->blob.NAMES;
    size_t size = vg_check_count(check, VG_BLOB_NAMES);
    size_t ascii = 0;
    size_t units;
    size_t bad = 0;

    if (size != 0 && names[size - 1] != 0)
        return vg_check_failed(check, "the last name does not end", names + size - 1);
    while (ascii < size && names[ascii] < 0x80)
        ascii++;
    if (!vg_utf16_from_utf8((const char *)names + ascii, size - ascii, NULL, 0, &units, &bad))
        return vg_check_failed(check, "a name is not UTF-8", names + ascii + bad);
    return check_name_lengths(check);
}

/* One for each rule; every value of two bits is one. */
static bool check_actions(struct vg_check *check)
{
    uint32_t rules = vg_check_count(check, VG_BLOB_RULES);
    uint32_t words = rules / VG_ACTIONS_IN_WORD;
    uint32_t left = rules % VG_ACTIONS_IN_WORD;
    const uint32_t *actions = check->blob.ACTIONS;

    if (vg_check_count(check, VG_BLOB_ACTIONS) != words + (left != 0))
        return vg_check_failed(check, "not as many actions as rules", actions);
    if (left != 0 && actions[words] >> left * VG_ACTION_BITS != 0)
        return vg_check_failed(check, "an action of no rule", &actions[words]);
    return true;
}

bool vg_check_rules(struct vg_check *check)
{
    const struct vg_blob_view *blob = &check->blob;
    uint32_t count = vg_check_count(check, VG_BLOB_RULES);
    uint32_t names = vg_check_count(check, VG_BLOB_NAMES);

    if (!check_names(check) || !check_actions(check))
        return false;
    for (uint32_t rule = 0; rule < count; rule++) {
        uint32_t name = blob->RULES[rule];

        if (name >= names || (name != 0 && blob->NAMES[name - 1] != 0))
            return vg_check_failed(check, "a rule's name does not start where a name starts",
                                   &blob->RULES[rule]);
    }
    if (blob->header->first_true != VG_BLOB_NONE && !vg_check_deciding_rule(check, blob->header->first_true))
        return vg_check_failed(check, "no such deciding rule", &blob->header->first_true);
    return true;
}

bool vg_policy_open(struct vg_policy *policy, const void *blob, size_t size, struct vg_blob_error *error)
{
    struct vg_check check = {.error = {"", 0}, .postings = 0};

    if (vg_check_layout(&check, blob, size) && vg_check_settings(&check) && vg_check_rules(&check) &&
        vg_check_regexes(&check) && vg_check_predicates(&check) && vg_check_postings(&check) &&
        vg_check_fields(&check) && vg_check_conditions(&check)) {
        policy->blob = blob;
        policy->size = size;
        return true;
    }
    if (error)
        *error = check.error;
    return false;
}
