#include "log_stream.h"

#include "log_evtx.h"
#include "log_text.h"
#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)64 << 10)

struct vg_log_stream {
    struct vg_log_text *text; /* one of these */
    struct vg_log_evtx *evtx;
    char *temporary; /* malloc'ed: the name of the file that `evtx` is read from, while it is there */
};

/* What was read of it to see what it is. */
struct head {
    char bytes[VG_LOG_EVTX_MAGIC_SIZE];
    size_t size;
};

static bool explain(struct vg_log_reason *reason, const char *what, const char *why)
{
    snprintf(reason->text, sizeof(reason->text), "%s%s", what, why);
    return false;
}

static bool copy_rest(struct vg_log_bytes *bytes, FILE *file, char *piece, struct vg_log_reason *reason)
{
    uint64_t size = 0;
    size_t got = PIECE;

    while (got == PIECE) {
        if (!bytes->read(bytes, piece, PIECE, &got, reason))
            return false;
        size += got;
        if (size > VG_LOG_STREAM_EVTX_MAX)
            return explain(reason, "it is an event log file larger than 1 GiB: unpack it first", "");
        if (fwrite(piece, 1, got, file) != got)
            return explain(reason, "its temporary file cannot be written: ", strerror(errno));
    }
    return true;
}

static bool copy(const struct head *head, struct vg_log_bytes *bytes, FILE *file,
                 struct vg_log_reason *reason)
{
    char *piece = malloc(PIECE);
    bool done = piece != NULL && fwrite(head->bytes, 1, head->size, file) == head->size;

    if (!done)
        explain(reason, "its temporary file cannot be written: ", strerror(piece == NULL ? ENOMEM : errno));
    done = done && copy_rest(bytes, file, piece, reason);
    free(piece);
    if (fclose(file) != 0 && done)
        done = explain(reason, "its temporary file cannot be written: ", strerror(errno));
    return done;
}

static void remove_temporary(struct vg_log_stream *stream)
{
    if (stream->temporary != NULL && vg_platform_remove(stream->temporary)) {
        free(stream->temporary);
        stream->temporary = NULL;
    }
}

static void open_evtx(struct vg_log_stream *stream, const char *name, const struct head *head,
                      struct vg_log_bytes *bytes, struct vg_log_reason *reason)
{
    FILE *file = vg_platform_open_temporary(&stream->temporary);

    if (file == NULL)
        explain(reason, "it needs a temporary file, and there is none to be had: ", strerror(errno));
    else if (copy(head, bytes, file, reason))
        stream->evtx = vg_log_evtx_open(stream->temporary, name, reason);
    bytes->close(bytes);
    /* Where a file that is open can be removed, it is gone whatever happens to this program. */
    remove_temporary(stream);
}

struct vg_log_stream *vg_log_stream_open(const char *name, struct vg_log_bytes *bytes,
                                         struct vg_log_reason *reason)
{
    struct vg_log_stream *stream = calloc(1, sizeof(*stream));
    struct head head;

    explain(reason, "out of memory", "");
    if (stream == NULL || !bytes->read(bytes, head.bytes, sizeof(head.bytes), &head.size, reason)) {
        bytes->close(bytes);
        free(stream);
        return NULL;
    }
    if (vg_log_is_evtx(head.bytes, head.size))
        open_evtx(stream, name, &head, bytes, reason);
    else
        stream->text = vg_log_text_open(name, bytes, head.bytes, head.size);
    if (stream->text != NULL || stream->evtx != NULL)
        return stream;
    vg_log_stream_close(stream);
    return NULL;
}

enum vg_log_next vg_log_stream_next(struct vg_log_stream *stream, struct vg_log_block *block,
                                    struct vg_log_reason *reason)
{
    return stream->evtx != NULL ? vg_log_evtx_next(stream->evtx, block, reason)
                                : vg_log_text_next(stream->text, block, reason);
}

double vg_log_stream_progress(const struct vg_log_stream *stream, uint64_t size)
{
    if (stream->evtx != NULL)
        return vg_log_evtx_progress(stream->evtx);
    return size != 0 ? (double)vg_log_text_position(stream->text) / (double)size : 0;
}

void vg_log_stream_close(struct vg_log_stream *stream)
{
    if (stream->text != NULL)
        vg_log_text_close(stream->text);
    if (stream->evtx != NULL)
        vg_log_evtx_close(stream->evtx);
    remove_temporary(stream);
    free(stream->temporary);
    free(stream);
}
