#include "rich_pe.h"

#include <string.h>

#define LFANEW 0x80u

void rich_write16(struct rich_pe *pe, size_t offset, uint16_t value)
{
    pe->bytes[offset] = (uint8_t)value;
    pe->bytes[offset + 1] = (uint8_t)(value >> 8);
}

void rich_write32(struct rich_pe *pe, size_t offset, uint32_t value)
{
    rich_write16(pe, offset, (uint16_t)value);
    rich_write16(pe, offset + 2, (uint16_t)(value >> 16));
}

static uint32_t address_of(size_t offset)
{
    return (uint32_t)(offset - RICH_RAW + RICH_ADDRESS);
}

static void align(struct rich_pe *pe)
{
    pe->end = (pe->end + 3) & ~(size_t)3;
}

static void write_headers(struct rich_pe *pe)
{
    size_t optional = LFANEW + 24;
    size_t fixed = pe->pe32_plus ? 112 : 96;
    size_t section = optional + fixed + 16 * 8;

    memcpy(pe->bytes, "MZ", 2);
    rich_write32(pe, 60, LFANEW);
    memcpy(pe->bytes + LFANEW, "PE\0\0", 4);
    rich_write16(pe, LFANEW + 4, pe->pe32_plus ? 0x8664 : 0x014C);
    rich_write16(pe, LFANEW + 6, 1);
    rich_write16(pe, LFANEW + 20, (uint16_t)(fixed + 16 * 8));
    rich_write16(pe, LFANEW + 22, 0x0022);
    rich_write16(pe, optional, pe->pe32_plus ? 0x020B : 0x010B);
    rich_write32(pe, optional + 32, 0x1000);
    rich_write32(pe, optional + 36, 0x200);
    rich_write32(pe, optional + 56, 0x5000);
    rich_write32(pe, optional + 60, RICH_RAW);
    rich_write16(pe, optional + 68, 3);
    rich_write32(pe, optional + fixed - 4, 16);
    pe->directories = optional + fixed;
    memcpy(pe->bytes + section, ".rdata", 6);
    rich_write32(pe, section + 8, 0x1000);
    rich_write32(pe, section + 12, RICH_ADDRESS);
    rich_write32(pe, section + 16, 0x1000);
    rich_write32(pe, section + 20, RICH_RAW);
    rich_write32(pe, section + 36, 0x40000040);
    pe->size = RICH_RAW + 0x1000;
    pe->end = RICH_RAW;
}

static void put_text(struct rich_pe *pe, const char *text)
{
    do {
        rich_write16(pe, pe->end, (uint8_t)*text);
        pe->end += 2;
    } while (*text++ != '\0');
}

/* Begins a structure of the version resource; returns where, for end_block. */
static size_t begin_block(struct rich_pe *pe, uint16_t value_length, uint16_t type, const char *key)
{
    size_t begin = 0;

    align(pe);
    begin = pe->end;
    rich_write16(pe, begin + 2, value_length);
    rich_write16(pe, begin + 4, type);
    pe->end += 6;
    put_text(pe, key);
    align(pe);
    return begin;
}

static void end_block(struct rich_pe *pe, size_t begin)
{
    rich_write16(pe, begin, (uint16_t)(pe->end - begin));
}

static void put_string(struct rich_pe *pe, const char *key, const char *value)
{
    size_t begin = begin_block(pe, (uint16_t)(strlen(value) + 1), 1, key);

    put_text(pe, value);
    end_block(pe, begin);
}

static void put_table(struct rich_pe *pe, const char *language, const struct rich_strings *strings)
{
    size_t table = begin_block(pe, 0, 1, language);

    put_string(pe, "CompanyName", strings->company);
    put_string(pe, "FileDescription", strings->description);
    put_string(pe, "FileVersion", strings->file_version);
    put_string(pe, "OriginalFilename", strings->original_file_name);
    put_string(pe, "ProductName", strings->product);
    end_block(pe, table);
}

static void put_version(struct rich_pe *pe, const struct rich_strings *strings)
{
    struct rich_strings german = *strings;
    size_t root = 0;
    size_t part = 0;
    size_t variable = 0;

    root = begin_block(pe, 52, 0, "VS_VERSION_INFO");
    pe->version = root;
    rich_write32(pe, pe->end, 0xFEEF04BD);
    pe->end += 52;
    part = begin_block(pe, 0, 1, "StringFileInfo");
    german.description = "Ein Programm";
    put_table(pe, "040704B0", &german);
    put_table(pe, "040904B0", strings);
    end_block(pe, part);
    part = begin_block(pe, 0, 1, "VarFileInfo");
    variable = begin_block(pe, 4, 0, "Translation");
    rich_write16(pe, pe->end, 0x0409);
    rich_write16(pe, pe->end + 2, 0x04B0);
    pe->end += 4;
    end_block(pe, variable);
    end_block(pe, part);
    end_block(pe, root);
}

