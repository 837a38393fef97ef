#include <vigil/image.h>

#include "bytes.h"
#include "checksum.h"

#include <string.h>

/* Sizes and offsets of PE/COFF: DOS header and e_lfanew (2), COFF header (3.3), optional header (3.4),
 * section table (4), attribute certificates (5.7). */
#define DOS_HEADER_SIZE              64
#define DOS_LFANEW                   60
#define COFF_HEADER_SIZE             20
#define SECTION_HEADER_SIZE          40
#define DIRECTORY_SIZE               8
#define CERTIFICATE_HEADER           8
#define OPTIONAL_CHECKSUM            64
#define OPTIONAL_SUBSYSTEM           68
#define OPTIONAL_DLL_CHARACTERISTICS 70
#define MAGIC_PE32                   0x010Bu
#define MAGIC_PE32_PLUS              0x020Bu
#define DIRECTORY_CERTIFICATE        4u
#define DIRECTORY_LOAD_CONFIG        10u

#define SCN_CODE          0x00000020u
#define SCN_INITIALISED   0x00000040u
#define SCN_UNINITIALISED 0x00000080u
#define SCN_EXECUTE       0x20000000u
#define SCN_WRITE         0x80000000u
#define CERTIFICATE_PKCS7 0x0002u

/* Where the parts of a checked header are. */
struct layout {
    const uint8_t *bytes;
    size_t size;
    size_t optional; /* file offset of the optional header */
    size_t optional_size;
    size_t directories; /* offset of the data directories in the optional header */
    uint32_t directory_count;
    size_t sections; /* file offset of the section table */
};

static enum vg_image_status find_headers(struct layout *layout, size_t *coff)
{
    size_t pe;

    if (layout->size < 2 || layout->bytes[0] != 'M' || layout->bytes[1] != 'Z')
        return VG_IMAGE_NOT_MZ;
    if (layout->size < DOS_HEADER_SIZE)
        return VG_IMAGE_TRUNCATED;
    pe = vg_read32(layout->bytes + DOS_LFANEW);
    if (!vg_inside(pe, 4, layout->size) || memcmp(layout->bytes + pe, "PE\0\0", 4) != 0)
        return VG_IMAGE_NOT_PE;
    if (!vg_inside(pe + 4, COFF_HEADER_SIZE, layout->size))
        return VG_IMAGE_TRUNCATED;
    *coff = pe + 4;
    return VG_IMAGE_OK;
}

static enum vg_image_status find_optional(struct layout *layout, size_t coff, struct vg_image *image)
{
    size_t fixed;
    uint16_t magic;

    layout->optional = coff + COFF_HEADER_SIZE;
    layout->optional_size = vg_read16(layout->bytes + coff + 16);
    if (!vg_inside(layout->optional, layout->optional_size, layout->size))
        return VG_IMAGE_TRUNCATED;
    if (layout->optional_size < 2)
        return VG_IMAGE_BAD_OPTIONAL;
    magic = vg_read16(layout->bytes + layout->optional);
    if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
        return VG_IMAGE_BAD_OPTIONAL;
    image->pe32_plus = magic == MAGIC_PE32_PLUS;
    fixed = image->pe32_plus ? 112 : 96;
    if (layout->optional_size < fixed)
        return VG_IMAGE_BAD_OPTIONAL;
    layout->directories = fixed;
    layout->directory_count = vg_read32(layout->bytes + layout->optional + fixed - 4);
    return VG_IMAGE_OK;
}

/* A data directory's address and size; zeros when the header has none of that number. */
static void read_directory(const struct layout *layout, uint32_t number, uint32_t *address, uint32_t *size)
{
    size_t offset = layout->directories + (size_t)number * DIRECTORY_SIZE;

    *address = 0;
    *size = 0;
    if (number >= layout->directory_count || !vg_inside(offset, DIRECTORY_SIZE, layout->optional_size))
        return;
    *address = vg_read32(layout->bytes + layout->optional + offset);
    *size = vg_read32(layout->bytes + layout->optional + offset + 4);
}

/* Whether the certificate table lies in the file and holds a whole PKCS #7 entry. Entries are padded to 8
 * bytes. */
