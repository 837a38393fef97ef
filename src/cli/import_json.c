/* What an import comes to, for a machine. */
#include "import.h"
#include "output.h"

#include <string.h>

static void add_text(struct vg_output *out, const char *key, const char *text)
{
    vg_output_format(out, ",\"%s\":", key);
    if (text != NULL)
        vg_output_json(out, text, strlen(text));
    else
        vg_output_text(out, "null");
}

static void add_rule(struct vg_output *out, const struct vg_import_rule *rule)
{
    vg_output_format(out, "{\"Line\":%u", rule->line);
    add_text(out, "Action", rule->action == VG_ACTION_DENY ? "deny" : "allow");
    add_text(out, "Name", rule->name);
    vg_output_format(out, ",\"Translated\":%s,\"AboutStarts\":%s", rule->reason == NULL ? "true" : "false",
                     rule->elsewhere ? "false" : "true");
    add_text(out, "Reason", rule->reason);
    add_text(out, "Note", rule->note);
    add_text(out, "Asks", rule->body);
    vg_output_text(out, "}");
}

bool vg_import_print_json(const struct vg_import *import, const char *output, FILE *stream)
{
    const struct vg_import_rule *rules = VG_BUFFER_AT(&import->rules, struct vg_import_rule);
    const char *const *notes = VG_BUFFER_AT(&import->notes, const char *);
    struct vg_output out = {0};
    bool done;

    vg_output_text(&out, "{\"Policy\":");
    vg_output_json(&out, output, strlen(output));
    add_text(&out, "Original", import->file);
    add_text(&out, "Format", import->format);
    add_text(&out, "Mode", import->mode == VG_MODE_ENFORCE ? "enforce" : "monitor");
    add_text(&out, "ModeReason", import->mode_reason);
    add_text(&out, "Default", import->default_verdict == VG_DENY ? "deny" : "allow");
    add_text(&out, "DefaultReason", import->default_reason);
    vg_output_format(&out, ",\"Translated\":%zu,\"NotTranslated\":%zu,\"Notes\":[",
                     vg_import_count(import, true), vg_import_count(import, false));
    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->notes, const char *); i++) {
        vg_output_text(&out, i != 0 ? "," : "");
        vg_output_json(&out, notes[i], strlen(notes[i]));
    }
    vg_output_text(&out, "],\"Rules\":[");
    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->rules, struct vg_import_rule); i++) {
        vg_output_text(&out, i != 0 ? "," : "");
        add_rule(&out, &rules[i]);
    }
    vg_output_text(&out, "]}\n");
    done = !out.failed && fwrite(out.bytes, 1, out.size, stream) == out.size;
    vg_output_free(&out);
    return done;
}
