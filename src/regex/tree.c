#include "tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool vg_regex_fail(struct vg_regex_error *error, uint32_t offset, const char *format, ...)
{
    va_list values;

    if (error->message[0])
        return false;
    error->offset = offset;
    va_start(values, format);
    vsnprintf(error->message, sizeof(error->message), format, values);
    va_end(values);
    return false;
}

void vg_regex_tree_free(struct vg_regex_tree *tree)
{
    free(tree->nodes);
    free(tree->sets);
}
