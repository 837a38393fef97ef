#include "log_bytes.h"

#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vg_log_bytes {
    FILE *file;
    uint64_t position;
};

static bool refuse_gzip(struct vg_log_bytes *bytes, struct vg_log_reason *reason)
{
    unsigned char magic[2] = {0};
    size_t got = fread(magic, 1, sizeof(magic), bytes->file);

    rewind(bytes->file);
    if (got != 2 || magic[0] != 0x1F || magic[1] != 0x8B)
        return false;
    snprintf(reason->text, sizeof(reason->text), "this vigil was built without zlib: unpack the file first");
    return true;
}

struct vg_log_bytes *vg_log_bytes_open(const char *file, struct vg_log_reason *reason)
{
    struct vg_log_bytes *bytes = calloc(1, sizeof(*bytes));

    if (bytes != NULL)
        bytes->file = vg_platform_open(file, "rb");
    if (bytes == NULL || bytes->file == NULL) {
        snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno));
        free(bytes);
        return NULL;
    }
    if (refuse_gzip(bytes, reason)) {
        vg_log_bytes_close(bytes);
        return NULL;
    }
    return bytes;
}

bool vg_log_bytes_read(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                       struct vg_log_reason *reason)
{
    *got = fread(out, 1, size, bytes->file);
    bytes->position += *got;
    if (*got == size || ferror(bytes->file) == 0)
        return true;
    snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno));
    return false;
}

uint64_t vg_log_bytes_position(struct vg_log_bytes *bytes)
{
    return bytes->position;
}

void vg_log_bytes_close(struct vg_log_bytes *bytes)
{
    fclose(bytes->file);
    free(bytes);
}
