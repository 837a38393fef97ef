#include "output.h"

#include "visible.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char *room(struct vg_output *output, size_t size)
{
    size_t capacity = output->capacity != 0 ? output->capacity : 4096;
    char *larger;

    if (output->failed)
        return NULL;
    if (output->bytes != NULL && output->capacity - output->size >= size)
        return output->bytes + output->size;
    while (capacity - output->size < size && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    larger = capacity - output->size >= size ? realloc(output->bytes, capacity) : NULL;
    if (larger == NULL) {
        output->failed = true;
        return NULL;
    }
    output->bytes = larger;
    output->capacity = capacity;
    return larger + output->size;
}

void vg_output_add(struct vg_output *output, const void *bytes, size_t size)
{
    char *place = room(output, size);

    if (place == NULL || size == 0)
        return;
    memcpy(place, bytes, size);
    output->size += size;
}

void vg_output_text(struct vg_output *output, const char *text)
{
    vg_output_add(output, text, strlen(text));
}

void vg_output_format(struct vg_output *output, const char *format, ...)
{
    va_list arguments;
    va_list again;
    int length;
    char *place;

    va_start(arguments, format);
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    place = length >= 0 ? room(output, (size_t)length + 1) : NULL;
    if (place != NULL) {
        vsnprintf(place, (size_t)length + 1, format, again);
        output->size += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void vg_output_visible(struct vg_output *output, const char *utf8, size_t size)
{
    while (size != 0) {
        struct vg_visible one = vg_visible(utf8, size);

        vg_output_text(output, one.text);
        utf8 += one.length;
        size -= one.length;
    }
}

/* Hands the text as UTF-8 to `add`. */
static void with_utf8(struct vg_output *output, struct vg_span text,
                      void (*add)(struct vg_output *output, const char *utf8, size_t size))
{
    char few[1024];
    size_t size = vg_utf8_from_utf16(text, few, sizeof(few));
    char *many = NULL;

    if (size > sizeof(few)) {
        many = malloc(size);
        if (many == NULL) {
            output->failed = true;
            return;
        }
        vg_utf8_from_utf16(text, many, size);
    }
    add(output, many != NULL ? many : few, size);
    free(many);
}

void vg_output_visible_utf16(struct vg_output *output, struct vg_span text)
{
    with_utf8(output, text, vg_output_visible);
}

static void add_json_character(struct vg_output *output, unsigned char letter)
{
    char pair[2] = {'\\', (char)letter};

    if (letter == '"' || letter == '\\')
        vg_output_add(output, pair, 2);
    else
        vg_output_format(output, "\\u%04x", letter);
}

/* Well-formed UTF-8. */
static void add_json_run(struct vg_output *output, const char *utf8, size_t size)
{
    size_t plain = 0;

    for (size_t at = 0; at < size; at++) {
        unsigned char letter = (unsigned char)utf8[at];

        if (letter >= 0x20 && letter != '"' && letter != '\\' && letter != 0x7F)
            continue;
        vg_output_add(output, utf8 + plain, at - plain);
        add_json_character(output, letter);
        plain = at + 1;
    }
    vg_output_add(output, utf8 + plain, size - plain);
}

static void repair(struct vg_output *output, const char *utf8, size_t size,
                   void (*add)(struct vg_output *output, const char *utf8, size_t size))
{
    while (size != 0) {
        size_t count;
        size_t good = size;

        if (vg_utf16_from_utf8(utf8, size, NULL, 0, &count, &good))
            good = size;
        add(output, utf8, good);
        if (good < size)
            vg_output_text(output, "\xEF\xBF\xBD");
        utf8 += good < size ? good + 1 : good;
        size -= good < size ? good + 1 : good;
    }
}

static void add_plain(struct vg_output *output, const char *utf8, size_t size)
{
    vg_output_add(output, utf8, size);
}

void vg_output_repaired(struct vg_output *output, const char *utf8, size_t size)
{
    repair(output, utf8, size, add_plain);
}

void vg_output_json(struct vg_output *output, const char *utf8, size_t size)
{
    vg_output_add(output, "\"", 1);
    repair(output, utf8, size, add_json_run);
    vg_output_add(output, "\"", 1);
}

void vg_output_json_utf16(struct vg_output *output, struct vg_span text)
{
    with_utf8(output, text, vg_output_json);
}

static void add_yaml_unit(struct vg_output *output, struct vg_span one)
{
    uint16_t unit = vg_units(one)[0];
    char utf8[4];

    if (one.size == 2 && (unit == u'"' || unit == u'\\'))
        vg_output_format(output, "\\%c", (char)unit);
    else if (one.size == 2 && (unit < 0x20 || (unit >= 0x7F && unit < 0xA0) || unit == 0x2028 ||
                               unit == 0x2029 || unit == 0xFEFF || unit >= 0xFFFE))
        vg_output_format(output, "\\u%04X", unit);
    else
        vg_output_add(output, utf8, vg_utf8_from_utf16(one, utf8, sizeof(utf8)));
}

void vg_output_yaml(struct vg_output *output, const char *utf8, size_t size)
{
    uint16_t *units = malloc((size + 1) * sizeof(*units));
    size_t count = 0;

    if (units == NULL || !vg_utf16_from_utf8(utf8, size, units, size, &count, NULL))
        output->failed = true;
    vg_output_add(output, "\"", 1);
    for (size_t i = 0; !output->failed && i < count;) {
        bool pair = (units[i] & 0xFC00) == 0xD800 && i + 1 < count;
        struct vg_span one = {.bytes = units + i, .size = pair ? 4 : 2};

        add_yaml_unit(output, one);
        i += pair ? 2 : 1;
    }
    vg_output_add(output, "\"", 1);
    free(units);
}

void vg_output_clear(struct vg_output *output)
{
    output->size = 0;
    output->failed = false;
}

void vg_output_free(struct vg_output *output)
{
    free(output->bytes);
    *output = (struct vg_output){0};
}
