/* Other systems' policies, translated. Each format has a file that reads it into a struct vg_import; what is
 * made of that is the same for all. A rule is translated exactly, or it is listed with the reason: never
 * weakened. */
#ifndef VG_CLI_IMPORT_H
#define VG_CLI_IMPORT_H

#include "xml_tree.h"

#include "../policy/buffer.h"
#include "../policy/model.h"

#include <stdio.h>

/* A rule of the original. */
struct vg_import_rule {
    enum vg_action action; /* ALLOW or DENY */
    const char *name;
    unsigned line; /* where it stands in the original; 0: nowhere, the original implies it */
    const char
        *body; /* its `when:` and `except:`, as lines of YAML; for a listed rule what it asks for, or NULL */
    const char *reason; /* why it is not translated; NULL: it is. A clause, without a full stop */
    bool elsewhere;   /* listed because it is not about the programs that start: nothing is lost without it */
    const char *note; /* a remark on a translated rule, or NULL */
};

struct vg_import {
    struct vg_arena *arena;
    const struct vg_reporter *reporter; /* of what is wrong with the original */
    const char *file;                   /* the original */
    const char *format;                 /* "AppLocker" */
    const char *const *users;           /* SIDs of which somebody says that they are users' */
    size_t user_count;
    enum vg_mode mode;
    const char *mode_reason; /* what in the original says so */
    enum vg_verdict default_verdict;
    const char *default_reason;
    struct vg_buffer rules; /* struct vg_import_rule, in the original's order */
    struct vg_buffer notes; /* const char *: what else the original says that this policy does not */
};

/* The formats. Each fills a vg_import whose first members, to user_count, are set. False after a report. */
bool vg_import_applocker(struct vg_import *import, const struct vg_xml *root);
bool vg_import_wdac(struct vg_import *import, const struct vg_xml *root);

/* Adds a rule. One without a reason is put before the policy reader: what that refuses becomes the reason. */
void vg_import_add(struct vg_import *import, const struct vg_import_rule *rule);
void vg_import_note(struct vg_import *import, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports an error in the original, and returns false. */
bool vg_import_error(const struct vg_import *import, struct vg_place place, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* YAML that is being written. */
void vg_import_put(struct vg_buffer *out, const char *text);         /* as it stands */
void vg_import_put_quoted(struct vg_buffer *out, const char *text);  /* a scalar that is read as this text */
void vg_import_put_literal(struct vg_buffer *out, const char *text); /* one that is compared as this text */
/* Text inside a comment: on one line, whatever is in it. */
void vg_import_put_comment(struct vg_buffer *out, const char *text);
/* What was written, as a text in the arena. */
char *vg_import_finish(struct vg_buffer *out, struct vg_arena *arena);

/* The whole policy; false without memory. */
bool vg_import_write(const struct vg_import *import, struct vg_buffer *out);

/* What was translated and what was not, for a person. */
void vg_import_print_summary(const struct vg_import *import, const char *output, FILE *stream);

/* The same for a machine, every rule: one JSON object on a line (docs/vigil.md). False when it could not be
 * written. */
bool vg_import_print_json(const struct vg_import *import, const char *output, FILE *stream);

size_t vg_import_count(const struct vg_import *import, bool translated);

#endif
