#include "hashes.h"

#include "digits.h"
#include "memory_image.h"
#include "message.h"
#include "platform.h"
#include "whole_file.h"

#include <stdlib.h>

#define BUFFER_SIZE (1024u * 1024u)
#define SIZE_LIMIT  ((size_t)1 << 30)
#define PLAIN_COUNT 3u /* SHA1, MD5, SHA256: of every byte */

static const struct {
    enum vg_field field;
    enum vg_hash_algorithm algorithm;
} names[VG_HASH_COUNT] = {
    [VG_HASH_SHA1] = {VG_FIELD_SHA1, VG_SHA1},
    [VG_HASH_MD5] = {VG_FIELD_MD5, VG_MD5},
    [VG_HASH_SHA256] = {VG_FIELD_SHA256, VG_SHA256},
    [VG_HASH_IMPHASH] = {VG_FIELD_IMPHASH, VG_MD5},
    [VG_HASH_AUTHENTIHASH] = {VG_FIELD_AUTHENTIHASH, VG_SHA256},
};

size_t vg_digest_size(enum vg_hash_algorithm algorithm)
{
    return algorithm == VG_MD5 ? 16 : algorithm == VG_SHA1 ? 20 : 32;
}

const char *vg_hash_title(enum vg_hash_name name)
{
    return vg_field_name(names[name].field);
}

size_t vg_hash_size(enum vg_hash_name name)
{
    return vg_digest_size(names[name].algorithm);
}

enum vg_hash_name vg_hash_of_field(enum vg_field field)
{
    unsigned name = 0;

    while (name < VG_HASH_COUNT && names[name].field != field)
        name++;
    return (enum vg_hash_name)name;
}

void vg_hash_digits(const struct vg_hashes *hashes, enum vg_hash_name name, char *out)
{
    vg_digits(hashes->digests[name], vg_hash_size(name), out);
}

/* The hashers of one file. */
struct hashing {
    const char *path;
    struct vg_hasher *hashers[VG_HASH_COUNT];
    bool failed;
};

static bool provider_failed(const char *path, enum vg_hash_name name)
{
    vg_say_error("cannot hash %s: the provider of %s failed", path, vg_hash_title(name));
    return false;
}

static bool start(struct hashing *hashing, const char *path, unsigned wanted)
{
    hashing->path = path;
    for (unsigned name = 0; name < VG_HASH_COUNT; name++) {
        if ((wanted & VG_HASH_BIT(name)) == 0)
            continue;
        hashing->hashers[name] = vg_hasher_new(names[name].algorithm);
        if (hashing->hashers[name] == NULL) {
            vg_say_error("cannot hash %s: out of memory, or %s is not available", path,
                         vg_hash_title((enum vg_hash_name)name));
            return false;
        }
    }
    return true;
}

static bool feed_plain(struct hashing *hashing, const uint8_t *bytes, size_t size)
{
    for (unsigned name = 0; name < PLAIN_COUNT; name++) {
        if (hashing->hashers[name] != NULL && !vg_hasher_update(hashing->hashers[name], bytes, size))
            return provider_failed(hashing->path, (enum vg_hash_name)name);
    }
    return true;
}

static bool finish(struct hashing *hashing, enum vg_hash_name name, struct vg_hashes *hashes)
{
    if (!vg_hasher_final(hashing->hashers[name], hashes->digests[name]))
        return provider_failed(hashing->path, name);
    hashes->known |= VG_HASH_BIT(name);
    return true;
}

static bool finish_plain(struct hashing *hashing, struct vg_hashes *hashes)
{
    for (unsigned name = 0; name < PLAIN_COUNT; name++) {
        if (hashing->hashers[name] != NULL && !finish(hashing, (enum vg_hash_name)name, hashes))
            return false;
    }
    return true;
}

static void stop(struct hashing *hashing)
{
    for (unsigned name = 0; name < VG_HASH_COUNT; name++)
        vg_hasher_free(hashing->hashers[name]);
}

static void feed_imports(void *context, const void *bytes, uint32_t size)
{
    struct hashing *hashing = context;

    if (!vg_hasher_update(hashing->hashers[VG_HASH_IMPHASH], bytes, size))
        hashing->failed = true;
}

static bool hash_imports(struct hashing *hashing, struct vg_image_reader *reader, struct vg_hashes *hashes)
{
    switch (vg_image_imports(reader, feed_imports, hashing)) {
    case VG_ANSWER_NONE:
        return true;
    case VG_ANSWER_FAILED:
        vg_say_error("%s imports more than is read", hashing->path);
        return false;
    default:
        if (hashing->failed)
            return provider_failed(hashing->path, VG_HASH_IMPHASH);
        return finish(hashing, VG_HASH_IMPHASH, hashes);
    }
}

