#include "log_source.h"

#include "log_evtx.h"
#include "log_stream.h"
#include "log_zip.h"
#include "platform.h"

#include "../policy/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vg_log_source {
    struct vg_log_stream *stream; /* one of these */
    struct vg_log_evtx *evtx;
    struct vg_log_zip *zip;
    uint64_t size; /* of the file; 0 when it has none, as a pipe */
};

/* The first bytes of a file, and its size. */
struct look {
    char bytes[VG_LOG_EVTX_MAGIC_SIZE];
    size_t got;
    uint64_t size;
};

static bool look_at(const char *name, struct look *look, struct vg_log_reason *reason)
{
    FILE *file;
    int64_t end;

    *look = (struct look){0};
    /* What is looked at in a pipe is gone. */
    if (vg_file_kind(name) == VG_FILE_OTHER)
        return true;
    file = vg_platform_open(name, "rb");
    if (file == NULL) {
        snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno));
        return false;
    }
    look->got = fread(look->bytes, 1, sizeof(look->bytes), file);
    end = vg_platform_seek(file, 0, SEEK_END) ? vg_platform_tell(file) : 0;
    look->size = end > 0 ? (uint64_t)end : 0;
    fclose(file);
    return true;
}

/* An archive begins with its first member, or with its directory when it is empty. */
static bool is_zip(const struct look *look)
{
    return look->got >= 4 && (memcmp(look->bytes, "PK\3\4", 4) == 0 || memcmp(look->bytes, "PK\5\6", 4) == 0);
}

static void open_stream(struct vg_log_source *source, const char *file, struct vg_log_reason *reason)
{
    struct vg_log_bytes *bytes = vg_log_bytes_of_file(file, reason);

    if (bytes != NULL)
        source->stream = vg_log_stream_open(file, bytes, reason);
}

struct vg_log_source *vg_log_source_open(const char *file, struct vg_log_reason *reason)
{
    struct vg_log_source *source = calloc(1, sizeof(*source));
    struct look look;

    if (source == NULL) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return NULL;
    }
    if (look_at(file, &look, reason)) {
        source->size = look.size;
        if (vg_log_is_evtx(look.bytes, look.got))
            source->evtx = vg_log_evtx_open(file, file, reason);
        else if (is_zip(&look))
            source->zip = vg_log_zip_open(file, reason);
        else
            open_stream(source, file, reason);
    }
    if (source->stream == NULL && source->evtx == NULL && source->zip == NULL) {
        free(source);
        return NULL;
    }
    return source;
}

enum vg_log_next vg_log_source_next(struct vg_log_source *source, struct vg_log_block *block,
                                    struct vg_log_reason *reason)
{
    if (source->zip != NULL)
        return vg_log_zip_next(source->zip, block, reason);
    return source->evtx != NULL ? vg_log_evtx_next(source->evtx, block, reason)
                                : vg_log_stream_next(source->stream, block, reason);
}

const char *vg_log_source_part(const struct vg_log_source *source)
{
    return source->zip != NULL ? vg_log_zip_part(source->zip) : NULL;
}

uint64_t vg_log_source_passed_over(const struct vg_log_source *source)
{
    return source->zip != NULL ? vg_log_zip_passed_over(source->zip) : 0;
}

double vg_log_source_progress(const struct vg_log_source *source)
{
    if (source->zip != NULL)
        return vg_log_zip_progress(source->zip);
    return source->evtx != NULL ? vg_log_evtx_progress(source->evtx)
                                : vg_log_stream_progress(source->stream, source->size);
}

void vg_log_source_close(struct vg_log_source *source)
{
    if (source->stream != NULL)
        vg_log_stream_close(source->stream);
    if (source->evtx != NULL)
        vg_log_evtx_close(source->evtx);
    if (source->zip != NULL)
        vg_log_zip_close(source->zip);
    free(source);
}

bool vg_log_is_evtx(const char *bytes, size_t size)
{
    return size >= VG_LOG_EVTX_MAGIC_SIZE && memcmp(bytes, "ElfFile", VG_LOG_EVTX_MAGIC_SIZE) == 0;
}

static bool ends_with(const char *name, size_t length, const char *ending)
{
    size_t count = strlen(ending);

    if (length < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char letter = name[length - count + i];

        if ((letter >= 'A' && letter <= 'Z' ? letter + 32 : letter) != ending[i])
            return false;
    }
    return true;
}

enum vg_log_name vg_log_name_kind(const char *name)
{
    static const char *const endings[] = {".json", ".jsonl", ".ndjson", ".log", ".evtx"};
    size_t length = strlen(name);
    bool packed = ends_with(name, length, ".gz");

    if (ends_with(name, length, ".zip"))
        return VG_LOG_NAME_PACKED;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_with(name, packed ? length - 3 : length, endings[i]))
            return packed ? VG_LOG_NAME_PACKED : VG_LOG_NAME_PLAIN;
    }
    return VG_LOG_NAME_OTHER;
}
