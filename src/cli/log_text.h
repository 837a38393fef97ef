/* JSON text as blocks: lines, or the objects of documents. */
#ifndef VG_CLI_LOG_TEXT_H
#define VG_CLI_LOG_TEXT_H

#include "log_bytes.h"

struct vg_log_text;

/* The bytes, of which the first `size` were read already (`head`, copied), become the text's, which closes
 * them; NULL, and they are closed, without memory. The name stays the caller's, in place while the text
 * lives. */
struct vg_log_text *vg_log_text_open(const char *name, struct vg_log_bytes *bytes, const char *head,
                                     size_t size);
enum vg_log_next vg_log_text_next(struct vg_log_text *text, struct vg_log_block *block,
                                  struct vg_log_reason *reason);
uint64_t vg_log_text_position(const struct vg_log_text *text);
void vg_log_text_close(struct vg_log_text *text);

#endif
