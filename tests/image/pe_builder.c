#include "pe_builder.h"

#include <string.h>

void pe_write16(struct pe_file *file, size_t offset, uint16_t value)
{
    file->bytes[offset] = (uint8_t)value;
    file->bytes[offset + 1] = (uint8_t)(value >> 8);
}

void pe_write32(struct pe_file *file, size_t offset, uint32_t value)
{
    pe_write16(file, offset, (uint16_t)value);
    pe_write16(file, offset + 2, (uint16_t)(value >> 16));
}

struct pe_options pe_good_options(void)
{
    return (struct pe_options){
        .pe32_plus = true,
        .integrity = true,
        .checksum = true,
        .native = true,
        .section_flags = {0x60000020, 0xC0000040},
        .raw_pointer = {0x400, 0x600},
    };
}

uint32_t pe_plain_checksum(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i += 2) {
        uint32_t word = bytes[i];

        if (i >= PE_OPTIONAL + 64 && i < PE_OPTIONAL + 68)
            continue;
        if (i + 1 < size)
            word |= (uint32_t)bytes[i + 1] << 8;
        sum += word;
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum + (uint32_t)size;
}

static void write_sections(struct pe_file *file, const struct pe_options *options)
{
    static const char names[2][8] = {".text", ".data"};

    for (size_t i = 0; i < 2; i++) {
        size_t at = file->sections + i * 40;

        memcpy(file->bytes + at, names[i], 8);
        pe_write32(file, at + 8, 0x200);
        pe_write32(file, at + 12, (uint32_t)(0x1000 * (i + 1)));
        pe_write32(file, at + 16, 0x200);
        pe_write32(file, at + 20, options->raw_pointer[i]);
        pe_write32(file, at + 36, options->section_flags[i]);
    }
}

static void write_certificates(struct pe_file *file, size_t directories, unsigned size)
{
    size_t length = 8 + size;

    file->certificates = file->size;
    pe_write32(file, file->certificates, (uint32_t)length);
    pe_write16(file, file->certificates + 4, 0x0200);
    pe_write16(file, file->certificates + 6, 0x0002);
    memset(file->bytes + file->certificates + 8, 0x30, size);
    file->size += (length + 7) & ~(size_t)7;
    pe_write32(file, directories + 4 * 8, (uint32_t)file->certificates);
    pe_write32(file, directories + 4 * 8 + 4, (uint32_t)(file->size - file->certificates));
}

void pe_build(struct pe_file *file, const struct pe_options *options)
{
    uint16_t fixed = options->pe32_plus ? 112 : 96;
    size_t directories = PE_OPTIONAL + fixed;

    memset(file, 0, sizeof(*file));
    memcpy(file->bytes, "MZ", 2);
    pe_write32(file, 60, PE_OFFSET);
    memcpy(file->bytes + PE_OFFSET, "PE\0\0", 4);
    pe_write16(file, PE_COFF, options->pe32_plus ? 0x8664 : 0x014C);
    pe_write16(file, PE_COFF + 2, 2);
    pe_write32(file, PE_COFF + 4, 0x5F3E2D1C);
    pe_write16(file, PE_COFF + 16, (uint16_t)(fixed + 16 * 8));
    pe_write16(file, PE_COFF + 18, 0x0022);
    pe_write16(file, PE_OPTIONAL, options->pe32_plus ? 0x020B : 0x010B);
    pe_write16(file, PE_OPTIONAL + 68, options->native ? 1 : 3);
    pe_write16(file, PE_OPTIONAL + 70, (uint16_t)(0x0160 | (options->integrity ? 0x80 : 0)));
    pe_write32(file, directories - 4, 16);
    if (options->load_config) {
        pe_write32(file, directories + 10 * 8, 0x2000);
        pe_write32(file, directories + 10 * 8 + 4, 0x100);
    }
    file->sections = directories + 16 * 8;
    write_sections(file, options);
    for (size_t i = 0x400; i < 0x800; i++)
        file->bytes[i] = (uint8_t)(i * 31 + 7);
    file->size = 0x800;
    if (options->certificate != 0)
        write_certificates(file, directories, options->certificate);
    for (unsigned i = 0; i < options->extra; i++)
        file->bytes[file->size++] = (uint8_t)(0xA5 + i);
    if (options->checksum)
        pe_write32(file, PE_OPTIONAL + 64, pe_plain_checksum(file->bytes, file->size));
}
