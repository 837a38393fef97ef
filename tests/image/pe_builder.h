/* Makes small PE files for the tests: correct ones by default, broken by changing what the builder hands out.
 */
#ifndef VG_TESTS_PE_BUILDER_H
#define VG_TESTS_PE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PE_OFFSET        0x80u
#define PE_COFF          (PE_OFFSET + 4)
#define PE_OPTIONAL      (PE_COFF + 20)
#define PE_FILE_CAPACITY 4096u

struct pe_options {
    bool pe32_plus;
    bool integrity;       /* FORCE_INTEGRITY set */
    bool checksum;        /* the right checksum is written */
    bool load_config;     /* the directory points somewhere */
    bool native;          /* a driver: subsystem native */
    unsigned certificate; /* bytes of PKCS #7 in the certificate table; 0: no table */
    uint32_t section_flags[2];
    uint32_t raw_pointer[2];
    unsigned extra; /* bytes after everything, to make odd lengths */
};

struct pe_file {
    uint8_t bytes[PE_FILE_CAPACITY];
    size_t size;
    size_t sections; /* offsets of parts that tests change */
    size_t certificates;
};

/* A 64-bit driver with two sections, code and data, unsigned, with a right checksum. */
struct pe_options pe_good_options(void);

void pe_build(struct pe_file *file, const struct pe_options *options);

void pe_write16(struct pe_file *file, size_t offset, uint16_t value);
void pe_write32(struct pe_file *file, size_t offset, uint32_t value);

/* The checksum by the plainest reading of the algorithm: word by word, folding the carry each time. */
uint32_t pe_plain_checksum(const uint8_t *bytes, size_t size);

#endif
