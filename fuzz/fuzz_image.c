/* Any bytes as an executable file: everything that can be read of it is, within its bounds. */
#include <vigil/image.h>
#include <vigil/image_reader.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct source {
    const uint8_t *bytes;
    size_t size;
};

static bool read_at(void *context, uint64_t offset, void *buffer, uint32_t size)
{
    const struct source *source = context;

    if (size == 0 || offset > source->size || size > source->size - offset)
        abort();
    memcpy(buffer, source->bytes + offset, size);
    return true;
}

static void feed(void *context, const void *bytes, uint32_t size)
{
    uint64_t *total = context;

    if (size != 0 && bytes == NULL)
        abort();
    *total += size;
}

static void read_everything(struct vg_image_reader *reader, const struct source *source)
{
    struct vg_image_version version = {0};
    struct vg_image_hashed hashed;
    uint64_t total = 0;
    static void *room; /* once: it is large, and AddressSanitizer slow with such */

    if (room == NULL && (room = malloc(VG_IMAGE_VERSION_ROOM)) == NULL)
        return;
    (void)vg_image_version(reader, room, &version);
    (void)vg_image_imports(reader, feed, &total);
    vg_image_authentihash(reader, &hashed);
    for (unsigned i = 0; i < VG_IMAGE_HASHED_RANGES; i++) {
        if (hashed.ranges[i].size != 0 && (hashed.ranges[i].offset > source->size ||
                                           hashed.ranges[i].size > source->size - hashed.ranges[i].offset))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct vg_image_reader reader;
    struct source source = {.bytes = bytes, .size = size};
    struct vg_image image;

    (void)vg_image_read(bytes, size, &image);
    if (vg_image_open(&reader, read_at, &source, size) == VG_ANSWER_READ)
        read_everything(&reader, &source);
    return 0;
}
