#include "ordinals.h"

#include <stddef.h>
#include <string.h>

struct vg_ordinal_name {
    uint16_t ordinal;
    const char *name;
};

#include "ordinals_oleaut32.h"
#include "ordinals_ws2_32.h"

struct library {
    const char *name;
    uint32_t length;
    const struct vg_ordinal_name *names;
    size_t count;
};

#define LIBRARY(text, table)                                                                                 \
    {                                                                                                        \
        text, sizeof(text) - 1, table, sizeof(table) / sizeof(*table)                                        \
    }

static const struct library libraries[] = {
    LIBRARY("ws2_32.dll", ws2_32_names),
    LIBRARY("wsock32.dll", ws2_32_names),
    LIBRARY("oleaut32.dll", oleaut32_names),
};

static const char *find(const struct library *library, uint16_t ordinal)
{
    size_t low = 0;
    size_t high = library->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (library->names[middle].ordinal == ordinal)
            return library->names[middle].name;
        if (library->names[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *vg_ordinal_name(const char *library, uint32_t length, uint16_t ordinal)
{
    for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++) {
        if (libraries[i].length == length && memcmp(libraries[i].name, library, length) == 0)
            return find(&libraries[i], ordinal);
    }
    return NULL;
}
