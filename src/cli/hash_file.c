#include "message.h"
#include "platform.h"
#include "sha256.h"

#include <stdlib.h>

#define BUFFER_SIZE (1024u * 1024u)

static bool hash_stream(FILE *file, const char *path, struct vg_sha256 *sha256, uint8_t *buffer)
{
    size_t got;

    while ((got = fread(buffer, 1, BUFFER_SIZE, file)) != 0) {
        if (!vg_sha256_update(sha256, buffer, got)) {
            vg_say_error("cannot hash %s: the provider of SHA-256 failed", path);
            return false;
        }
    }
    if (ferror(file) != 0) {
        vg_say_errno("cannot read", path);
        return false;
    }
    return true;
}

bool vg_sha256_file(const char *path, uint8_t digest[VG_SHA256_SIZE])
{
    FILE *file = vg_platform_open(path, "rb");
    struct vg_sha256 *sha256 = NULL;
    uint8_t *buffer = NULL;
    bool done = false;

    if (file == NULL) {
        vg_say_errno("cannot open", path);
        return false;
    }
    sha256 = vg_sha256_new();
    buffer = malloc(BUFFER_SIZE);
    if (sha256 == NULL || buffer == NULL)
        vg_say_error("cannot hash %s: out of memory, or SHA-256 is not available", path);
    else if (hash_stream(file, path, sha256, buffer))
        done = vg_sha256_final(sha256, digest);
    free(buffer);
    vg_sha256_free(sha256);
    fclose(file);
    return done;
}
