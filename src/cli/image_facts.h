/* What rules can ask of an executable file: its version strings and its hashes. */
#ifndef VG_CLI_IMAGE_FACTS_H
#define VG_CLI_IMAGE_FACTS_H

#include <vigil/image_reader.h>
#include <vigil/record.h>

#include "hashes.h"
#include "json_write.h"

struct vg_image_facts {
    struct vg_hashes hashes;
    struct vg_image_version version; /* points into `room` */
    void *room;
};

/* Reads them from a file's bytes; `path` is for complaints. A version resource beyond the reader's limits
 * counts as none. False after complaining; free with vg_image_facts_free in either case. */
bool vg_image_facts_read(const char *path, const uint8_t *bytes, size_t size, struct vg_image_facts *facts);
void vg_image_facts_free(struct vg_image_facts *facts);

/* The version strings of a file alone. */
bool vg_image_facts_of_version(const char *path, struct vg_image_facts *facts);

/* The string that is the fact `field`; size 0: there is none. */
struct vg_span vg_image_facts_string(const struct vg_image_facts *facts, enum vg_field field);

/* Lines for a person. */
void vg_image_facts_print(const struct vg_image_facts *facts);

/* Adds members under Sysmon's names; what the file does not have is null. */
void vg_image_facts_add_json(const struct vg_image_facts *facts, struct vg_json_writer *writer,
                             yyjson_mut_val *object);

#endif
