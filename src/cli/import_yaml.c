/* Text from elsewhere as YAML: whatever is in it, it stays where it was put. */
#include "import.h"
#include "visible.h"

#include "../policy/arena.h"

#include <string.h>

void vg_import_put(struct vg_buffer *out, const char *text)
{
    vg_buffer_put(out, text, strlen(text));
}

char *vg_import_finish(struct vg_buffer *out, struct vg_arena *arena)
{
    char *text = out->failed ? NULL : vg_arena_text(arena, (const char *)out->bytes, out->size);

    if (out->failed)
        (void)vg_arena_array(arena, SIZE_MAX, SIZE_MAX); /* so that the arena remembers */

    vg_buffer_free(out);
    return text;
}

static bool is_visible(const char *text, const struct vg_visible *visible)
{
    return strlen(visible->text) == visible->length && memcmp(visible->text, text, visible->length) == 0;
}

static bool all_visible(const char *text)
{
    for (size_t left = strlen(text); left != 0;) {
        struct vg_visible visible = vg_visible(text, left);

        if (!is_visible(text, &visible))
            return false;
        text += visible.length;
        left -= visible.length;
    }
    return true;
}

/* A character that vg_visible shows as <U+...>, as an escape of YAML's. */
static void put_escape(struct vg_buffer *out, const struct vg_visible *visible)
{
    size_t digits = strlen(visible->text) - strlen("<U+>");
    static const char zeros[] = "00000000";

    vg_import_put(out, "\\U");
    vg_buffer_put(out, zeros, 8 - digits);
    vg_buffer_put(out, visible->text + strlen("<U+"), digits);
}

static void put_double_quoted(struct vg_buffer *out, const char *text)
{
    vg_import_put(out, "\"");
    for (size_t left = strlen(text); left != 0;) {
        struct vg_visible visible = vg_visible(text, left);

        if (*text == '"' || *text == '\\')
            vg_import_put(out, "\\");
        if (is_visible(text, &visible))
            vg_buffer_put(out, text, visible.length);
        else
            put_escape(out, &visible);
        text += visible.length;
        left -= visible.length;
    }
    vg_import_put(out, "\"");
}

void vg_import_put_quoted(struct vg_buffer *out, const char *text)
{
    if (!all_visible(text)) {
        put_double_quoted(out, text);
        return;
    }
    vg_import_put(out, "'");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            vg_import_put(out, "'");
        vg_buffer_put(out, text, 1);
    }
    vg_import_put(out, "'");
}

void vg_import_put_literal(struct vg_buffer *out, const char *text)
{
    struct vg_buffer escaped = {0};

    for (; *text != '\0'; text++) {
        if (strchr("\\*?", *text) != NULL)
            vg_import_put(&escaped, "\\");
        vg_buffer_put(&escaped, text, 1);
    }
    vg_buffer_put(&escaped, "", 1);
    if (escaped.failed)
        out->failed = true;
    else
        vg_import_put_quoted(out, (const char *)escaped.bytes);
    vg_buffer_free(&escaped);
}

void vg_import_put_comment(struct vg_buffer *out, const char *text)
{
    for (size_t left = strlen(text); left != 0;) {
        struct vg_visible visible = vg_visible(text, left);

        vg_import_put(out, visible.text);
        text += visible.length;
        left -= visible.length;
    }
}
