/* The bytes of a log, one after the other, wherever they lie. */
#ifndef VG_CLI_LOG_BYTES_H
#define VG_CLI_LOG_BYTES_H

#include "log_source.h"

/* Something to read from; an implementation has this as its first member. */
struct vg_log_bytes {
    /* As many as fit, fewer only at the end. False, after `*got` good ones, with the reason. */
    bool (*read)(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                 struct vg_log_reason *reason);
    /* How far into the file on the disk that is. */
    uint64_t (*position)(struct vg_log_bytes *bytes);
    void (*close)(struct vg_log_bytes *bytes);
};

/* Those of a file, unpacked when gzip packed it. NULL with the reason. */
struct vg_log_bytes *vg_log_bytes_of_file(const char *file, struct vg_log_reason *reason);

#endif
