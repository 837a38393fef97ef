#include <vigil/image_reader.h>

#define DIRECTORY_CERTIFICATE 4u

/* Adds what lies between `*at` and `end`, and goes on behind `hole` bytes there. */
static void add_up_to(struct vg_image_hashed *hashed, unsigned index, uint64_t *at, uint64_t end,
                      uint64_t hole)
{
    if (end > *at)
        hashed->ranges[index] = (struct vg_image_range){.offset = *at, .size = end - *at};
    if (end + hole > *at)
        *at = end + hole;
}

void vg_image_authentihash(const struct vg_image_reader *reader, struct vg_image_hashed *hashed)
{
    const struct vg_image_directory *certificates = &reader->directories[DIRECTORY_CERTIFICATE];
    bool has_table = certificates->address != 0 && certificates->size != 0 &&
                     certificates->address <= reader->size &&
                     certificates->size <= reader->size - certificates->address;
    uint64_t at = 0;

    *hashed = (struct vg_image_hashed){0};
    add_up_to(hashed, 0, &at, reader->checksum, 4);
    if (reader->certificate_directory != 0)
        add_up_to(hashed, 1, &at, reader->certificate_directory, 8);
    if (has_table)
        add_up_to(hashed, 2, &at, certificates->address, certificates->size);
    add_up_to(hashed, 3, &at, reader->size, 0);
    if (!has_table)
        hashed->padding = (uint32_t)((8 - reader->size % 8) % 8);
}
