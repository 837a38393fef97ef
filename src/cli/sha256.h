/* SHA-256 of bytes that come in pieces. Linux: OpenSSL (sha256_openssl.c); Windows: CNG (src/win). */
#ifndef VG_CLI_SHA256_H
#define VG_CLI_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VG_SHA256_SIZE 32

struct vg_sha256;

/* Starts a new digest; NULL when the provider has none for us (no memory, forbidden by configuration). */
struct vg_sha256 *vg_sha256_new(void);

bool vg_sha256_update(struct vg_sha256 *sha256, const void *bytes, size_t size);

/* The digest of everything so far; no update after it. */
bool vg_sha256_final(struct vg_sha256 *sha256, uint8_t digest[VG_SHA256_SIZE]);

void vg_sha256_free(struct vg_sha256 *sha256);

/* Hashes a whole file (hash_file.c). Returns false after saying on stderr what failed. */
bool vg_sha256_file(const char *path, uint8_t digest[VG_SHA256_SIZE]);

#endif
