#include "reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vg_place vg_place_of(const struct vg_reader *reader, const struct vg_yaml *node)
{
    return (struct vg_place){.file = reader->file, .line = node->line, .column = node->column};
}

static void tell(struct vg_reader *reader, enum vg_severity severity, struct vg_place place,
                 const char *message, const char *hint)
{
    if (severity == VG_ERROR) {
        reader->errors++;
        if (reader->errors == VG_ERRORS_MAX + 1)
            reader->reporter->report(reader->reporter->context, VG_NOTE,
                                     (struct vg_place){.file = place.file},
                                     "there are more errors than these", NULL);
    }
    if (reader->errors <= VG_ERRORS_MAX)
        reader->reporter->report(reader->reporter->context, severity, place, message, hint);
}

/* Formats into the arena; a message that finds no memory is told by its format, which says enough. */
static const char *formatted(struct vg_reader *reader, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : vg_arena_alloc(reader->arena, (size_t)length + 1);
    if (!text)
        return format;
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

void vg_complain(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(reader, VG_ERROR, place, formatted(reader, format, arguments), hint);
    va_end(arguments);
}

void vg_warn(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(reader, VG_WARNING, place, formatted(reader, format, arguments), hint);
    va_end(arguments);
}

void vg_note(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(reader, VG_NOTE, place, formatted(reader, format, arguments), hint);
    va_end(arguments);
}

void vg_unsupported(struct vg_reader *reader, struct vg_place place, const char *hint, const char *format,
                    ...)
{
    if (reader->sigma && reader->sigma->refused)
        return;
    va_list arguments;
    va_start(arguments, format);
    const char *reason = formatted(reader, format, arguments);
    va_end(arguments);
    if (!reader->sigma) {
        tell(reader, VG_ERROR, place, reason, hint);
        return;
    }
    const char *title = vg_shown(reader, reader->sigma->title, strlen(reader->sigma->title));
    const char *message =
        vg_arena_format(reader->arena, "the Sigma rule %s %s: %s", title,
                        reader->skip_unsupported ? "is left out" : "cannot be enforced", reason);
    reader->sigma->refused = true;
    if (reader->skip_unsupported)
        reader->skipped++;
    else
        hint = vg_arena_format(reader->arena,
                               "%s%s`unsupported: skip` in the policy loads it without such rules",
                               hint ? hint : "",
                               !hint                           ? ""
                               : hint[strlen(hint) - 1] == '?' ? " "
                                                               : "; ");
    tell(reader, reader->skip_unsupported ? VG_WARNING : VG_ERROR, place, message ? message : reason, hint);
}

#define SHOWN_MAX 80u

const char *vg_shown(struct vg_reader *reader, const char *text, size_t size)
{
    bool cut = size > SHOWN_MAX;
    size_t end = cut ? SHOWN_MAX : size;
    while (cut && end > 0 && ((unsigned char)text[end] & 0xC0u) == 0x80u)
        end--;
    char *shown = vg_arena_alloc(reader->arena, end + sizeof("'...'"));
    if (!shown)
        return "(no memory)";
    shown[0] = '\'';
    for (size_t i = 0; i < end; i++) {
        unsigned char byte = (unsigned char)text[i];
        shown[i + 1] = byte < 0x20 || byte == 0x7F ? '?' : text[i];
    }
    memcpy(shown + end + 1, cut ? "...'" : "'", cut ? sizeof("...'") : sizeof("'"));
    return shown;
}

const char *vg_shown_node(struct vg_reader *reader, const struct vg_yaml *node)
{
    if (node->kind == VG_YAML_LIST)
        return "a list";
    if (node->kind == VG_YAML_MAP)
        return "a map";
    return vg_yaml_is_null(node) ? "nothing" : vg_shown(reader, node->text, node->size);
}

const char *vg_name_of(struct vg_reader *reader, const struct vg_yaml *node, const char *what)
{
    if (node->kind != VG_YAML_SCALAR || vg_yaml_is_null(node) || node->size == 0) {
        vg_complain(reader, vg_place_of(reader, node), NULL, "%s is missing: here stands %s", what,
                    vg_shown_node(reader, node));
        return NULL;
    }
    if (node->size > VG_NAME_MAX) {
        vg_complain(reader, vg_place_of(reader, node), NULL, "%s is %u bytes long, more than %u", what,
                    node->size, VG_NAME_MAX);
        return NULL;
    }
    for (unsigned i = 0; i < node->size; i++) {
        unsigned char byte = (unsigned char)node->text[i];
        if (byte < 0x20 || byte == 0x7F) {
            vg_complain(reader, vg_place_of(reader, node), NULL, "%s holds a control character", what);
            return NULL;
        }
    }
    return vg_arena_text(reader->arena, node->text, node->size);
}

bool vg_reader_add_rule(struct vg_reader *reader, const struct vg_rule *rule)
{
    if (reader->rule_count == reader->rule_capacity) {
        size_t capacity = reader->rule_capacity ? reader->rule_capacity * 2 : 64;
        struct vg_rule *rules = realloc(reader->rules, capacity * sizeof(*rules));
        if (!rules) {
            vg_complain(reader, rule->place, NULL, "there is no memory for another rule");
            return false;
        }
        reader->rules = rules;
        reader->rule_capacity = capacity;
    }
    reader->rules[reader->rule_count++] = *rule;
    return true;
}
