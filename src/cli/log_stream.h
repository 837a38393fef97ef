/* A log whose bytes come from a stream. What it is, its first bytes say: JSON text is read as it comes, an
 * event log file, whose readers want a file, through a temporary one. */
#ifndef VG_CLI_LOG_STREAM_H
#define VG_CLI_LOG_STREAM_H

#include "log_bytes.h"

/* An event log file that is larger is not read from a stream. */
#define VG_LOG_STREAM_EVTX_MAX ((uint64_t)1 << 30)

struct vg_log_stream;

/* The bytes become the stream's, which closes them, also when this fails (NULL with the reason). The name
 * stays the caller's, in place while the stream lives. */
struct vg_log_stream *vg_log_stream_open(const char *name, struct vg_log_bytes *bytes,
                                         struct vg_log_reason *reason);
enum vg_log_next vg_log_stream_next(struct vg_log_stream *stream, struct vg_log_block *block,
                                    struct vg_log_reason *reason);
/* Of a file of so many bytes: 0 to 1. */
double vg_log_stream_progress(const struct vg_log_stream *stream, uint64_t size);
void vg_log_stream_close(struct vg_log_stream *stream);

#endif
