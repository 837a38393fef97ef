#include "bytes.h"
#include "window.h"

#include <string.h>

#define DOS_HEADER_SIZE     64u
#define DOS_LFANEW          60u
#define COFF_HEADER_SIZE    20u
#define SECTION_HEADER_SIZE 40u
#define SECTIONS_AT_ONCE    8u
#define DIRECTORY_SIZE      8u
#define FIXED_PE32          96u /* of the optional header: what precedes its directories */
#define FIXED_PE32_PLUS     112u
#define OPTIONAL_CHECKSUM   64u
#define OPTIONAL_HEADERS    60u /* SizeOfHeaders */
#define OPTIONAL_ALIGNMENT  36u /* FileAlignment */
#define MAGIC_PE32          0x010Bu
#define MAGIC_PE32_PLUS     0x020Bu
#define SECTOR              512u /* sections begin at multiples of it whatever their header says */

/* Where the headers are, on the way. */
struct headers {
    uint64_t optional; /* file offset */
    uint32_t optional_size;
    uint32_t section_count;
    uint32_t file_alignment;
};

static bool find_optional(struct vg_image_reader *reader, struct headers *headers)
{
    uint8_t dos[DOS_HEADER_SIZE];
    uint8_t coff[4 + COFF_HEADER_SIZE];
    uint32_t pe = 0;

    if (!vg_window_read(reader, 0, dos, sizeof(dos)) || dos[0] != 'M' || dos[1] != 'Z')
        return false;
    pe = vg_read32(dos + DOS_LFANEW);
    if (!vg_window_read(reader, pe, coff, sizeof(coff)) || memcmp(coff, "PE\0\0", 4) != 0)
        return false;
    headers->section_count = vg_read16(coff + 4 + 2);
    headers->optional_size = vg_read16(coff + 4 + 16);
    headers->optional = (uint64_t)pe + sizeof(coff);
    return true;
}

static bool read_directories(struct vg_image_reader *reader, const struct headers *headers, uint32_t fixed,
                             uint32_t count)
{
    uint8_t entries[VG_IMAGE_DIRECTORIES * DIRECTORY_SIZE];
    uint32_t room = (headers->optional_size - fixed) / DIRECTORY_SIZE;

    if (count > room)
        count = room;
    if (count > VG_IMAGE_DIRECTORIES)
        count = VG_IMAGE_DIRECTORIES;
    if (!vg_window_read(reader, headers->optional + fixed, entries, count * DIRECTORY_SIZE))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        reader->directories[i].address = vg_read32(entries + i * DIRECTORY_SIZE);
        reader->directories[i].size = vg_read32(entries + i * DIRECTORY_SIZE + 4);
    }
    if (count > 4)
        reader->certificate_directory = headers->optional + fixed + 4 * DIRECTORY_SIZE;
    return true;
}

static bool read_optional(struct vg_image_reader *reader, struct headers *headers)
{
    uint8_t optional[FIXED_PE32_PLUS];
    uint32_t fixed = FIXED_PE32;
    uint64_t rest = reader->size - headers->optional;
    uint32_t size = headers->optional_size < sizeof(optional) ? headers->optional_size : sizeof(optional);
    uint16_t magic = 0;

    if (size > rest)
        size = (uint32_t)rest;
    if (size < fixed || !vg_window_read(reader, headers->optional, optional, size))
        return false;
    magic = vg_read16(optional);
    if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
        return false;
    headers->file_alignment = vg_read32(optional + OPTIONAL_ALIGNMENT);
    reader->headers_size = vg_read32(optional + OPTIONAL_HEADERS);
    reader->checksum = headers->optional + OPTIONAL_CHECKSUM;
    reader->pe32_plus = magic == MAGIC_PE32_PLUS;
    if (reader->pe32_plus) {
        fixed = FIXED_PE32_PLUS;
        if (size < fixed)
            return false;
    }
    return read_directories(reader, headers, fixed, vg_read32(optional + fixed - 4));
}

static void read_section(struct vg_image_section *section, const uint8_t *header, uint32_t file_alignment)
{
    uint32_t size = vg_read32(header + 8);

    section->address = vg_read32(header + 12);
    section->raw_size = vg_read32(header + 16);
    section->raw = vg_read32(header + 20);
    if (file_alignment >= SECTOR)
        section->raw -= section->raw % SECTOR;
    section->extent = size > section->raw_size ? size : section->raw_size;
}

static bool read_sections(struct vg_image_reader *reader, const struct headers *headers)
{
    uint64_t at = headers->optional + headers->optional_size;
    uint8_t bytes[SECTIONS_AT_ONCE * SECTION_HEADER_SIZE];
    uint32_t count = 0;

    for (uint32_t done = 0; done < headers->section_count; done += count) {
        count = headers->section_count - done;
        if (count > SECTIONS_AT_ONCE)
            count = SECTIONS_AT_ONCE;
        if (!vg_window_read(reader, at + done * SECTION_HEADER_SIZE, bytes, count * SECTION_HEADER_SIZE))
            return false;
        for (uint32_t i = 0; i < count; i++)
            read_section(&reader->sections[done + i], bytes + i * SECTION_HEADER_SIZE,
                         headers->file_alignment);
    }
    reader->section_count = headers->section_count;
    return true;
}

/* A section ends at the latest where the next one begins. */
static void limit_sections(struct vg_image_reader *reader)
{
    for (uint32_t i = 0; i + 1 < reader->section_count; i++) {
        struct vg_image_section *section = &reader->sections[i];
        const struct vg_image_section *next = section + 1;

        if (next->address > section->address && section->extent > next->address - section->address)
            section->extent = next->address - section->address;
    }
}

/* The sections, blocks and names hold nothing until these say so: with them it would be 17 KiB. */
static void begin_empty(struct vg_image_reader *reader)
{
    memset(reader, 0, offsetof(struct vg_image_reader, sections));
    for (unsigned i = 0; i < VG_IMAGE_BLOCKS; i++)
        memset(&reader->blocks[i], 0, offsetof(struct vg_image_block, bytes));
}

enum vg_image_answer vg_image_open(struct vg_image_reader *reader, vg_image_read_at *read, void *context,
                                   uint64_t size)
{
    struct headers headers = {0};

    begin_empty(reader);
    reader->read = read;
    reader->context = context;
    reader->size = size;
    if (!find_optional(reader, &headers) || !read_optional(reader, &headers))
        return reader->failed ? VG_ANSWER_FAILED : VG_ANSWER_NONE;
    if (headers.section_count > VG_IMAGE_SECTIONS_MAX)
        return VG_ANSWER_FAILED;
    if (!read_sections(reader, &headers))
        return reader->failed ? VG_ANSWER_FAILED : VG_ANSWER_NONE;
    limit_sections(reader);
    return VG_ANSWER_READ;
}
