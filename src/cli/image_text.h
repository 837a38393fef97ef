/* The facts of an executable in words: names of its numbers, and what Windows would answer to it. */
#ifndef VG_CLI_IMAGE_TEXT_H
#define VG_CLI_IMAGE_TEXT_H

#include <vigil/image.h>

/* Names as winnt.h has them without their prefix, or NULL for numbers not known. */
const char *vg_machine_name(uint16_t machine);
const char *vg_subsystem_name(uint16_t subsystem);

/* One thing Windows would say about an image, and what to do about it. Static strings. */
struct vg_image_finding {
    bool problem;       /* false: all is well in this respect */
    const char *id;     /* for machines: "integrity-bit", "signature", "checksum", "sections" */
    const char *words;  /* a sentence or two */
    const char *advice; /* NULL when there is nothing to do */
};

#define VG_IMAGE_FINDINGS_MAX 6

/* What the loader and PsSetCreateProcessNotifyRoutineEx would answer, in the order in which somebody would
 * run into it. Returns how many. */
unsigned vg_image_findings(const struct vg_image *image,
                           struct vg_image_finding findings[VG_IMAGE_FINDINGS_MAX]);

#endif
