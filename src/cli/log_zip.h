/* The logs in a zip archive, one after the other. */
#ifndef VG_CLI_LOG_ZIP_H
#define VG_CLI_LOG_ZIP_H

#include "log_source.h"

struct vg_log_zip;

/* The name stays the caller's, in place while this lives. */
struct vg_log_zip *vg_log_zip_open(const char *file, struct vg_log_reason *reason);
/* VG_LOG_PART_FAILED: a member cannot be read, or not to its end; vg_log_zip_part is it. */
enum vg_log_next vg_log_zip_next(struct vg_log_zip *zip, struct vg_log_block *block,
                                 struct vg_log_reason *reason);
/* ARCHIVE/MEMBER, until the next call of vg_log_zip_next; NULL when no member is at hand. */
const char *vg_log_zip_part(const struct vg_log_zip *zip);
/* Members that are no logs by their names. */
uint64_t vg_log_zip_passed_over(const struct vg_log_zip *zip);
double vg_log_zip_progress(const struct vg_log_zip *zip);
void vg_log_zip_close(struct vg_log_zip *zip);

#endif
