#include "learn.h"

#include <stdlib.h>
#include <string.h>

static void free_entry(struct vg_learned *entry)
{
    free(entry->key);
    free(entry->parent);
    free(entry->value);
    free(entry->image);
    *entry = (struct vg_learned){0};
}

static size_t hash(const char *key)
{
    uint64_t value = 0xCBF29CE484222325u;

    for (; *key != '\0'; key++)
        value = (value ^ (unsigned char)*key) * 0x100000001B3u;
    return (size_t)(value ^ value >> 29);
}

static uint32_t *find_slot(const struct vg_learned_set *set, const char *key)
{
    size_t at = hash(key) & (set->slot_count - 1);

    while (set->slots[at] != 0 && strcmp(set->entries[set->slots[at] - 1].key, key) != 0)
        at = (at + 1) & (set->slot_count - 1);
    return &set->slots[at];
}

/* Room for one more entry, with slots at most half full. */
static bool grow(struct vg_learned_set *set)
{
    size_t capacity = set->capacity != 0 ? set->capacity * 2 : 256;
    struct vg_learned *entries;
    uint32_t *slots;

    if (set->count < set->capacity)
        return true;
    if (capacity > UINT32_MAX / 4)
        return false;
    entries = realloc(set->entries, capacity * sizeof(*entries));
    if (entries == NULL)
        return false;
    set->entries = entries;
    slots = calloc(capacity * 2, sizeof(*slots));
    if (slots == NULL)
        return false;
    free(set->slots);
    set->slots = slots;
    set->slot_count = capacity * 2;
    set->capacity = capacity;
    for (size_t i = 0; i < set->count; i++)
        *find_slot(set, entries[i].key) = (uint32_t)i + 1;
    return true;
}

/* Of two spellings the smaller: which thread came first must not show. */
static void take_smaller(char **kept, char **other)
{
    if (*kept != NULL && *other != NULL && strcmp(*other, *kept) < 0) {
        char *smaller = *other;

        *other = *kept;
        *kept = smaller;
    }
}

bool vg_learned_add(struct vg_learned_set *set, struct vg_learned *entry)
{
    uint32_t *slot;

    if (entry->key == NULL || !grow(set)) {
        free_entry(entry);
        return false;
    }
    slot = find_slot(set, entry->key);
    if (*slot == 0) {
        set->entries[set->count++] = *entry;
        *slot = (uint32_t)set->count;
        return true;
    }
    set->entries[*slot - 1].starts += entry->starts;
    take_smaller(&set->entries[*slot - 1].parent, &entry->parent);
    take_smaller(&set->entries[*slot - 1].value, &entry->value);
    take_smaller(&set->entries[*slot - 1].image, &entry->image);
    free_entry(entry);
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct vg_learned *)a)->key, ((const struct vg_learned *)b)->key);
}

bool vg_learned_merge(struct vg_learn *learn)
{
    struct vg_learned_set *all = &learn->sets[0];
    bool done = true;

    for (unsigned i = 1; i < VG_LOG_WORKERS_MAX; i++) {
        struct vg_learned_set *set = &learn->sets[i];

        for (size_t j = 0; j < set->count; j++)
            done = vg_learned_add(all, &set->entries[j]) && done;
        set->count = 0;
        learn->starts[0] += learn->starts[i];
        learn->nameless[0] += learn->nameless[i];
    }
    if (all->count != 0)
        qsort(all->entries, all->count, sizeof(*all->entries), compare);
    return done;
}

void vg_learn_free(struct vg_learn *learn)
{
    for (unsigned i = 0; i < VG_LOG_WORKERS_MAX; i++) {
        struct vg_learned_set *set = &learn->sets[i];

        for (size_t j = 0; j < set->count; j++)
            free_entry(&set->entries[j]);
        free(set->entries);
        free(set->slots);
    }
}
