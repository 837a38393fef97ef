/* Digests as people write them: MD5, SHA1, SHA256, IMPHASH, AuthentiHash. */
#ifndef VG_POLICY_DIGEST_TEXT_H
#define VG_POLICY_DIGEST_TEXT_H

#include <vigil/record.h>

/* The field of digests that goes by that name, in any case; VG_FIELD_COUNT if there is none. */
enum vg_field vg_digest_field(const char *name, size_t size);

/* The hexadecimal digits of a digest of `field` to bytes; false for anything else. */
bool vg_digest_parse(enum vg_field field, const char *text, size_t size, uint8_t digest[VG_DIGEST_SIZE_MAX]);

/* Whether it is the zeros that Sysmon writes for what it does not have. */
bool vg_digest_is_zero(enum vg_field field, const uint8_t *digest);

#endif
