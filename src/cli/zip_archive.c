#include "zip_archive.h"

#include "platform.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unzip.h>

#define NAME_SIZE 65536 /* a name's length is a number of 16 bits */

#define STORED   0
#define DEFLATED 8

/* Deflate makes at most 1,032 bytes of one (zlib's algorithm.txt, "maximum expansion"). More comes only out
 * of an archive whose members lie on top of each other. */
#define EXPANSION_MAX   1032
#define EXPANSION_START ((uint64_t)1 << 20)

struct vg_zip {
    unzFile file;
    uint64_t archive_size;
    uint64_t unpacked; /* of all members so far */
    uint64_t left;     /* of this one */
    unz_file_info64 info;
    bool begun;
    bool reading;
    bool exhausted; /* more came out than can be in it: there is no end to what it holds */
    char name[NAME_SIZE];
};

/* --- minizip's way to the file
 * ------------------------------------------------------------------------------- */

static voidpf ZCALLBACK open_file(voidpf opaque, const void *name, int mode)
{
    (void)opaque;
    (void)mode;
    return vg_platform_open(name, "rb");
}

static uLong ZCALLBACK read_file(voidpf opaque, voidpf stream, void *out, uLong size)
{
    (void)opaque;
    return (uLong)fread(out, 1, size, stream);
}

static uLong ZCALLBACK write_file(voidpf opaque, voidpf stream, const void *bytes, uLong size)
{
    (void)opaque;
    (void)stream;
    (void)bytes;
    (void)size;
    return 0;
}

static ZPOS64_T ZCALLBACK tell_file(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return (ZPOS64_T)vg_platform_tell(stream);
}

static long ZCALLBACK seek_file(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    (void)opaque;
    return offset <= INT64_MAX && vg_platform_seek(stream, (int64_t)offset, origin) ? 0 : -1;
}

static int ZCALLBACK close_file(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return fclose(stream);
}

static int ZCALLBACK error_of_file(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return ferror((FILE *)stream);
}

/* --- The archive
 * --------------------------------------------------------------------------------------------- */

static uint64_t size_of_file(const char *name)
{
    FILE *file = vg_platform_open(name, "rb");
    int64_t size = file != NULL && vg_platform_seek(file, 0, SEEK_END) ? vg_platform_tell(file) : 0;

    if (file != NULL)
        fclose(file);
    return size > 0 ? (uint64_t)size : 0;
}

struct vg_zip *vg_zip_open(const char *file, const char **problem)
{
    zlib_filefunc64_def functions = {
        .zopen64_file = open_file,
        .zread_file = read_file,
        .zwrite_file = write_file,
        .ztell64_file = tell_file,
        .zseek64_file = seek_file,
        .zclose_file = close_file,
        .zerror_file = error_of_file,
    };
    struct vg_zip *zip = calloc(1, sizeof(*zip));

    *problem = "out of memory";
    if (zip == NULL)
        return NULL;
    *problem = "it is no zip archive, or is cut off: it has no directory at its end";
    zip->archive_size = size_of_file(file);
    zip->file = unzOpen2_64(file, &functions);
    if (zip->file == NULL) {
        free(zip);
        return NULL;
    }
    return zip;
}

void vg_zip_close(struct vg_zip *zip)
{
    unzClose(zip->file);
    free(zip);
}

static bool is_empty(const struct vg_zip *zip)
{
    unz_global_info64 info;

    return unzGetGlobalInfo64(zip->file, &info) == UNZ_OK && info.number_entry == 0;
}

bool vg_zip_next(struct vg_zip *zip, const char **problem)
{
    int result;

    *problem = NULL;
    if (zip->reading)
        unzCloseCurrentFile(zip->file);
    zip->reading = false;
    if (zip->exhausted || (!zip->begun && is_empty(zip)))
        return false;
    result = zip->begun ? unzGoToNextFile(zip->file) : unzGoToFirstFile(zip->file);
    zip->begun = true;
    if (result == UNZ_END_OF_LIST_OF_FILE)
        return false;
    if (result == UNZ_OK)
        result =
            unzGetCurrentFileInfo64(zip->file, &zip->info, zip->name, sizeof(zip->name), NULL, 0, NULL, 0);
    zip->name[NAME_SIZE - 1] = '\0';
    if (result != UNZ_OK)
        *problem = "the archive's directory is damaged: some of its members were not found";
    return result == UNZ_OK;
}

const char *vg_zip_name(const struct vg_zip *zip)
{
    return zip->name;
}

uint64_t vg_zip_size(const struct vg_zip *zip)
{
    return zip->info.uncompressed_size;
}

bool vg_zip_start(struct vg_zip *zip, const char **problem)
{
    *problem = NULL;
    if ((zip->info.flag & 1) != 0)
        *problem = "it is encrypted: unpack it with its password first";
    else if (zip->info.compression_method != STORED && zip->info.compression_method != DEFLATED)
        *problem = "it is packed by a method that is not read (only deflate is): unpack it first";
    else if (unzOpenCurrentFile(zip->file) != UNZ_OK)
        *problem = "the archive is damaged where this member begins";
    zip->reading = *problem == NULL;
    zip->left = zip->info.uncompressed_size;
    return zip->reading;
}

/* After the last byte. */
static const char *check_end(struct vg_zip *zip)
{
    zip->reading = false;
    if (unzCloseCurrentFile(zip->file) == UNZ_CRCERROR)
        return "it is damaged: its checksum is wrong";
    return zip->left != 0 ? "it is damaged: it ends in the middle" : NULL;
}

bool vg_zip_read(struct vg_zip *zip, void *out, size_t size, size_t *got, const char **problem)
{
    int read = 0;

    *got = 0;
    *problem = NULL;
    while (zip->reading && *got < size) {
        size_t wanted = size - *got;

        read =
            unzReadCurrentFile(zip->file, (char *)out + *got, wanted < INT_MAX ? (unsigned)wanted : INT_MAX);
        if (read <= 0)
            break;
        *got += (size_t)read;
        zip->left -= (uint64_t)read;
    }
    zip->unpacked += *got;
    zip->exhausted = zip->unpacked / EXPANSION_MAX > zip->archive_size + EXPANSION_START / EXPANSION_MAX;
    if (read < 0)
        *problem = "it is damaged: it cannot be unpacked";
    else if (zip->exhausted)
        *problem = "the archive is made to be larger than any can be: its members lie on top of each other";
    else if (zip->reading && *got < size)
        *problem = check_end(zip);
    return *problem == NULL;
}

double vg_zip_progress(const struct vg_zip *zip)
{
    uint64_t at = zip->reading ? unzGetCurrentFileZStreamPos64(zip->file) : 0;

    return zip->archive_size != 0 ? (double)at / (double)zip->archive_size : 0;
}
