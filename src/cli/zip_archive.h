/* A zip archive, member after member, each as a stream (minizip): nothing is unpacked whole, and nothing is
 * written anywhere. */
#ifndef VG_CLI_ZIP_ARCHIVE_H
#define VG_CLI_ZIP_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vg_zip;

/* NULL with `*problem` (static, as all of them here). */
struct vg_zip *vg_zip_open(const char *file, const char **problem);
void vg_zip_close(struct vg_zip *zip);

/* Goes to the first member, and to the next. False at the end, or with `*problem` (else NULL) where the
 * archive's directory is damaged. */
bool vg_zip_next(struct vg_zip *zip, const char **problem);

/* Of the member: its name as the archive has it, until the next, and how large it says it is unpacked. */
const char *vg_zip_name(const struct vg_zip *zip);
uint64_t vg_zip_size(const struct vg_zip *zip);

/* Begins to read the member. False with `*problem` for what cannot be read: an encrypted one, a method of
 * packing that is neither "deflate" nor "store". */
bool vg_zip_start(struct vg_zip *zip, const char **problem);

/* As many bytes as fit, fewer only at the end. False, after `*got` good ones, with `*problem` for what is
 * damaged: this includes a checksum that is wrong, and more bytes than an archive of that size can hold. */
bool vg_zip_read(struct vg_zip *zip, void *out, size_t size, size_t *got, const char **problem);

/* How far into the archive the member at hand is read: 0 to 1. */
double vg_zip_progress(const struct vg_zip *zip);

#endif
