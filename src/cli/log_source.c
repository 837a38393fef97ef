#include "log_source.h"

#include "log_evtx.h"
#include "log_text.h"
#include "platform.h"

#include "../policy/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vg_log_source {
    struct vg_log_text *text;
    struct vg_log_evtx *evtx;
    uint64_t size; /* of the file; 0 when it has none, as a pipe */
};

static bool is_evtx(const char *file, struct vg_log_reason *reason, bool *failed, uint64_t *size)
{
    long end;
    char magic[8] = "";
    FILE *opened;

    /* What is looked at in a pipe is gone. */
    *failed = false;
    if (vg_file_kind(file) == VG_FILE_OTHER)
        return false;
    opened = vg_platform_open(file, "rb");
    *failed = opened == NULL;
    if (opened == NULL) {
        snprintf(reason->text, sizeof(reason->text), "%s", strerror(errno));
        return false;
    }
    if (fread(magic, 1, sizeof(magic), opened) != sizeof(magic))
        magic[0] = '\0';
    end = fseek(opened, 0, SEEK_END) == 0 ? ftell(opened) : 0;
    *size = end > 0 ? (uint64_t)end : 0;
    fclose(opened);
    return memcmp(magic, "ElfFile", 8) == 0;
}

struct vg_log_source *vg_log_source_open(const char *file, struct vg_log_reason *reason)
{
    struct vg_log_source *source = calloc(1, sizeof(*source));
    bool failed;

    if (source == NULL) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return NULL;
    }
    if (is_evtx(file, reason, &failed, &source->size))
        source->evtx = vg_log_evtx_open(file, reason);
    else if (!failed)
        source->text = vg_log_text_open(file, reason);
    if (source->evtx == NULL && source->text == NULL) {
        free(source);
        return NULL;
    }
    return source;
}

enum vg_log_next vg_log_source_next(struct vg_log_source *source, struct vg_log_block *block,
                                    struct vg_log_reason *reason)
{
    return source->evtx != NULL ? vg_log_evtx_next(source->evtx, block, reason)
                                : vg_log_text_next(source->text, block, reason);
}

double vg_log_source_progress(const struct vg_log_source *source)
{
    if (source->evtx != NULL)
        return vg_log_evtx_progress(source->evtx);
    return source->size != 0 ? (double)vg_log_text_position(source->text) / (double)source->size : 0;
}

void vg_log_source_close(struct vg_log_source *source)
{
    if (source->evtx != NULL)
        vg_log_evtx_close(source->evtx);
    if (source->text != NULL)
        vg_log_text_close(source->text);
    free(source);
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

bool vg_log_is_name(const char *name)
{
    static const char *const endings[] = {".json", ".jsonl", ".ndjson", ".log", ".evtx"};
    size_t length = strlen(name);

    if (ends_with(name, length, ".gz"))
        length -= 3;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_with(name, length, endings[i]))
            return true;
    }
    return false;
}
