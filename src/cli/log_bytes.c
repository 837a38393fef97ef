#include "log_bytes.h"

#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE (256u * 1024u)

struct file_bytes {
    struct vg_log_bytes bytes;
    gzFile file;
};

static bool read_file(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                      struct vg_log_reason *reason)
{
    struct file_bytes *self = (struct file_bytes *)bytes;
    int error = Z_OK;
    const char *words;

    *got = 0;
    while (*got < size) {
        size_t left = size - *got;
        int read = gzread(self->file, (char *)out + *got, left < INT32_MAX ? (unsigned)left : INT32_MAX);

        if (read <= 0)
            break;
        *got += (size_t)read;
    }
    if (*got == size)
        return true;
    words = gzerror(self->file, &error);
    if (error == Z_OK || error == Z_STREAM_END)
        return true;
    if (error == Z_ERRNO)
        words = strerror(errno);
    snprintf(reason->text, sizeof(reason->text), "%s",
             error == Z_BUF_ERROR ? "the gzip file ends in the middle" : words);
    return false;
}

static uint64_t position_of_file(struct vg_log_bytes *bytes)
{
    return (uint64_t)gzoffset(((struct file_bytes *)bytes)->file);
}

static void close_file(struct vg_log_bytes *bytes)
{
    struct file_bytes *self = (struct file_bytes *)bytes;

    gzclose(self->file);
    free(self);
}

/* zlib closes the descriptor that it is given, and has no way to open a file by a UTF-8 name on Windows. */
static gzFile open_unpacked(const char *file)
{
    FILE *opened = vg_platform_open(file, "rb");
    int descriptor = opened != NULL ? dup(fileno(opened)) : -1;
    gzFile unpacked = descriptor >= 0 ? gzdopen(descriptor, "rb") : NULL;

    if (unpacked == NULL && descriptor >= 0)
        close(descriptor);
    if (opened != NULL)
        fclose(opened);
    if (unpacked != NULL)
        gzbuffer(unpacked, PIECE);
    return unpacked;
}

struct vg_log_bytes *vg_log_bytes_of_file(const char *file, struct vg_log_reason *reason)
{
    struct file_bytes *self = calloc(1, sizeof(*self));

    errno = ENOMEM;
    if (self != NULL)
        self->file = open_unpacked(file);
    if (self == NULL || self->file == NULL) {
        snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno));
        free(self);
        return NULL;
    }
    self->bytes = (struct vg_log_bytes){.read = read_file, .position = position_of_file, .close = close_file};
    return &self->bytes;
}
