/* Bytes of a file that is read piece by piece, by file offset and by address. */
#ifndef VG_IMAGE_WINDOW_H
#define VG_IMAGE_WINDOW_H

#include <vigil/image_reader.h>

/* Copies `size` bytes from file offset `offset`. False when they are not all inside the file, or when a read
 * fails (reader->failed says so). */
bool vg_window_read(struct vg_image_reader *reader, uint64_t offset, void *buffer, uint32_t size);

/* Where `address` is in the file, and how many bytes from there belong to the same section (or to the
 * headers). False when the file holds nothing of it. */
bool vg_window_find(const struct vg_image_reader *reader, uint32_t address, uint64_t *offset,
                    uint32_t *available);

/* Copies `size` bytes from `address`. */
bool vg_window_read_at(struct vg_image_reader *reader, uint32_t address, void *buffer, uint32_t size);

/* Copies the bytes before the first NUL from `address`, at most `capacity`, and tells how many. False when
 * the file holds nothing of it. */
bool vg_window_text_at(struct vg_image_reader *reader, uint32_t address, char *buffer, uint32_t capacity,
                       uint32_t *length);

#endif
