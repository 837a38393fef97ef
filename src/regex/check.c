#include "match.h"
#include "table.h"

static const char *check_header(const struct vg_regex_header *header, size_t size)
{
    if (header->magic != VG_REGEX_MAGIC)
        return "the magic of a regular expression";
    if (header->flags & ~VG_REGEX_BACKWARDS)
        return "an unknown flag of a regular expression";
    if (header->reserved[0] || header->reserved[1] || header->reserved[2])
        return "a reserved word of a regular expression";
    if (header->states < 2 || header->states > VG_REGEX_MAX_STATES)
        return "the number of states of a regular expression";
    if (header->classes == 0 || header->classes > VG_REGEX_MAX_CLASSES)
        return "the number of classes of a regular expression";
    if (header->pages == 0 || header->pages > 256)
        return "the number of pages of a regular expression";
    if (header->start >= header->states)
        return "the first state of a regular expression";
    if (header->size != size || vg_regex_lay_out(header).size != size)
        return "the size of a regular expression";
    return NULL;
}

static const char *check_classes(const struct vg_regex_header *header, const uint8_t *pages)
{
    for (unsigned high = 0; high < 256; high++) {
        if (header->page_of[high] >= header->pages)
            return "a page of a regular expression";
    }
    for (size_t at = 0; at < (size_t)header->pages * 256; at++) {
        if (pages[at] >= header->classes)
            return "a class of a regular expression";
    }
    return NULL;
}

static const char *check_steps(const struct vg_regex_header *header, const uint16_t *next)
{
    size_t steps = (size_t)header->states * header->classes;

    for (size_t at = 0; at < steps; at++) {
        if (next[at] >= header->states)
            return "a step of a regular expression";
    }
    for (size_t at = 0; at < header->classes; at++) {
        if (next[at] != VG_REGEX_NEVER || next[header->classes + at] != VG_REGEX_MATCHED)
            return "a final state of a regular expression";
    }
    return NULL;
}

static const char *check_ends(const uint8_t *bytes, struct vg_regex_layout layout, uint32_t states)
{
    if ((bytes[layout.at_end] & 3) != 1u << VG_REGEX_MATCHED)
        return "what the final states of a regular expression mean";
    if (states % 8 && bytes[layout.used - 1] >> states % 8)
        return "the bits behind the states of a regular expression";
    for (uint64_t at = layout.used; at < layout.size; at++) {
        if (bytes[at])
            return "the padding of a regular expression";
    }
    return NULL;
}

const char *vg_regex_check(const void *table, size_t size)
{
    const struct vg_regex_header *header = table;
    const uint8_t *bytes = table;
    struct vg_regex_layout layout;
    const char *failed;

    if (size < sizeof(*header) || size > VG_REGEX_MAX_BYTES || (uintptr_t)table % sizeof(uint32_t))
        return "the room of a regular expression";
    failed = check_header(header, size);
    if (failed)
        return failed;
    layout = vg_regex_lay_out(header);
    failed = check_classes(header, bytes + layout.pages);
    if (!failed)
        failed = check_steps(header, (const uint16_t *)(const void *)(bytes + layout.next));
    if (!failed)
        failed = check_ends(bytes, layout, header->states);
    return failed;
}
