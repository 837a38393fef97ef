/* Facts of a Portable Executable file, read from any bytes in any state of damage. Freestanding; bounded in
 * time. Source: Microsoft's PE/COFF specification, revision 11 (section numbers below). */
#ifndef VIGIL_IMAGE_H
#define VIGIL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vg_image_status {
    VG_IMAGE_OK,
    VG_IMAGE_NOT_MZ,       /* no DOS header: not an executable image */
    VG_IMAGE_NOT_PE,       /* a DOS program, or e_lfanew leads nowhere */
    VG_IMAGE_TRUNCATED,    /* a header reaches past the end of the file */
    VG_IMAGE_BAD_OPTIONAL, /* unknown optional header magic */
    VG_IMAGE_BAD_SECTIONS, /* the section table reaches past the end of the file */
};

struct vg_image {
    uint16_t machine;             /* IMAGE_FILE_MACHINE_* (section 3.3.1) */
    uint16_t characteristics;     /* section 3.3.2 */
    uint16_t subsystem;           /* IMAGE_SUBSYSTEM_* (section 3.4.2) */
    uint16_t dll_characteristics; /* IMAGE_DLLCHARACTERISTICS_* (section 3.4.2) */
    uint16_t section_count;
    bool pe32_plus;
    uint32_t time_date_stamp;
    uint32_t checksum;          /* as the optional header states it; 0 when it states none */
    uint32_t computed_checksum; /* as it should be (the algorithm of IMAGHELP's CheckSumMappedFile) */
    uint32_t
        signature_offset; /* Attribute certificate table (section 5.7): file offset, 0 if there is none */
    uint32_t signature_size;
    bool signature_in_file;           /* the table lies inside the file and holds a PKCS #7 entry */
    bool has_load_config;             /* a load configuration directory is present */
    bool writable_executable_section; /* some section is both writable and executable */
    bool uninitialised_with_raw_data; /* a section of only uninitialised data whose PointerToRawData is not 0
                                       */
};

/* IMAGE_DLLCHARACTERISTICS_FORCE_INTEGRITY: without it PsSetCreateProcessNotifyRoutineEx answers 0xC0000022.
 */
#define VG_IMAGE_FORCE_INTEGRITY 0x0080u

/* Reads the headers of the file whose whole content is at `bytes`. On anything but VG_IMAGE_OK `*image` is
 * untouched. */
enum vg_image_status vg_image_read(const void *bytes, size_t size, struct vg_image *image);

/* One plain English sentence for a status. Static. */
const char *vg_image_status_text(enum vg_image_status status);

#endif
