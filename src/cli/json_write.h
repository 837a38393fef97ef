/* JSON that is put together as a tree (yyjson) and written on one line. Where memory runs out, whatever needs
 * it is left out and writing fails: nobody in between has to look. */
#ifndef VG_CLI_JSON_WRITE_H
#define VG_CLI_JSON_WRITE_H

#include "message.h"

#include <vigil/text.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yyjson.h>

/* Values live as long as their writer: until vg_json_write or vg_json_drop. */
struct vg_json_writer {
    yyjson_mut_doc *doc;
    bool failed;
};

void vg_json_begin(struct vg_json_writer *writer);

yyjson_mut_val *vg_json_object(struct vg_json_writer *writer);
yyjson_mut_val *vg_json_array(struct vg_json_writer *writer);
yyjson_mut_val *vg_json_null(struct vg_json_writer *writer);
yyjson_mut_val *vg_json_boolean(struct vg_json_writer *writer, bool value);

/* What is above INT64_MAX, which few readers take, becomes that. */
yyjson_mut_val *vg_json_number(struct vg_json_writer *writer, uint64_t value);

/* Strings, copied. UTF-8: null for NULL and for what is not UTF-8. Repaired: bytes that are not UTF-8 become
 * U+FFFD one by one. UTF-16 of any kind: halves of surrogate pairs become U+FFFD. Formatted: at most 63 bytes
 * of ASCII. */
yyjson_mut_val *vg_json_utf8(struct vg_json_writer *writer, const char *text);
yyjson_mut_val *vg_json_repaired(struct vg_json_writer *writer, const char *text, size_t size);
yyjson_mut_val *vg_json_utf16(struct vg_json_writer *writer, struct vg_span text);
yyjson_mut_val *vg_json_formatted(struct vg_json_writer *writer, const char *format, ...)
    VG_PRINTF_LIKE(2, 3);

/* Adds a member, whose key stays the caller's and in place, or an element. */
void vg_json_put(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                 yyjson_mut_val *value);
void vg_json_add(struct vg_json_writer *writer, yyjson_mut_val *array, yyjson_mut_val *value);

/* vg_json_put of what is put most often. */
void vg_json_put_text(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                      const char *text);
void vg_json_put_number(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                        uint64_t value);
void vg_json_put_boolean(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key, bool value);

/* Writes the value and a newline, and ends the writer. False when that could not be done. */
bool vg_json_write(struct vg_json_writer *writer, yyjson_mut_val *value, FILE *stream);
void vg_json_drop(struct vg_json_writer *writer);

#endif
