/* Windows' event log files, as blocks of JSON objects with the fields of each event that may be a creation.
 */
#ifndef VG_CLI_LOG_EVTX_H
#define VG_CLI_LOG_EVTX_H

#include "log_source.h"

struct vg_log_evtx;

#define VG_LOG_EVTX_MAGIC_SIZE 8

/* Whether a file that begins so is one. */
bool vg_log_is_evtx(const char *bytes, size_t size);

/* Reads `file`, and calls it `name`, which stays the caller's, in place while this lives. NULL with the
 * reason. */
struct vg_log_evtx *vg_log_evtx_open(const char *file, const char *name, struct vg_log_reason *reason);
enum vg_log_next vg_log_evtx_next(struct vg_log_evtx *evtx, struct vg_log_block *block,
                                  struct vg_log_reason *reason);
double vg_log_evtx_progress(const struct vg_log_evtx *evtx);
void vg_log_evtx_close(struct vg_log_evtx *evtx);

#endif
