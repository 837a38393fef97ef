#include "log_bytes.h"

#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE (256u * 1024u)

struct vg_log_bytes {
    gzFile file;
};

struct vg_log_bytes *vg_log_bytes_open(const char *file, struct vg_log_reason *reason)
{
    struct vg_log_bytes *bytes = calloc(1, sizeof(*bytes));
    FILE *opened = bytes != NULL ? vg_platform_open(file, "rb") : NULL;
    int descriptor = opened != NULL ? dup(fileno(opened)) : -1;

    bytes != NULL &&descriptor >= 0 ? (void)(bytes->file = gzdopen(descriptor, "rb")) : (void)0;
    if (bytes != NULL && bytes->file != NULL) {
        gzbuffer(bytes->file, PIECE);
    } else {
        snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno != 0 ? errno : ENOMEM));
        if (descriptor >= 0)
            close(descriptor);
        free(bytes);
        bytes = NULL;
    }
    if (opened != NULL)
        fclose(opened);
    return bytes;
}

bool vg_log_bytes_read(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                       struct vg_log_reason *reason)
{
    int error = Z_OK;
    const char *words;

    *got = 0;
    while (*got < size) {
        size_t left = size - *got;
        int read = gzread(bytes->file, (char *)out + *got, left < INT32_MAX ? (unsigned)left : INT32_MAX);

        if (read <= 0)
            break;
        *got += (size_t)read;
    }
    if (*got == size)
        return true;
    words = gzerror(bytes->file, &error);
    if (error == Z_OK || error == Z_STREAM_END)
        return true;
    if (error == Z_ERRNO)
        words = strerror(errno);
    snprintf(reason->text, sizeof(reason->text), "%s",
             error == Z_BUF_ERROR ? "the gzip file ends in the middle" : words);
    return false;
}

uint64_t vg_log_bytes_position(struct vg_log_bytes *bytes)
{
    return (uint64_t)gzoffset(bytes->file);
}

void vg_log_bytes_close(struct vg_log_bytes *bytes)
{
    gzclose(bytes->file);
    free(bytes);
}