static bool hash_signed_part(struct hashing *hashing, const struct vg_image_reader *reader,
                             const uint8_t *bytes, struct vg_hashes *hashes)
{
    static const uint8_t zeros[8] = {0};
    struct vg_hasher *hasher = hashing->hashers[VG_HASH_AUTHENTIHASH];
    struct vg_image_hashed hashed;
    bool done = true;

    vg_image_authentihash(reader, &hashed);
    for (unsigned i = 0; i < VG_IMAGE_HASHED_RANGES; i++)
        done =
            done && vg_hasher_update(hasher, bytes + hashed.ranges[i].offset, (size_t)hashed.ranges[i].size);
    if (!done || !vg_hasher_update(hasher, zeros, hashed.padding))
        return provider_failed(hashing->path, VG_HASH_AUTHENTIHASH);
    return finish(hashing, VG_HASH_AUTHENTIHASH, hashes);
}

static bool hash_image(struct hashing *hashing, const uint8_t *bytes, size_t size, struct vg_hashes *hashes)
{
    struct vg_memory_image image = {.bytes = bytes, .size = size};
    struct vg_image_reader *reader = malloc(sizeof(*reader));
    enum vg_image_answer answer = VG_ANSWER_FAILED;
    bool done = true;

    if (reader == NULL) {
        vg_say_error("cannot hash %s: out of memory", hashing->path);
        return false;
    }
    answer = vg_memory_image_open(reader, &image);
    if (answer == VG_ANSWER_FAILED) {
        vg_say_error("%s has more sections than are read", hashing->path);
        done = false;
    }
    if (answer == VG_ANSWER_READ && hashing->hashers[VG_HASH_IMPHASH] != NULL)
        done = hash_imports(hashing, reader, hashes);
    if (answer == VG_ANSWER_READ && done && hashing->hashers[VG_HASH_AUTHENTIHASH] != NULL)
        done = hash_signed_part(hashing, reader, bytes, hashes);
    free(reader);
    return done;
}

bool vg_hashes_of_bytes(const char *path, const uint8_t *bytes, size_t size, unsigned wanted,
                        struct vg_hashes *hashes)
{
    struct hashing hashing = {0};
    struct vg_hashes found = {0};
    bool done = start(&hashing, path, wanted) && feed_plain(&hashing, bytes, size) &&
                finish_plain(&hashing, &found) && hash_image(&hashing, bytes, size, &found);

    stop(&hashing);
    if (done)
        *hashes = found;
    return done;
}

static bool feed_stream(struct hashing *hashing, FILE *file)
{
    uint8_t *buffer = malloc(BUFFER_SIZE);
    bool done = buffer != NULL;
    size_t got = 0;

    if (!done)
        vg_say_error("cannot hash %s: out of memory", hashing->path);
    while (done && (got = fread(buffer, 1, BUFFER_SIZE, file)) != 0)
        done = feed_plain(hashing, buffer, got);
    if (done && ferror(file) != 0) {
        vg_say_errno("cannot read", hashing->path);
        done = false;
    }
    free(buffer);
    return done;
}

/* In constant memory, for files of any size. */
static bool hashes_of_stream(const char *path, unsigned wanted, struct vg_hashes *hashes)
{
    struct hashing hashing = {0};
    struct vg_hashes found = {0};
    FILE *file = vg_platform_open(path, "rb");
    bool done = false;

    if (file == NULL) {
        vg_say_errno("cannot open", path);
        return false;
    }
    done = start(&hashing, path, wanted) && feed_stream(&hashing, file) && finish_plain(&hashing, &found);
    stop(&hashing);
    fclose(file);
    if (done)
        *hashes = found;
    return done;
}

bool vg_hashes_of_file(const char *path, unsigned wanted, struct vg_hashes *hashes)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool done = false;

    if ((wanted & (VG_HASH_BIT(VG_HASH_IMPHASH) | VG_HASH_BIT(VG_HASH_AUTHENTIHASH))) == 0)
        return hashes_of_stream(path, wanted, hashes);
    if (!vg_read_whole_file(path, SIZE_LIMIT, &bytes, &size))
        return false;
    done = vg_hashes_of_bytes(path, bytes, size, wanted, hashes);
    free(bytes);
    return done;
}
