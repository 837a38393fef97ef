/* Makes a PE file with a version resource and an import table, for tests that break them. */
#ifndef VG_TESTS_RICH_PE_H
#define VG_TESTS_RICH_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RICH_CAPACITY 0x2400u
#define RICH_ADDRESS  0x3000u /* of its one section */
#define RICH_RAW      0x1200u /* where that is in the file */

struct rich_pe {
    uint8_t bytes[RICH_CAPACITY];
    size_t size;
    bool pe32_plus;
    /* File offsets of parts that tests change. */
    size_t directories; /* data directories */
    size_t resources;
    size_t version;
    size_t imports;
    size_t end; /* of what is used; a test may write behind it */
};

/* A program with strings in American English, and imports by name and by number:
 * KERNEL32.dll ExitProcess, #0 and LoadLibraryA; WS2_32.dll #23 and #3000; plain.DRV #7; without a look-up
 * table old.ocx Foo@4. */
void rich_build(struct rich_pe *pe, bool pe32_plus);

/* The strings of the American English version resource, a hundred bytes each at most. */
struct rich_strings {
    const char *original_file_name;
    const char *description;
    const char *product;
    const char *company;
    const char *file_version;
};

/* The same program with these strings. */
void rich_build_with(struct rich_pe *pe, bool pe32_plus, const struct rich_strings *strings);

#define RICH_IMPORTS                                                                                         \
    "kernel32.exitprocess,kernel32.loadlibrarya,ws2_32.socket,ws2_32.ord3000,plain.drv.ord7,old.foo@4"

void rich_write16(struct rich_pe *pe, size_t offset, uint16_t value);
void rich_write32(struct rich_pe *pe, size_t offset, uint32_t value);

#endif
