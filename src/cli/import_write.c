/* The policy that an import comes to, and what a person is told of it. */
#include "import.h"
#include "visible.h"

#include "../policy/arena.h"

#include <string.h>

/* So many rules of one reason are named in the summary. */
#define NAMED_MAX 5u

/* So many reasons are told; a reason can quote the rule, so there may be as many as rules. */
#define REASONS_MAX 50u

static const struct vg_import_rule *rule_at(const struct vg_import *import, size_t i)
{
    return &VG_BUFFER_AT(&import->rules, struct vg_import_rule)[i];
}

static size_t rule_count(const struct vg_import *import)
{
    return VG_BUFFER_COUNT(&import->rules, struct vg_import_rule);
}

static const char *action_word(enum vg_action action)
{
    return action == VG_ACTION_DENY ? "deny" : "allow";
}

static void put_number(struct vg_buffer *out, size_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%zu", number);
    vg_import_put(out, text);
}

static void put_comment_line(struct vg_buffer *out, const char *indent, const char *text)
{
    vg_import_put(out, indent);
    vg_import_put(out, "# ");
    vg_import_put_comment(out, text);
    vg_import_put(out, "\n");
}

static void put_top(struct vg_buffer *out, const struct vg_import *import)
{
    vg_import_put(out, "# ");
    vg_import_put(out, import->format);
    vg_import_put(out, "'s policy ");
    vg_import_put_comment(out, import->file);
    vg_import_put(out, ", translated by vigil import; ");
    vg_import_put(out, "rules here: ");
    put_number(out, vg_import_count(import, true));
    vg_import_put(out, ", not translated (they stand at the end, each with the reason): ");
    put_number(out, vg_import_count(import, false));
    vg_import_put(out, ".\nvigil: 1\n");
    put_comment_line(out, "", import->mode_reason);
    vg_import_put(out, import->mode == VG_MODE_ENFORCE ? "mode: enforce\n" : "mode: monitor\n");
    put_comment_line(out, "", import->default_reason);
    vg_import_put(out, import->default_verdict == VG_DENY ? "default: deny\n" : "default: allow\n");
}

static void put_rule(struct vg_buffer *out, const struct vg_import_rule *rule)
{
    if (rule->note != NULL)
        put_comment_line(out, "  ", rule->note);
    vg_import_put(out, "  - ");
    vg_import_put(out, action_word(rule->action));
    vg_import_put(out, ": ");
    vg_import_put_quoted(out, rule->name);
    vg_import_put(out, "\n");
    vg_import_put(out, rule->body);
}

/* Rules that the original implies come first, then its denials, which win over what it allows. */
static void put_rules(struct vg_buffer *out, const struct vg_import *import)
{
    static const char *const headings[] = {"", "  # Denials, which win.\n", "  # What is allowed.\n"};

    vg_import_put(out, vg_import_count(import, true) != 0 ? "rules:\n" : "rules: []\n");
    for (int turn = 0; turn < 3; turn++) {
        bool headed = false;

        for (size_t i = 0; i < rule_count(import); i++) {
            const struct vg_import_rule *rule = rule_at(import, i);
            int its_turn = rule->line == 0 ? 0 : rule->action == VG_ACTION_DENY ? 1 : 2;

            if (rule->reason != NULL || its_turn != turn)
                continue;
            if (!headed)
                vg_import_put(out, headings[turn]);
            headed = true;
            put_rule(out, rule);
        }
    }
}

/* What a listed rule asks for, as a comment. */
static void put_kept(struct vg_buffer *out, const char *body)
{
    while (*body != '\0') {
        size_t size = strcspn(body, "\n");

        vg_import_put(out, "#");
        vg_buffer_put(out, body, size);
        vg_import_put(out, "\n");
        body += size + (body[size] != '\0');
    }
}

