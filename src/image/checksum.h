/* The checksum of a PE file's optional header (PE/COFF 3.4.2, CheckSum). */
#ifndef VG_IMAGE_CHECKSUM_H
#define VG_IMAGE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The checksum the file should state, as IMAGHELP's CheckSumMappedFile and the kernel compute it: the ones'
 * complement sum of the file's 16-bit words without the CheckSum field at `field` (4 bytes, inside the file),
 * plus its length. */
uint32_t vg_image_checksum(const uint8_t *bytes, size_t size, size_t field);

#endif
