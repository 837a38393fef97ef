#include "whole_file.h"

#include "message.h"
#include "platform.h"

#include <stdlib.h>

#define FIRST_CAPACITY (64u * 1024u)

/* Grows by doubling and never asks the file for its size: pipes and /proc have none. */
static uint8_t *read_stream(FILE *file, const char *path, size_t limit, size_t *size)
{
    size_t capacity = FIRST_CAPACITY;
    uint8_t *bytes = malloc(capacity);
    size_t filled = 0;
    size_t got;

    while (bytes != NULL && (got = fread(bytes + filled, 1, capacity - filled, file)) != 0) {
        filled += got;
        if (filled > limit) {
            vg_say_error("%s is larger than the %zu MiB that are read", path, limit >> 20);
            free(bytes);
            return NULL;
        }
        if (filled == capacity) {
            uint8_t *larger = capacity <= SIZE_MAX / 2 ? realloc(bytes, capacity * 2) : NULL;

            if (larger == NULL)
                free(bytes);
            bytes = larger;
            capacity *= 2;
        }
    }
    if (bytes == NULL) {
        vg_say_error("cannot read %s: out of memory", path);
    } else if (ferror(file) != 0) {
        vg_say_errno("cannot read", path);
        free(bytes);
        bytes = NULL;
    }
    *size = filled;
    return bytes;
}

bool vg_read_whole_file(const char *path, size_t limit, uint8_t **bytes, size_t *size)
{
    FILE *file = vg_platform_open(path, "rb");
    uint8_t *content;
    size_t content_size;

    if (file == NULL) {
        vg_say_errno("cannot open", path);
        return false;
    }
    content = read_stream(file, path, limit, &content_size);
    fclose(file);
    if (content == NULL)
        return false;
    *bytes = content;
    *size = content_size;
    return true;
}
