/* A record that somebody describes: by options, or as a JSON object with Sysmon's names. */
#ifndef VG_CLI_RECORD_INPUT_H
#define VG_CLI_RECORD_INPUT_H

#include "command.h"

#include <vigil/record.h>

struct vg_record_block;

/* A record and the memory its spans point to. */
struct vg_record_input {
    struct vg_record record;
    struct vg_record_block *blocks;
};

/* Entries of a command's option table: one per field, with what its kind of value is called in the help. */
#define VG_VALUE_OF_PATH   "PATH"
#define VG_VALUE_OF_TEXT   "TEXT"
#define VG_VALUE_OF_NUMBER "NUMBER"
#define VG_VALUE_OF_MD5    "DIGITS"
#define VG_VALUE_OF_SHA1   "DIGITS"
#define VG_VALUE_OF_SHA256 "DIGITS"
#define VG_FIELD_OPTION(identifier, field_name, kind, stage)                                                 \
    {.name = #identifier, .value = VG_VALUE_OF_##kind, .text = "the fact " field_name},
#define VG_RECORD_OPTIONS VG_FIELDS(VG_FIELD_OPTION)

/* Fills the record: first from the file of --record, if given, then from the options of its fields, each of
 * which replaces what the file said (given twice: two values). What nobody speaks of is UNKNOWN, except for
 * facts of a later stage, which are PENDING. Returns enum vg_exit, after a complaint unless it is VG_EXIT_OK;
 * free in any case. */
int vg_record_input_read(const struct vg_arguments *arguments, struct vg_record_input *input);
void vg_record_input_free(struct vg_record_input *input);

/* Makes the record as it was before anything was added, and keeps memory for the next one. */
void vg_record_input_reuse(struct vg_record_input *input);

/* Nobody speaks of what is still PENDING: UNKNOWN, except for facts of a later stage. */
void vg_record_input_settle(struct vg_record_input *input);

/* Adds a value given as UTF-8, in the form people write the field's kind in (a number, hexadecimal digits).
 * False with
 * `*problem` (static) saying what would be right. */
bool vg_record_input_add(struct vg_record_input *input, enum vg_field field, const char *utf8, size_t size,
                         const char **problem);

/* Sets a fact to bytes that are copied. False without memory. */
bool vg_record_input_set_bytes(struct vg_record_input *input, enum vg_field field, const void *bytes,
                               uint32_t size);

/* From record_json.c: reads a JSON file into the record; the same contract as vg_record_input_read. */
int vg_record_input_read_json(const char *file, struct vg_record_input *input);

#endif
