/* The bytes of a file, unpacked when gzip packed it (and zlib was there at build time). */
#ifndef VG_CLI_LOG_BYTES_H
#define VG_CLI_LOG_BYTES_H

#include "log_source.h"

struct vg_log_bytes;

struct vg_log_bytes *vg_log_bytes_open(const char *file, struct vg_log_reason *reason);

/* As many as fit, fewer only at the end of the file. False, after `*got` good ones, with the reason. */
bool vg_log_bytes_read(struct vg_log_bytes *bytes, void *out, size_t size, size_t *got,
                       struct vg_log_reason *reason);
uint64_t vg_log_bytes_position(struct vg_log_bytes *bytes);
void vg_log_bytes_close(struct vg_log_bytes *bytes);

#endif
