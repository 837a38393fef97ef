#include "event_text.h"

#include "event_words.h"
#include "message.h"
#include "visible.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A line being printed, cut where the terminal ends. */
struct line {
    FILE *stream;
    const struct vg_event_style *style;
    unsigned used;
    bool cut;
    bool failed; /* out of memory */
};

static void put_colour(struct line *line, enum vg_colour colour)
{
    fputs(vg_colour(line->style->colour, colour), line->stream);
}

static void end_colour(struct line *line)
{
    fputs(vg_colour_end(line->style->colour), line->stream);
}

/* UTF-8 from elsewhere. One column is kept for the mark that says the line was cut. */
static void put_utf8(struct line *line, const char *text, size_t size)
{
    for (size_t at = 0; at < size && !line->cut;) {
        struct vg_visible visible = vg_visible(text + at, size - at);

        if (line->style->columns != 0 && line->used + visible.columns >= line->style->columns) {
            fputs("\xE2\x80\xA6", line->stream);
            line->cut = true;
            return;
        }
        fputs(visible.text, line->stream);
        line->used += visible.columns;
        at += visible.length;
    }
}

static void put_format(struct line *line, const char *format, ...) VG_PRINTF_LIKE(2, 3);

static void put_format(struct line *line, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    put_utf8(line, text, strlen(text));
}

static void put_utf16(struct line *line, struct vg_span text)
{
    size_t size = vg_utf8_from_utf16(text, NULL, 0);
    char *utf8 = malloc(size + 1);

    if (utf8 == NULL) {
        line->failed = true;
        return;
    }
    vg_utf8_from_utf16(text, utf8, size);
    put_utf8(line, utf8, size);
    free(utf8);
}

/* A path's end says more than its beginning: at most a third of the line. */
static void put_path(struct line *line, struct vg_span path)
{
    uint32_t keep = line->style->columns / 3 > 20 ? line->style->columns / 3 : 20;
    uint32_t count = vg_unit_count(path);

    if (line->style->columns != 0 && count > keep) {
        put_format(line, "\xE2\x80\xA6");
        path.bytes = vg_units(path) + (count - keep + 1);
        path.size = 2 * (keep - 1);
    }
    put_utf16(line, path);
}

static void put_fact(struct line *line, const struct vg_event *event, enum vg_field field,
                     void (*put)(struct line *line, struct vg_span text))
{
    const struct vg_fact *fact = &event->record.facts[field];

    if (fact->state == VG_FACT_KNOWN)
        put(line, fact->values[0]);
    else
        put_format(line, fact->state == VG_FACT_ABSENT ? "(no %s)" : "(unknown %s)", vg_field_name(field));
}

static void put_verdict(struct line *line, const struct vg_event_start *start)
{
    static const enum vg_colour colours[] = {
        [VG_ALLOW] = VG_COLOUR_GREEN, [VG_DENY] = VG_COLOUR_RED, [VG_ASK] = VG_COLOUR_YELLOW};
    bool overruled = start->verdict != VG_ALLOW && start->enforced == 0;
    char word[16];

    /* What was not enforced stands in parentheses. */
    snprintf(word, sizeof(word), overruled ? "(%s)" : "%s", vg_verdict_word(start->verdict));
    put_colour(line, colours[start->verdict]);
    put_format(line, "%-6s", word);
    end_colour(line);
}

static void put_why(struct line *line, const struct vg_event *event)
{
    const struct vg_event_start *start = &event->start;

    put_colour(line, VG_COLOUR_CYAN);
    put_format(line, "[");
    if (start->rule != VG_RULE_NONE)
        put_utf8(line, event->rule_name.bytes, event->rule_name.size);
    else
        put_format(line, "%s", vg_reason_word(start->reason));
    if (start->guard != VG_GUARD_NONE)
        put_format(line, "; not enforced: %s", vg_guard_word(start->guard));
    if (start->audit_count != 0)
        put_format(line, "; %u audited", (unsigned)start->audit_count);
    put_format(line, "]");
    end_colour(line);
}

static void put_start(struct line *line, const struct vg_event *event)
{
    const struct vg_fact *reparented = &event->record.facts[VG_FIELD_REPARENTED];

    put_verdict(line, &event->start);
    put_format(line, " %6u ", (unsigned)event->start.process_id);
    put_fact(line, event, VG_FIELD_IMAGE, put_path);
    put_format(line, " ");
    put_why(line, event);
    if (reparented->state == VG_FACT_KNOWN && reparented->values[0].size == 8 &&
        memcmp(reparented->values[0].bytes, u"true", 8) == 0)
        put_format(line, " reparented");
    if (event->record.facts[VG_FIELD_TAMPERED].state == VG_FACT_KNOWN)
        put_format(line, " tampered");
    put_format(line, " ");
    put_fact(line, event, VG_FIELD_COMMAND_LINE, put_utf16);
}

static void put_exit(struct line *line, const struct vg_event *event)
{
    const struct vg_event_exit *end = &event->exit;
    uint32_t status = (uint32_t)end->exit_status;

    put_format(line, "%-6s %6u ", "exit", (unsigned)end->process_id);
    put_fact(line, event, VG_FIELD_IMAGE, put_path);
    if (end->denied != 0)
        put_format(line, " never ran");
    else if (status >= 0x80000000)
        put_format(line, " with 0x%08X after %.3f s", (unsigned)status, (double)end->run_time / 1e7);
    else
        put_format(line, " with %u after %.3f s", (unsigned)status, (double)end->run_time / 1e7);
}

static void put_image(struct line *line, const struct vg_event *event)
{
    put_format(line, "%-6s %6u ", event->image.kernel != 0 ? "driver" : "load",
               (unsigned)event->image.process_id);
    if (event->name.size != 0)
        put_utf16(line, event->name);
    else
        put_format(line, "(unnamed)");
}

static void put_lost(struct line *line, const struct vg_event *event)
{
    put_colour(line, VG_COLOUR_YELLOW);
    put_format(line, "lost   %llu events, %llu to %llu: this reader was too slow",
               (unsigned long long)event->lost.last_sequence - event->lost.first_sequence + 1,
               (unsigned long long)event->lost.first_sequence, (unsigned long long)event->lost.last_sequence);
    end_colour(line);
}

static void put_state(struct line *line, const struct vg_event *event)
{
    put_colour(line, VG_COLOUR_BOLD);
    put_format(line, "state  %s, %u rules, policy %02x%02x%02x%02x, generation %llu",
               vg_enforcement_word(event->state.enforcement), (unsigned)event->state.rule_count,
               event->state.policy_identity[0], event->state.policy_identity[1],
               event->state.policy_identity[2], event->state.policy_identity[3],
               (unsigned long long)event->state.policy_generation);
    end_colour(line);
}

bool vg_event_print(FILE *stream, const struct vg_event *event, const struct vg_event_style *style)
{
    static void (*const types[])(struct line * line, const struct vg_event *event) = {
        [VG_EVENT_START] = put_start, [VG_EVENT_EXIT] = put_exit,   [VG_EVENT_IMAGE] = put_image,
        [VG_EVENT_LOST] = put_lost,   [VG_EVENT_STATE] = put_state,
    };
    struct line line = {.stream = stream, .style = style};

    put_colour(&line, VG_COLOUR_DIM);
    put_format(&line, "%s ", vg_utc_time(event->header.time).text + strlen("2024-02-29 "));
    end_colour(&line);
    types[event->header.type](&line, event);
    return fputc('\n', stream) != EOF && !line.failed;
}
