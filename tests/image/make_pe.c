/* Writes one of the builder's PE files for tests of programs: make_pe KIND FILE. */
#include "pe_builder.h"
#include "rich_pe.h"

#include <stdio.h>
#include <string.h>

static int choose(const char *kind, struct pe_options *options)
{
    *options = pe_good_options();
    if (strcmp(kind, "unsigned-driver") == 0)
        return 0;
    if (strcmp(kind, "signed-driver") == 0) {
        options->certificate = 100;
        return 0;
    }
    if (strcmp(kind, "driver-without-integrity-bit") == 0) {
        options->integrity = false;
        options->certificate = 100;
        return 0;
    }
    if (strcmp(kind, "driver-without-checksum") == 0) {
        options->checksum = false;
        return 0;
    }
    if (strcmp(kind, "bad-sections") == 0) {
        options->section_flags[0] = 0xE0000020;
        options->section_flags[1] = 0xC0000080;
        return 0;
    }
    if (strcmp(kind, "program") == 0) {
        options->native = false;
        options->integrity = false;
        options->pe32_plus = false;
        return 0;
    }
    return -1;
}

static int write_file(const char *name, const uint8_t *bytes, size_t size)
{
    FILE *out = fopen(name, "wb");
    size_t written;

    if (out == NULL)
        return 1;
    written = fwrite(bytes, 1, size, out);
    return fclose(out) == 0 && written == size ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct pe_options options;
    struct pe_file file;
    struct rich_pe rich;

    if (argc == 3 && strcmp(argv[1], "described-program") == 0) {
        rich_build(&rich, true);
        return write_file(argv[2], rich.bytes, rich.size);
    }
    if (argc != 3 || choose(argv[1], &options) != 0) {
        fputs("usage: make_pe KIND FILE\n", stderr);
        return 2;
    }
    pe_build(&file, &options);
    return write_file(argv[2], file.bytes, file.size);
}
