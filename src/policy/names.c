#include "names.h"

#include <string.h>

#include <vigil/record.h>

#include "arena.h"

/* Longer words are not compared: no name of the language is as long. */
#define WORD_MAX 40u

const char *const vg_field_names[] = {
#define VG_FIELD_NAME(identifier, name, kind, stage) name,
    VG_FIELDS(VG_FIELD_NAME)
#undef VG_FIELD_NAME
        NULL,
};

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* How many letters must be changed, added, left out or swapped with their neighbour to get from one word to
 * the other (optimal string alignment), case apart. */
static unsigned distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[3][WORD_MAX + 1];
    for (unsigned j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a_size; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= b_size; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least(row[j], row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

const char *vg_nearest_name(const char *const *names, const char *text, size_t size)
{
    const char *nearest = NULL;
    unsigned best = 0;
    if (size > WORD_MAX)
        return NULL;
    for (; *names; names++) {
        size_t length = strlen(*names);
        if (length > WORD_MAX)
            continue;
        unsigned far = distance(text, size, *names, length);
        unsigned limit = length < 5 ? 1 : (unsigned)length / 3;
        if (far <= limit && far < size && (!nearest || far < best)) {
            nearest = *names;
            best = far;
        }
    }
    return nearest;
}

const char *vg_nearest_hint(struct vg_arena *arena, const char *const *names, const char *text, size_t size)
{
    const char *nearest = vg_nearest_name(names, text, size);
    return nearest ? vg_arena_format(arena, "did you mean %s?", nearest) : NULL;
}

const char *vg_names_hint(struct vg_arena *arena, const char *const *names, const char *what,
                          const char *text, size_t size)
{
    const char *nearest = vg_nearest_name(names, text, size);
    size_t length = 1;
    for (const char *const *name = names; *name; name++)
        length += strlen(*name) + 2;
    char *list = vg_arena_alloc(arena, length);
    if (!list)
        return NULL;
    char *end = list;
    for (const char *const *name = names; *name; name++) {
        if (name != names) {
            memcpy(end, ", ", 2);
            end += 2;
        }
        memcpy(end, *name, strlen(*name));
        end += strlen(*name);
    }
    *end = '\0';
    if (nearest)
        return vg_arena_format(arena, "did you mean %s? Known %s: %s", nearest, what, list);
    return vg_arena_format(arena, "known %s: %s", what, list);
}

bool vg_is_name(const char *const *names, const char *text, size_t size)
{
    for (; *names; names++)
        if (strlen(*names) == size && memcmp(*names, text, size) == 0)
            return true;
    return false;
}