static bool has_pkcs7(const struct layout *layout, size_t offset, size_t table_size)
{
    size_t at = 0;

    if (offset == 0 || !vg_inside(offset, table_size, layout->size))
        return false;
    while (vg_inside(at, CERTIFICATE_HEADER, table_size)) {
        const uint8_t *entry = layout->bytes + offset + at;
        size_t length = vg_read32(entry);

        if (length <= CERTIFICATE_HEADER || !vg_inside(at, length, table_size))
            return false;
        if (vg_read16(entry + 6) == CERTIFICATE_PKCS7)
            return true;
        length = (length + 7) & ~(size_t)7;
        if (!vg_inside(at, length, table_size))
            return false;
        at += length;
    }
    return false;
}

static void read_sections(const struct layout *layout, struct vg_image *image)
{
    for (size_t i = 0; i < image->section_count; i++) {
        const uint8_t *section = layout->bytes + layout->sections + i * SECTION_HEADER_SIZE;
        uint32_t flags = vg_read32(section + 36);
        bool only_uninitialised =
            (flags & (SCN_CODE | SCN_INITIALISED | SCN_UNINITIALISED)) == SCN_UNINITIALISED;

        if ((flags & SCN_WRITE) != 0 && (flags & SCN_EXECUTE) != 0)
            image->writable_executable_section = true;
        if (only_uninitialised && vg_read32(section + 20) != 0)
            image->uninitialised_with_raw_data = true;
    }
}

enum vg_image_status vg_image_read(const void *bytes, size_t size, struct vg_image *image)
{
    struct layout layout = {.bytes = bytes, .size = size};
    struct vg_image found = {0};
    enum vg_image_status status;
    const uint8_t *optional;
    uint32_t address;
    uint32_t length;
    size_t coff = 0;

    status = find_headers(&layout, &coff);
    if (status == VG_IMAGE_OK)
        status = find_optional(&layout, coff, &found);
    if (status != VG_IMAGE_OK)
        return status;
    found.machine = vg_read16(layout.bytes + coff);
    found.section_count = vg_read16(layout.bytes + coff + 2);
    found.time_date_stamp = vg_read32(layout.bytes + coff + 4);
    found.characteristics = vg_read16(layout.bytes + coff + 18);
    layout.sections = layout.optional + layout.optional_size;
    if (!vg_inside(layout.sections, (size_t)found.section_count * SECTION_HEADER_SIZE, size))
        return VG_IMAGE_BAD_SECTIONS;
    optional = layout.bytes + layout.optional;
    found.subsystem = vg_read16(optional + OPTIONAL_SUBSYSTEM);
    found.dll_characteristics = vg_read16(optional + OPTIONAL_DLL_CHARACTERISTICS);
    found.checksum = vg_read32(optional + OPTIONAL_CHECKSUM);
    found.computed_checksum = vg_image_checksum(layout.bytes, size, layout.optional + OPTIONAL_CHECKSUM);
    read_directory(&layout, DIRECTORY_CERTIFICATE, &found.signature_offset, &found.signature_size);
    found.signature_in_file = has_pkcs7(&layout, found.signature_offset, found.signature_size);
    read_directory(&layout, DIRECTORY_LOAD_CONFIG, &address, &length);
    found.has_load_config = address != 0 && length != 0;
    read_sections(&layout, &found);
    *image = found;
    return VG_IMAGE_OK;
}

const char *vg_image_status_text(enum vg_image_status status)
{
    switch (status) {
    case VG_IMAGE_OK:
        return "The file is a Portable Executable image.";
    case VG_IMAGE_NOT_MZ:
        return "The file does not begin with MZ: it is not an executable image.";
    case VG_IMAGE_NOT_PE:
        return "The file begins with MZ but has no PE header where its DOS header says: it is a DOS program "
               "or damaged.";
    case VG_IMAGE_TRUNCATED:
        return "The file ends inside its headers: it is cut off.";
    case VG_IMAGE_BAD_OPTIONAL:
        return "The optional header is neither PE32 nor PE32+, or is too short for what it claims to be.";
    case VG_IMAGE_BAD_SECTIONS:
        return "The section table reaches past the end of the file: the file is cut off or damaged.";
    }
    return "The file's state is not known.";
}
