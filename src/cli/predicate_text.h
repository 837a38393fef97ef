/* A policy's conditions in words. */
#ifndef VG_CLI_PREDICATE_TEXT_H
#define VG_CLI_PREDICATE_TEXT_H

#include "../policy/model.h"

/* "Image ends with '\cmd.exe'", malloc'ed; NULL without memory. */
char *vg_predicate_text(const struct vg_predicate *predicate);

/* "allow", "deny", "ask", "audit". */
const char *vg_action_word(enum vg_action action);

#endif
