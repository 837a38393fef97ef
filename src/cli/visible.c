#include "visible.h"

#include <vigil/text.h>

#include <string.h>

struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range invisible[] = {
    {0x0000, 0x001F},   /* C0 */
    {0x007F, 0x009F},   /* DEL, C1 */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x180E, 0x180E},   /* Mongolian vowel separator */
    {0x200B, 0x200F},   /* zero-width characters, direction marks */
    {0x2028, 0x202E},   /* line and paragraph separators, direction embeddings and overrides */
    {0x2060, 0x206F},   /* word joiner, invisible operators, direction isolates */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0xFFFE, 0xFFFF},   /* no characters */
    {0xE0000, 0xE007F}, /* tags */
};

/* Characters that take two columns: East Asian wide and fullwidth (Unicode Standard Annex 11), and emoji. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t scalar)
{
    for (size_t i = 0; i < count; i++) {
        if (scalar >= ranges[i].first && scalar <= ranges[i].last)
            return true;
    }
    return false;
}

/* The length of the well-formed character at `text`, or 0. */
static size_t character_length(const char *text, size_t size)
{
    uint16_t units[2];
    size_t count;

    for (size_t length = 1; length <= 4 && length <= size; length++) {
        if (vg_utf16_from_utf8(text, length, units, 2, &count, NULL))
            return length;
    }
    return 0;
}

/* Decodes a character whose well-formed length is `length`. */
static uint32_t scalar_at(const char *text, size_t length)
{
    static const uint8_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t scalar = (uint8_t)text[0] & (uint32_t)masks[length];

    for (size_t i = 1; i < length; i++)
        scalar = scalar << 6 | ((uint8_t)text[i] & 0x3Fu);
    return scalar;
}

struct vg_visible vg_visible(const char *text, size_t size)
{
    struct vg_visible visible = {.length = character_length(text, size)};
    uint32_t scalar;

    if (visible.length == 0) {
        visible.length = 1;
        visible.columns =
            (unsigned)snprintf(visible.text, sizeof(visible.text), "<0x%02X>", (unsigned)(uint8_t)text[0]);
        return visible;
    }
    scalar = scalar_at(text, visible.length);
    if (in_ranges(invisible, sizeof(invisible) / sizeof(invisible[0]), scalar)) {
        visible.columns =
            (unsigned)snprintf(visible.text, sizeof(visible.text), "<U+%04X>", (unsigned)scalar);
        return visible;
    }
    memcpy(visible.text, text, visible.length);
    visible.columns = in_ranges(wide, sizeof(wide) / sizeof(wide[0]), scalar) ? 2 : 1;
    if (scalar >= 0x0300 && scalar <= 0x036F) /* combining marks stand over the letter before them */
        visible.columns = 0;
    return visible;
}

void vg_print_visible(FILE *stream, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        struct vg_visible visible = vg_visible(text + at, size - at);

        fputs(visible.text, stream);
        at += visible.length;
    }
}
