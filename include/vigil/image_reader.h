/* What a Portable Executable file says of itself (version strings), what it imports (IMPHASH) and which of
 * its bytes a signature covers (AuthentiHash), read piece by piece: the file need not be mapped, nor be in
 * memory. From any bytes in any state of damage. Freestanding; time and memory are bounded by the limits
 * below.
 *
 *     if (vg_image_open(&reader, read, context, size) == VG_ANSWER_READ)
 *         vg_image_version(&reader, room, &version);
 *
 * Sources: Microsoft's PE/COFF specification, revision 11 (section numbers below); VS_VERSIONINFO and its
 * parts in the Windows SDK's documentation; "Windows Authenticode Portable Executable Signature Format",
 * 2008; for IMPHASH the original implementation, get_imphash of pefile (2023.2.7). */
#ifndef VIGIL_IMAGE_READER_H
#define VIGIL_IMAGE_READER_H

#include <vigil/text.h>

enum vg_image_answer {
    VG_ANSWER_READ,   /* what was asked for is there */
    VG_ANSWER_NONE,   /* established: the file has none, or is no image */
    VG_ANSWER_FAILED, /* not established: a read failed, or the file is beyond a limit */
};

/* Fills `buffer` with exactly `size` bytes (1..VG_IMAGE_BLOCK_SIZE) from `offset`; all of them lie inside the
 * size the reader was opened with. False when that cannot be done. */
typedef bool vg_image_read_at(void *context, uint64_t offset, void *buffer, uint32_t size);

#define VG_IMAGE_BLOCK_SIZE    4096u
#define VG_IMAGE_BLOCKS        3u
#define VG_IMAGE_SECTIONS_MAX  256u   /* a file with more is beyond the limit */
#define VG_IMAGE_NAME_MAX      512u   /* bytes of an imported name; a longer one is cut, as pefile does */
#define VG_IMAGE_LIBRARIES_MAX 4096u  /* in the import table */
#define VG_IMAGE_IMPORTS_MAX   32768u /* of all libraries together */
#define VG_IMAGE_DIRECTORIES   16u

struct vg_image_block {
    uint64_t offset;
    uint32_t size; /* 0: holds nothing */
    uint32_t used; /* when last, by vg_image_reader.clock */
    uint8_t bytes[VG_IMAGE_BLOCK_SIZE];
};

struct vg_image_section {
    uint32_t address; /* relative to the image's base, as everything that is called an address here */
    uint32_t extent;  /* addresses that belong to it */
    uint32_t raw;     /* file offset */
    uint32_t raw_size;
};

struct vg_image_directory {
    uint32_t address;
    uint32_t size;
};

/* An open image, and the working memory of reading it: about 17 KiB, the caller's, in one piece. Treat the
 * members as private to src/image. */
struct vg_image_reader {
    vg_image_read_at *read;
    void *context;
    uint64_t size;
    uint64_t checksum; /* file offset of CheckSum */
    uint64_t
        certificate_directory; /* file offset of the certificate table's directory entry; 0: there is none */
    uint32_t headers_size;
    bool pe32_plus;
    bool failed; /* some read failed */
    struct vg_image_directory directories[VG_IMAGE_DIRECTORIES];
    uint32_t section_count;
    uint32_t clock; /* the last member that vg_image_open clears as a whole */
    struct vg_image_section sections[VG_IMAGE_SECTIONS_MAX];
    struct vg_image_block blocks[VG_IMAGE_BLOCKS];
    char library[VG_IMAGE_NAME_MAX];
    char name[VG_IMAGE_NAME_MAX];
};

/* Reads the headers of a file of `size` bytes. NONE: no Portable Executable file. Every other function wants
 * a reader for which this answered READ; they may be called in any order, any number of times. */
enum vg_image_answer vg_image_open(struct vg_image_reader *reader, vg_image_read_at *read, void *context,
                                   uint64_t size);

/* The strings of the version resource that a start is recorded with, by Sysmon's names. */
enum vg_image_string {
    VG_IMAGE_ORIGINAL_FILE_NAME, /* OriginalFilename */
    VG_IMAGE_DESCRIPTION,        /* FileDescription */
    VG_IMAGE_PRODUCT,            /* ProductName */
    VG_IMAGE_COMPANY,            /* CompanyName */
    VG_IMAGE_FILE_VERSION,       /* FileVersion */
    VG_IMAGE_STRING_COUNT
};

/* Size 0: the file has no such string, or an empty one. */
struct vg_image_version {
    struct vg_span strings[VG_IMAGE_STRING_COUNT]; /* UTF-16, in `room` */
};

/* A version resource states its length in 16 bits. */
#define VG_IMAGE_VERSION_ROOM 65536u

/* The strings of resource VS_VERSION_INFO (in the neutral language, else American English, else the first
 * one), of the table that its first translation names; where there is no such table, of American English
 * (code pages 1200, 1252, 0), else of the first. This file's own, never those of a .mui beside it. A string
 * ends at its first NUL. `room` has VG_IMAGE_VERSION_ROOM bytes aligned to 4 and must live as long as the
 * strings. Outputs are untouched unless READ. */
enum vg_image_answer vg_image_version(struct vg_image_reader *reader, void *room,
                                      struct vg_image_version *version);

/* Receives bytes to be hashed. */
typedef void vg_image_feed(void *context, const void *bytes, uint32_t size);

/* Feeds the text whose MD5 is the IMPHASH: `library.function` in lower case for every import in the order of
 * the table, joined by commas; the library without .dll, .ocx or .sys; an import by number under the name
 * that ws2_32, wsock32 or oleaut32 gives it, else as ord and the number. NONE when nothing is imported:
 * Sysmon then shows 32 zeros. Unless READ, what was fed is worth nothing. Differs from pefile only in files
 * that no linker makes: where an import table leads out of the file it ends there, and pefile counts no more
 * than 8,192 entries. */
enum vg_image_answer vg_image_imports(struct vg_image_reader *reader, vg_image_feed *feed, void *context);

/* A piece of the file. */
struct vg_image_range {
    uint64_t offset;
    uint64_t size; /* 0: nothing */
};

#define VG_IMAGE_HASHED_RANGES 4u

/* What the AuthentiHash is the hash of: the ranges one after another, then `padding` bytes of 0. */
struct vg_image_hashed {
    struct vg_image_range ranges[VG_IMAGE_HASHED_RANGES];
    uint32_t padding; /* 0..7 */
};

/* Everything but CheckSum, the certificate table's directory entry and the certificate table itself. A file
 * without such a table counts as filled up to a multiple of 8, as signing it would do. */
void vg_image_authentihash(const struct vg_image_reader *reader, struct vg_image_hashed *hashed);

#endif
