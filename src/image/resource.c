#include "resource.h"

#include "bytes.h"
#include "window.h"

#define DIRECTORY_RESOURCE 2u
#define TABLE_SIZE         16u
#define ENTRY_SIZE         8u
#define SUBDIRECTORY       0x80000000u /* of an entry's offset; of its name: a text, not a number */
#define LANGUAGE_NEUTRAL   0u
#define LANGUAGE_AMERICAN  0x0409u

struct entry {
    uint32_t name;
    uint32_t offset; /* from the start of the resources */
};

static bool read_entry(struct vg_image_reader *reader, uint64_t address, struct entry *entry)
{
    uint8_t bytes[ENTRY_SIZE];

    if (address > UINT32_MAX || !vg_window_read_at(reader, (uint32_t)address, bytes, sizeof(bytes)))
        return false;
    entry->name = vg_read32(bytes);
    entry->offset = vg_read32(bytes + 4);
    return true;
}

/* The table at `offset`: where its entries begin, and how many they are. */
static bool read_table(struct vg_image_reader *reader, uint32_t offset, uint64_t *entries, uint32_t *count)
{
    uint64_t address = (uint64_t)reader->directories[DIRECTORY_RESOURCE].address + offset;
    uint8_t table[TABLE_SIZE];

    if (address > UINT32_MAX || !vg_window_read_at(reader, (uint32_t)address, table, sizeof(table)))
        return false;
    *entries = address + TABLE_SIZE;
    *count = (uint32_t)vg_read16(table + 12) + vg_read16(table + 14);
    return true;
}

/* The table that number `id` leads to in the table at `offset`. */
static bool descend(struct vg_image_reader *reader, uint32_t offset, uint16_t id, uint32_t *next)
{
    struct entry entry = {0};
    uint64_t at = 0;
    uint32_t count = 0;

    if (!read_table(reader, offset, &at, &count))
        return false;
    for (; count != 0 && read_entry(reader, at, &entry); count--, at += ENTRY_SIZE) {
        if (entry.name == id && (entry.offset & SUBDIRECTORY) != 0) {
            *next = entry.offset & ~SUBDIRECTORY;
            return true;
        }
    }
    return false;
}

static unsigned rank_of(uint32_t language)
{
    return language == LANGUAGE_NEUTRAL ? 2 : language == LANGUAGE_AMERICAN ? 1 : 0;
}

/* The data's description in the best language of the table at `offset`. */
static bool choose_language(struct vg_image_reader *reader, uint32_t offset, uint32_t *description)
{
    struct entry entry = {0};
    uint64_t at = 0;
    uint32_t count = 0;
    unsigned best = 0;
    bool found = false;

    if (!read_table(reader, offset, &at, &count))
        return false;
    for (; count != 0 && best < 2 && read_entry(reader, at, &entry); count--, at += ENTRY_SIZE) {
        if ((entry.offset & SUBDIRECTORY) != 0 || (found && rank_of(entry.name) <= best))
            continue;
        found = true;
        best = rank_of(entry.name);
        *description = entry.offset;
    }
    return found;
}

bool vg_resource_find(struct vg_image_reader *reader, uint16_t type, uint16_t name, uint32_t *address,
                      uint32_t *size)
{
    uint32_t root = reader->directories[DIRECTORY_RESOURCE].address;
    uint32_t names = 0;
    uint32_t languages = 0;
    uint32_t description = 0;
    uint8_t bytes[8];

    if (root == 0 || !descend(reader, 0, type, &names) || !descend(reader, names, name, &languages) ||
        !choose_language(reader, languages, &description))
        return false;
    if ((uint64_t)root + description > UINT32_MAX ||
        !vg_window_read_at(reader, root + description, bytes, sizeof(bytes)))
        return false;
    *address = vg_read32(bytes);
    *size = vg_read32(bytes + 4);
    return true;
}
