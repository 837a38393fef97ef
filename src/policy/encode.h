/* Base64 (RFC 4648, section 4), whole and as a part of something longer. */
#ifndef VG_POLICY_ENCODE_H
#define VG_POLICY_ENCODE_H

#include <stddef.h>
#include <stdint.h>

/* Characters that `size` bytes take in Base64, padding included. */
size_t vg_base64_size(size_t size);

/* Writes vg_base64_size(size) characters, without a NUL. */
void vg_base64(const uint8_t *bytes, size_t size, char *out);

/* What stays the same of the Base64 of anything that holds `bytes` at a place whose number leaves `offset`
 * (0..2) when divided by three: without the characters that also hold bits of what stands before or behind.
 * `out` has room for vg_base64_size(size + 2) characters; returns how many were written, perhaps none. */
size_t vg_base64_part(const uint8_t *bytes, size_t size, unsigned offset, char *out);

#endif
