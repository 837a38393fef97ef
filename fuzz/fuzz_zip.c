/* Any bytes as a zip archive: its members are read within bounds, each to its end or to what is wrong with
 * it. */
#define _GNU_SOURCE

#include "../src/cli/zip_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_member(struct vg_zip *zip)
{
    static char piece[64 << 10];
    const char *problem = NULL;
    uint64_t total = 0;
    size_t got = sizeof(piece);

    if (!vg_zip_start(zip, &problem)) {
        if (problem == NULL)
            abort();
        return;
    }
    while (got == sizeof(piece) && vg_zip_read(zip, piece, sizeof(piece), &got, &problem))
        total += got;
    if (problem == NULL && total != vg_zip_size(zip))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int file = -1; /* one for all inputs */
    const char *problem = NULL;
    struct vg_zip *zip;
    char name[64];

    if (file < 0)
        file = memfd_create("zip", 0);
    if (file < 0 || ftruncate(file, (off_t)size) != 0 || pwrite(file, bytes, size, 0) != (ssize_t)size)
        abort();
    snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
    zip = vg_zip_open(name, &problem);
    if (zip == NULL && problem == NULL)
        abort();
    while (zip != NULL && vg_zip_next(zip, &problem))
        read_member(zip);
    if (zip != NULL)
        vg_zip_close(zip);
    return 0;
}
