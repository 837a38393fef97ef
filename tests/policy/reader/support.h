/* What the reader's tests share: messages as text, models as text, models compared. */
#ifndef VG_TESTS_READER_SUPPORT_H
#define VG_TESTS_READER_SUPPORT_H

#include "model.h"

/* Messages as the tool shows them: `file:line:column: error: message`, and the hint indented below. */
struct messages {
    char *text; /* NUL-terminated, "" when there is none */
    size_t size;
    size_t capacity;
    unsigned errors;
    unsigned warnings;
    unsigned notes;
};

void messages_begin(struct messages *messages, struct vg_reporter *reporter);
void messages_end(struct messages *messages);

/* The whole file, NUL-terminated; NULL when it cannot be read. The caller frees it. */
char *read_whole(const char *file, size_t *size);

/* Compares `text` with the file; with VIGIL_UPDATE_GOLDEN set in the environment it writes the file instead.
 */
void assert_golden(const char *file, const char *text);

/* What vg_model_print prints. The caller frees it. */
char *printed(const struct vg_model *model);

/* Fails unless both say the same, but for places. */
void assert_models_equal(const struct vg_model *a, const struct vg_model *b);

/* Reads text that must be good; `messages` (may be NULL) receives what was said. */
struct vg_model read_good(const char *text);

/* Reads text that must be refused, and returns what was said. The caller frees it. */
char *read_bad(const char *text);

/* `vigil: 1`, and one rule with this body: lines of YAML indented by four spaces. */
struct vg_model read_rule_body(const char *action, const char *body);
char *read_bad_rule_body(const char *body);

#endif
