#include "json_write.h"

#include "output.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void vg_json_begin(struct vg_json_writer *writer)
{
    *writer = (struct vg_json_writer){.doc = yyjson_mut_doc_new(NULL)};
    writer->failed = writer->doc == NULL;
}

/* yyjson's makers give NULL for a document that is not there, and without memory. */
static yyjson_mut_val *made(struct vg_json_writer *writer, yyjson_mut_val *value)
{
    writer->failed = writer->failed || value == NULL;
    return value;
}

yyjson_mut_val *vg_json_object(struct vg_json_writer *writer)
{
    return made(writer, yyjson_mut_obj(writer->doc));
}

yyjson_mut_val *vg_json_array(struct vg_json_writer *writer)
{
    return made(writer, yyjson_mut_arr(writer->doc));
}

yyjson_mut_val *vg_json_null(struct vg_json_writer *writer)
{
    return made(writer, yyjson_mut_null(writer->doc));
}

yyjson_mut_val *vg_json_boolean(struct vg_json_writer *writer, bool value)
{
    return made(writer, yyjson_mut_bool(writer->doc, value));
}

yyjson_mut_val *vg_json_number(struct vg_json_writer *writer, uint64_t value)
{
    return made(writer, yyjson_mut_uint(writer->doc, value <= INT64_MAX ? value : INT64_MAX));
}

yyjson_mut_val *vg_json_utf8(struct vg_json_writer *writer, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    size_t count;

    if (text == NULL || !vg_utf16_from_utf8(text, size, NULL, 0, &count, NULL))
        return vg_json_null(writer);
    return made(writer, yyjson_mut_strncpy(writer->doc, text, size));
}

yyjson_mut_val *vg_json_repaired(struct vg_json_writer *writer, const char *text, size_t size)
{
    struct vg_output repaired = {0};
    yyjson_mut_val *value = NULL;

    vg_output_repaired(&repaired, text, size);
    if (!repaired.failed)
        value = yyjson_mut_strncpy(writer->doc, size != 0 ? repaired.bytes : "", repaired.size);
    vg_output_free(&repaired);
    return made(writer, value);
}

yyjson_mut_val *vg_json_utf16(struct vg_json_writer *writer, struct vg_span text)
{
    size_t size = vg_utf8_from_utf16(text, NULL, 0);
    char *utf8 = malloc(size + 1);
    yyjson_mut_val *value = NULL;

    if (utf8 != NULL) {
        vg_utf8_from_utf16(text, utf8, size);
        value = yyjson_mut_strncpy(writer->doc, utf8, size);
    }
    free(utf8);
    return made(writer, value);
}

yyjson_mut_val *vg_json_formatted(struct vg_json_writer *writer, const char *format, ...)
{
    char text[64];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return made(writer, yyjson_mut_strcpy(writer->doc, text));
}

void vg_json_put(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                 yyjson_mut_val *value)
{
    writer->failed = writer->failed || !yyjson_mut_obj_add_val(writer->doc, object, key, value);
}

void vg_json_add(struct vg_json_writer *writer, yyjson_mut_val *array, yyjson_mut_val *value)
{
    writer->failed = writer->failed || !yyjson_mut_arr_add_val(array, value);
}

void vg_json_put_text(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                      const char *text)
{
    vg_json_put(writer, object, key, vg_json_utf8(writer, text));
}

void vg_json_put_number(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key,
                        uint64_t value)
{
    vg_json_put(writer, object, key, vg_json_number(writer, value));
}

void vg_json_put_boolean(struct vg_json_writer *writer, yyjson_mut_val *object, const char *key, bool value)
{
    vg_json_put(writer, object, key, vg_json_boolean(writer, value));
}

bool vg_json_write(struct vg_json_writer *writer, yyjson_mut_val *value, FILE *stream)
{
    size_t size = 0;
    char *text = writer->failed ? NULL : yyjson_mut_val_write(value, YYJSON_WRITE_NOFLAG, &size);
    bool done = text != NULL && fwrite(text, 1, size, stream) == size && fputc('\n', stream) != EOF;

    free(text);
    vg_json_drop(writer);
    return done;
}

void vg_json_drop(struct vg_json_writer *writer)
{
    yyjson_mut_doc_free(writer->doc);
    *writer = (struct vg_json_writer){0};
}
