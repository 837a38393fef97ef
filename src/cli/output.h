/* Text that is put together in memory and written later, in an order that somebody else decides. */
#ifndef VG_CLI_OUTPUT_H
#define VG_CLI_OUTPUT_H

#include "message.h"

#include <vigil/text.h>

#include <stddef.h>

/* Zero is empty. After a failure (no memory) it takes no more, and `failed` says so. */
struct vg_output {
    char *bytes; /* malloc'ed */
    size_t size;
    size_t capacity;
    bool failed;
};

void vg_output_add(struct vg_output *output, const void *bytes, size_t size);
void vg_output_text(struct vg_output *output, const char *text);
void vg_output_format(struct vg_output *output, const char *format, ...) VG_PRINTF_LIKE(2, 3);

/* UTF-8 or UTF-16 from elsewhere, made visible for a terminal (visible.h). */
void vg_output_visible(struct vg_output *output, const char *utf8, size_t size);
void vg_output_visible_utf16(struct vg_output *output, struct vg_span text);

/* As UTF-8: bytes that are not become U+FFFD one by one. */
void vg_output_repaired(struct vg_output *output, const char *utf8, size_t size);

/* As a JSON string, with its quotes; bytes that are not UTF-8 and UTF-16 that is not well-formed become
 * U+FFFD. */
void vg_output_json(struct vg_output *output, const char *utf8, size_t size);
void vg_output_json_utf16(struct vg_output *output, struct vg_span text);

/* As a YAML scalar in double quotes: what YAML does not take as it is becomes \u1234. Well-formed UTF-8. */
void vg_output_yaml(struct vg_output *output, const char *utf8, size_t size);

void vg_output_clear(struct vg_output *output);
void vg_output_free(struct vg_output *output);

#endif