static void put_listed(struct vg_buffer *out, const struct vg_import *import)
{
    if (vg_import_count(import, false) != 0)
        vg_import_put(out,
                      "\n# NOT TRANSLATED. What these deny is not denied by this policy; what they allow "
                      "is not allowed by it.\n");
    for (size_t i = 0; i < rule_count(import); i++) {
        const struct vg_import_rule *rule = rule_at(import, i);

        if (rule->reason == NULL)
            continue;
        vg_import_put(out, "#\n# Line ");
        put_number(out, rule->line);
        vg_import_put(out, ", because ");
        vg_import_put_comment(out, rule->reason);
        vg_import_put(out, ":\n#  - ");
        vg_import_put(out, action_word(rule->action));
        vg_import_put(out, ": ");
        vg_import_put_comment(out, rule->name);
        vg_import_put(out, "\n");
        if (rule->body != NULL)
            put_kept(out, rule->body);
    }
}

bool vg_import_write(const struct vg_import *import, struct vg_buffer *out)
{
    const char *const *notes = VG_BUFFER_AT(&import->notes, const char *);

    put_top(out, import);
    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->notes, const char *); i++)
        put_comment_line(out, "", notes[i]);
    put_rules(out, import);
    put_listed(out, import);
    return !out->failed && !import->rules.failed && !import->notes.failed && !vg_arena_failed(import->arena);
}

static void print_text(FILE *stream, const char *text)
{
    vg_print_visible(stream, text, strlen(text));
}

static bool same_reason(const struct vg_import_rule *a, const struct vg_import_rule *b)
{
    return a->action == b->action && strcmp(a->reason, b->reason) == 0;
}

/* The rules like the one at `first`, which is the first of its kind. */
static void print_group(const struct vg_import *import, size_t first, bool *told, FILE *stream)
{
    const struct vg_import_rule *like = rule_at(import, first);
    size_t count = 0;

    for (size_t i = first; i < rule_count(import); i++)
        count += rule_at(import, i)->reason != NULL && same_reason(rule_at(import, i), like);
    fprintf(stream, "  not translated: %zu to %s, because ", count, action_word(like->action));
    print_text(stream, like->reason);
    fputc('\n', stream);
    count = 0;
    for (size_t i = first; i < rule_count(import); i++) {
        const struct vg_import_rule *rule = rule_at(import, i);

        if (rule->reason == NULL || !same_reason(rule, like))
            continue;
        told[i] = true;
        if (count++ < NAMED_MAX) {
            fprintf(stream, "    line %u: ", rule->line);
            print_text(stream, rule->name);
            fputc('\n', stream);
        }
    }
    if (count > NAMED_MAX)
        fprintf(stream, "    and %zu more\n", count - NAMED_MAX);
}

void vg_import_print_summary(const struct vg_import *import, const char *output, FILE *stream)
{
    const char *const *notes = VG_BUFFER_AT(&import->notes, const char *);
    bool *told = vg_arena_array(import->arena, rule_count(import), sizeof *told);
    size_t translated = vg_import_count(import, true);
    size_t reasons = 0;

    print_text(stream, output);
    fprintf(stream, ": %zu rule%s, mode %s, default %s; %zu not translated\n", translated,
            translated == 1 ? "" : "s", import->mode == VG_MODE_ENFORCE ? "enforce" : "monitor",
            import->default_verdict == VG_DENY ? "deny" : "allow", vg_import_count(import, false));
    for (size_t i = 0; i < VG_BUFFER_COUNT(&import->notes, const char *); i++) {
        fputs("  note: ", stream);
        print_text(stream, notes[i]);
        fputc('\n', stream);
    }
    for (size_t i = 0; told != NULL && i < rule_count(import); i++) {
        if (rule_at(import, i)->reason == NULL || told[i])
            continue;
        if (reasons++ == REASONS_MAX) {
            fputs("  further reasons stand in the policy\n", stream);
            break;
        }
        print_group(import, i, told, stream);
    }
}