/* A level of the resource directory with one entry. */
static void put_level(struct rich_pe *pe, uint32_t id, uint32_t next)
{
    rich_write16(pe, pe->end + 14, 1);
    rich_write32(pe, pe->end + 16, id);
    rich_write32(pe, pe->end + 20, next);
    pe->end += 24;
}

static void put_resources(struct rich_pe *pe, const struct rich_strings *strings)
{
    size_t description = 0;

    pe->resources = pe->end;
    put_level(pe, 16, 0x80000000u + 24);
    put_level(pe, 1, 0x80000000u + 48);
    put_level(pe, 0x0409, 72);
    description = pe->end;
    pe->end += 16;
    put_version(pe, strings);
    rich_write32(pe, description, address_of(pe->version));
    rich_write32(pe, description + 4, (uint32_t)(pe->end - pe->version));
    rich_write32(pe, pe->directories + 2 * 8, address_of(pe->resources));
    rich_write32(pe, pe->directories + 2 * 8 + 4, (uint32_t)(pe->end - pe->resources));
}

struct import {
    const char *name; /* NULL: by number */
    uint16_t number;
};

static uint32_t put_name(struct rich_pe *pe, const char *name, size_t hint)
{
    size_t at = pe->end;

    memcpy(pe->bytes + at + hint, name, strlen(name) + 1);
    pe->end += hint + strlen(name) + 1;
    align(pe);
    return address_of(at);
}

/* Returns the address of a look-up table of these; `count` of them. */
static uint32_t put_look_up(struct rich_pe *pe, const struct import *imports, size_t count)
{
    size_t size = pe->pe32_plus ? 8 : 4;
    size_t table = pe->end;

    pe->end += size * (count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t at = table + i * size;

        if (imports[i].name != NULL) {
            rich_write32(pe, at, put_name(pe, imports[i].name, 2));
        } else {
            rich_write32(pe, at, imports[i].number);
            pe->bytes[at + size - 1] = 0x80;
        }
    }
    return address_of(table);
}

static void put_library(struct rich_pe *pe, size_t index, const char *name, bool has_look_up,
                        const struct import *imports, size_t count)
{
    size_t descriptor = pe->imports + index * 20;
    uint32_t table = put_look_up(pe, imports, count);

    rich_write32(pe, descriptor, has_look_up ? table : 0);
    rich_write32(pe, descriptor + 12, put_name(pe, name, 0));
    rich_write32(pe, descriptor + 16, table);
}

static void put_imports(struct rich_pe *pe)
{
    static const struct import kernel32[] = {{"ExitProcess", 0}, {NULL, 0}, {"LoadLibraryA", 0}};
    static const struct import sockets[] = {{NULL, 23}, {NULL, 3000}};
    static const struct import plain[] = {{NULL, 7}};
    static const struct import old[] = {{"Foo@4", 0}};

    align(pe);
    pe->imports = pe->end;
    pe->end += 5 * 20;
    put_library(pe, 0, "KERNEL32.dll", true, kernel32, 3);
    put_library(pe, 1, "WS2_32.dll", true, sockets, 2);
    put_library(pe, 2, "plain.DRV", true, plain, 1);
    put_library(pe, 3, "old.ocx", false, old, 1);
    rich_write32(pe, pe->directories + 8, address_of(pe->imports));
    rich_write32(pe, pe->directories + 8 + 4, 5 * 20);
}

void rich_build_with(struct rich_pe *pe, bool pe32_plus, const struct rich_strings *strings)
{
    memset(pe, 0, sizeof(*pe));
    pe->pe32_plus = pe32_plus;
    write_headers(pe);
    put_resources(pe, strings);
    put_imports(pe);
}

void rich_build(struct rich_pe *pe, bool pe32_plus)
{
    static const struct rich_strings strings = {.original_file_name = "Rich.EXE",
                                                .description = "A program",
                                                .product = "",
                                                .company = "Vigil's tests",
                                                .file_version = "1.2.3.4"};

    rich_build_with(pe, pe32_plus, &strings);
}
