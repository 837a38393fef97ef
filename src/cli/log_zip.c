#include "log_zip.h"

#include "log_stream.h"
#include "zip_archive.h"

#include <stdlib.h>
#include <string.h>

/* The member at hand, as bytes. */
struct member_bytes {
    struct vg_log_bytes bytes;
    struct vg_zip *zip;
};

struct vg_log_zip {
    const char *file;
    struct vg_zip *zip;
    char *part;                   /* malloc'ed: the member at hand, */
    struct vg_log_stream *stream; /* which this reads, or there is none */
    uint64_t passed_over;
    double progress;
};

/* --- A member's bytes
 * ---------------------------------------------------------------------------------------- */

static bool read_member(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                        struct vg_log_reason *reason)
{
    const char *problem;

    if (vg_zip_read(((struct member_bytes *)bytes)->zip, out, size, got, &problem))
        return true;
    snprintf(reason->text, sizeof(reason->text), "%s", problem);
    return false;
}

static uint64_t position_of_member(struct vg_log_bytes *bytes)
{
    (void)bytes;
    return 0; /* the archive knows (vg_zip_progress) */
}

static void close_member(struct vg_log_bytes *bytes)
{
    free(bytes);
}

static struct vg_log_stream *open_member(const struct vg_log_zip *zip, struct vg_log_reason *reason)
{
    struct member_bytes *member = calloc(1, sizeof(*member));

    if (member == NULL) {
        snprintf(reason->text, sizeof(reason->text), "out of memory");
        return NULL;
    }
    *member = (struct member_bytes){
        .bytes = {.read = read_member, .position = position_of_member, .close = close_member},
        .zip = zip->zip,
    };
    return vg_log_stream_open(zip->part, &member->bytes, reason);
}

/* --- The archive
 * ---------------------------------------------------------------------------------------------- */

struct vg_log_zip *vg_log_zip_open(const char *file, struct vg_log_reason *reason)
{
    struct vg_log_zip *zip = calloc(1, sizeof(*zip));
    const char *problem = "out of memory";

    if (zip != NULL) {
        zip->file = file;
        zip->zip = vg_zip_open(file, &problem);
    }
    if (zip == NULL || zip->zip == NULL) {
        snprintf(reason->text, sizeof(reason->text), "%s", problem);
        free(zip);
        return NULL;
    }
    return zip;
}

static void leave_member(struct vg_log_zip *zip)
{
    if (zip->stream != NULL)
        vg_log_stream_close(zip->stream);
    zip->stream = NULL;
}

/* By its name; what a program hides (a dot before the name) is none, and what is packed in an archive is not
 * opened. */
static bool is_log(const char *name)
{
    const char *last = name;

    for (const char *at = name; *at != '\0'; at++)
        last = *at == '/' || *at == '\\' ? at + 1 : last;
    return *last != '.' && vg_log_name_kind(last) == VG_LOG_NAME_PLAIN;
}

static enum vg_log_next fail(struct vg_log_reason *reason, const char *why, enum vg_log_next next)
{
    snprintf(reason->text, sizeof(reason->text), "%s", why);
    return next;
}

static enum vg_log_next enter_member(struct vg_log_zip *zip, struct vg_log_reason *reason)
{
    const char *name = vg_zip_name(zip->zip);
    size_t size = strlen(zip->file) + strlen(name) + 2;
    const char *problem;

    free(zip->part);
    zip->part = malloc(size);
    if (zip->part == NULL)
        return fail(reason, "out of memory", VG_LOG_FAILED);
    snprintf(zip->part, size, "%s/%s", zip->file, name);
    if (!vg_zip_start(zip->zip, &problem))
        return fail(reason, problem, VG_LOG_PART_FAILED);
    zip->stream = open_member(zip, reason);
    return zip->stream != NULL ? VG_LOG_BLOCK : VG_LOG_PART_FAILED;
}

/* VG_LOG_BLOCK once a member is at hand. */
static enum vg_log_next find_member(struct vg_log_zip *zip, struct vg_log_reason *reason)
{
    const char *problem;

    free(zip->part);
    zip->part = NULL;
    while (vg_zip_next(zip->zip, &problem)) {
        size_t length = strlen(vg_zip_name(zip->zip));

        if (is_log(vg_zip_name(zip->zip)))
            return enter_member(zip, reason);
        zip->passed_over += length != 0 && vg_zip_name(zip->zip)[length - 1] != '/';
    }
    return problem == NULL ? VG_LOG_END : fail(reason, problem, VG_LOG_FAILED);
}

/* The block may outlive the archive. */
static enum vg_log_next name_block(const struct vg_log_zip *zip, struct vg_log_block *block,
                                   struct vg_log_reason *reason)
{
    size_t size = strlen(zip->part) + 1;

    block->file_of_block = malloc(size);
    if (block->file_of_block == NULL)
        return fail(reason, "out of memory", VG_LOG_FAILED);
    memcpy(block->file_of_block, zip->part, size);
    block->file = block->file_of_block;
    return VG_LOG_BLOCK;
}

enum vg_log_next vg_log_zip_next(struct vg_log_zip *zip, struct vg_log_block *block,
                                 struct vg_log_reason *reason)
{
    for (;;) {
        enum vg_log_next next = VG_LOG_BLOCK;

        if (zip->stream == NULL)
            next = find_member(zip, reason);
        if (next != VG_LOG_BLOCK)
            return next;
        next = vg_log_stream_next(zip->stream, block, reason);
        zip->progress = vg_zip_progress(zip->zip);
        if (next == VG_LOG_BLOCK)
            return name_block(zip, block, reason);
        leave_member(zip);
        if (next == VG_LOG_FAILED)
            return VG_LOG_PART_FAILED;
    }
}

const char *vg_log_zip_part(const struct vg_log_zip *zip)
{
    return zip->part;
}

uint64_t vg_log_zip_passed_over(const struct vg_log_zip *zip)
{
    return zip->passed_over;
}

double vg_log_zip_progress(const struct vg_log_zip *zip)
{
    return zip->progress;
}

void vg_log_zip_close(struct vg_log_zip *zip)
{
    leave_member(zip);
    vg_zip_close(zip->zip);
    free(zip->part);
    free(zip);
}
